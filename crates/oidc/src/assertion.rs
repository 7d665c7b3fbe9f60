//! `private_key_jwt`: a client proves itself by a token that it signed (RFC 7523 2.2, 3; OpenID Connect Core 9).

use crate::{
    Code, Error, Pairs, Seconds,
    jwk::ClientKeys,
    jwt::{self, Read},
};

/// The value of `client_assertion_type` (RFC 7523 2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead `exp` may be. Authlib makes assertions that last an hour; since each serves once, a longer life costs a row and no safety.
const LONGEST_LIFE: Seconds = 3_600;
/// By how much the client's clock may be ahead.
const SKEW: Seconds = 60;
/// Ids are remembered, so that they have an end.
const LONGEST_ID: usize = 256;

/// An assertion that is in order; its `jti` must be claimed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its id.
    pub jti: String,
    /// When it expires: at most an hour ahead.
    pub expires: Seconds,
    /// Not made before: its `iat`, or as early as its end allows.
    pub issued: Seconds,
}

/// The assertion among the parameters, if there is one.
///
/// # Errors
/// An assertion without its type, a type without its assertion, or of another type.
pub fn find(pairs: &Pairs) -> Result<Option<&str>, Error> {
    match (pairs.get("client_assertion"), pairs.get("client_assertion_type")) {
        (None, None) => Ok(None),
        (Some(assertion), Some(TYPE)) => Ok(Some(assertion)),
        (Some(_), Some(_)) => Err(refused("client_assertion_type must be the jwt-bearer type of RFC 7523")),
        (Some(_), None) => Err(Error::invalid_request("client_assertion_type is missing")),
        (None, Some(_)) => Err(Error::invalid_request("client_assertion is missing")),
    }
}

/// The client that the assertion says it is from, not verified: to find its keys.
///
/// # Errors
/// `invalid_client`.
pub fn client_id(assertion: &str) -> Result<String, Error> {
    let claims = Read::new(assertion).map_err(refused)?.unverified();
    claims
        .and_then(|claims| claims.text("sub").map(str::to_owned))
        .ok_or_else(|| refused("sub is missing in the client assertion"))
}

/// Verifies it: signed by one of the client's keys, `iss` and `sub` = `client_id`, `aud` among `audiences` (the issuer, the token endpoint, the
/// endpoint that was asked), not expired, not longer than an hour, with a `jti`.
///
/// # Errors
/// `invalid_client`.
pub fn verify(assertion: &str, keys: &ClientKeys, client_id: &str, audiences: &[&str], now: Seconds) -> Result<Assertion, Error> {
    judged(assertion, keys, client_id, audiences, now).map_err(refused)
}

fn refused(why: &'static str) -> Error {
    Error::new(Code::InvalidClient, why)
}

fn judged(
    assertion: &str,
    keys: &ClientKeys,
    client_id: &str,
    audiences: &[&str],
    now: Seconds,
) -> Result<Assertion, &'static str> {
    let token = Read::new(assertion)?;
    // A signed request of the same client has another `typ`, and is no proof of who sends it (RFC 8725 3.11).
    token.allow_type(&[jwt::JWT, "client-authentication+jwt"])?;
    let claims = keys.verify(&token).ok_or("the client assertion is not signed by a key that is registered for the client")?;
    if claims.text("iss") != Some(client_id) || claims.text("sub") != Some(client_id) {
        return Err("iss and sub of the client assertion must be the client_id");
    }
    // Every one must be ours: what is also good elsewhere could come from elsewhere.
    if !claims.audience().is_some_and(|aud| aud.iter().all(|one| audiences.contains(one))) {
        return Err("aud of the client assertion must be the issuer, or the endpoint");
    }
    let expires = claims.seconds("exp").ok_or("exp is missing in the client assertion")?;
    if expires <= now {
        return Err("the client assertion has expired");
    }
    if expires > now.saturating_add(LONGEST_LIFE) {
        return Err("the client assertion lasts too long: exp at most an hour ahead");
    }
    if ["iat", "nbf"]
        .into_iter()
        .any(|name| claims.has(name) && claims.seconds(name).is_none_or(|at| at > now.saturating_add(SKEW)))
    {
        return Err("the client assertion is from the future: set the clock");
    }
    let jti = claims.text("jti").filter(|jti| jti.len() <= LONGEST_ID);
    let jti = jti.ok_or("jti is missing in the client assertion, or longer than 256 characters")?.to_owned();
    let issued = claims.seconds("iat").unwrap_or_else(|| expires.saturating_sub(LONGEST_LIFE));
    Ok(Assertion { jti, expires, issued })
}
