//! The image: a smooth random field and six letters, both black and white, joined by exclusive-or. A letter is dark where the
//! field is light and light where it is dark, so that no threshold, no colour and no brightness separates ink from ground; only
//! its contour tells it, which people follow and programs that read text do not. Two short rows that go up and down together
//! break what those programs expect of a line of text.

use std::ops::Range;

use rand::{Rng, RngExt};

use crate::Level;
use crate::block::written;
use crate::error::{Cause, Error};
use crate::field::field;
use crate::label::is_letter;
use crate::plane::{Plane, whole, xor};

/// The picture's width in pixels, at both levels.
pub const WIDTH: u16 = 340;
/// The picture's height in pixels, at both levels.
pub const HEIGHT: u16 = 250;
/// What a level draws over the letters.
struct Cover {
    /// Wave lengths of the field in pixels. Shorter, and its blobs pass for strokes; longer, and a whole letter lies in one blob.
    blobs: Range<f32>,
    specks: u16,
}

impl Level {
    fn cover(self) -> Cover {
        match self {
            Self::Normal => Cover { blobs: 44.0..98.0, specks: 0 },
            Self::Alto => Cover { blobs: 34.0..75.0, specks: 95 },
        }
    }
}

/// Bytes that a picture may weigh at `Normal`, so that the longest page with one stays a first load of 20 KB. One in fifteen is heavier.
const HEAVIEST: usize = 5_900;
/// How often a heavier one is drawn anew.
const DRAWINGS: usize = 8;

/// A PNG of six letters of the alphabet, in two rows of three. The same generator in the same state gives the same bytes.
pub fn image<R: Rng>(letters: &str, level: Level, rng: &mut R) -> Result<Vec<u8>, Error> {
    let letters: Vec<char> = letters.chars().collect();
    if letters.len() != 6 || !letters.iter().copied().all(is_letter) {
        return Err(Cause::Letters.into());
    }
    let mut drawing = drawn(&letters, level, rng)?;
    for _ in 1..DRAWINGS {
        if level == Level::Alto || drawing.len() <= HEAVIEST {
            break;
        }
        drawing = drawn(&letters, level, rng)?;
    }
    Ok(drawing)
}

fn drawn<R: Rng>(letters: &[char], level: Level, rng: &mut R) -> Result<Vec<u8>, Cause> {
    let cover = level.cover();
    let mut ink = written(letters, rng)?;
    let blobs = field(WIDTH, HEIGHT, &cover.blobs, rng);
    // The field rises by about 0.1 a pixel where it crosses zero: 8 makes most edges as sharp as those of the letters.
    for (letter, blob) in ink.rows_mut().flatten().zip(blobs.rows().flatten()) {
        *letter = xor(*letter, (0.5 + 8.0 * blob).clamp(0.0, 1.0));
    }
    speckle(&mut ink, cover.specks, rng);
    encoded(&ink)
}

/// Inverts small round specks, which breaks contours where a program joins them and people look past.
fn speckle<R: Rng>(ink: &mut Plane, count: u16, rng: &mut R) {
    for _ in 0..count {
        let x = rng.random_range(0.0..f32::from(WIDTH));
        let y = rng.random_range(0.0..f32::from(HEIGHT));
        let radius = rng.random_range(1.8_f32..4.0);
        let reach = radius + 1.0;
        ink.redraw((cell(x - reach), cell(y - reach)), (cell(x + reach) + 1, cell(y + reach) + 1), |column, row, old| {
            let (dx, dy) = (f32::from(column) - x, f32::from(row) - y);
            xor(old, (radius + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0))
        });
    }
}

/// A PNG of four tones. Nothing but edges lies between black and white: shades and grain cost most of the bytes of an image, and
/// a single threshold takes them away.
fn encoded(ink: &Plane) -> Result<Vec<u8>, Cause> {
    // Four pixels a byte; a row is a whole number of bytes.
    let tones: Vec<u8> = ink.rows().flatten().map(|coverage| tone(*coverage)).collect();
    let packed: Vec<u8> = tones.chunks(4).map(|four| four.iter().fold(0, |byte, tone| byte << 2 | tone)).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH.into(), HEIGHT.into());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_filter(png::Filter::NoFilter);
    // Within 3 in 100 of the highest level, in half the time; 4 costs 9 in 100 more. Every filter costs bytes.
    encoder.set_deflate_compression(png::DeflateCompression::Level(6));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&packed)?;
    writer.finish()?;
    Ok(bytes)
}

