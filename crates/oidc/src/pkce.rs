//! Proof Key for Code Exchange (RFC 7636): who redeems a code must be who asked for it. Only S256; `plain` protects nothing that leaks
//! from the request (RFC 9700 2.1.1).

use serde::{Deserialize, Serialize};

use crate::Error;

/// What the client showed when it asked: the SHA-256 of a verifier that it kept, in base64url (RFC 7636 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge(String);

impl Challenge {
    /// `code_challenge` and `code_challenge_method`.
    ///
    /// # Errors
    /// A method other than S256, or a challenge that is no SHA-256.
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, Error> {
        let _ = (challenge, method);
        todo!()
    }

    /// Whether this verifier is the one that was kept (RFC 7636 4.6). Takes the same time for every wrong one.
    pub fn verify(&self, verifier: &str) -> bool {
        let _ = verifier;
        todo!()
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
