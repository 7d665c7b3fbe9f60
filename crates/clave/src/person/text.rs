//! Short texts that people type.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextWrong {
    /// Nothing in it.
    Empty,
    /// More than this many characters.
    TooLong(usize),
    /// A character that has no place there.
    Characters,
}

/// Composed, without surrounding spaces, inner runs of spaces as one.
pub fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mandatory text of at most `most` characters, each of which `allowed`.
pub fn required(text: &str, most: usize, allowed: fn(char) -> bool) -> Result<String, TextWrong> {
    optional(text, most, allowed)?.ok_or(TextWrong::Empty)
}

/// The same, which may be empty.
pub fn optional(text: &str, most: usize, allowed: fn(char) -> bool) -> Result<Option<String>, TextWrong> {
    let text = tidy(text);
    if text.chars().count() > most {
        Err(TextWrong::TooLong(most))
    } else if !text.chars().all(allowed) {
        Err(TextWrong::Characters)
    } else {
        Ok((!text.is_empty()).then_some(text))
    }
}

/// Letters of any language, with what their accents are made of; modifier letters that only look like quotes are left out.
pub fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// Lower case without accents: `Ñuñoa` → `nunoa`.
pub fn plain_letters(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// [`plain_letters`] with nothing but letters and digits left.
pub fn letters_and_digits(text: &str) -> String {
    plain_letters(text).chars().filter(|c| c.is_alphanumeric()).collect()
}
