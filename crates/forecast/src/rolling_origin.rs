//! One rehearsal inside the training part: fit on what was known by a moment, judge what came next.

use std::ops::Range;

use crate::baseline::Baseline;
use crate::table::{Table, Voices};
use crate::training_cells::{Lessons, Made, TrainingCells};
use crate::training_row::{ObservedCase, rows};

/// An earlier part of the training to fit on, and what came next to judge by.
pub(crate) struct RollingOrigin<'a> {
    cells: TrainingCells,
    lessons: Lessons,
    /// The whole training part.
    observed: &'a [ObservedCase],
    /// Looks from here on are judged.
    from: f64,
    /// And before here.
    to: f64,
}

impl<'a> RollingOrigin<'a> {
    /// A fit on cases observed up to the position `from`, to be judged on `observed` up to `to`.
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

    /// A table of the earlier part.
    pub fn table(&self, made: Made) -> Table {
        self.cells.table(&self.lessons, made)
    }

    /// The looks at a case that are judged; none if its outcome was known at the fit, or still is not.
    fn judged(&self, case: &ObservedCase) -> Range<usize> {
        if case.late.is_none() || case.deadline.day < self.from {
            return 0..0;
        }
        let before = |day: f64| case.days.partition_point(|look| *look < day);
        before(self.from)..before(self.to)
    }

    /// The cases that are judged, with their looks.
    pub fn cases(&self) -> impl Iterator<Item = (&ObservedCase, Range<usize>)> {
        let judged = self.observed.iter().map(|case| (case, self.judged(case)));
        judged.filter(|(_, looks)| !looks.is_empty())
    }

    /// What a table says of each look that is judged, and whether its case ended late.
    pub fn said(&self, table: &Table) -> Vec<(Voices, bool)> {
        let said = self.cases().flat_map(|(case, looks)| {
            let late = case.late == Some(true);
            looks.map(move |look| (table.voices(&case.situations[look]), late))
        });
        said.collect()
    }

    /// For each look, the share of comparable cases that had ended by the time this one did, or was
    /// last seen running.
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

/// The squared error of the chance, summed over looks, when the second voice has a weight.
pub(crate) fn loss(said: &[(Voices, bool)], remaining_weight: f64) -> f64 {
    let error = |(voices, late): &(Voices, bool)| {
        (voices.mixed(remaining_weight) - f64::from(u8::from(*late))).powi(2)
    };
    said.iter().map(error).sum()
}
