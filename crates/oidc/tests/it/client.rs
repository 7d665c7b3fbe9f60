//! A client that signs whatever it is told to, also what no library would.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jwk::ClientKeys;
use serde_json::{Value, json};

/// The time of all tests.
pub const NOW: i64 = 1_800_000_000;

pub enum Key {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// One of each kind for all tests: making RSA keys takes time.
pub static EC: LazyLock<Key> = LazyLock::new(|| Key::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()));
pub static OTHER_EC: LazyLock<Key> = LazyLock::new(|| Key::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()));
pub static RSA: LazyLock<Key> = LazyLock::new(|| Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
pub static ED: LazyLock<Key> = LazyLock::new(|| Key::Ed(Ed25519KeyPair::generate().unwrap()));

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    /// The public JWK, without a name.
    pub fn jwk(&self) -> Value {
        match self {
            Self::Ec(key) => {
                let point = key.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..]) })
            }
            Self::Rsa(key) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({ "kty": "RSA", "n": b64(parts.n), "e": b64(parts.e) })
            }
            Self::Ed(key) => json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key()) }),
        }
    }

    pub fn der(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.public_key().as_der().unwrap().as_ref().to_vec(),
            Self::Rsa(key) => key.public_key().as_der().unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.public_key().as_ref().to_vec(),
        }
    }

    /// Signs with the algorithm of the header, or with nothing.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature = match (self, header["alg"].as_str()) {
            (Self::Ec(key), Some("ES256")) => key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            (Self::Rsa(key), Some(alg @ ("RS256" | "PS256"))) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding =
                    if alg == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                key.sign(padding, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
                signature
            }
            (Self::Ed(key), Some("EdDSA")) => key.sign(message.as_bytes()).as_ref().to_vec(),
            _ => Vec::new(),
        };
        format!("{message}.{}", b64(signature))
    }
}

/// A JWK Set of these keys with these names.
pub fn keys(named: &[(&Key, Option<&str>)]) -> ClientKeys {
    let keys: Vec<Value> = named
        .iter()
        .map(|(key, kid)| {
            let mut jwk = key.jwk();
            if let Some(kid) = kid {
                jwk["kid"] = (*kid).into();
            }
            jwk
        })
        .collect();
    ClientKeys::parse(&json!({ "keys": keys }).to_string()).unwrap()
}

/// What an attacker makes of a good token: each must be refused wherever the good one is accepted.
pub fn forgeries(key: &Key, header: &Value, claims: &Value) -> Vec<String> {
    let good = key.sign(header, claims);
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let mut forged = vec![
        // No signature, by any spelling of it.
        format!("{head}.{body}."),
        format!("{head}.{body}"),
        head.to_owned(),
        String::new(),
        "..".to_owned(),
        format!("{good}.x"),
        // Another signature, another body.
        format!("{head}.{body}.{}", b64([0; 64])),
        format!("{head}.{}.{signature}", b64(format!("{} ", String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()))),
        format!("{head}.{body}.{signature}="),
        format!("{head}.{body}.{signature}A"),
        format!(" {good}"),
        format!("{good} "),
        // A header that must be understood.
        key.sign(&with("crit", json!(["exp"])), claims),
        key.sign(&with("crit", json!([])), claims),
        // Somebody else's key.
        OTHER_EC.sign(&with("alg", "ES256".into()), claims),
    ];
    for none in ["none", "None", "NONE", "nOnE", ""] {
        forged.push(format!("{}.{body}.", b64(with("alg", none.into()).to_string())));
        forged.push(format!("{}.{body}.{signature}", b64(with("alg", none.into()).to_string())));
    }
    // The public key as an HMAC secret.
    let jwk = key.jwk();
    for secret in [key.der(), jwk.to_string().into_bytes(), jwk["x"].to_string().into_bytes(), Vec::new()] {
        let message = format!("{}.{body}", b64(with("alg", "HS256".into()).to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
        forged.push(format!("{message}.{}", b64(tag)));
    }
    // Each single byte of header and body.
    for (place, byte) in good.bytes().enumerate().filter(|(place, _)| place % 7 == 0) {
        let mut altered = good.clone().into_bytes();
        altered[place] = if byte == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(altered).unwrap());
    }
    forged.retain(|token| *token != good);
    forged
}
