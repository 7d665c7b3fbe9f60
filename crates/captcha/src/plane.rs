//! A plane of coverages, the paper on which fields and glyphs are drawn: 0 is ground, 1 is ink, between them an edge that runs
//! through the pixel. Everything outside the plane is ground, so that drawing never has to think about borders.

/// Width times height coverages, row by row.
pub(crate) struct Plane {
    width: u16,
    height: u16,
    cells: Vec<f32>,
}

impl Plane {
    /// A plane of ground.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::of(width, height, Vec::new())
    }

    /// A plane of the given cells; what lacks is ground.
    pub(crate) fn of(width: u16, height: u16, mut cells: Vec<f32>) -> Self {
        cells.resize(usize::from(width) * usize::from(height), 0.0);
        Self { width, height, cells }
    }

    /// The plane `times` as large, cut to `width` and `height`, straight lines drawn between its cells.
    pub(crate) fn enlarged(&self, times: u16, width: u16, height: u16) -> Self {
        let parts = || (0..times).map(|n| f32::from(n) / f32::from(times));
        let mut cells = Vec::with_capacity(usize::from(width) * usize::from(height));
        let rows: Vec<&[f32]> = self.rows().collect();
        let gaps = rows.iter().zip(rows.iter().skip(1));
        let lines = gaps.flat_map(|(upper, lower)| parts().map(move |part| (upper, lower, part)));
        for (upper, lower, part) in lines.take(height.into()) {
            let line: Vec<f32> = between(upper, lower, part).collect();
            let ends = line.iter().zip(line.iter().skip(1));
            let finer = ends.flat_map(|(left, right)| parts().map(move |p| left + (right - left) * p));
            cells.extend(finer.take(width.into()));
        }
        Self::of(width, height, cells)
    }

    pub(crate) fn width(&self) -> u16 {
        self.width
    }

    pub(crate) fn height(&self) -> u16 {
        self.height
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.cells.chunks(usize::from(self.width).max(1))
    }

    /// Replaces each cell from `start` up to but without `end` with `value(x, y, old)`.
    pub(crate) fn redraw(&mut self, start: (u16, u16), end: (u16, u16), mut value: impl FnMut(u16, u16, f32) -> f32) {
        let width = usize::from(self.width).max(1);
        let rows = self.cells.chunks_mut(width).zip(0_u16..);
        for (row, y) in rows.take(end.1.into()).skip(start.1.into()) {
            let cells = row.iter_mut().zip(0_u16..);
            for (cell, x) in cells.take(end.0.into()).skip(start.0.into()) {
                *cell = value(x, y, *cell);
            }
        }
    }

    pub(crate) fn at(&self, x: u16, y: u16) -> f32 {
        if x >= self.width {
            return 0.0;
        }
        let index = usize::from(y) * usize::from(self.width) + usize::from(x);
        self.cells.get(index).copied().unwrap_or(0.0)
    }

    /// The coverage at a point between cells, bilinear.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        // One is added so that the first half cell outside, which the edge of a shape runs through, is not cut off.
        let (x, y) = (x + 1.0, y + 1.0);
        let (Ok(right), Ok(below)) = (u16::try_from(whole(x)), u16::try_from(whole(y))) else {
            return 0.0;
        };
        if x < 0.0 || y < 0.0 || right > self.width || below > self.height {
            return 0.0;
        }
        let (dx, dy) = (x - f32::from(right), y - f32::from(below));
        let at = |x: Option<u16>, y: Option<u16>| match (x, y) {
            (Some(x), Some(y)) => self.at(x, y),
            _ => 0.0,
        };
        let (left, above) = (right.checked_sub(1), below.checked_sub(1));
        let upper = at(left, above) * (1.0 - dx) + at(Some(right), above) * dx;
        let lower = at(left, Some(below)) * (1.0 - dx) + at(Some(right), Some(below)) * dx;
        upper * (1.0 - dy) + lower * dy
    }
}

fn between(upper: &[f32], lower: &[f32], part: f32) -> impl Iterator<Item = f32> {
    let pairs = upper.iter().zip(lower);
    pairs.map(move |(up, low)| up + (low - up) * part)
}

/// The exclusive-or of two coverages; at an edge of either it passes through the middle.
pub(crate) fn xor(a: f32, b: f32) -> f32 {
    a + b - 2.0 * a * b
}

/// A point's column, row or level as a whole number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "floats in `as` saturate, and every caller treats what lies outside as ground"
)]
pub(crate) fn whole(value: f32) -> i32 {
    value as i32
}
