//! Proof Key for Code Exchange (RFC 7636): who redeems a code must be who asked for it. Only S256; `plain` protects nothing that leaks
//! from the request (RFC 9700 2.1.1).

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::Error;

/// Lengths of a verifier (RFC 7636 4.1).
const SHORTEST: usize = 43;
const LONGEST: usize = 128;

/// What the client showed when it asked: the SHA-256 of a verifier that it kept, in base64url (RFC 7636 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge(String);

impl Challenge {
    /// `code_challenge` and `code_challenge_method`.
    ///
    /// # Errors
    /// A method other than S256, or a challenge that is no SHA-256.
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, Error> {
        if method != Some("S256") {
            return Err(Error::invalid_request(
                "code_challenge_method must be S256: plain, which is meant when it is left out, protects nothing",
            ));
        }
        match URL_SAFE_NO_PAD.decode(challenge) {
            Ok(hash) if hash.len() == SHA256_OUTPUT_LEN => Ok(Self(challenge.to_owned())),
            _ => Err(Error::invalid_request(
                "code_challenge must be the SHA-256 of the verifier in base64url without padding: 43 characters",
            )),
        }
    }

    /// Whether this verifier is the one that was kept (RFC 7636 4.6). Takes the same time for every wrong one.
    pub fn verify(&self, verifier: &str) -> bool {
        let shape = (SHORTEST..=LONGEST).contains(&verifier.len())
            && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        shape & bool::from(hash.as_bytes().ct_eq(self.0.as_bytes()))
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
