//! Notices: what a person is told about their account, at every address we know, with a «no fui yo» link.

use rut::Rut;
use sql::Tx;

use crate::{
    cx::Cx,
    fault::Fault,
    limits::{self, Subject},
    link,
    moment::Moment,
    outbox::{self, Channel, Letter, Message, MessageId, NOTICE_DEADLINE, NOWHERE},
    person::{Details, Language},
    secret::Secret,
    settings::Sms,
};

/// A way to a person, and where it ends.
pub type Address = (Channel, String);

/// Whom a notice goes to.
pub struct Recipient<'a> {
    /// Whose account it is about.
    pub rut: Rut,
    /// Where it goes.
    pub to: &'a [Address],
    /// Their language.
    pub language: Language,
    /// Given up after this; else after [`NOTICE_DEADLINE`].
    pub deadline: Option<Moment>,
    /// Who caused it.
    pub cause: Cause,
}

/// Who caused a message: what strangers cause never uses up what the person must hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Anybody can: nothing was proved.
    Anybody,
    /// It follows a proof, or an operator's act.
    Proof,
}

/// What became of a notice.
#[derive(Debug, Default)]
pub struct Sent {
    /// Those that are on their way.
    pub messages: Vec<MessageId>,
    /// Until when one of the addresses gets no more messages (`limits.sends_*`), if one is full.
    pub full_until: Option<Moment>,
}

/// Sends what `message` makes of the channel and a «no fui yo» token of its own, to each of the addresses that may get one more.
pub async fn send(
    tx: &mut Tx,
    cx: &mut Cx,
    recipient: &Recipient<'_>,
    mut message: impl FnMut(Channel, Secret) -> Message,
) -> Result<Sent, Fault> {
    let mut sent = Sent::default();
    for (channel, address) in recipient.to {
        // However it is written, it is the same mailbox.
        let folded = address.to_lowercase();
        let subject = match folded.as_str() {
            NOWHERE => Subject::SendNowhere(*channel, recipient.rut),
            to => match recipient.cause {
                Cause::Anybody => Subject::Send(*channel, to),
                Cause::Proof => Subject::SendProved(*channel, to, recipient.rut),
            },
        };
        if let Err(until) = limits::count(tx, cx, subject, None).await? {
            sent.full_until = sent.full_until.max(Some(until));
            continue;
        }
        let not_me = link::make(tx, link::Purpose::NotMe, recipient.rut, cx.now, &mut cx.rng).await?;
        let letter = Letter { to: address.clone(), language: recipient.language, message: message(*channel, not_me) };
        let deadline = recipient.deadline.unwrap_or_else(|| cx.now.plus(NOTICE_DEADLINE));
        sent.messages.push(outbox::put(tx, cx, recipient.rut, *channel, &letter, deadline).await?);
    }
    Ok(sent)
}

/// The addresses in these details that this installation has a way to: of numbers, those that it may write to now.
pub fn reachable(cx: &Cx, details: &Details) -> Vec<Address> {
    let settings = &cx.clave.settings;
    let has_way = |channel, to: &str| match channel {
        Channel::Email => true,
        Channel::Sms => settings.sms == Sms::On && settings.sms_prefixes.allow(to),
    };
    outbox::addresses(details).filter(|(channel, to)| has_way(*channel, to)).collect()
}

/// The same with [`NOWHERE`] for each way on which the person cannot be reached: the messages are as many for everybody, known or not, and only
/// the worker knows which of them leave.
pub fn or_nowhere(cx: &Cx, mut reachable: Vec<Address>) -> Vec<Address> {
    let sms = (cx.clave.settings.sms == Sms::On).then_some(Channel::Sms);
    for channel in [Channel::Email].into_iter().chain(sms) {
        if reachable.iter().all(|(known, _)| *known != channel) {
            reachable.push((channel, NOWHERE.to_owned()));
        }
    }
    reachable
}
