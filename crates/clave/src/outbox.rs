//! Messages to people, and logouts told to relying systems: a row committed with the change that causes it, delivered afterwards by `worker.rs`, off
//! every request's path.
//!
//! A message is stored as facts, not as text: the words are chosen when it is sent, from the same row each time, so that a duplicate carries the
//! same key (I6). The row's body is sealed and erased when the message has left or its deadline has passed.

use std::time::Duration;

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sql::{Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::{Details, Language, rut_value},
    secret::Secret,
    session::Agent,
    vault::{Place, Vault},
};

/// What a message says. Links are given as tokens; the web side knows their addresses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Message {
    /// Registration was received; the link confirms the e-mail.
    Registered {
        /// Confirms the e-mail; absent in the SMS.
        confirm: Option<Secret>,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Somebody filled in the registration of a RUT that already has a key.
    AlreadyRegistered {
        /// «No fui yo».
        not_me: Secret,
    },
    /// A provisional key.
    ProvisionalKey {
        /// The key itself.
        key: Secret,
        /// When it was made (the date the guide shows).
        made_at: Moment,
        /// Until when it serves.
        until: Moment,
        /// Whether the current key is blocked until the change.
        #[serde(default)]
        frozen: bool,
        /// «No fui yo».
        not_me: Secret,
    },
    /// A provisional key was made and went to the former addresses, since this one is held back.
    KeyWithheld {
        /// When.
        made_at: Moment,
        /// Until when the address is held back.
        until: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// The key was changed.
    KeyChanged {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Data were changed; goes to the old and the new address.
    DataChanged {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
        /// Confirms a new e-mail; only in the message to that address.
        confirm: Option<Secret>,
        /// Until when keys still go to the former addresses.
        #[serde(default)]
        held_until: Option<Moment>,
    },
    /// A link that stands in for the captcha.
    CaptchaLink {
        /// The link's token.
        link: Secret,
        /// The process it was asked for.
        process: Process,
        /// «No fui yo»; absent in letters of earlier versions.
        #[serde(default)]
        not_me: Option<Secret>,
    },
    /// The credentials were frozen.
    Frozen {
        /// When.
        at: Moment,
        /// By whom.
        #[serde(default)]
        by: FrozenBy,
        /// Whether a change of contact was undone.
        #[serde(default)]
        undone: bool,
        /// «No fui yo»; absent in letters of earlier versions.
        #[serde(default)]
        not_me: Option<Secret>,
    },
    /// The help desk thawed the credentials.
    Unfrozen {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Somebody logged in from a device that was not known to be the person's.
    NewDevice {
        /// When.
        at: Moment,
        /// With which program.
        agent: Agent,
        /// «No fui yo».
        not_me: Secret,
    },
}

impl Message {
    /// The stored kind, for operators.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::ProvisionalKey { .. } => "provisional_key",
            Self::KeyWithheld { .. } => "key_withheld",
            Self::KeyChanged { .. } => "key_changed",
            Self::DataChanged { .. } => "data_changed",
            Self::CaptchaLink { .. } => "captcha_link",
            Self::Frozen { .. } => "frozen",
            Self::Unfrozen { .. } => "unfrozen",
            Self::NewDevice { .. } => "new_device",
        }
    }
}

/// Who froze the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrozenBy {
    /// Whoever followed a «no fui yo» link.
    #[default]
    NotMe,
    /// The help desk.
    Operator,
}

/// A process in which a captcha stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// Register.
    Register,
    /// Forgotten key.
    Recover,
    /// Change the key.
    ChangeKey,
    /// Log in.
    LogIn,
}

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

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message(channel) => channel.name(),
            Self::Logout => "backchannel",
        }
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

/// Where a message is, as the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// On its way.
    Waiting,
    /// Handed to a gateway that will tell what became of it.
    Accepted,
    /// Handed to a mail or SMS system that tells nothing more, or told nothing in time.
    Sent,
    /// Arrived, as its gateway told.
    Delivered,
    /// Given up.
    Failed,
}

impl State {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// From the stored name; what is not known has failed.
    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "waiting" => Self::Waiting,
            "accepted" => Self::Accepted,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            _ => Self::Failed,
        }
    }
}

/// A message's id: also its idempotency key towards gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageId(pub(crate) [u8; 16]);

impl MessageId {
    /// Hexadecimal, as file names and headers show it.
    pub fn hex(self) -> String {
        crate::vault::hex(&self.0)
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
    post(tx, cx, rut, Lane::Message(channel), letter.message.kind(), letter, deadline).await
}

/// Puts one row into the outbox.
pub(crate) async fn post(
    tx: &mut Tx,
    cx: &mut Cx,
    rut: Rut,
    lane: Lane,
    kind: &str,
    body: &impl Serialize,
    deadline: Moment,
) -> Result<MessageId, Fault> {
    let id = MessageId(cx.rng.random());
    let clave = std::sync::Arc::clone(&cx.clave);
    let body = seal(&clave.vault, id, body, &mut cx.rng)?;
    tx.run(sql!(
        "INSERT INTO outbox (id, rut, channel, kind, body, state, tries, made_at, next_at, deadline)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, $8)",
        id.0,
        rut_value(rut),
        lane.name(),
        kind,
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
                states.push((channel, State::from_name(&state)));
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
