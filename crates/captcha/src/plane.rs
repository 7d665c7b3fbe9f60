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
        let parts: Vec<f32> = (0..times).map(|n| f32::from(n) / f32::from(times)).collect();
        let mut finer = Self::new(width, height);
        let mut line = vec![0.0; self.width.into()];
        let gaps = self.rows().zip(self.rows().skip(1));
        let lines = gaps.flat_map(|gap| parts.iter().map(move |part| (gap, part)));
        for (cells, ((upper, lower), part)) in finer.rows_mut().zip(lines) {
            for ((cell, up), low) in line.iter_mut().zip(upper).zip(lower) {
                *cell = up + (low - up) * part;
            }
            let ends = line.iter().zip(line.iter().skip(1));
            for (some, (left, right)) in cells.chunks_mut(usize::from(times).max(1)).zip(ends) {
                for (cell, part) in some.iter_mut().zip(&parts) {
                    *cell = left + (right - left) * part;
                }
            }
        }
        finer
    }

    pub(crate) fn width(&self) -> u16 {
        self.width
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.cells.chunks(usize::from(self.width).max(1))
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.cells.chunks_mut(usize::from(self.width).max(1))
    }

    /// The rows of the part right of and below `corner`.
    pub(crate) fn part(&self, corner: (u16, u16)) -> impl Iterator<Item = &[f32]> {
        let right = move |row| <[f32]>::get(row, usize::from(corner.0)..).unwrap_or_default();
        self.rows().skip(corner.1.into()).map(right)
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

    /// The coverage at a point between cells, bilinear; ground where not all four of them are in the plane.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        // Written so that not a number is outside as well.
        let inside = x >= 0.0 && y >= 0.0 && x < f32::from(self.width) && y < f32::from(self.height);
        let (true, Ok(left), Ok(above)) = (inside, u16::try_from(whole(x)), u16::try_from(whole(y))) else {
            return 0.0;
        };
        let (dx, dy) = (x - f32::from(left), y - f32::from(above));
        let width = usize::from(self.width);
        let first = usize::from(above) * width + usize::from(left);
        let pair = |first: usize| self.cells.get(first..first + 2);
        let (Some([one, two]), Some([three, four])) = (pair(first), pair(first + width)) else {
            return 0.0;
        };
        let upper = one * (1.0 - dx) + two * dx;
        let lower = three * (1.0 - dx) + four * dx;
        upper * (1.0 - dy) + lower * dy
    }
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
