//! How we and an SMS gateway that speaks HTTP know each other: HMAC-SHA-256 with a shared secret over `TIMESTAMP.BODY`, in both directions
//! (docs/SMS-GATEWAY.md). The timestamp is signed, so that what was overheard serves for a few minutes at most; within them a repetition
//! changes nothing, since messages have an id of their own and receipts say the same thing twice.

use std::time::Duration;

use aws_lc_rs::hmac;

use crate::{moment::Moment, secret::Secret, vault};

/// Header with the moment of signing, in seconds since 1970.
pub const TIMESTAMP: &str = "clavero-timestamp";
/// Header with the signature.
pub const SIGNATURE: &str = "clavero-signature";
/// Before the signature's hexadecimal digits: another way to sign would have another one.
const VERSION: &str = "v1=";
/// Clocks may differ by so much, either way.
pub const WINDOW: Duration = Duration::from_mins(5);
/// A secret has at least so many characters.
pub const SHORTEST_SECRET: usize = 32;

/// Why something signed is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It was not signed with this secret, or was changed since.
    Forged,
    /// It was, at another time.
    Stale,
}

/// Both headers' values.
pub fn sign(secret: &Secret, now: Moment, body: &[u8]) -> (String, String) {
    let timestamp = seconds(now).to_string();
    let tag = hmac::sign(&key(secret), &signed(&timestamp, body));
    (timestamp, format!("{VERSION}{}", vault::hex(tag.as_ref())))
}

/// Whether both headers fit the body. Takes as long whatever the signature is.
pub fn verify(secret: &Secret, now: Moment, timestamp: &str, signature: &str, body: &[u8]) -> Result<(), Doubt> {
    let given = signature.strip_prefix(VERSION).and_then(bytes).ok_or(Doubt::Forged)?;
    hmac::verify(&key(secret), &signed(timestamp, body), &given).map_err(|_| Doubt::Forged)?;
    let at: i64 = timestamp.parse().map_err(|_| Doubt::Forged)?;
    if seconds(now).abs_diff(at) > WINDOW.as_secs() { Err(Doubt::Stale) } else { Ok(()) }
}

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

fn signed(timestamp: &str, body: &[u8]) -> Vec<u8> {
    [timestamp.as_bytes(), b".", body].concat()
}

/// What hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

fn seconds(now: Moment) -> i64 {
    now.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Moment {
        Moment::from_micros(1_781_539_200_000_000)
    }

    fn secret() -> Secret {
        Secret::new("0123456789abcdef0123456789abcdef")
    }

    /// Reckoned with Python's hmac.
    #[test]
    fn the_signature_is_what_other_programs_reckon() {
        let (timestamp, signature) = sign(&secret(), now(), br#"{"reference":"abc","state":"delivered"}"#);
        assert_eq!(timestamp, "1781539200");
        assert_eq!(signature, "v1=0ebc69dc1d8cd8b4129450aefda3919351e4176c84a50949c27226fd3ae0b9a0");
    }

    #[test]
    fn only_what_was_signed_lately_with_the_secret_is_believed() {
        let body = b"{}";
        let (timestamp, signature) = sign(&secret(), now(), body);
        let check = |now, timestamp: &str, signature: &str, body: &[u8]| verify(&secret(), now, timestamp, signature, body);
        assert_eq!(check(now(), &timestamp, &signature, body), Ok(()));
        assert_eq!(check(now().plus(WINDOW), &timestamp, &signature, body), Ok(()));
        assert_eq!(check(now().plus(WINDOW + Duration::from_secs(1)), &timestamp, &signature, body), Err(Doubt::Stale));
        let early = Moment::from_micros(now().micros() - 301_000_000);
        assert_eq!(check(early, &timestamp, &signature, body), Err(Doubt::Stale));
        assert_eq!(check(now(), &timestamp, &signature, b"{ }"), Err(Doubt::Forged));
        assert_eq!(check(now(), "1781539201", &signature, body), Err(Doubt::Forged));
        assert_eq!(check(now(), &timestamp, &signature.replace("v1=", "v2="), body), Err(Doubt::Forged));
        assert_eq!(check(now(), &timestamp, "v1=zz", body), Err(Doubt::Forged));
        assert_eq!(check(now(), &timestamp, "", body), Err(Doubt::Forged));
        let other = Secret::new("another secret of thirty-two chars");
        assert_eq!(verify(&other, now(), &timestamp, &signature, body), Err(Doubt::Forged));
        for nonsense in ["", "-", "x", "99999999999999999999999"] {
            assert_eq!(check(now(), nonsense, &signature_over(nonsense, body), body), Err(Doubt::Forged), "{nonsense}");
        }
    }

    fn signature_over(timestamp: &str, body: &[u8]) -> String {
        format!("v1={}", vault::hex(hmac::sign(&key(&secret()), &signed(timestamp, body)).as_ref()))
    }
}
