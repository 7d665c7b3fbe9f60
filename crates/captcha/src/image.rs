//! The image: a smooth random field and six letters, both black and white, joined by exclusive-or. A letter is dark where the
//! field is light and light where it is dark, so that no threshold, no colour and no brightness separates ink from ground; only
//! its contour tells it, which people follow and programs that read text do not. Two short rows, each tilted its own way, break
//! what those programs expect of a line of text.

use std::ops::Range;

use rand::{Rng, RngExt};

use crate::Level;
use crate::error::{Cause, Error};
use crate::field::field;
use crate::glyph::{Fonts, Shape};
use crate::label::is_letter;
use crate::plane::{Plane, whole, xor};

const WIDTH: u16 = 340;
const HEIGHT: u16 = 250;
/// What a row leaves free at both ends together, for slanted and bent letters.
const MARGIN: f32 = 34.0;

/// Wave lengths of the field in pixels. Shorter, and its blobs pass for strokes; longer, and a whole letter lies in one blob,
/// which a free program that gets the two rows cut apart reads (with softer edges: 74 of 300 at 40 to 98, 40 of 300 at 38 to
/// 86).
const BLOBS: Range<f32> = 38.0..86.0;
/// Wave lengths of the bends in a letter.
const BENDS: Range<f32> = 90.0..200.0;

/// Bytes that a picture may weigh at `Normal`, so that the longest page with one stays a first load of 20 KB. One in fifteen is heavier.
const HEAVIEST: usize = 5_900;
/// How often a heavier one is drawn anew.
const DRAWINGS: usize = 8;

/// A PNG of six letters of the alphabet, in two tilted rows of three. The same generator in the same state gives the same bytes.
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
    let mut ink = written(letters, rng)?;
    let blobs = field(WIDTH, HEIGHT, &BLOBS, rng);
    // The field rises by about 0.1 a pixel where it crosses zero: 8 makes most edges as sharp as those of the letters.
    ink.redraw((0, 0), (WIDTH, HEIGHT), |x, y, letter| xor(letter, (0.5 + 8.0 * blobs.at(x, y)).clamp(0.0, 1.0)));
    if matches!(level, Level::Alto) {
        speckle(&mut ink, rng);
    }
    encoded(&ink)
}

/// The letters as black on white, in their places.
fn written<R: Rng>(letters: &[char], rng: &mut R) -> Result<Plane, Cause> {
    let fonts = Fonts::read()?;
    let bends = [(); 2].map(|()| field(WIDTH, HEIGHT, &BENDS, rng));
    let mut plane = Plane::new(WIDTH, HEIGHT);
    let rows = leans(rng).into_iter().zip([72.0, 178.0]);
    for (row, (lean, middle)) in letters.chunks(3).zip(rows) {
        let mut letters = Vec::with_capacity(row.len());
        for &letter in row {
            letters.push(Letter {
                shape: fonts.shape(letter, rng.random_range(0..2))?,
                size: rng.random_range(63.0..79.0),
                turn: lean + rng.random_range(-0.11..0.11),
                slant: rng.random_range(-0.18..0.18),
                gap: rng.random_range(7.0..17.0),
                rise: rng.random_range(-4.0..4.0),
            });
        }
        fit(&mut letters);
        set_row(&mut plane, &letters, lean, middle, &bends, rng);
    }
    Ok(plane)
}

/// How much each row leans, in radians: always visibly, and less when they lean against each other and would touch.
fn leans<R: Rng>(rng: &mut R) -> [f32; 2] {
    let first = if rng.random() { 1.0 } else { -1.0 };
    let (second, most) = if rng.random() { (first, 0.17) } else { (-first, 0.11) };
    [first, second].map(|side| side * rng.random_range(0.06..most))
}

struct Letter {
    shape: Shape,
    size: f32,
    turn: f32,
    slant: f32,
    gap: f32,
    rise: f32,
}

