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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn letters_are_six_of_the_alphabet_and_every_one_comes() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let letters = letters(&mut rng);
            assert_eq!(letters.len(), 6);
            seen.extend(letters.chars());
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ALPHABET);
    }

    #[test]
    fn digits_are_five_or_six() {
        let mut rng = StdRng::seed_from_u64(1);
        let labels: Vec<String> = (0..100).map(|_| digits(&mut rng)).collect();
        assert!(labels.iter().all(|label| label.chars().all(|digit| digit.is_ascii_digit())));
        let lengths: std::collections::BTreeSet<usize> = labels.iter().map(String::len).collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [5, 6]);
    }
}
