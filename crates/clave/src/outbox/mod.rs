//! Messages to people, and logouts told to relying systems: a row committed with the change that causes it, delivered afterwards by `worker.rs`, off
//! every request's path.
//!
//! A message is stored as facts, not as text: the words are chosen when it is sent, from the same row each time, so that a duplicate carries the
//! same key (I6). The row's body is sealed, and erased when it is known what became of the message or when nothing more can be known. `course.rs` says
//! what follows what; `claim.rs` takes what is due, `settle.rs` notes what a try brought, `overdue.rs` what did not happen in time.

mod claim;
mod course;
mod gauges;
mod message;
pub mod operate;
mod overdue;
mod settle;

use std::time::Duration;

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sql::{Tx, sql};

pub(crate) use self::{
    claim::{Claimed, claim, is_any_waiting, is_due},
    gauges::{begin, measure},
    overdue::{give_up, hear_silence},
    settle::{Ended, Outcome, Settled, Settler, count},
};
pub use self::{
    course::{Happening, Rank, Standing, State, Step},
    message::{FrozenBy, Message, Process},
};
use crate::{
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::{Details, Language, rut_value},
    vault::{Place, Vault},
};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS.
    Sms,
}

impl Channel {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// From the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Email, Self::Sms].into_iter().find(|channel| channel.name() == name)
    }
}

/// Which way a row of the outbox goes; each has places of its own in the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// To a person.
    Message(Channel),
    /// To a relying system: `backchannel.rs`.
    Logout,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Message(Channel::Email), Self::Message(Channel::Sms), Self::Logout];

    /// Each lane with what travels in it: rows of one rank hold up none of another.
    pub const WAYS: [(Self, Rank); 7] = [
        (Self::Message(Channel::Email), Rank::Key),
        (Self::Message(Channel::Sms), Rank::Key),
        (Self::Message(Channel::Email), Rank::Waited),
        (Self::Message(Channel::Sms), Rank::Waited),
        (Self::Message(Channel::Email), Rank::Notice),
        (Self::Message(Channel::Sms), Rank::Notice),
        (Self::Logout, Rank::Notice),
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message(channel) => channel.name(),
            Self::Logout => "backchannel",
        }
    }

    /// From the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.name() == name)
    }
}

/// What is sealed in the row of a message to a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    /// E-mail address or E.164 number.
    pub to: String,
    /// The language of its words.
    pub language: Language,
    /// What it says.
    pub message: Message,
}

/// A message's id: also its idempotency key towards gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageId(pub(crate) [u8; 16]);

impl MessageId {
    /// Hexadecimal, as file names and headers show it.
    pub fn hex(self) -> String {
        crate::vault::hex(&self.0)
    }

    /// From what [`MessageId::hex`] gave.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |at: usize| text.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let plain = text.len() == 32 && text.bytes().all(|c| c.is_ascii_hexdigit());
        let bytes: Vec<u8> = (0..16).map_while(digit).collect();
        bytes.try_into().ok().filter(|_| plain).map(Self)
    }
}

/// The address of messages that go to nobody, and that the worker treats as sent: they are there because another person's would be.
pub const NOWHERE: &str = "";

/// How long notices are tried before they are given up. Provisional keys have a deadline of their own.
pub const NOTICE_DEADLINE: Duration = Duration::from_hours(72);

/// Puts one letter into the outbox, in the transaction of its cause.
pub async fn put(
    tx: &mut Tx,
    cx: &mut Cx,
    rut: Rut,
    channel: Channel,
    letter: &Letter,
    deadline: Moment,
) -> Result<MessageId, Fault> {
    // What goes to nobody is nobody's: it must not stand among the person's messages.
    let rut = (letter.to != NOWHERE).then_some(rut);
    let about = About { rut, lane: Lane::Message(channel), rank: letter.message.rank(), kind: letter.message.kind() };
    post(tx, cx, about, letter, deadline).await
}

/// Ends what is still on its way of this person's provisional keys, in the transaction that makes them dead: who gets an older key after the newer one would
/// take it for the one that serves. A node that is just sending it finds its lease gone.
pub(crate) async fn withdraw_keys(tx: &mut Tx, rut: Rut, now: Moment) -> sql::Result<()> {
    tx.run(sql!(
        "UPDATE outbox SET state = CASE WHEN state = 'waiting' THEN 'failed' ELSE 'sent' END, body = NULL, ended_at = $2,
             lease = NULL, leased_until = NULL, problem = 'a newer key, or none, took its place'
         WHERE rut = $1 AND kind = 'provisional_key' AND state IN ('waiting', 'accepted')",
        rut_value(rut),
        now
    ))
    .await
    .map(drop)
}

/// What a row says in the clear.
pub(crate) struct About {
    /// About whom; a test is about nobody.
    pub rut: Option<Rut>,
    /// Which way it goes.
    pub lane: Lane,
    /// Which rows go before it.
    pub rank: Rank,
    /// What it is.
    pub kind: &'static str,
}

/// Puts one row into the outbox.
pub(crate) async fn post(
    tx: &mut Tx,
    cx: &mut Cx,
    about: About,
    body: &impl Serialize,
    deadline: Moment,
) -> Result<MessageId, Fault> {
    let id = MessageId(cx.rng.random());
    let clave = std::sync::Arc::clone(&cx.clave);
    let body = seal(&clave.vault, id, body, &mut cx.rng)?;
    tx.run(sql!(
        "INSERT INTO outbox (id, rut, channel, rank, kind, body, state, tries, made_at, next_at, deadline)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9)",
        id.0,
        about.rut.map(rut_value),
        about.lane.name(),
        about.rank.number(),
        about.kind,
        body,
        State::Waiting.name(),
        cx.now,
        deadline
    ))
    .await?;
    Ok(id)
}

/// Every address at which a person can be reached.
pub fn addresses(details: &Details) -> impl Iterator<Item = (Channel, String)> {
    let email = details.email.as_ref().map(|email| (Channel::Email, email.as_str().to_owned()));
    let phone = details.phone.as_ref().map(|phone| (Channel::Sms, phone.as_str().to_owned()));
    email.into_iter().chain(phone)
}

/// The present states of these messages, in their order; those swept out long ago are left out.
pub async fn states(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<(Channel, State)>, Fault> {
    let mut states = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(row) = tx.one(sql!("SELECT channel, state FROM outbox WHERE id = $1", id.0)).await? {
            let (channel, state): (String, String) = (row.get("channel")?, row.get("state")?);
            if let Some(channel) = Channel::from_name(&channel) {
                states.push((channel, State::from_name(&state).unwrap_or(State::Failed)));
            }
        }
    }
    Ok(states)
}

fn seal(vault: &Vault, id: MessageId, body: &impl Serialize, rng: &mut StdRng) -> Result<Vec<u8>, Fault> {
    let json = zeroize::Zeroizing::new(serde_json::to_vec(body).map_err(Fault::at("writing a message"))?);
    vault.seal(place(&id), &json, rng)
}

/// Opens the body of a message to a person.
pub fn unseal(vault: &Vault, id: MessageId, body: &[u8]) -> Result<Letter, Fault> {
    open(vault, id, body)
}

/// Opens a row's body.
pub(crate) fn open<B: DeserializeOwned>(vault: &Vault, id: MessageId, body: &[u8]) -> Result<B, Fault> {
    serde_json::from_slice(&vault.unseal(place(&id), body)?).map_err(Fault::at("reading a message"))
}

const fn place(id: &MessageId) -> Place<'_> {
    Place { column: "outbox.body", row: &id.0 }
}
