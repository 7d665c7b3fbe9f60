//! Notices: what a person is told about their account, at every address we know, with a «no fui yo» link.

use rut::Rut;
use sql::Tx;

use crate::{
    cx::Cx,
    fault::Fault,
    link,
    moment::Moment,
    outbox::{self, Channel, Letter, Message, MessageId, NOTICE_DEADLINE},
    person::{Details, Language},
    secret::Secret,
    settings::Sms,
};

/// Sends what `message` makes of the channel and a «no fui yo» token, to each of the person's addresses.
pub async fn send(
    tx: &mut Tx,
    cx: &mut Cx,
    to: &Recipient<'_>,
    mut message: impl FnMut(Channel, Secret) -> Message,
) -> Result<Vec<MessageId>, Fault> {
    let mut ids = Vec::new();
    for (channel, address) in reachable(cx, to) {
        let not_me = link::make(tx, link::Purpose::NotMe, to.rut, cx.now, &mut cx.rng).await?;
        ids.push(put(tx, cx, to, channel, address, message(channel, not_me)).await?);
    }
    Ok(ids)
}

/// The addresses that this installation has a way to.
fn reachable(cx: &Cx, to: &Recipient<'_>) -> Vec<(Channel, String)> {
    let sms = cx.clave.settings.sms == Sms::On;
    outbox::addresses(to.details).filter(|(channel, _)| sms || *channel != Channel::Sms).collect()
}

/// The same for messages that need no such link.
pub async fn send_plain(
    tx: &mut Tx,
    cx: &mut Cx,
    to: &Recipient<'_>,
    mut message: impl FnMut(Channel) -> Message,
) -> Result<Vec<MessageId>, Fault> {
    let mut ids = Vec::new();
    for (channel, address) in reachable(cx, to) {
        ids.push(put(tx, cx, to, channel, address, message(channel)).await?);
    }
    Ok(ids)
}

async fn put(
    tx: &mut Tx,
    cx: &mut Cx,
    to: &Recipient<'_>,
    channel: Channel,
    address: String,
    message: Message,
) -> Result<MessageId, Fault> {
    let letter = Letter { to: address, language: to.language, message };
    let deadline = to.deadline.unwrap_or_else(|| cx.now.plus(NOTICE_DEADLINE));
    outbox::put(tx, cx, to.rut, channel, &letter, deadline).await
}

/// Whom a notice goes to.
pub struct Recipient<'a> {
    /// Whose account it is about.
    pub rut: Rut,
    /// Their addresses.
    pub details: &'a Details,
    /// Their language.
    pub language: Language,
    /// Given up after this; else after [`NOTICE_DEADLINE`].
    pub deadline: Option<Moment>,
}
