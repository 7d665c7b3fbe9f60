//! Signing, and reading what is signed (RFC 7515, 7519), with the advice of RFC 8725: the key decides on the algorithm, `typ` says what a
//! token is for, `crit` is refused. Times are judged by the caller's «now».

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Header, Validation};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Seconds,
    jwk::{SigningKey, Wrong},
};

/// `typ` of a JWT that is nothing in particular: ID tokens, signed userinfo answers.
pub const JWT: &str = "JWT";
/// `typ` of a logout token (Back-Channel Logout 2.4).
pub const LOGOUT: &str = "logout+jwt";
/// `typ` of a DPoP proof (RFC 9449 4.2).
pub const DPOP: &str = "dpop+jwt";

/// Nobody needs longer ones; each has to be taken apart before it can be refused.
const LONGEST: usize = 16 * 1024;
/// As much as a `double` holds exactly: far beyond any date.
const LATEST: f64 = 9_007_199_254_740_991.0;

/// Signs `claims`, with the key's `alg` and `kid` in the header.
///
/// # Errors
/// The claims cannot be written as JSON, or the library could not sign.
pub fn sign<T: Serialize>(key: &SigningKey, typ: &str, claims: &T) -> Result<String, Wrong> {
    let mut header = Header::new(key.algorithm().into());
    header.typ = Some(typ.to_owned());
    header.kid = Some(key.kid().to_owned());
    jsonwebtoken::encode(&header, claims, key.encoding()).map_err(|_| Wrong::Key)
}

/// The `kid` that a token names, not verified: to find its key.
pub fn kid(token: &str) -> Option<String> {
    Read::new(token).ok()?.kid().map(str::to_owned)
}

/// A token whose header was read. Its claims are only to be had by verifying it.
pub(crate) struct Read<'a> {
    token: &'a str,
    header: Map<String, Value>,
    algorithm: jsonwebtoken::Algorithm,
}

impl<'a> Read<'a> {
    /// # Errors
    /// What is no signed token, in words for the sender.
    pub(crate) fn new(token: &'a str) -> Result<Self, &'static str> {
        if token.len() > LONGEST {
            return Err("the JWT is longer than 16 KiB");
        }
        let mut parts = token.split('.');
        let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err("it is not a signed JWT: three parts with dots between them");
        };
        let header = object(header).ok_or("the header of the JWT is not a JSON object in base64url")?;
        // Extensions that must be understood are none that we know (RFC 7515 4.1.11).
        if header.contains_key("crit") {
            return Err("the JWT has crit in its header, which is not understood");
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(|alg| alg.parse().ok());
        Ok(Self { token, algorithm: algorithm.ok_or("the alg of the JWT is not one that is accepted")?, header })
    }

    /// The `alg` that it claims: only ever compared with what a key allows.
    pub(crate) fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.algorithm
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// The `jwk` of its header.
    pub(crate) fn jwk(&self) -> Option<&Map<String, Value>> {
        self.header.get("jwk").and_then(Value::as_object)
    }

    /// `typ` must be one of these, without regard to case and to `application/` (RFC 7515 4.1.9).
    pub(crate) fn require_type(&self, types: &[&str]) -> Result<(), &'static str> {
        let typ = self.header.get("typ").and_then(Value::as_str).ok_or("typ is missing in the header of the JWT")?;
        let typ = typ.to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        if types.iter().any(|wanted| wanted.eq_ignore_ascii_case(typ)) {
            Ok(())
        } else {
            Err("typ in the header of the JWT is another kind")
        }
    }

    /// As [`Read::require_type`], but `typ` may be missing.
    pub(crate) fn allow_type(&self, types: &[&str]) -> Result<(), &'static str> {
        if self.header.contains_key("typ") { self.require_type(types) } else { Ok(()) }
    }

    /// The claims without any proof: only to find out whose keys to try.
    pub(crate) fn unverified(&self) -> Option<Claims> {
        object(self.token.split('.').nth(1)?).map(Claims)
    }

    /// The claims, if this key made the signature with this algorithm.
    pub(crate) fn verify(&self, key: &DecodingKey, algorithm: jsonwebtoken::Algorithm) -> Option<Claims> {
        let mut only = Validation::new(algorithm);
        // The library would look at its own clock; we judge `exp`, `aud` and the rest below, with the request's «now».
        only.required_spec_claims.clear();
        only.validate_exp = false;
        only.validate_aud = false;
        jsonwebtoken::decode::<Map<String, Value>>(self.token, key, &only).ok().map(|data| Claims(data.claims))
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The claims of a token.
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A NumericDate, which may have decimals (RFC 7519 2).
    #[expect(clippy::cast_possible_truncation, reason = "seconds are rounded down; the range is checked")]
    pub(crate) fn seconds(&self, name: &str) -> Option<Seconds> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_f64().filter(|at| at.abs() <= LATEST).map(|at| at.floor() as Seconds))
    }

    /// `aud`: one text or several (RFC 7519 4.1.3), at least one.
    pub(crate) fn audience(&self) -> Option<Vec<&str>> {
        match self.0.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(several) if !several.is_empty() => several.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// Whether the claim is there, whatever it is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All of them.
    pub(crate) fn into_inner(self) -> Map<String, Value> {
        self.0
    }
}
