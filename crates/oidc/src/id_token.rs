//! ID tokens (OpenID Connect Core 2), and the hints that clients send back (3.1.2.1).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Seconds,
    jwk::{SigningKey, Wrong},
};

/// What an ID token says.
#[derive(Clone, Serialize)]
pub struct IdToken<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The person, for this client.
    pub sub: &'a str,
    /// The client.
    pub aud: &'a str,
    /// When it expires.
    pub exp: Seconds,
    /// When it was made.
    pub iat: Seconds,
    /// When the person logged in.
    pub auth_time: Seconds,
    /// What the client sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// How strong login and identity are.
    pub acr: &'a str,
    /// How the person logged in (RFC 8176).
    pub amr: &'a [&'a str],
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// Of the access token that comes with it ([`half_hash`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Claims about the person that were asked for here.
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

impl IdToken<'_> {
    /// Signs it.
    ///
    /// # Errors
    /// The library could not.
    pub fn sign(&self, key: &SigningKey) -> Result<String, Wrong> {
        crate::jwt::sign(key, crate::jwt::JWT, self)
    }
}

/// `at_hash` of an access token, `c_hash` of a code: the left half of its SHA-256 (Core 3.1.3.6; both algorithms here hash with SHA-256).
pub fn half_hash(token: &str) -> String {
    let _ = token;
    todo!()
}

/// What a hint tells: an ID token of ours that may have expired long ago (Core 3.1.2.1; RP-Initiated Logout 2).
#[derive(Clone, PartialEq, Eq)]
pub struct Hint {
    /// The person, for that client.
    pub sub: String,
    /// The clients it was for.
    pub aud: Vec<String>,
    /// The session.
    pub sid: Option<String>,
    /// When it was made.
    pub iat: Seconds,
}

impl Hint {
    /// Reads it if it is signed by this key (found by [`crate::jwt::kid`]) and is ours. Expiry does not matter.
    pub fn verify(token: &str, key: &SigningKey, issuer: &str) -> Option<Self> {
        let _ = (token, key, issuer);
        todo!()
    }

    /// Whether it was for this client.
    pub fn is_for(&self, client_id: &str) -> bool {
        self.aud.iter().any(|aud| aud == client_id)
    }
}
