//! Where the messages of a result are: told truthfully, renewed whenever the page is loaded, and by a script while any of them is on its way.

use std::sync::Arc;

use clave::outbox::{self, Channel, MessageId, State};
use i18n_embed_fl::fl;

use crate::{
    kit::{errors::Failure, headers, i18n::Words, page::Answer, visit::Visit},
    paths,
};

/// The messages of a result page.
#[derive(Debug)]
pub struct Deliveries {
    /// One line each.
    pub lines: Vec<Delivery>,
    /// Whether any of them may still change.
    pub underway: bool,
    /// Whether none of them arrived, or will.
    pub all_failed: bool,
    /// The page's own address.
    pub address: String,
    /// The script that renews them.
    pub js: Arc<str>,
}

/// One message on a result page.
#[derive(Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What is sent where.
    pub what: String,
    /// How far it is.
    pub state: String,
    /// What to do where it did not arrive.
    pub next: Option<Next>,
}

/// A way on from a message that did not arrive.
#[derive(Debug, PartialEq, Eq)]
pub struct Next {
    /// Where it leads.
    pub address: String,
    /// What is done there.
    pub label: String,
}

/// What the messages are about: the guide has a sentence of its own for keys (G-4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// They carry a provisional key.
    Key,
    /// They carry a provisional key that the page shows as well.
    ShownKey,
    /// They tell of a change.
    Notice,
}

/// The present state of each message, for the page at `address`.
pub async fn of(visit: &Visit, messages: &[MessageId], about: About, address: String) -> Result<Deliveries, Failure> {
    let mut tx = visit.cx.clave.db.read().await?;
    let states = outbox::states(&mut tx, messages).await?;
    let underway = states.iter().any(|(_, state)| is_underway(*state));
    let all_failed = !states.is_empty() && states.iter().all(|(_, state)| *state == State::Failed);
    // A changed address is told at the old and at the new one: as long as both are equally far, that is one line.
    let mut lines: Vec<Delivery> = Vec::new();
    for (channel, state) in states {
        let one = delivery(visit, channel, state, about, all_failed);
        if !lines.contains(&one) {
            lines.push(one);
        }
    }
    Ok(Deliveries { lines, underway, all_failed, address, js: visit.app.assets.address("deliveries.js") })
}

impl Deliveries {
    /// The page may ask for itself again, where something may still change.
    pub fn renewed(&self, page: Answer) -> Answer {
        if self.underway { headers::may_ask_again(page) } else { page }
    }
}

/// How far a message is, in words.
pub fn state_words(l: &Words, state: State) -> String {
    match state {
        State::Waiting => fl!(l, "delivery-waiting"),
        State::Accepted => fl!(l, "delivery-accepted"),
        State::Sent => fl!(l, "delivery-sent"),
        State::Delivered => fl!(l, "delivery-delivered"),
        State::Failed => fl!(l, "delivery-failed"),
    }
}

/// Whether a message may still change in the minutes that somebody looks at it.
fn is_underway(state: State) -> bool {
    matches!(state, State::Waiting | State::Accepted)
}

fn delivery(visit: &Visit, channel: Channel, state: State, about: About, all_failed: bool) -> Delivery {
    let l = &visit.l;
    let what = match (about, channel) {
        (About::Key | About::ShownKey, Channel::Sms) => fl!(l, "delivery-key-sms"),
        (About::Key | About::ShownKey, Channel::Email) => fl!(l, "delivery-key-email"),
        (About::Notice, Channel::Sms) => fl!(l, "delivery-notice-sms"),
        (About::Notice, Channel::Email) => fl!(l, "delivery-notice-email"),
    };
    let (remark, next) = match (state, about) {
        // Another key would take the place of the one that is on its way, or arrived.
        (State::Failed, About::Key) if !all_failed => (Some(fl!(l, "delivery-other-way")), None),
        (State::Failed, About::Key) => (None, Some((paths::Recover.to_string(), fl!(l, "delivery-next-key")))),
        (State::Failed, About::ShownKey) => (Some(fl!(l, "delivery-shown-serves")), None),
        (State::Failed, About::Notice) => (None, Some((paths::Update.to_string(), fl!(l, "delivery-next-notice")))),
        _ => (None, None),
    };
    let state = [Some(state_words(l, state)), remark].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Delivery { what, state, next: next.map(|(address, label)| Next { address, label }) }
}
