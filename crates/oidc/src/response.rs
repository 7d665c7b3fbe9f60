//! The authorization response: the way back to the client with a code or an error, `state`, and `iss`, by which a client that speaks to
//! several providers knows whose answer it is (RFC 6749 4.1.2; RFC 9207).

use std::fmt;

use crate::{Error, Pairs, request::ClientRules};

/// Longer ones would not fit into an address.
const LONGEST_STATE: usize = 4000;

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
        if pairs.get("client_id").is_some_and(|id| id != rules.client_id) {
            return Err(Error::invalid_request("client_id is another client's"));
        }
        let asked = pairs.get("redirect_uri").ok_or_else(|| Error::invalid_request("redirect_uri is missing"))?;
        if !rules.redirect_uris.iter().any(|registered| registered.matches(asked)) {
            return Err(Error::invalid_request(
                "redirect_uri is not registered for this client: it must be the same, letter by letter",
            ));
        }
        let state = pairs.owned("state");
        if state.as_ref().is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(Error::invalid_request("state is longer than 4000 characters"));
        }
        Ok(Self { redirect_uri: asked.to_owned(), state })
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
        let state = self.state.as_deref().map(|state| ("state", state));
        extended(&self.redirect_uri, answer.iter().copied().chain(state).chain([("iss", issuer)]))
    }
}

/// A registered address, its own query kept (RFC 6749 3.1.2), with these parameters after it.
pub(crate) fn extended<'a>(uri: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let separator = match uri.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

/// Without `state`.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}
