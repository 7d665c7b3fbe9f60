//! Signed request objects (RFC 9101): the parameters of an authorization request in a JWT that the client signed. What is inside counts;
//! outside, only `client_id` is read, and must be the same.

use crate::{Error, Pairs, Seconds, jwk::ClientKeys};

/// The parameters, and what is needed to take the object once only.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The authorization request.
    pub pairs: Pairs,
    /// Its `jti`, if it has one.
    pub jti: Option<String>,
    /// When it expires.
    pub expires: Seconds,
}

/// Verifies the signature by one of the client's keys, `iss` = `client_id`, `aud` = the issuer, `exp`, and gives the parameters.
///
/// # Errors
/// `invalid_request_object`; `request_not_supported` when the client has no keys.
pub fn open(object: &str, keys: Option<&ClientKeys>, client_id: &str, issuer: &str, now: Seconds) -> Result<Inside, Error> {
    let _ = (object, keys, client_id, issuer, now);
    todo!()
}
