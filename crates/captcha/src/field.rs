//! A smooth random field: a sum of plane waves of random direction and phase, whose lengths lie in one band. It has no grid and
//! no preferred direction that a filter could take out, half of it lies above zero wherever one looks, and the band sets the
//! size of its blobs.

use std::f32::consts::TAU;
use std::ops::Range;

use rand::{Rng, RngExt};

use crate::plane::{Plane, whole};

/// Fewer waves leave visible stripes; more change nothing one can see.
const WAVES: usize = 20;
/// The field is calculated at so many points to its shortest wave, and interpolated between them.
const POINTS: f32 = 9.0;

/// A random field of mean 0 and mean square 1 over `width` times `height` pixels, with waves of `lengths` pixels.
pub(crate) fn field<R: Rng>(width: u16, height: u16, lengths: &Range<f32>, rng: &mut R) -> Plane {
    let step = whole(lengths.start / POINTS);
    let step = u16::try_from(step).unwrap_or(1).max(1);
    let (across, down) = (width / step + 2, height / step + 2);
    let waves: Vec<Wave> = (0..WAVES).map(|_| Wave::new(across, down, f32::from(step), lengths, rng)).collect();
    let mut cells = Vec::with_capacity(usize::from(across) * usize::from(down));
    for y in 0..usize::from(down) {
        let mut row = vec![0.0; across.into()];
        for wave in &waves {
            wave.add(y, &mut row);
        }
        cells.append(&mut row);
    }
    Plane::of(across, down, cells).enlarged(step, width, height)
}

/// A plane wave, as the cosine and sine of its angle at each column and at each row: those of a point follow by the addition
/// theorem, which spares a cosine for each wave and point.
struct Wave {
    columns: Vec<(f32, f32)>,
    rows: Vec<(f32, f32)>,
}

impl Wave {
    fn new<R: Rng>(across: u16, down: u16, step: f32, lengths: &Range<f32>, rng: &mut R) -> Self {
        let direction = rng.random_range(0.0..TAU);
        let per_point = step * TAU / rng.random_range(lengths.clone());
        let phase = rng.random_range(0.0..TAU);
        let angles = |count: u16, per_point: f32, phase: f32| {
            (0..count).map(|n| (f32::from(n) * per_point + phase).sin_cos()).map(|(sin, cos)| (cos, sin)).collect()
        };
        Self { columns: angles(across, per_point * direction.cos(), phase), rows: angles(down, per_point * direction.sin(), 0.0) }
    }

    /// Adds the wave's row `y`.
    fn add(&self, y: usize, row: &mut [f32]) {
        // sqrt(2 / WAVES) makes the mean square of the sum 1.
        const AMPLITUDE: f32 = 0.316_227_77;
        let Some(&(cos_y, sin_y)) = self.rows.get(y) else {
            return;
        };
        let (cos_y, sin_y) = (AMPLITUDE * cos_y, AMPLITUDE * sin_y);
        for (cell, (cos_x, sin_x)) in row.iter_mut().zip(&self.columns) {
            *cell += cos_x * cos_y - sin_x * sin_y;
        }
    }
}
