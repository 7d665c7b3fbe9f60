#![doc = include_str!("../README.md")]

mod error;
mod field;
mod glyph;
mod image;
mod label;
mod plane;

pub use error::Error;
pub use image::image;
use label::is_letter;
pub use label::{digits, letters};

/// How hard an image is to read, for programs and for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What everyone sees.
    Normal,
    /// While attempts are many: inverting specks on top. One wrong letter should be forgiven.
    Alto,
}
