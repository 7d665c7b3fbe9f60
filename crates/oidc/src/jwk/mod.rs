//! Keys: our own, which sign, and the public ones of clients. The kid of our keys is their thumbprint (RFC 7638), so that two nodes, or a
//! restored database, can never give one name to two keys.

mod public;

use std::{fmt, str::FromStr};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{DecodingKey, EncodingKey, jwk::Jwk};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub(crate) use self::public::PublicKey;
pub use self::public::{CLIENT_ALGORITHMS, ClientKeys};
use crate::jwt::{Claims, Read};

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

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::ES256,
            Algorithm::Rs256 => Self::RS256,
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
    /// More than anyone rotates.
    #[error("it has more than 20 keys: give those in use")]
    Many,
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
        match algorithm {
            Algorithm::Es256 => {
                let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).and_then(|key| key.to_pkcs8v1());
                Self::from_pkcs8(algorithm, key.map_err(|_| Wrong::Key)?.as_ref())
            }
            Algorithm::Rs256 => {
                let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| Wrong::Key)?;
                let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| Wrong::Key)?;
                Self::from_pkcs8(algorithm, der.as_ref())
            }
        }
    }

    /// A key that was stored.
    ///
    /// # Errors
    /// It is none of this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, Wrong> {
        let signs = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| Wrong::Key)?;
                EncodingKey::from_ec_der(pkcs8)
            }
            Algorithm::Rs256 => {
                RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| Wrong::Key)?;
                EncodingKey::from_rsa_pem(pem(pkcs8).as_bytes()).map_err(|_| Wrong::Key)?
            }
        };
        let jwk = Jwk::from_encoding_key(&signs, algorithm.into()).map_err(|_| Wrong::Key)?;
        let Ok(Value::Object(mut public)) = serde_json::to_value(&jwk) else { return Err(Wrong::Key) };
        let read = PublicKey::read(&public)?.ok_or(Wrong::Key)?;
        let kid = read.thumbprint().to_owned();
        public.insert("kid".to_owned(), kid.clone().into());
        public.insert("use".to_owned(), "sig".into());
        Ok(Self {
            algorithm,
            kid,
            public: public.into(),
            pkcs8: Zeroizing::new(pkcs8.to_vec()),
            signs,
            verifies: read.decoding().clone(),
        })
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

    /// The claims of a token that this key signed.
    pub(crate) fn verify(&self, token: &Read<'_>) -> Option<Claims> {
        token.verify(&self.verifies, self.algorithm.into())
    }

    pub(crate) fn encoding(&self) -> &EncodingKey {
        &self.signs
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

/// The library takes RSA keys from PKCS #8 in this armour only.
fn pem(pkcs8: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(pkcs8));
    Zeroizing::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", *body))
}

/// The published set (RFC 7517 5).
pub fn set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Value {
    let keys: Vec<&Value> = keys.into_iter().map(SigningKey::public).collect();
    json!({ "keys": keys })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_keys_come_back_from_storage_with_their_names() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm).unwrap();
            let again = SigningKey::from_pkcs8(algorithm, key.pkcs8()).unwrap();
            assert_eq!((again.kid(), again.public()), (key.kid(), key.public()));
            assert_ne!(SigningKey::generate(algorithm).unwrap().kid(), key.kid());
            assert_eq!(key.public()["alg"], algorithm.as_str());
            assert_eq!(key.public()["kid"], key.kid());
            assert_eq!(key.public()["use"], "sig");
            assert!(["d", "p", "q", "k"].iter().all(|name| key.public().get(name).is_none()));
            let other = if algorithm == Algorithm::Es256 { Algorithm::Rs256 } else { Algorithm::Es256 };
            assert_eq!(SigningKey::from_pkcs8(other, key.pkcs8()).unwrap_err(), Wrong::Key);
            assert!(!format!("{key:?}").contains("pkcs8"));
            // What we publish is what clients can read.
            let set = ClientKeys::parse(&set([&key]).to_string()).unwrap();
            assert!(set.as_json().contains(key.kid()));
        }
        assert_eq!(SigningKey::from_pkcs8(Algorithm::Rs256, b"nonsense").unwrap_err(), Wrong::Key);
    }
}
