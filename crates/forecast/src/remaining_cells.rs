//! Curves of the working days to the end, in cells of their own.

use crate::binning::{Binning, Binnings};
use crate::curve::Spread;
use crate::layer::{REMAINING, remaining};
use crate::places::Places;
use crate::table::RemainingCell;
use crate::training_row::{FOLDS, TrainingRow};

/// How many cases' worth of weight a cell's curve of the time to a result gives to its parent's.
///
/// Small, whatever leaning suits the chance: with a weight of hundreds, a step at which fifty cases
/// took a week would seem to end when the quick cases of other steps do.
const ENDING_LEAN: f64 = 10.0;
/// A cell with fewer cases is not kept, because its parent says the same.
const KEEP: u32 = 4;
/// The most cells kept, the largest first.
const MOST_CELLS: usize = 9_000;

/// Training rows sorted into cells.
pub(crate) struct RemainingCells {
    tallies: Vec<Tally>,
    /// For each layer, the tally of each training row.
    cells: Vec<Vec<u32>>,
}

struct Tally {
    key: u64,
    parent: Option<u32>,
    cases: u32,
    last: Option<u32>,
}

impl RemainingCells {
    pub fn new(rows: &[TrainingRow], binnings: &Binnings) -> RemainingCells {
        let mut places = Places::<u32>::default();
        let mut tallies: Vec<Tally> = Vec::new();
        let mut cells: Vec<Vec<u32>> = (0..REMAINING)
            .map(|_| Vec::with_capacity(rows.len()))
            .collect();
        for row in rows {
            let keys = remaining(&row.situation, &binnings.parts(&row.situation));
            let mut parent = None;
            for (cells, key) in cells.iter_mut().zip(keys) {
                let place = *places.entry(key).or_insert_with(|| {
                    tallies.push(Tally {
                        key,
                        parent,
                        cases: 0,
                        last: None,
                    });
                    (tallies.len() - 1) as u32
                });
                let tally = &mut tallies[place as usize];
                if tally.last != Some(row.case) {
                    tally.last = Some(row.case);
                    tally.cases += 1;
                }
                cells.push(place);
                parent = Some(place);
            }
        }
        RemainingCells { tallies, cells }
    }

    /// The cells worth keeping, in order of key, without the cases of a fold; of all cases for
    /// `FOLDS`. A cell's curve leans on its parent's by `lean` cases.
    pub fn curves(
        &self,
        rows: &[TrainingRow],
        ends: &Binning,
        lean: f64,
        but: usize,
    ) -> Vec<RemainingCell> {
        let ended = |row: &TrainingRow| row.ended;
        let mut alive = self.leaning((rows, ends), ended, lean, but);
        // A withdrawn case counts as running until then.
        let resolved = |row: &TrainingRow| row.resolved;
        let mut ending = self.leaning((rows, ends), resolved, ENDING_LEAN, but);
        let mut order: Vec<usize> = (0..self.tallies.len()).collect();
        order.retain(|place| alive[*place].is_some());
        order.sort_by_key(|place| {
            let tally = &self.tallies[*place];
            (std::cmp::Reverse(tally.cases), tally.key)
        });
        order.truncate(MOST_CELLS);
        order.sort_by_key(|place| self.tallies[*place].key);
        let cells = order.into_iter().filter_map(|place| {
            Some(RemainingCell {
                key: self.tallies[place].key,
                alive: alive[place].take()?,
                ending: ending[place].take()?,
            })
        });
        cells.collect()
    }

    /// The curve of each kept cell, by what counts as an end, without the cases of a fold.
    fn leaning(
        &self,
        (rows, ends): (&[TrainingRow], &Binning),
        ended: impl Fn(&TrainingRow) -> bool,
        lean: f64,
        but: usize,
    ) -> Vec<Option<Vec<f32>>> {
        let parts = ends.edges().len();
        let is_kept = |tally: &Tally| tally.parent.is_none() || tally.cases >= KEEP;
        let spread = |tally: &Tally| Spread::new(if is_kept(tally) { parts } else { 0 });
        let mut spreads: Vec<Spread> = self.tallies.iter().map(spread).collect();
        for (place, row) in rows.iter().enumerate() {
            if but == FOLDS || row.fold() != but {
                let part = usize::from(ends.part(row.remaining));
                for cells in &self.cells {
                    spreads[cells[place] as usize].add(part, ended(row));
                }
            }
        }
        // A parent comes before its children: a row meets it first.
        let mut curves: Vec<Option<Vec<f32>>> = Vec::with_capacity(self.tallies.len());
        for (tally, spread) in self.tallies.iter().zip(&spreads) {
            let parent = tally
                .parent
                .and_then(|parent| curves[parent as usize].as_deref());
            let curve = || spread.leaning(f64::from(tally.cases), parent, lean);
            let curve = is_kept(tally).then(curve);
            curves.push(curve);
        }
        curves
    }
}
