//! Keys: our own, which sign, and the public ones of clients. The kid of our keys is their thumbprint (RFC 7638), so that two nodes, or a
//! restored database, can never give one name to two keys.

use std::{fmt, str::FromStr};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{
    DecodingKey, EncodingKey,
    jwk::{Jwk, ThumbprintHash},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

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
        Ok(Self { algorithm, kid, public: public.into(), pkcs8: Zeroizing::new(pkcs8.to_vec()), signs, verifies: read.key })
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

/// What clients may sign with, for the metadata: RFC 7518 3.3–3.5, RFC 8037 3.1.
pub const CLIENT_ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

/// Members of private and symmetric keys (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
/// Members that are kept of a public key.
const KEPT: [&str; 9] = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"];
/// Bytes of an RSA modulus: 2048 to 8192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key that somebody else gave.
#[derive(Clone)]
pub(crate) struct PublicKey {
    json: Value,
    kid: Option<String>,
    thumbprint: String,
    algorithms: Vec<jsonwebtoken::Algorithm>,
    key: DecodingKey,
}

impl PublicKey {
    /// `None` for a key that is of a kind, size or use that nobody here verifies with.
    ///
    /// # Errors
    /// [`Wrong::Private`].
    pub(crate) fn read(jwk: &Map<String, Value>) -> Result<Option<Self>, Wrong> {
        if jwk.keys().any(|name| PRIVATE.contains(&&**name)) || text(jwk, "kty") == Some("oct") {
            return Err(Wrong::Private);
        }
        Ok(Self::usable(jwk))
    }

    fn usable(jwk: &Map<String, Value>) -> Option<Self> {
        let mut algorithms = possible(jwk)?;
        if let Some(alg) = jwk.get("alg") {
            let alg = alg.as_str()?;
            algorithms.retain(|algorithm| alg.parse() == Ok(*algorithm));
        }
        let for_signing = jwk.get("use").is_none_or(|usage| usage == "sig")
            && jwk.get("key_ops").is_none_or(|uses| uses.as_array().is_some_and(|uses| uses.iter().any(|one| one == "verify")));
        if algorithms.is_empty() || !for_signing {
            return None;
        }
        let kept: Map<String, Value> =
            KEPT.iter().filter_map(|name| Some(((*name).to_owned(), jwk.get(*name)?.clone()))).collect();
        let json = Value::Object(kept);
        let jwk: Jwk = serde_json::from_value(json.clone()).ok()?;
        let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self { json, kid: jwk.common.key_id, thumbprint, algorithms, key })
    }

    /// RFC 7638, with SHA-256.
    pub(crate) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The claims of a token that this key signed, with an algorithm that the key is for.
    pub(crate) fn verify(&self, token: &Read<'_>) -> Option<Claims> {
        let algorithm = token.algorithm();
        if self.algorithms.contains(&algorithm) { token.verify(&self.key, algorithm) } else { None }
    }

    /// A key without a name answers to every name: many tools put one into the token and none into the set.
    fn answers_to(&self, kid: Option<&str>) -> bool {
        match (kid, &self.kid) {
            (Some(asked), Some(own)) => asked == own,
            _ => true,
        }
    }
}

/// The algorithms that a key of this kind could be for, if its numbers have the right sizes.
fn possible(jwk: &Map<String, Value>) -> Option<Vec<jsonwebtoken::Algorithm>> {
    use jsonwebtoken::Algorithm::{ES256, EdDSA, PS256, RS256};
    let size = |name| text(jwk, name).and_then(|number| URL_SAFE_NO_PAD.decode(number).ok()).unwrap_or_default();
    match (text(jwk, "kty")?, text(jwk, "crv")) {
        ("EC", Some("P-256")) if size("x").len() == 32 && size("y").len() == 32 => Some(vec![ES256]),
        ("OKP", Some("Ed25519")) if size("x").len() == 32 => Some(vec![EdDSA]),
        // Another spelling of the same number would be another thumbprint (RFC 7518 2, Base64urlUInt).
        ("RSA", _)
            if MODULUS.contains(&size("n").len()) && [size("n"), size("e")].iter().all(|n| n.first().is_some_and(|b| *b > 0)) =>
        {
            Some(vec![RS256, PS256])
        }
        _ => None,
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}

/// The public keys of a client, by which it signs assertions and request objects.
#[derive(Clone)]
pub struct ClientKeys {
    json: String,
    keys: Vec<PublicKey>,
}

impl ClientKeys {
    /// Reads a JWK Set. Keys of kinds that nobody here verifies are left out, as RFC 7517 5 wants.
    ///
    /// # Errors
    /// Says what is [`Wrong`].
    pub fn parse(jwks: &str) -> Result<Self, Wrong> {
        let set: Map<String, Value> = serde_json::from_str(jwks).map_err(|_| Wrong::Set)?;
        let given = set.get("keys").and_then(Value::as_array).ok_or(Wrong::Set)?;
        let mut keys: Vec<PublicKey> = Vec::new();
        for jwk in given {
            let Some(key) = PublicKey::read(jwk.as_object().ok_or(Wrong::Set)?)? else { continue };
            if key.kid.is_some() && keys.iter().any(|other| other.kid == key.kid) {
                return Err(Wrong::Repeated);
            }
            keys.push(key);
        }
        match keys.len() {
            0 => Err(Wrong::None),
            1..=MOST_KEYS => {
                let json: Vec<&Value> = keys.iter().map(|key| &key.json).collect();
                Ok(Self { json: json!({ "keys": json }).to_string(), keys })
            }
            _ => Err(Wrong::Many),
        }
    }

    /// The set again, with what was kept.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The claims of a token that one of these keys signed.
    pub(crate) fn verify(&self, token: &Read<'_>) -> Option<Claims> {
        self.keys.iter().filter(|key| key.answers_to(token.kid())).find_map(|key| key.verify(token))
    }
}

/// Each unnamed key is tried, so that many would be work for whoever sends nonsense.
const MOST_KEYS: usize = 20;

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
