//! `private_key_jwt`: a client proves itself by a token that it signed (RFC 7523 2.2, 3; OpenID Connect Core 9).

use crate::{Error, Pairs, Seconds, jwk::ClientKeys};

/// The value of `client_assertion_type` (RFC 7523 2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An assertion that is in order; its `jti` must be claimed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its id.
    pub jti: String,
    /// When it expires: at most ten minutes ahead.
    pub expires: Seconds,
}

/// The assertion among the parameters, if there is one.
///
/// # Errors
/// An assertion without its type, a type without its assertion, or of another type.
pub fn find(pairs: &Pairs) -> Result<Option<&str>, Error> {
    let _ = pairs;
    todo!()
}

/// The client that the assertion says it is from, not verified: to find its keys.
///
/// # Errors
/// `invalid_client`.
pub fn client_id(assertion: &str) -> Result<String, Error> {
    let _ = assertion;
    todo!()
}

/// Verifies it: signed by one of the client's keys, `iss` and `sub` = `client_id`, `aud` among `audiences` (the issuer, the token endpoint, the
/// endpoint that was asked), not expired, not longer than ten minutes, with a `jti`.
///
/// # Errors
/// `invalid_client`.
pub fn verify(assertion: &str, keys: &ClientKeys, client_id: &str, audiences: &[&str], now: Seconds) -> Result<Assertion, Error> {
    let _ = (assertion, keys, client_id, audiences, now);
    todo!()
}
