//! The voices: recordings of the ten digits, each voice one small WAV of ten slots of equal length. Where they come from and
//! what their licences ask is in `samples/README.md`.

use std::io::Cursor;

use crate::error::Cause;

/// What the digits are said in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// As in Mexico and Spain.
    Spanish,
    /// As in the United States and England.
    English,
    /// The French digits: Kreyòl says them nearly the same, and no recording of its own may be shipped.
    Kreyol,
}

/// Frames a second of the samples, and so of what is made of them: a telephone's.
pub(crate) const RATE: u16 = 8000;

const SPANISH: &[&[u8]] =
    &[include_bytes!("../samples/es-mx.wav"), include_bytes!("../samples/es-es.wav"), include_bytes!("../samples/es-es-low.wav")];
const ENGLISH: &[&[u8]] = &[include_bytes!("../samples/en-us.wav"), include_bytes!("../samples/en-gb.wav")];
const FRENCH: &[&[u8]] =
    &[include_bytes!("../samples/fr-ca.wav"), include_bytes!("../samples/fr-fr.wav"), include_bytes!("../samples/fr-fr-low.wav")];

/// One person (or program) saying each of the ten digits.
pub(crate) struct Voice {
    digits: Vec<Vec<f32>>,
}

impl Voice {
    fn read(wav: &[u8]) -> Result<Self, Cause> {
        let samples = hound::WavReader::new(Cursor::new(wav))?.into_samples::<i8>();
        let frames = samples.map(|frame| frame.map(|frame| f32::from(frame) / 128.0)).collect::<Result<Vec<f32>, _>>()?;
        let digits = frames.chunks((frames.len() / 10).max(1));
        Ok(Self { digits: digits.map(spoken).collect() })
    }

    /// The recording of a digit, 0 to 9.
    pub(crate) fn says(&self, digit: u8) -> &[f32] {
        self.digits.get(usize::from(digit)).map_or(&[], Vec::as_slice)
    }
}

/// A slot without the silence that fills it up, which is exactly zero.
fn spoken(slot: &[f32]) -> Vec<f32> {
    let end = slot.iter().rposition(|frame| *frame != 0.0).map_or(0, |last| last + 1);
    slot.iter().copied().take(end).collect()
}

pub(crate) fn voices(language: Language) -> Result<Vec<Voice>, Cause> {
    let wavs = match language {
        Language::Spanish => SPANISH,
        Language::English => ENGLISH,
        Language::Kreyol => FRENCH,
    };
    wavs.iter().copied().map(Voice::read).collect()
}