impl Letter {
    fn width(&self) -> f32 {
        self.shape.width() * self.size
    }
}

fn length(row: &[Letter]) -> f32 {
    row.iter().map(|letter| letter.width() + letter.gap).sum()
}

/// Makes a row of wide letters smaller, so that it ends inside the image.
fn fit(row: &mut [Letter]) {
    let by = ((f32::from(WIDTH) - MARGIN) / length(row)).min(1.0);
    for letter in row {
        letter.size *= by;
        letter.gap *= by;
    }
}

/// Sets the letters along a leaning line through the middle of the image, the row moved sideways at random where there is room.
fn set_row<R: Rng>(plane: &mut Plane, letters: &[Letter], lean: f32, middle: f32, bends: &[Plane; 2], rng: &mut R) {
    let length = length(letters);
    let room = (f32::from(WIDTH) - MARGIN - length).max(0.0) / 2.0;
    let mut along = rng.random_range(-room..=room) - length / 2.0;
    for letter in letters {
        let half = f32::midpoint(letter.width(), letter.gap);
        along += half;
        let centre = (f32::from(WIDTH) / 2.0 + along * lean.cos(), middle + along * lean.sin() + letter.rise);
        set_letter(plane, letter, centre, bends);
        along += half;
    }
}

/// Draws one letter: each pixel near it is taken back through bend, turn, slant and size, and looks up the shape there.
fn set_letter(plane: &mut Plane, letter: &Letter, centre: (f32, f32), bends: &[Plane; 2]) {
    let [bend_x, bend_y] = bends;
    let (sin, cos) = letter.turn.sin_cos();
    // Half the diagonal, and what slant and bend add.
    let reach = letter.size.hypot(letter.width()) / 2.0 + 10.0;
    let start = (cell(centre.0 - reach), cell(centre.1 - reach));
    let end = (cell(centre.0 + reach), cell(centre.1 + reach));
    plane.redraw(start, end, |x, y, old| {
        let dx = f32::from(x) - centre.0 + 3.0 * bend_x.at(x, y);
        let dy = f32::from(y) - centre.1 + 3.0 * bend_y.at(x, y);
        let upright = (dx * cos + dy * sin, dy * cos - dx * sin);
        let slanted = upright.0 + letter.slant * upright.1;
        let coverage = letter.shape.coverage(slanted / letter.size, upright.1 / letter.size);
        old.max(coverage)
    });
}

/// Inverts small round specks, which breaks contours where a program joins them and people look past.
fn speckle<R: Rng>(ink: &mut Plane, rng: &mut R) {
    for _ in 0..150 {
        let x = rng.random_range(0.0..f32::from(WIDTH));
        let y = rng.random_range(0.0..f32::from(HEIGHT));
        let radius = rng.random_range(1.8_f32..4.6);
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
            let blobs = field(WIDTH, HEIGHT, &BLOBS, &mut rng);
            for (letter, blob) in ink.rows().flatten().zip(blobs.rows().flatten()) {
                all += letter;
                dark += xor(*letter, if *blob > 0.0 { 1.0 } else { 0.0 }) * letter;
            }
        }
        let share: f32 = dark / all;
        assert!((0.45..0.55).contains(&share), "{share}");
    }

    #[test]
    fn no_letter_touches_the_border() {
        let mut rng = seeded(4);
        for text in ["MMMMMM", "KXMHRU", "LTLLTL", "CCCUUU"] {
            let text: Vec<char> = text.chars().collect();
            for _ in 0..10 {
                let ink = written(&text, &mut rng).unwrap();
                let rows: Vec<&[f32]> = ink.rows().collect();
                let ends = [rows[0], rows[rows.len() - 1]].concat();
                let sides = rows.iter().flat_map(|row| [row[0], row[row.len() - 1]]);
                assert!(ends.into_iter().chain(sides).all(|coverage| coverage == 0.0));
            }
        }
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
