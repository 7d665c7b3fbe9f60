//! Demonstrating Proof of Possession (RFC 9449): with each request the client signs what it asks, by the key to which its token is bound. A
//! stolen token is worth nothing without that key.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::{
    Code, Error, Seconds,
    jwk::PublicKey,
    jwt::{self, Read},
};

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
        self.issued_at.saturating_add(OLDEST + 1)
    }
}

/// How old a proof may be.
const OLDEST: Seconds = 60;
/// By how much the client's clock may be ahead: it is the clock of a person's telephone, where the client is an application on it.
const AHEAD: Seconds = 60;
/// Ids are remembered, so that they have an end.
const LONGEST_ID: usize = 256;

/// Verifies a proof (RFC 9449 4.3).
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn verify(proof: &str, asked: &Asked<'_>, now: Seconds) -> Result<Proof, Error> {
    judged(proof, asked, now).map_err(|why| Error::new(Code::InvalidDpopProof, why))
}

fn judged(proof: &str, asked: &Asked<'_>, now: Seconds) -> Result<Proof, &'static str> {
    let token = Read::new(proof)?;
    token.require_type(&[jwt::DPOP])?;
    let jwk = token.jwk().ok_or("jwk is missing in the header of the DPoP proof")?;
    let key =
        PublicKey::read(jwk).map_err(|_| "jwk of the DPoP proof has a private key: make a new one, for this has been shown")?;
    let key = key.ok_or("jwk of the DPoP proof must be EC P-256, RSA of 2048 to 8192 bits, or OKP Ed25519")?;
    let claims = key.verify(&token).ok_or("the DPoP proof is not signed by the key in its header")?;
    if claims.text("htm") != Some(asked.method) {
        return Err("htm of the DPoP proof is not the method of this request");
    }
    let uri = claims.text("htu").and_then(resource);
    if uri.is_none() || uri != resource(asked.uri) {
        return Err("htu of the DPoP proof is not the address of this request, without query and fragment");
    }
    let issued_at = claims.seconds("iat").ok_or("iat is missing in the DPoP proof")?;
    if !(now.saturating_sub(OLDEST)..=now.saturating_add(AHEAD)).contains(&issued_at) {
        return Err("iat of the DPoP proof is not now: make a new proof for each request, and set the clock");
    }
    if let Some(access_token) = asked.access_token {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, access_token.as_bytes()));
        let same = claims.text("ath").is_some_and(|ath| ath.as_bytes().ct_eq(hash.as_bytes()).into());
        if !same {
            return Err("ath of the DPoP proof is not the hash of the access token");
        }
    }
    let jti = claims.text("jti").filter(|jti| jti.len() <= LONGEST_ID);
    let jti = jti.ok_or("jti is missing in the DPoP proof, or longer than 256 characters")?.to_owned();
    Ok(Proof { jkt: key.thumbprint().to_owned(), jti, issued_at })
}

/// An address in the one form in which two are compared: normalised, without query and fragment (RFC 9449 4.3), and without the final
/// `/`, with which every endpoint here answers as well.
fn resource(uri: &str) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.as_str().trim_end_matches('/').to_owned())
}
