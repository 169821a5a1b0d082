//! One trial inside the training part: fit on what was known by a moment, judge what came next.

use std::ops::Range;

use crate::baseline::Baseline;
use crate::table::{Table, Voices, Weights};
use crate::training_cells::{Lessons, Made, TrainingCells};
use crate::training_row::{ObservedCase, rows};

/// A fit on an earlier part of the training data, and the later looks that judge it.
pub(crate) struct RollingOrigin<'a> {
    cells: TrainingCells,
    lessons: Lessons,
    /// The whole training part.
    observed: &'a [ObservedCase],
    /// Looks at or after this position are judged.
    from: f64,
    /// Looks before this position are judged.
    to: f64,
}

impl<'a> RollingOrigin<'a> {
    /// Fits on cases observed up to the position `from`; the looks of `observed` up to `to` judge
    /// it.
    pub fn new(
        earlier: &[ObservedCase],
        observed: &'a [ObservedCase],
        from: f64,
        to: f64,
    ) -> RollingOrigin<'a> {
        let baseline = Baseline::new(earlier.iter().filter_map(ObservedCase::life));
        let rows = rows(earlier, &baseline);
        let cells = TrainingCells::new(baseline, rows);
        RollingOrigin {
            lessons: cells.learn(),
            cells,
            observed,
            from,
            to,
        }
    }

    /// Makes a table of the earlier part.
    pub fn table(&self, made: Made) -> Table {
        self.cells.table(&self.lessons, made)
    }

    /// The looks at a case that are judged; none if the outcome was known at the fit or is still
    /// open.
    fn judged(&self, case: &ObservedCase) -> Range<usize> {
        if case.late.is_none() || case.deadline.day < self.from {
            return 0..0;
        }
        let before = |day: f64| case.days.partition_point(|look| *look < day);
        before(self.from)..before(self.to)
    }

    /// The judged cases, with their looks.
    pub fn cases(&self) -> impl Iterator<Item = (&ObservedCase, Range<usize>)> {
        let judged = self.observed.iter().map(|case| (case, self.judged(case)));
        judged.filter(|(_, looks)| !looks.is_empty())
    }

    /// The answers of a table to each judged look, and whether the case ended late.
    pub fn said(&self, table: &Table) -> Vec<(Voices, bool)> {
        let said = self.cases().flat_map(|(case, looks)| {
            let late = case.late == Some(true);
            looks.map(move |look| (table.voices(&case.situations[look]), late))
        });
        said.collect()
    }

    /// For each look, the share of comparable cases that had ended by the time this case ended or
    /// was last seen running, and whether it ended with a result.
    pub fn ranks(&self, table: &Table) -> Vec<(f64, bool)> {
        let mut ranks = Vec::new();
        for (case, looks) in self.cases() {
            for look in looks {
                let at = &case.situations[look];
                let Some(ending) = table.ending(at) else {
                    continue;
                };
                ranks.push((ending.ended_by(case.remaining[look]), case.resolved));
            }
        }
        ranks
    }
}

/// The squared error of the chance, summed over looks, for some weights of the voices.
pub(crate) fn loss(said: &[(Voices, bool)], weights: Weights) -> f64 {
    let error = |(voices, late): &(Voices, bool)| {
        (voices.mixed(weights) - f64::from(u8::from(*late))).powi(2)
    };
    said.iter().map(error).sum()
}
