//! Signed request objects (RFC 9101): the parameters of an authorization request in a JWT that the client signed. What is inside counts;
//! outside, only `client_id` is read, and must be the same.

use serde_json::{Map, Value};

use crate::{
    Code, Error, Pairs, Seconds,
    jwk::ClientKeys,
    jwt::{self, Read},
};

/// How far ahead `exp` may be.
const LONGEST_LIFE: Seconds = 3600;
/// By how much the client's clock may be ahead.
const SKEW: Seconds = 60;
/// Ids are remembered, so that they have an end.
const LONGEST_ID: usize = 256;
/// Claims of the JWT itself (RFC 7519 4.1), no parameters of the request.
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// The parameters, and what is needed to take the object once only.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The authorization request.
    pub pairs: Pairs,
    /// Its `jti`, if it has one.
    pub jti: Option<String>,
    /// When it expires.
    pub expires: Seconds,
    /// Not made before: its `iat`, or as early as its end allows.
    pub issued: Seconds,
}

/// Verifies the signature by one of the client's keys, `iss` = `client_id`, `aud` = the issuer, `exp`, and gives the parameters.
///
/// # Errors
/// `invalid_request_object`; `request_not_supported` when the client has no keys.
pub fn open(object: &str, keys: Option<&ClientKeys>, client_id: &str, issuer: &str, now: Seconds) -> Result<Inside, Error> {
    let keys = keys
        .ok_or_else(|| Error::new(Code::RequestNotSupported, "no keys are registered for this client to sign requests with"))?;
    judged(object, keys, client_id, issuer, now).map_err(|why| Error::new(Code::InvalidRequestObject, why))
}

/// What the signature is over. Of one signature by ES256 anybody makes another that is as good: it is no part of an object's name.
pub fn signed_part(object: &str) -> &str {
    object.rsplit_once('.').map_or(object, |(signed, _)| signed)
}

fn judged(object: &str, keys: &ClientKeys, client_id: &str, issuer: &str, now: Seconds) -> Result<Inside, &'static str> {
    let token = Read::new(object)?;
    token.allow_type(&[jwt::JWT, "oauth-authz-req+jwt"])?;
    let claims = keys.verify(&token).ok_or("the request object is not signed by a key that is registered for the client")?;
    if claims.text("iss") != Some(client_id) {
        return Err("iss of the request object must be the client_id");
    }
    if claims.text("client_id").is_some_and(|inside| inside != client_id) {
        return Err("client_id of the request object is not the one outside");
    }
    if claims.audience().as_deref() != Some(&[issuer]) {
        return Err("aud of the request object must be the issuer, and nobody else");
    }
    // Else an assertion by which the client proves itself could pass for a request (RFC 9101 10.8).
    if claims.has("sub") {
        return Err("the request object must not have sub");
    }
    let expires = claims.seconds("exp").ok_or("exp is missing in the request object")?;
    if expires <= now {
        return Err("the request object has expired");
    }
    if expires > now.saturating_add(LONGEST_LIFE) {
        return Err("the request object lasts too long: exp at most an hour ahead");
    }
    if claims.has("nbf") && claims.seconds("nbf").is_none_or(|at| at > now.saturating_add(SKEW)) {
        return Err("the request object is not good yet");
    }
    let jti = match claims.text("jti") {
        Some(jti) if jti.len() > LONGEST_ID => return Err("jti of the request object is longer than 256 characters"),
        jti => jti.map(str::to_owned),
    };
    let made = claims.seconds("iat").unwrap_or_else(|| expires.saturating_sub(LONGEST_LIFE));
    Ok(Inside { pairs: parameters(claims.into_inner(), client_id)?, jti, expires, issued: made })
}

/// The parameters as they would have come outside: texts as they are, numbers and objects (`max_age`, `claims`) as JSON (RFC 9101 4).
fn parameters(claims: Map<String, Value>, client_id: &str) -> Result<Pairs, &'static str> {
    let mut pairs = vec![("client_id".to_owned(), client_id.to_owned())];
    for (name, value) in claims {
        if OF_THE_JWT.contains(&&*name) || name == "client_id" {
            continue;
        }
        if ["request", "request_uri"].contains(&&*name) {
            return Err("a request object cannot have another one inside");
        }
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text,
            other => other.to_string(),
        };
        pairs.push((name, value));
    }
    Pairs::read(pairs).map_err(|_| "the request object has a parameter twice")
}
