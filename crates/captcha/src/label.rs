//! What an image shows and a sound says.

use rand::{Rng, RngExt};

/// Twelve capitals that people do not take for one another.
const ALPHABET: [char; 12] = ['A', 'C', 'E', 'H', 'K', 'L', 'M', 'P', 'R', 'T', 'U', 'X'];

/// Six letters of the alphabet `ACEHKLMPRTUX`.
pub fn letters<R: Rng>(rng: &mut R) -> String {
    let numbers = (0..6).map(|_| rng.random_range(0..ALPHABET.len()));
    numbers.filter_map(|n| ALPHABET.get(n)).collect()
}

/// Five or six digits for the sound.
pub fn digits<R: Rng>(rng: &mut R) -> String {
    let count = rng.random_range(5..=6);
    (0..count).map(|_| char::from(rng.random_range(b'0'..=b'9'))).collect()
}

pub(crate) fn is_letter(letter: char) -> bool {
    ALPHABET.contains(&letter)
}
