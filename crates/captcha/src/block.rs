//! The block of six letters: two rows of three in a common zigzag. What reads lines of text wants a line: where the neighbours
//! of a letter stand a third of its height higher or lower, no straight cut, level or leaning, parts the rows, and no turn makes
//! one of them level. People see the rows all the same, as both go up and down together. Letters come close and never touch:
//! one that lies on another is what people cannot read.

use std::ops::Range;

use rand::{Rng, RngExt};

use crate::error::Cause;
use crate::field::field;
use crate::glyph::{Fonts, Shape};
use crate::image::{HEIGHT, WIDTH};
use crate::plane::{Plane, whole};

/// What stays free along the border, in pixels: the blobs show that the picture goes on.
const MARGIN: i32 = 7;
/// How far a row leans, in radians, to either side.
const LEANS: Range<f32> = 0.02..0.13;
/// Pixels that stay free between rows and between letters. Fewer, and people take two letters for one.
const BETWEEN_ROWS: Range<i32> = 7..12;
const BETWEEN_LETTERS: Range<i32> = 6..11;
/// How far letters lie above and below their row in turn. With the closeness of the rows this does most: without, the best free
/// solver that had the rows cut and levelled read 52 of 100.
const RISES: Range<f32> = 22.0..31.0;
/// From the middle of one letter to that of the next.
const PITCHES: Range<f32> = 96.0..106.0;
/// How tall a letter is in pixels.
const SIZES: Range<f32> = 72.0..88.0;
/// How far a letter turns from its row, in radians, at most. 0.6 stops programs as well as the zigzag does, and people too.
const TURN: f32 = 0.2;
const SLANT: f32 = 0.12;
/// Width to height, 1 being the font's.
const BREADTHS: Range<f32> = 0.9..1.12;
/// How many pixels the bends move a letter's parts, one standard deviation.
const BEND: f32 = 4.5;
/// Wave lengths of the bends in a letter, and the size of the planes on which each letter has a patch of its own.
const BENDS: Range<f32> = 90.0..200.0;
const BENT: (u16, u16) = (380, 290);
/// How often letters that need more room than there is are drawn anew, each time smaller.
const FITTINGS: usize = 12;

/// The letters as black on white in a plane of the picture's size.
pub(crate) fn written<R: Rng>(letters: &[char], rng: &mut R) -> Result<Plane, Cause> {
    let fonts = Fonts::read()?;
    let bends = [(); 2].map(|()| field(BENT.0, BENT.1, &BENDS, rng));
    let mut scale = 1.0;
    for _ in 0..FITTINGS {
        let columns = Columns::drawn(rng);
        let mut rows = Vec::with_capacity(2);
        for (row, number) in letters.chunks(3).zip(0_u16..) {
            rows.push(Row::packed(row, &columns, scale, number, &fonts, &bends, rng)?);
        }
        if let Some(plane) = placed(rows, rng) {
            return Ok(plane);
        }
        scale *= 0.96;
    }
    Err(Cause::Room)
}

/// Where the three letters of both rows stand: how far each column lies from the middle, and how high.
struct Columns {
    lean: f32,
    places: [(f32, f32); 3],
}

impl Columns {
    fn drawn<R: Rng>(rng: &mut R) -> Self {
        let side = if rng.random() { 1.0 } else { -1.0 };
        let lean = if rng.random() { 1.0 } else { -1.0 } * rng.random_range(LEANS);
        let pitch = rng.random_range(PITCHES);
        let places = [(-pitch, -side), (0.0, side), (pitch, -side)].map(|(across, side)| {
            let rise = side * rng.random_range(RISES);
            (across + rng.random_range(-6.0..6.0), rise + lean * across)
        });
        Self { lean, places }
    }
}

/// Puts the lower row under the upper one and both into the picture, or nothing where they need more room than it has.
fn placed<R: Rng>(rows: Vec<Row>, rng: &mut R) -> Option<Plane> {
    let mut below = Edge::new();
    let mut block = Row { stamps: Vec::with_capacity(6) };
    for mut row in rows {
        let gap = rng.random_range(BETWEEN_ROWS);
        let down = row.stamps.iter().filter_map(|stamp| below.clear(&stamp.columns, gap)).max();
        row.shift(0, down.unwrap_or(0));
        for stamp in &row.stamps {
            below.grow(&stamp.columns);
        }
        block.stamps.append(&mut row.stamps);
    }
    let x = moved(block.span(|stamp| &stamp.columns), WIDTH, rng)?;
    let y = moved(block.span(|stamp| &stamp.lines), HEIGHT, rng)?;
    block.shift(x, y);
    let mut plane = Plane::new(WIDTH, HEIGHT);
    for stamp in &block.stamps {
        stamp.print(&mut plane);
    }
    Some(plane)
}

/// How far something that goes from here to there may be moved to lie inside the picture, or nothing where it does not fit.
fn moved<R: Rng>((start, end): (i32, i32), length: u16, rng: &mut R) -> Option<i32> {
    let room = i32::from(length) - 2 * MARGIN - (end - start);
    (room >= 0).then(|| MARGIN - start + rng.random_range(0..=room))
}

