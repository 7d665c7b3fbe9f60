//! Device authorization (RFC 8628): a person with a phone lets in a device without a keyboard, by a code that is read from the one and
//! typed into the other.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Consonants: none can be taken for another or for a digit, and no word comes up (RFC 8628 6.1).
const LETTERS: &[u8; COUNT as usize] = b"BCDFGHJKLMNPQRSTVWXZ";
const COUNT: u32 = 20;
/// 20^8 = 2.56e10 codes: 34.5 bits.
const LENGTH: usize = 8;

/// `BCDF-GHJK`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserCode(String);

impl UserCode {
    /// A new code; `below(n)` draws evenly from `0..n`.
    pub fn draw(mut below: impl FnMut(u32) -> u32) -> Self {
        let drawn = (0..LENGTH).filter_map(|_| LETTERS.get((below(COUNT) % COUNT) as usize));
        Self(drawn.copied().map(char::from).collect())
    }

    /// What a person typed: any case, with or without dash and spaces.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = String::with_capacity(LENGTH);
        for c in typed.chars() {
            match c.to_ascii_uppercase() {
                '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => {}
                c if c.is_whitespace() => {}
                c if letters.len() < LENGTH && u8::try_from(c).is_ok_and(|byte| LETTERS.contains(&byte)) => letters.push(c),
                _ => return None,
            }
        }
        (letters.len() == LENGTH).then_some(Self(letters))
    }

    /// The eight letters alone: what is hashed and stored.
    pub fn letters(&self) -> &str {
        &self.0
    }
}

/// `BCDF-GHJK`: the form that people read.
impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        write!(f, "{first}-{last}")
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

impl Serialize for UserCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UserCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("no user code"))
    }
}

/// RFC 8628 3.2.
#[derive(Clone, Serialize)]
pub struct DeviceResponse {
    /// For the device.
    pub device_code: String,
    /// For the person.
    pub user_code: UserCode,
    /// Where the person types it.
    pub verification_uri: String,
    /// The same with the code in it, for a QR code.
    pub verification_uri_complete: String,
    /// For how many seconds both are good.
    pub expires_in: u64,
    /// How many seconds the device waits between questions.
    pub interval: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_type_it_as_they_like() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "b c d f – g h j k", "BCDF\u{2011}GHJK"] {
            assert_eq!(UserCode::parse(typed).unwrap().to_string(), "BCDF-GHJK", "{typed}");
        }
        for typed in ["", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJA", "BCDF-GHJ1", "ＢCDFGHJK", &"B".repeat(1_000_000)] {
            assert!(UserCode::parse(typed).is_none(), "{}", typed.len());
        }
    }

    #[test]
    fn each_letter_is_drawn_from_twenty() {
        let mut next = 0;
        let code = UserCode::draw(|n| {
            assert_eq!(n, 20);
            next += 1;
            next + 11
        });
        assert_eq!(code.letters(), "QRSTVWXZ");
        assert_eq!(format!("{code:?}"), "UserCode(…)");
    }

    proptest! {
        #[test]
        fn what_prints_parses_back(draws in proptest::collection::vec(0u32..20, 8)) {
            let mut draws = draws.into_iter();
            let code = UserCode::draw(|_| draws.next().unwrap());
            prop_assert_eq!(UserCode::parse(&code.to_string()), Some(code.clone()));
            prop_assert_eq!(UserCode::parse(&code.letters().to_lowercase()), Some(code.clone()));
            prop_assert_eq!(serde_json::from_str::<UserCode>(&serde_json::to_string(&code).unwrap()).unwrap(), code);
        }

        #[test]
        fn nothing_panics_and_printing_is_canonical(typed in "[BCDFbcdf -]{0,12}|\\PC*") {
            if let Some(code) = UserCode::parse(&typed) {
                let printed = code.to_string();
                prop_assert_eq!(printed.len(), 9);
                prop_assert_eq!(UserCode::parse(&printed).unwrap().to_string(), printed);
            }
        }
    }
}