/// 0 is black, 3 is white.
fn tone(coverage: f32) -> u8 {
    u8::try_from(whole(((1.0 - coverage) * 3.0 + 0.5).clamp(0.0, 3.0))).unwrap_or(0)
}

/// A coordinate as a column or row, those before the image being its first.
fn cell(coordinate: f32) -> u16 {
    u16::try_from(whole(coordinate.max(0.0))).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::letters;

    const LEVELS: [Level; 2] = [Level::Normal, Level::Alto];

    fn seeded(seed: u64) -> StdRng {
        StdRng::seed_from_u64(seed)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        for level in LEVELS {
            let once = image("PATXEL", level, &mut seeded(7)).unwrap();
            assert_eq!(once, image("PATXEL", level, &mut seeded(7)).unwrap());
        }
    }

    #[test]
    fn letters_seed_and_level_all_change_the_bytes() {
        let picture = image("PATXEL", Level::Normal, &mut seeded(7)).unwrap();
        assert_ne!(picture, image("PATXEM", Level::Normal, &mut seeded(7)).unwrap());
        assert_ne!(picture, image("PATXEL", Level::Normal, &mut seeded(8)).unwrap());
        assert_ne!(picture, image("PATXEL", Level::Alto, &mut seeded(7)).unwrap());
    }

    #[test]
    fn every_image_is_a_wide_png_of_four_tones_and_few_kilobytes() {
        let mut rng = seeded(1);
        for (level, most) in [(Level::Normal, HEAVIEST), (Level::Alto, 12_000)] {
            for _ in 0..50 {
                let bytes = image(&letters(&mut rng), level, &mut rng).unwrap();
                assert!(bytes.len() <= most, "{} bytes", bytes.len());
                let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
                let mut packed = vec![0; reader.output_buffer_size().unwrap()];
                let info = reader.next_frame(&mut packed).unwrap();
                assert!(info.width >= 320);
                assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Two));
            }
        }
    }

    /// What makes the image: ink and ground have the same brightness, so knowing a pixel's tone says nothing about it.
    #[test]
    fn half_of_the_letters_is_dark_and_half_is_light() {
        let mut rng = seeded(3);
        let (mut dark, mut all) = (0.0, 0.0);
        for _ in 0..20 {
            let ink = written(&['M', 'A', 'R', 'T', 'E', 'L'], &mut rng).unwrap();
            let blobs = field(WIDTH, HEIGHT, &Level::Normal.cover().blobs, &mut rng);
            for (letter, blob) in ink.rows().flatten().zip(blobs.rows().flatten()) {
                all += letter;
                dark += xor(*letter, if *blob > 0.0 { 1.0 } else { 0.0 }) * letter;
            }
        }
        let share: f32 = dark / all;
        assert!((0.45..0.55).contains(&share), "{share}");
    }

    #[test]
    fn only_six_letters_of_the_alphabet_make_an_image() {
        for wrong in ["", "PATXE", "PATXELA", "PATXEB", "patxel", "PATXE\u{301}", "PAT XE"] {
            assert!(image(wrong, Level::Normal, &mut seeded(1)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_error_does_not_tell_the_letters() {
        let error = image("QQQQQQ", Level::Normal, &mut seeded(1)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains('Q'));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_text_makes_it_panic(text in ".*", seed: u64) {
            let _ = image(&text, Level::Alto, &mut seeded(seed));
        }

        #[test]
        fn no_letters_make_it_fail(text in "[ACEHKLMPRTUX]{6}", seed: u64) {
            prop_assert!(image(&text, Level::Alto, &mut seeded(seed)).is_ok());
        }
    }
}