struct Row {
    stamps: Vec<Stamp>,
}

impl Row {
    /// Three letters in their columns, pushed on where they would touch those before them.
    fn packed<R: Rng>(
        letters: &[char],
        columns: &Columns,
        scale: f32,
        number: u16,
        fonts: &Fonts,
        bends: &[Plane; 2],
        rng: &mut R,
    ) -> Result<Self, Cause> {
        let mut row = Self { stamps: Vec::with_capacity(letters.len()) };
        let mut edge = Edge::new();
        for ((&letter, (across, down)), column) in letters.iter().zip(columns.places).zip(0_u16..) {
            let form = Form::drawn(columns.lean, scale, rng);
            let shape = fonts.shape(letter, rng.random_range(0..2))?;
            let mut stamp = Stamp::drawn(&shape, &form, bends, (column * 100, number * 110));
            let half = i32::from(stamp.plane.width() / 2);
            stamp.shift(whole(across) - half, whole(down + rng.random_range(-4.0..4.0)) - half);
            let gap = rng.random_range(BETWEEN_LETTERS);
            let on = edge.clear(&stamp.lines, gap).unwrap_or(0);
            stamp.shift(on.max(0), 0);
            edge.grow(&stamp.lines);
            row.stamps.push(stamp);
        }
        Ok(row)
    }

    fn shift(&mut self, x: i32, y: i32) {
        for stamp in &mut self.stamps {
            stamp.shift(x, y);
        }
    }

    /// From where to where a row's profiles go along their own direction.
    fn span(&self, profiles: impl Fn(&Stamp) -> &Profile) -> (i32, i32) {
        let starts = self.stamps.iter().map(|stamp| profiles(stamp).start);
        let ends = self.stamps.iter().map(|stamp| profiles(stamp).end());
        (starts.min().unwrap_or(0), ends.max().unwrap_or(0))
    }
}

/// How a letter is bent out of its upright shape.
struct Form {
    /// Height of the capital in pixels.
    size: f32,
    /// In radians.
    turn: f32,
    slant: f32,
    /// Width to height, 1 being the font's.
    breadth: f32,
}

impl Form {
    fn drawn<R: Rng>(lean: f32, scale: f32, rng: &mut R) -> Self {
        Self {
            size: scale * rng.random_range(SIZES),
            turn: lean + rng.random_range(-TURN..TURN),
            slant: rng.random_range(-SLANT..SLANT),
            breadth: rng.random_range(BREADTHS),
        }
    }
}

/// One letter drawn alone, and where its outline begins and ends on every line and column.
struct Stamp {
    plane: Plane,
    /// Where the plane's corner lies in the picture.
    x: i32,
    y: i32,
    lines: Profile,
    columns: Profile,
}

impl Stamp {
    /// Each pixel is taken back through bend, turn, slant and size, and looks up the shape there.
    fn drawn(shape: &Shape, form: &Form, bends: &[Plane; 2], corner: (u16, u16)) -> Self {
        let broad = form.size * form.breadth;
        // Half the diagonal, and what slant and bend add.
        let reach = form.size.hypot(shape.width() * broad) / 2.0 + 14.0;
        let side = u16::try_from(whole(2.0 * reach)).unwrap_or(0);
        let mut plane = Plane::new(side, side);
        // Back through turn, then slant, then size: one matrix.
        let (sin, cos) = form.turn.sin_cos();
        let (x_by_x, x_by_y) = ((cos - form.slant * sin) / broad, (sin + form.slant * cos) / broad);
        let (y_by_x, y_by_y) = (-sin / form.size, cos / form.size);
        let [bends_x, bends_y] = bends.each_ref().map(|bend| bend.part(corner));
        for (((cells, y), bends_x), bends_y) in plane.rows_mut().zip(0_u16..).zip(bends_x).zip(bends_y) {
            let y = f32::from(y) - reach;
            for (((cell, x), bend_x), bend_y) in cells.iter_mut().zip(0_u16..).zip(bends_x).zip(bends_y) {
                let (dx, dy) = (f32::from(x) - reach + BEND * bend_x, y + BEND * bend_y);
                *cell = shape.coverage(x_by_x * dx + x_by_y * dy, y_by_x * dx + y_by_y * dy);
            }
        }
        let (lines, columns) = (Profile::of_lines(&plane), Profile::of_columns(&plane));
        Self { plane, x: 0, y: 0, lines, columns }
    }

    fn shift(&mut self, x: i32, y: i32) {
        self.x += x;
        self.y += y;
        self.lines.shift(y, x);
        self.columns.shift(x, y);
    }

    /// Where the stamp's corner lies outside the paper, only ground is lost.
    fn print(&self, paper: &mut Plane) {
        let ahead = |at: i32| usize::try_from(at).unwrap_or(0);
        let rows = paper.rows_mut().skip(ahead(self.y)).zip(self.plane.rows().skip(ahead(-self.y)));
        for (row, own) in rows {
            for (old, new) in row.iter_mut().skip(ahead(self.x)).zip(own.iter().skip(ahead(-self.x))) {
                *old = old.max(*new);
            }
        }
    }
}

