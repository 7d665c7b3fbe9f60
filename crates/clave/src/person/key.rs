//! The key (CS) that a person chooses.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::{about::About, text::letters_and_digits};
use crate::{secret::Secret, settings::KeyRules};

/// A key that follows the rules, ready to be hashed.
#[derive(Debug, Clone)]
pub struct NewKey(Secret);

/// Why a key is not taken. The person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing typed.
    Empty,
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than this.
    TooLong(usize),
    /// A character that cannot be seen.
    Unprintable,
    /// Programs that guess try it first.
    Common,
    /// One character again and again, or neighbours in order.
    Sequence,
    /// Has the RUT, a name, the e-mail or the birth date in it.
    Personal,
}

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| include_str!("../../data/common_keys.txt").lines().collect());

impl NewKey {
    /// Judges what was typed. Nothing is trimmed; accents are composed (NFC) so that every keyboard makes the same key.
    pub fn parse(typed: &Secret, rules: KeyRules, about: &About<'_>) -> Result<Self, Wrong> {
        let key = normal(typed);
        let text = key.expose();
        let length = text.chars().count();
        if length == 0 {
            Err(Wrong::Empty)
        } else if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            Err(Wrong::Unprintable)
        } else if length < rules.min_length {
            Err(Wrong::TooShort(rules.min_length))
        } else if length > rules.max_length {
            Err(Wrong::TooLong(rules.max_length))
        } else if is_sequence(text) {
            Err(Wrong::Sequence)
        } else if COMMON.contains(text.to_lowercase().as_str()) || is_about_the_service(text) {
            Err(Wrong::Common)
        } else if about.is_inside(text) {
            Err(Wrong::Personal)
        } else {
            Ok(Self(key))
        }
    }

    /// The key's text.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// A key as typed to prove who one is: composed like a new one, judged by nothing but its hash.
pub fn normal(typed: &Secret) -> Secret {
    Secret::new(typed.expose().nfc().collect::<String>())
}

/// Format characters that no one can type or see: zero-width, direction marks, byte-order mark, and unassigned or private ones.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}')
}

/// Words that every guesser adds to the list because of where the key is used (ASVS 5.0, 6.2.11).
fn is_about_the_service(text: &str) -> bool {
    let text = letters_and_digits(text);
    ["sence", "claveunica", "clavero"].iter().any(|word| text.contains(word))
}

/// `aaaaaaaa`, `12345678`, `87654321`, `abcdefgh`, `7890123456`.
fn is_sequence(text: &str) -> bool {
    let codes: Vec<i64> = text.to_lowercase().chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    let all = |step: i64, wrap: i64| steps.iter().all(|each| *each == step || *each == wrap);
    // After 9 comes 0, and before 0 comes 9.
    steps.iter().all(|step| *step == 0) || all(1, -9) || all(-1, 9)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rut::Rut;

    use super::*;
    use crate::person::{Email, Names};

    const RULES: KeyRules = KeyRules { min_length: 8, max_length: 10 };

    fn judge(text: &str) -> Result<(), Wrong> {
        NewKey::parse(&Secret::new(text), RULES, &About::default()).map(drop)
    }

    #[test]
    fn a_key_has_eight_to_ten_characters_of_any_kind() {
        for good in
            ["mar-Azul7", "ñandú-ñam", "a b c d e", "lluvia7", "🌧️ría9xyz"].into_iter().filter(|key| key.chars().count() >= 8)
        {
            assert_eq!(judge(good), Ok(()), "{good}");
        }
        assert_eq!(judge(""), Err(Wrong::Empty));
        assert_eq!(judge("siete77"), Err(Wrong::TooShort(8)));
        assert_eq!(judge("once-letras"), Err(Wrong::TooLong(10)));
        assert_eq!(judge("mi-SENCE-1"), Err(Wrong::Common));
        assert_eq!(judge("mar\0Azul7"), Err(Wrong::Unprintable));
        assert_eq!(judge("mar\u{200b}Azul7"), Err(Wrong::Unprintable));
    }

    #[test]
    fn composed_and_decomposed_accents_are_the_same_key() {
        let key = |text: &str| NewKey::parse(&Secret::new(text), RULES, &About::default()).unwrap().secret().expose().to_owned();
        assert_eq!(key("can\u{303}on-77"), key("cañon-77"));
    }

    #[test]
    fn common_keys_and_sequences_are_refused() {
        for common in ["password", "Password", "iloveyou", "chile2026", "qwertyuiop", "1q2w3e4r"] {
            assert_eq!(judge(common), Err(Wrong::Common), "{common}");
        }
        for plain in ["aaaaaaaa", "12345678", "87654321", "abcdefgh", "HGFEDCBA", "7890123456", "1234567890"] {
            assert_eq!(judge(plain), Err(Wrong::Sequence), "{plain}");
        }
    }

    #[test]
    fn a_key_does_not_contain_what_others_know() {
        let names = Names::parse("María José", "Ñancupil", "").ok().unwrap();
        let email = Email::parse("mjose.nan@correo.cl").ok().unwrap();
        let about = About {
            rut: Rut::parse("12.345.678-5").ok(),
            names: Some(&names),
            email: Some(&email),
            birth: crate::person::BirthDate::parse("1", "12", "1992", crate::Moment::from_micros(1_795_348_800_000_000)).ok(),
        };
        for personal in
            ["x12345678x", "12.345.678", "ÑANCUPIL9", "nancupil-9", "maria+7777", "mjosenan77", "x01121992", "1992-12-01"]
        {
            assert_eq!(NewKey::parse(&Secret::new(personal), RULES, &about).err(), Some(Wrong::Personal), "{personal}");
        }
        assert!(NewKey::parse(&Secret::new("lluvia-77x"), RULES, &about).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_panics_and_the_length_rule_holds(text in "\\PC{0,30}") {
            if let Ok(key) = NewKey::parse(&Secret::new(text), RULES, &About::default()) {
                prop_assert!((8..=10).contains(&key.secret().expose().chars().count()));
            }
        }
    }
}
