//! The crate's one error. Nobody decides anything by it (a wrong label is a mistake of the caller, the rest a broken build), so
//! it is opaque; and it never repeats the label, because an answer must not reach a log.

/// Why there is no image or sound.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Cause);

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("an image shows six letters of the captcha's alphabet")]
    Letters,
    #[error("a sound says five or six digits")]
    Digits,
    #[error("a font of the captcha cannot be read")]
    Font(#[from] ab_glyph::InvalidFont),
    #[error("a font of the captcha lacks a letter")]
    Glyph,
    #[error("the captcha's letters find no room in the image")]
    Room,
    #[error("cannot encode the captcha's image")]
    Png(#[from] png::EncodingError),
    #[error("cannot read or write the captcha's sound")]
    Wav(#[from] hound::Error),
}
