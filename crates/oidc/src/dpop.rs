//! Demonstrating Proof of Possession (RFC 9449): with each request the client signs what it asks, by the key to which its token is bound. A
//! stolen token is worth nothing without that key.

use crate::{Error, Seconds};

/// The algorithms that proofs may be signed with, for the metadata.
pub const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

/// The request that the proof must be for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The address of the endpoint, without query.
    pub uri: &'a str,
    /// The access token that is shown with it, at protected resources.
    pub access_token: Option<&'a str>,
}

/// A proof that is in order; its `jti` must be claimed once, per key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of the key (RFC 7638; `cnf.jkt`).
    pub jkt: String,
    /// Its id.
    pub jti: String,
    /// When it was made.
    pub issued_at: Seconds,
}

impl Proof {
    /// When nobody could use it any more: until then its `jti` must be remembered.
    pub fn expires(&self) -> Seconds {
        self.issued_at.saturating_add(OLDEST)
    }
}

/// How old a proof may be.
const OLDEST: Seconds = 60;

/// Verifies a proof (RFC 9449 4.3).
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn verify(proof: &str, asked: &Asked<'_>, now: Seconds) -> Result<Proof, Error> {
    let _ = (proof, asked, now);
    todo!()
}
