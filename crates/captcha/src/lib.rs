#![doc = include_str!("../README.md")]

mod block;
mod error;
mod field;
mod glyph;
mod image;
mod label;
mod plane;
mod sound;
mod voice;

pub use error::Error;
pub use image::{HEIGHT, WIDTH, image};
pub use label::{digits, letters};
pub use sound::sound;
pub use voice::Language;

/// How hard an image is to read, for programs and for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What everyone sees.
    Normal,
    /// While attempts are many: inverting specks on top. One wrong letter should be forgiven.
    Alto,
}
