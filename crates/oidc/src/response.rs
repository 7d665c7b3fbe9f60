//! The authorization response: the way back to the client with a code or an error, `state`, and `iss`, by which a client that speaks to
//! several providers knows whose answer it is (RFC 6749 4.1.2; RFC 9207).

use std::fmt;

use crate::{Error, Pairs, redirect::Uri, request::ClientRules};

/// A way back that is the client's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// `redirect_uri`, one of the registered ones.
    pub redirect_uri: String,
    /// `state`.
    pub state: Option<String>,
}

impl Target {
    /// The way back that the request names, if it is registered.
    ///
    /// # Errors
    /// Shown on a page.
    pub fn of(pairs: &Pairs, rules: &ClientRules) -> Result<Self, Error> {
        let _ = (pairs, rules, Uri::matches);
        todo!()
    }

    /// The address with the code.
    pub fn code(&self, code: &str, issuer: &str) -> String {
        self.with(&[("code", code)], issuer)
    }

    /// The address with the error.
    pub fn error(&self, error: &Error, issuer: &str) -> String {
        self.with(&[("error", error.code.as_str()), ("error_description", &error.description)], issuer)
    }

    fn with(&self, answer: &[(&str, &str)], issuer: &str) -> String {
        let _ = (answer, issuer);
        todo!()
    }
}

/// Without `state`.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}
