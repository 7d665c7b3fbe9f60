//! Addresses that people are sent back to. They are registered beforehand and compared letter by letter (RFC 9700 4.1.3), with one
//! exception that the rules ask for: an application on the person's own machine listens on whatever port is free (RFC 8252 7.3).

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// A redirect address that may be registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uri(String);

/// Why an address cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not an absolute address, too long, or with characters that an address cannot have.
    #[error("it is not an absolute address: write it whole, as https://sistema.example/volver")]
    Shape,
    /// RFC 6749 3.1.2.
    #[error("it has a fragment: leave out the # and what follows")]
    Fragment,
    /// A name and password in an address deceive whoever reads it.
    #[error("it has a user name or password: leave them out")]
    User,
    /// RFC 9700 2.6; RFC 8252 7.3, 8.4.
    #[error("plain http is for this machine only (127.0.0.1, [::1], localhost): use https")]
    Http,
    /// RFC 8252 7.1.
    #[error("a scheme of your own must be a domain of yours written backwards, with a dot, as cl.example.app:/volver")]
    Scheme,
}

/// Longer ones are cut by some browsers.
const MOST: usize = 2000;

impl Uri {
    /// Reads an address that someone wants to register.
    ///
    /// # Errors
    /// Says what is [`Wrong`].
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let _ = text;
        todo!()
    }

    /// As registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `asked` is this address: letter by letter, but a loopback IP address may have any port (RFC 8252 7.3).
    pub fn matches(&self, asked: &str) -> bool {
        let _ = asked;
        todo!()
    }

    /// Whether it leads to this machine.
    pub fn is_loopback(&self) -> bool {
        todo!()
    }
}

/// What a Content-Security-Policy `form-action` needs so that a form may end at this address: the origin, or `scheme:` of a private-use
/// scheme. `None` when the address is none.
pub fn origin(uri: &str) -> Option<String> {
    let _ = uri;
    todo!()
}

impl Serialize for Uri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
