//! The ways out: how one message leaves, by whichever transport the installation chose for its channel; and requests to relying systems.
//!
//! A transport tries once, within the time the worker grants, and says whether another try is worth it. It decides nothing else:
//! order, repetition and giving up are the worker's. What a transport reports is shown to operators and stored, so it never carries an
//! address, a text or the words of a foreign server (which like to quote addresses).

pub mod breaker;
mod file;
pub mod http;
mod line;
pub mod route;
pub mod signature;
pub mod smpp;
pub mod sms_http;
mod smtp;
mod tls;

pub use file::FileFolder;
pub use http::Http;
pub use route::{Gateway, Route};
pub use smpp::{Smpp, SmppAccount};
pub use sms_http::{SmsHttp, SmsHttpSettings};
pub use smtp::{Security, Smtp, SmtpSettings};

use crate::{
    fault::{self, Fault},
    moment::Moment,
    outbox::{Channel, Letter, MessageId},
};

/// The words of messages. `clave` has none: whoever starts the worker brings them.
pub trait Words: Send + Sync {
    /// The same letter gives the same words each time (I6).
    fn render(&self, letter: &Letter, channel: Channel) -> Rendered;
}

/// A message in words.
#[derive(Clone)]
pub struct Rendered {
    /// One line; an SMS has none.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML; an SMS has none.
    pub html: Option<String>,
}

/// The words may hold a key.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(…)")
    }
}

/// A message ready to leave.
pub struct Parcel {
    /// The same at each try: gateways know a repetition by it.
    pub id: MessageId,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// E-mail or SMS.
    pub channel: Channel,
    /// E-mail address or E.164 number.
    pub to: String,
    /// When the message was made: its date at each try.
    pub made_at: Moment,
    /// The gateway that took it before and did not deliver it: another one is tried first.
    pub avoid: Option<String>,
    /// The gateway of each earlier try of which nobody knows whether it left.
    pub doubts: Vec<String>,
    /// What it says.
    pub words: Rendered,
}

/// What is known of a try that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Handed over, and nothing more will be heard of it.
    ForGood,
    /// Handed over to a gateway that tells afterwards what became of it ([`crate::receipt`]).
    Receipted(Handle),
    /// It left several times and no gateway answered: one of them may have it, and to go on could mean any number of SMS. What went wrong.
    Unknown(String),
}

/// By what a gateway names a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The gateway's name in the configuration: `sms.first`, `sms.second`, `mail.first`…
    pub gateway: String,
    /// Its own id of the message. Not secret, and nobody's address.
    pub reference: String,
}

/// Why a try failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another try may succeed.
    Passing(String),
    /// Another try may succeed, but this one may have, too.
    Unknown {
        /// What went wrong.
        problem: String,
        /// [`Parcel::doubts`], and this try's.
        doubts: Vec<String>,
    },
    /// This address refuses this message; asking again is of no use.
    Final(String),
}

/// Our own problems pass.
impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Passing(fault::chain(&fault))
    }
}

/// One way out.
#[derive(Debug)]
pub enum Transport {
    /// One JSON file a message.
    File(FileFolder),
    /// A gateway or two.
    Route(Route),
    /// The installation sends nothing on this channel.
    Closed,
}

impl From<Smtp> for Transport {
    fn from(relay: Smtp) -> Self {
        Self::Route(Route::new(vec![("mail.first".to_owned(), Gateway::Smtp(relay))]))
    }
}

impl Transport {
    /// Tries once, at each gateway if need be.
    pub async fn send(&self, parcel: Parcel) -> Result<Taken, Failure> {
        match self {
            Self::File(folder) => folder.send(parcel).await.map(|()| Taken::ForGood),
            Self::Route(route) => route.send(&parcel).await,
            Self::Closed => Err(Failure::Final("nothing is sent on this channel".to_owned())),
        }
    }
}

/// The way out of each channel.
#[derive(Debug)]
pub struct Transports {
    /// For e-mail.
    pub email: Transport,
    /// For SMS.
    pub sms: Transport,
    /// To relying systems.
    pub systems: Systems,
}

/// The way to relying systems.
#[derive(Debug)]
pub struct Systems {
    /// In whose name: `iss` of what is signed.
    pub issuer: String,
    /// By what.
    pub http: Http,
}

impl Transports {
    /// The channel's.
    pub fn of(&self, channel: Channel) -> &Transport {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
        }
    }
}
