//! ID tokens (OpenID Connect Core 2), and the hints that clients send back (3.1.2.1).

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Seconds,
    jwk::{SigningKey, Wrong},
    jwt,
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
        jwt::sign(key, jwt::JWT, self)
    }
}

/// `at_hash` of an access token, `c_hash` of a code: the left half of its SHA-256 (Core 3.1.3.6; both algorithms here hash with SHA-256).
pub fn half_hash(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    let half: Vec<u8> = hash.as_ref().iter().copied().take(SHA256_OUTPUT_LEN / 2).collect();
    URL_SAFE_NO_PAD.encode(half)
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
        let read = jwt::Read::new(token).ok()?;
        read.require_type(&[jwt::JWT]).ok()?;
        let claims = key.verify(&read)?;
        // A signed userinfo answer is a JWT of ours too; only an ID token says when the person logged in.
        claims.seconds("auth_time")?;
        claims.seconds("exp")?;
        if claims.text("iss")? != issuer {
            return None;
        }
        let aud = claims.audience()?.into_iter().map(str::to_owned).collect();
        let sid = claims.text("sid").map(str::to_owned);
        Some(Self { sub: claims.text("sub")?.to_owned(), aud, sid, iat: claims.seconds("iat")? })
    }

    /// Whether it was for this client.
    pub fn is_for(&self, client_id: &str) -> bool {
        self.aud.iter().any(|aud| aud == client_id)
    }
}
