//! One letter as a shape: a glyph of a sans-bold font, drawn upright and large once, then read through the inverse of the
//! letter's placement (turned, slanted, resized, bent).

use ab_glyph::{Font, FontRef, GlyphId, PxScale, point};

use crate::error::Cause;
use crate::plane::Plane;

/// Two fonts of the same kind, so that a letter has more than one outline; both subset to the alphabet.
const FONTS: [&[u8]; 2] =
    [include_bytes!("../fonts/OpenSans-Bold.subset.ttf"), include_bytes!("../fonts/Roboto-Bold.subset.ttf")];
/// A little more than the greatest height in an image: shrinking keeps the edges clean.
const CAP_HEIGHT: f32 = 90.0;

/// The fonts, read.
pub(crate) struct Fonts(Vec<FontRef<'static>>);

impl Fonts {
    pub(crate) fn read() -> Result<Self, Cause> {
        let fonts = FONTS.iter().copied().map(FontRef::try_from_slice);
        Ok(Self(fonts.collect::<Result<_, _>>()?))
    }

    /// The letter in one of the fonts, whichever number is given.
    pub(crate) fn shape(&self, letter: char, number: u8) -> Result<Shape, Cause> {
        let mut fonts = self.0.iter().cycle().skip(number.into());
        let font = fonts.next().ok_or(Cause::Glyph)?;
        let id = font.glyph_id(letter);
        if id == GlyphId(0) {
            return Err(Cause::Glyph);
        }
        Shape::outlined(font, id).ok_or(Cause::Glyph)
    }
}

/// A letter's coverage in its own coordinates: the middle of the letter is (0, 0) and a capital is 1 high.
pub(crate) struct Shape {
    /// The letter within a border of one cell of ground, into which its edges run out.
    plane: Plane,
    /// Width and height of the letter in cells.
    size: (f32, f32),
}

impl Shape {
    fn outlined(font: &FontRef<'_>, id: GlyphId) -> Option<Self> {
        // All letters of the alphabet are capitals, so any one's own height is the capital's height (C and U overshoot a hair).
        let bounds = font.outline(id)?.bounds;
        let tall = (bounds.min.y - bounds.max.y).abs();
        let scale = PxScale::from(CAP_HEIGHT / tall * font.height_unscaled());
        let glyph = id.with_scale_and_position(scale, point(0.0, 0.0));
        let outlined = font.outline_glyph(glyph)?;
        let size = |length: f32| u16::try_from(crate::plane::whole(length.ceil())).ok();
        let (width, height) = (size(outlined.px_bounds().width())?, size(outlined.px_bounds().height())?);
        let (across, down) = (width + 2, height + 2);
        let mut cells = vec![0.0; usize::from(across) * usize::from(down)];
        outlined.draw(|x, y, coverage| {
            let index = (y as usize + 1) * usize::from(across) + x as usize + 1;
            if let Some(cell) = cells.get_mut(index) {
                *cell = coverage;
            }
        });
        Some(Self { plane: Plane::of(across, down, cells), size: (width.into(), height.into()) })
    }

    /// The letter's width when it is 1 high.
    pub(crate) fn width(&self) -> f32 {
        self.size.0 / CAP_HEIGHT
    }

    pub(crate) fn coverage(&self, x: f32, y: f32) -> f32 {
        self.plane.sample(x * CAP_HEIGHT + self.size.0 / 2.0 + 1.0, y * CAP_HEIGHT + self.size.1 / 2.0 + 1.0)
    }
}
