//! A person and the parts that describe them. Each part is a type that can only be had by parsing, so that whatever is stored was right
//! when it came in.

mod about;
mod address;
mod birth;
mod contact;
pub mod decoy;
mod holder;
pub mod key;
mod names;
pub mod provisional;
pub mod question;
mod store;
mod text;

use rut::Rut;
use serde::{Deserialize, Serialize};

pub use about::About;
pub use address::{Address, AddressParts, Field as AddressField};
pub use birth::{BirthDate, Wrong as BirthWrong};
pub use contact::{Email, EmailWrong, Phone, PhoneWrong, Prefixes};
pub use names::{Field as NamesField, Names};
pub use store::{
    NewPerson, chosen_question, find, insert, save_answer, save_details, save_email_confirmed, save_frozen, save_key,
    save_language, take,
};
pub(crate) use store::{email_index, note_login, open_details, phone_index, renew_answer, renew_key};
pub use text::{TextWrong, letters_and_digits, plain_letters};

use crate::{hashing::Hash, moment::Moment};

/// A person's id: random, never shown; ciphertexts are bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonId(pub(crate) [u8; 16]);

impl PersonId {
    /// The id's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How sure we are that the person is who they say: told to relying systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Typed by the person.
    Declared,
    /// Answered by a civil registry.
    Registry,
}

/// What is sealed: everything that describes a person and is not needed to find them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Names.
    pub names: Option<Names>,
    /// Birth date.
    pub birth: Option<BirthDate>,
    /// Home.
    pub address: Option<Address>,
    /// E-mail.
    pub email: Option<Email>,
    /// Mobile phone.
    pub phone: Option<Phone>,
}

/// Personal data stays out of logs, whoever prints a struct that holds it.
macro_rules! silent {
    ($($type:ident),*) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )*};
}

silent!(Details, Names, BirthDate, Address, Email, Phone);

/// A person with a key.
#[derive(Debug, Clone)]
pub struct Person {
    /// Internal id.
    pub id: PersonId,
    /// The public number.
    pub rut: Rut,
    /// Sealed data.
    pub details: Details,
    /// The chosen secret question.
    pub question: Option<question::Question>,
    /// Its answer.
    pub answer: Option<Hash>,
    /// The key.
    pub key: Option<Hash>,
    /// Since when the credentials are frozen by «no fui yo» or an operator.
    pub frozen_at: Option<Moment>,
    /// When the e-mail was shown to be the person's.
    pub email_confirmed_at: Option<Moment>,
    /// How the identity was established.
    pub identity: Identity,
    /// The language of messages.
    pub language: Language,
    /// When the person registered.
    pub registered_at: Moment,
}

/// The language a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// Spanish of Chile.
    #[default]
    #[serde(rename = "es-CL")]
    Spanish,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Haitian Creole.
    #[serde(rename = "ht")]
    Kreyol,
}

impl Language {
    /// All of them, the source first.
    pub const ALL: [Self; 3] = [Self::Spanish, Self::English, Self::Kreyol];

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Spanish => "es-CL",
            Self::English => "en",
            Self::Kreyol => "ht",
        }
    }

    /// From a BCP 47 tag that we made.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

impl From<Language> for sql::Value {
    fn from(language: Language) -> Self {
        language.tag().into()
    }
}

impl From<Identity> for sql::Value {
    fn from(identity: Identity) -> Self {
        match identity {
            Identity::Declared => "declared".into(),
            Identity::Registry => "registry".into(),
        }
    }
}

/// RUTs are stored as their number.
pub(crate) fn rut_value(rut: Rut) -> i64 {
    i64::from(rut.number())
}
