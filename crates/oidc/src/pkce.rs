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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(verifier: &str) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
    }

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256")).unwrap();
        assert!(challenge.verify("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.verify("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
        assert!(!challenge.verify(""));
    }

    #[test]
    fn plain_and_what_is_no_hash_are_refused() {
        let good = of("x");
        for (challenge, method) in [
            (good.as_str(), None),
            (&good, Some("plain")),
            (&good, Some("s256")),
            (&good[1..], Some("S256")),
            (&format!("{good}="), Some("S256")),
            (&format!("{good}A"), Some("S256")),
            ("", Some("S256")),
        ] {
            assert!(Challenge::parse(challenge, method).is_err(), "{challenge} {method:?}");
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        for verifier in ["a".repeat(42), "a".repeat(129), format!("{} ", "a".repeat(50)), "ñ".repeat(50)] {
            assert!(!Challenge::parse(&of(&verifier), Some("S256")).unwrap().verify(&verifier), "{verifier}");
        }
    }

    proptest! {
        #[test]
        fn its_own_verifier_and_no_other(verifier in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = Challenge::parse(&of(&verifier), Some("S256")).unwrap();
            prop_assert!(challenge.verify(&verifier));
            prop_assert!(verifier == other || !challenge.verify(&other));
        }

        #[test]
        fn nothing_panics_and_one_hash_has_one_spelling(text in "[A-Za-z0-9_-]{43}|\\PC{0,50}", verifier in "\\PC{0,140}") {
            if let Ok(challenge) = Challenge::parse(&text, Some("S256")) {
                prop_assert_eq!(URL_SAFE_NO_PAD.encode(URL_SAFE_NO_PAD.decode(challenge.as_str()).unwrap()), text);
                let _ = challenge.verify(&verifier);
            }
        }
    }
}
