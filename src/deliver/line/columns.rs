//! How wide the columns of a terminal are: as wide as what was shown so far, within reason.

use super::cells::Cells;
use super::clean;

/// Widths at the start: what nearly every alert needs. The time's is fixed by its format.
const LEAST: [usize; Cells::LEADING] = [22, 4, 6, 3, 2, 8, 2, 8, 7];
/// Beyond these a cell is cut, not the column widened.
const MOST: [usize; Cells::LEADING] = [25, 20, 6, 10, 7, 24, 4, 8, 28];

/// Widths of the columns before the title; they only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns([usize; Cells::LEADING]);

impl Default for Columns {
    fn default() -> Self {
        Self(LEAST)
    }
}

impl Columns {
    pub(super) fn widen(&mut self, cells: &Cells) {
        for ((width, most), cell) in self.0.iter_mut().zip(MOST).zip(cells.leading()) {
            *width = (*width).max(clean::width(cell)).min(most);
        }
    }

    pub(super) const fn widths(&self) -> [usize; Cells::LEADING] {
        self.0
    }
}
