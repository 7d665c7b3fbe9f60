//! Public keys that somebody else gave: a client's, or the one in a proof of possession. Each says by itself which algorithms it is for, so
//! that no token can choose (RFC 8725 3.1).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    DecodingKey,
    jwk::{Jwk, ThumbprintHash},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::Wrong;
use crate::jwt::{Claims, Read};

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

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.key
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::{Algorithm, SigningKey};

    fn read(jwk: &Value) -> Result<Option<PublicKey>, Wrong> {
        PublicKey::read(jwk.as_object().unwrap())
    }

    #[test]
    fn the_thumbprint_of_rfc_7638_3_1() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc\
            5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2N\
            cRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = read(&json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" })).unwrap().unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(key.algorithms, [jsonwebtoken::Algorithm::RS256]);
    }

    #[test]
    fn private_and_symmetric_keys_are_refused() {
        let public = SigningKey::generate(Algorithm::Es256).unwrap().public().clone();
        for (name, value) in [("d", "x"), ("p", "x"), ("k", "x"), ("kty", "oct")] {
            let mut jwk = public.clone();
            jwk[name] = value.into();
            assert_eq!(ClientKeys::parse(&json!({ "keys": [public, jwk] }).to_string()).unwrap_err(), Wrong::Private, "{name}");
        }
    }

    #[test]
    fn what_nobody_verifies_with_is_left_out() {
        let good = SigningKey::generate(Algorithm::Es256).unwrap().public().clone();
        let changed = |name: &str, value: Value| {
            let mut jwk = good.clone();
            jwk[name] = value;
            jwk
        };
        for jwk in [
            changed("crv", "P-384".into()),
            changed("kty", "EC2".into()),
            changed("x", "AAAA".into()),
            changed("x", format!("{}=", good["x"].as_str().unwrap()).into()),
            changed("y", 1.into()),
            changed("use", "enc".into()),
            changed("alg", "RS256".into()),
            changed("alg", "HS256".into()),
            changed("alg", "none".into()),
            changed("key_ops", json!(["encrypt"])),
            json!({}),
            json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0; 257]), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 256]), "e": "AAEAAQ" }),
            json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 256]), "e": "" }),
            json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 1025]), "e": "AQAB" }),
        ] {
            assert!(read(&jwk).unwrap().is_none(), "{jwk}");
            assert_eq!(ClientKeys::parse(&json!({ "keys": [jwk] }).to_string()).unwrap_err(), Wrong::None);
            assert_eq!(ClientKeys::parse(&json!({ "keys": [jwk, good] }).to_string()).unwrap().keys.len(), 1);
        }
    }

    #[test]
    fn a_set_is_a_set() {
        let key = SigningKey::generate(Algorithm::Es256).unwrap().public().clone();
        for text in ["", "[]", "{}", "null", r#"{"keys":{}}"#, r#"{"keys":[1]}"#] {
            assert_eq!(ClientKeys::parse(text).unwrap_err(), Wrong::Set, "{text}");
        }
        assert_eq!(ClientKeys::parse(r#"{"keys":[]}"#).unwrap_err(), Wrong::None);
        assert_eq!(ClientKeys::parse(&json!({ "keys": [key, key] }).to_string()).unwrap_err(), Wrong::Repeated);
        let mut unnamed = key.clone();
        unnamed.as_object_mut().unwrap().remove("kid");
        assert_eq!(ClientKeys::parse(&json!({ "keys": vec![unnamed; 21] }).to_string()).unwrap_err(), Wrong::Many);
        let keys = ClientKeys::parse(&json!({ "keys": [key], "more": 1 }).to_string()).unwrap();
        assert_eq!(ClientKeys::parse(keys.as_json()).unwrap(), keys);
        assert_eq!(serde_json::from_str::<ClientKeys>(&serde_json::to_string(&keys).unwrap()).unwrap(), keys);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(kty in "EC|RSA|OKP|oct|\\PC{0,3}", crv in "P-256|Ed25519|\\PC{0,3}", number in "[A-Za-z0-9_-]{0,44}|\\PC{0,9}", text in "\\PC*") {
            let jwk = json!({ "kty": kty, "crv": crv, "x": number, "y": number, "n": number, "e": number });
            let _ = ClientKeys::parse(&json!({ "keys": [jwk] }).to_string());
            let _ = ClientKeys::parse(&text);
            let _ = SigningKey::from_pkcs8(Algorithm::Rs256, text.as_bytes());
        }
    }
}
