//! Keys: our own, which sign, and the public ones of clients. The kid of our keys is their thumbprint (RFC 7638), so that two nodes, or a
//! restored database, can never give one name to two keys.

use std::{fmt, str::FromStr};

use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use zeroize::Zeroizing;

/// How our tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256 (RFC 7518 3.4).
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3), which every client must know (Core 15.1).
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// As it is written in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(Wrong::Algorithm)
    }
}

/// Why something is no key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not what we sign with.
    #[error("the algorithm is neither ES256 nor RS256")]
    Algorithm,
    /// The library would not make or read it.
    #[error("the key cannot be made or read")]
    Key,
    /// Not a JSON object with an array «keys» (RFC 7517 5).
    #[error("it is not a JWK Set: a JSON object with an array \"keys\"")]
    Set,
    /// A private or symmetric key in what must be public.
    #[error("it has a private or symmetric key: give the public keys only, and make new ones, for these have been shown")]
    Private,
    /// Nothing in it that can verify a signature.
    #[error("it has no key that can verify ES256, RS256, PS256 or EdDSA (EC P-256, RSA of 2048 to 8192 bits, OKP Ed25519)")]
    None,
    /// Two keys with one `kid`.
    #[error("two of its keys have the same \"kid\"")]
    Repeated,
}

/// A key of ours. Its private part never prints.
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    public: Value,
    pkcs8: Zeroizing<Vec<u8>>,
    signs: EncodingKey,
    verifies: DecodingKey,
}

impl SigningKey {
    /// A new key, from the system's randomness: ECDSA P-256, or RSA of 2048 bits.
    ///
    /// # Errors
    /// The library could not.
    pub fn generate(algorithm: Algorithm) -> Result<Self, Wrong> {
        let _ = algorithm;
        todo!()
    }

    /// A key that was stored.
    ///
    /// # Errors
    /// It is none of this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, Wrong> {
        let _ = (algorithm, pkcs8);
        todo!()
    }

    /// For storing, sealed.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public JWK with `kid`, `use` and `alg`, as it is published.
    pub fn public(&self) -> &Value {
        &self.public
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The published set (RFC 7517 5).
pub fn set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Value {
    let keys: Vec<&Value> = keys.into_iter().map(SigningKey::public).collect();
    serde_json::json!({ "keys": keys })
}

/// The public keys of a client, by which it signs assertions and request objects.
#[derive(Clone)]
pub struct ClientKeys {
    json: String,
}

impl ClientKeys {
    /// Reads a JWK Set. Keys of kinds that nobody here verifies are left out, as RFC 7517 5 wants.
    ///
    /// # Errors
    /// Says what is [`Wrong`].
    pub fn parse(jwks: &str) -> Result<Self, Wrong> {
        let _ = jwks;
        todo!()
    }

    /// The set again, with what was kept.
    pub fn as_json(&self) -> &str {
        &self.json
    }
}

impl PartialEq for ClientKeys {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Eq for ClientKeys {}

impl fmt::Debug for ClientKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKeys(…)")
    }
}

/// One string of JSON, for storing.
impl Serialize for ClientKeys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.json)
    }
}

impl<'de> Deserialize<'de> for ClientKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
