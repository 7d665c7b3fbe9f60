//! Where the messages of a result are: told truthfully, renewed whenever the page is loaded.

use clave::outbox::{self, Channel, MessageId, State};
use i18n_embed_fl::fl;

use crate::kit::{errors::Failure, visit::Visit};

/// One message on a result page.
#[derive(Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What is sent where.
    pub what: String,
    /// How far it is.
    pub state: String,
}

/// What the messages are about: the guide has a sentence of its own for keys (G-4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// They carry a provisional key.
    Key,
    /// They tell of a change.
    Notice,
}

/// The present state of each message.
pub async fn of(visit: &Visit, messages: &[MessageId], about: About) -> Result<Vec<Delivery>, Failure> {
    let mut tx = visit.cx.clave.db.read().await?;
    let states = outbox::states(&mut tx, messages).await?;
    // A changed address is told at the old and at the new one: as long as both are equally far, that is one line.
    let mut all: Vec<Delivery> = Vec::new();
    for (channel, state) in states {
        let one = delivery(visit, channel, state, about);
        if !all.contains(&one) {
            all.push(one);
        }
    }
    Ok(all)
}

fn delivery(visit: &Visit, channel: Channel, state: State, about: About) -> Delivery {
    let l = &visit.l;
    let what = match (about, channel) {
        (About::Key, Channel::Sms) => fl!(l, "delivery-key-sms"),
        (About::Key, Channel::Email) => fl!(l, "delivery-key-email"),
        (About::Notice, Channel::Sms) => fl!(l, "delivery-notice-sms"),
        (About::Notice, Channel::Email) => fl!(l, "delivery-notice-email"),
    };
    let state = match (state, about) {
        (State::Waiting | State::Accepted, _) => fl!(l, "delivery-waiting"),
        (State::Sent | State::Delivered, _) => fl!(l, "delivery-sent"),
        (State::Failed, About::Key) => fl!(l, "delivery-failed-key"),
        (State::Failed, About::Notice) => fl!(l, "delivery-failed-notice"),
    };
    Delivery { what, state }
}