/// Where ink begins and ends on each of some lines (or columns) in a row, the first of which is `start`.
struct Profile {
    start: i32,
    spans: Vec<(i32, i32)>,
}

impl Profile {
    fn of_lines(plane: &Plane) -> Self {
        Self::of(plane.rows().map(|row| {
            let first = row.iter().position(|cell| is_ink(*cell))?;
            let last = row.iter().rposition(|cell| is_ink(*cell))?;
            Some((i32::try_from(first).ok()?, i32::try_from(last).ok()?))
        }))
    }

    fn of_columns(plane: &Plane) -> Self {
        let mut spans = vec![None; plane.width().into()];
        for (row, y) in plane.rows().zip(0_i32..) {
            for (span, _) in spans.iter_mut().zip(row).filter(|(_, cell)| is_ink(**cell)) {
                *span = Some(span.map_or((y, y), |(first, _)| (first, y)));
            }
        }
        Self::of(spans.into_iter())
    }

    /// The lines from the first to the last with ink; one without between them is left out.
    fn of(lines: impl Iterator<Item = Option<(i32, i32)>>) -> Self {
        let mut inked = lines.zip(0..).filter_map(|(span, at)| Some((span?, at))).peekable();
        let start = inked.peek().map_or(0, |(_, at)| *at);
        Self { start, spans: inked.map(|(span, _)| span).collect() }
    }

    fn end(&self) -> i32 {
        self.start + i32::try_from(self.spans.len()).unwrap_or(0)
    }

    fn shift(&mut self, along: i32, across: i32) {
        self.start += along;
        for span in &mut self.spans {
            *span = (span.0 + across, span.1 + across);
        }
    }

    fn each(&self) -> impl Iterator<Item = (i32, (i32, i32))> {
        (self.start..).zip(self.spans.iter().copied())
    }
}

fn is_ink(coverage: f32) -> bool {
    coverage > 0.3
}

/// How far what was set so far reaches on each line (or column).
struct Edge(Vec<i32>);

/// Lines before 0, for letters that rise above the first.
const BEFORE: i32 = 256;

impl Edge {
    fn new() -> Self {
        Self(vec![i32::MIN; 1024])
    }

    /// How much a profile must move on to stay `gap` away from everything set, also sideways; nothing where nothing is near.
    fn clear(&self, profile: &Profile, gap: i32) -> Option<i32> {
        let set = |at: i32| {
            let from = usize::try_from(at - gap + BEFORE).unwrap_or(0);
            self.0.iter().skip(from).take(usize::try_from(2 * gap + 1).unwrap_or(1)).max().copied().unwrap_or(i32::MIN)
        };
        let needs = profile.each().map(|(at, (near, _))| (set(at), near)).filter(|(far, _)| *far > i32::MIN);
        needs.map(|(far, near)| far + gap - near).max()
    }

    fn grow(&mut self, profile: &Profile) {
        for (at, (_, far)) in profile.each() {
            if let Some(cell) = usize::try_from(at + BEFORE).ok().and_then(|at| self.0.get_mut(at)) {
                *cell = far.max(*cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn block(text: &str, seed: u64) -> Plane {
        let letters: Vec<char> = text.chars().collect();
        let mut rng = StdRng::seed_from_u64(seed);
        written(&letters, &mut rng).unwrap()
    }

    #[test]
    fn no_letter_touches_the_border() {
        for text in ["MMMMMM", "KXMHRU", "LTLLTL", "CCCUUU"] {
            for seed in 0..5 {
                let ink = block(text, seed);
                let rows: Vec<&[f32]> = ink.rows().collect();
                let ends = [rows[0], rows[rows.len() - 1]].concat();
                let sides = rows.iter().flat_map(|row| [row[0], row[row.len() - 1]]);
                assert!(ends.into_iter().chain(sides).all(|coverage| coverage < 0.01), "{text} {seed}");
            }
        }
    }

    /// Letters that lie on each other are what people cannot read.
    #[test]
    fn the_six_letters_never_touch() {
        for text in ["MMMMMM", "KXMHRU", "LTLLTL", "CACXUX"] {
            for seed in 0..5 {
                assert_eq!(pieces(&block(text, seed)), 6, "{text} {seed}");
            }
        }
    }

    /// How many connected pieces of ink there are, crumbs left out.
    fn pieces(ink: &Plane) -> usize {
        let mut left: std::collections::BTreeSet<(u16, u16)> = ink
            .rows()
            .zip(0..)
            .flat_map(|(row, y)| row.iter().zip(0..).map(move |(cell, x)| (*cell, (x, y))))
            .filter(|(cell, _)| *cell > 0.5)
            .map(|(_, at)| at)
            .collect();
        let mut count = 0;
        while let Some(first) = left.pop_first() {
            let mut open = vec![first];
            let before = left.len();
            while let Some((x, y)) = open.pop() {
                let near = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
                open.extend(near.into_iter().filter(|at| left.remove(at)));
            }
            // The tip of a serifless corner may lie a pixel off.
            count += usize::from(before - left.len() > 20);
        }
        count
    }
}
