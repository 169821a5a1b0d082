//! Curves of the working days to the end, in cells of their own.

use crate::binning::{Binning, Parts};
use crate::curve::Spread;
use crate::layer::remaining;
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

/// Training rows sorted into the cells worth keeping. The cells lie within each other, so a row is
/// noted at its finest one, and the coarser ones add their parts up.
pub(crate) struct RemainingCells {
    /// The edges of the curves.
    ends: Binning,
    /// A parent comes before its children: a row meets it first.
    kept: Vec<KeptCell>,
    /// The finest kept cell of each row.
    finest: Vec<u32>,
    /// The counts of all rows at their finest cells.
    counts: Counts,
}

struct KeptCell {
    key: u64,
    parent: Option<u32>,
    cases: u32,
    /// Whether the cell is among the largest. Others are there because such a cell leans on them.
    is_large: bool,
}

/// A cell while rows are added.
struct Tally {
    key: u64,
    parent: Option<u32>,
    cases: u32,
    last: Option<u32>,
}

impl RemainingCells {
    /// `parts` are those of each row.
    pub fn new(rows: &[TrainingRow], parts: &[Parts], ends: Binning) -> RemainingCells {
        let mut places = Places::<u32>::default();
        let mut tallies: Vec<Tally> = Vec::new();
        let mut finest: Vec<u32> = Vec::with_capacity(rows.len());
        let mut before = None;
        for (row, parts) in rows.iter().zip(parts) {
            let keys = remaining(&row.situation, parts);
            // Looks at one case follow each other, and often lie in one cell.
            if let Some((_, place)) = before.filter(|(last, _)| *last == (keys, row.case)) {
                finest.push(place);
                continue;
            }
            let mut parent = None;
            for key in keys {
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
                parent = Some(place);
            }
            let place = parent.unwrap_or_default();
            finest.push(place);
            before = Some(((keys, row.case), place));
        }
        let (kept, places) = kept(&tallies);
        for place in &mut finest {
            *place = places[*place as usize];
        }
        let mut cells = RemainingCells {
            counts: Counts::new(kept.len(), ends.edges().len()),
            ends,
            kept,
            finest,
        };
        cells.counts = cells.counted(rows, |_| true);
        cells
    }

    /// The edges of the curves.
    pub fn ends(&self) -> &Binning {
        &self.ends
    }

    /// The largest cells, in order of key, without the cases of a fold; of all cases for `FOLDS`. A
    /// cell's curve leans on its parent's by `lean` cases.
    pub fn curves(&self, rows: &[TrainingRow], lean: f64, but: usize) -> Vec<RemainingCell> {
        let mut counts = self.counts.clone();
        if but < FOLDS {
            counts.take(&self.counted(rows, |row| row.fold() == but));
        }
        for (place, cell) in self.kept.iter().enumerate().rev() {
            if let Some(parent) = cell.parent {
                counts.add_up(place, parent as usize);
            }
        }
        let mut curves: Vec<[Vec<f32>; 2]> = Vec::with_capacity(self.kept.len());
        for (place, cell) in self.kept.iter().enumerate() {
            let parent = cell.parent.map(|parent| &curves[parent as usize]);
            let curve = |which: usize, ended: &[u32], lean: f64| {
                let all = counts.all(place);
                let parent = parent.map(|curves| curves[which].as_slice());
                Spread { ended, all }.leaning(f64::from(cell.cases), parent, lean)
            };
            // For the time to a result, a withdrawn case counts as running until then.
            let alive = curve(0, counts.ended(place), lean);
            let ending = curve(1, counts.resolved(place), ENDING_LEAN);
            curves.push([alive, ending]);
        }
        let cells = self.kept.iter().zip(curves);
        let large = cells.filter(|(cell, _)| cell.is_large);
        let mut cells: Vec<RemainingCell> = large
            .map(|(cell, [alive, ending])| RemainingCell {
                key: cell.key,
                alive,
                ending,
            })
            .collect();
        cells.sort_by_key(|cell| cell.key);
        cells
    }

    /// The counts of some rows at their finest cells.
    fn counted(&self, rows: &[TrainingRow], counts: impl Fn(&TrainingRow) -> bool) -> Counts {
        let mut counted = Counts::new(self.kept.len(), self.ends.edges().len());
        let looks = rows.iter().zip(&self.finest);
        for (row, place) in looks.filter(|(row, _)| counts(row)) {
            let part = usize::from(self.ends.part(row.remaining));
            counted.add(*place as usize, part, row);
        }
        counted
    }
}

/// The cells worth keeping, and for each tally the nearest of them.
fn kept(tallies: &[Tally]) -> (Vec<KeptCell>, Vec<u32>) {
    let mut order: Vec<usize> = (0..tallies.len()).collect();
    order.retain(|place| tallies[*place].parent.is_none() || tallies[*place].cases >= KEEP);
    order.sort_by_key(|place| {
        (
            std::cmp::Reverse(tallies[*place].cases),
            tallies[*place].key,
        )
    });
    order.truncate(MOST_CELLS);
    let mut is_large = vec![false; tallies.len()];
    let mut is_kept = vec![false; tallies.len()];
    for place in order {
        is_large[place] = true;
        let mut next = Some(place);
        while let Some(place) = next.filter(|place| !is_kept[*place]) {
            is_kept[place] = true;
            next = tallies[place].parent.map(|parent| parent as usize);
        }
    }
    let mut kept = Vec::new();
    let mut places: Vec<u32> = Vec::with_capacity(tallies.len());
    for (place, tally) in tallies.iter().enumerate() {
        let parent = tally.parent.map(|parent| places[parent as usize]);
        if is_kept[place] {
            places.push(kept.len() as u32);
            kept.push(KeptCell {
                key: tally.key,
                parent,
                cases: tally.cases,
                is_large: is_large[place],
            });
        } else {
            places.push(parent.unwrap_or_default());
        }
    }
    (kept, places)
}

/// For each cell and each part of the working days to the end: looks, those at cases that ended
/// there, and those at cases that ended there with a result.
#[derive(Clone)]
struct Counts {
    parts: usize,
    counts: Vec<u32>,
}

impl Counts {
    fn new(cells: usize, parts: usize) -> Counts {
        Counts {
            parts,
            counts: vec![0; 3 * parts * cells],
        }
    }

    fn add(&mut self, cell: usize, part: usize, row: &TrainingRow) {
        let first = 3 * self.parts * cell + part;
        let counted = [true, row.ended, row.resolved];
        for (which, counts) in counted.into_iter().enumerate() {
            self.counts[first + which * self.parts] += u32::from(counts);
        }
    }

    fn take(&mut self, other: &Counts) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count -= other;
        }
    }

    /// Adds the counts of a cell to those of an earlier one.
    fn add_up(&mut self, cell: usize, parent: usize) {
        let width = 3 * self.parts;
        let (earlier, later) = self.counts.split_at_mut(width * cell);
        let own = &later[..width];
        let parents = &mut earlier[width * parent..width * (parent + 1)];
        for (count, own) in parents.iter_mut().zip(own) {
            *count += own;
        }
    }

    fn all(&self, cell: usize) -> &[u32] {
        self.of(cell, 0)
    }

    fn ended(&self, cell: usize) -> &[u32] {
        self.of(cell, 1)
    }

    fn resolved(&self, cell: usize) -> &[u32] {
        self.of(cell, 2)
    }

    fn of(&self, cell: usize, which: usize) -> &[u32] {
        let first = self.parts * (3 * cell + which);
        &self.counts[first..first + self.parts]
    }
}
