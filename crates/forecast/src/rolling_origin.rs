//! One trial inside the training part: fit on what was known by a moment, judge what came next.

use std::ops::Range;

use crate::table::{Table, Voices, Weights};
use crate::training_cells::{Asked, Lessons, Made, TrainingCells};
use crate::training_row::{Observed, ObservedCase};

/// A fit on an earlier part of the training data, and the later looks that judge it.
pub(crate) struct RollingOrigin<'a> {
    cells: TrainingCells,
    lessons: Lessons,
    /// The whole training part.
    observed: &'a Observed,
    /// Looks at or after this position are judged.
    from: f64,
    /// Looks before this position are judged.
    to: f64,
}

impl<'a> RollingOrigin<'a> {
    /// Fits on cases observed up to the position `from`; the looks of `observed` up to `to` judge
    /// it.
    pub fn new(earlier: Observed, observed: &'a Observed, from: f64, to: f64) -> RollingOrigin<'a> {
        let cells = TrainingCells::new(earlier);
        let asked = Asked {
            points: true,
            apart: false,
        };
        RollingOrigin {
            lessons: cells.learn(asked),
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
        if case.late.is_none() || case.deadline < self.from {
            return 0..0;
        }
        let days = &self.observed.days[case.looks.clone()];
        let before = |day: f64| case.looks.start + days.partition_point(|look| *look < day);
        before(self.from)..before(self.to)
    }

    /// The judged cases, with their looks.
    pub fn cases(&self) -> impl Iterator<Item = (&ObservedCase, Range<usize>)> {
        let cases = self.observed.cases.iter();
        let judged = cases.map(|case| (case, self.judged(case)));
        judged.filter(|(_, looks)| !looks.is_empty())
    }

    /// The answers of a table to each judged look, and whether the case ended late.
    pub fn said(&self, table: &Table) -> Vec<(Voices, bool)> {
        let said = self.cases().flat_map(|(case, looks)| {
            let late = case.late == Some(true);
            let rows = self.observed.rows[looks].iter();
            rows.map(move |row| (table.voices(&row.situation), late))
        });
        said.collect()
    }

    /// For each look, the share of comparable cases that had ended by the time this case ended or
    /// was last seen running, and whether it ended with a result.
    pub fn ranks(&self, table: &Table) -> Vec<(f64, bool)> {
        let mut ranks = Vec::new();
        for (case, looks) in self.cases() {
            for row in &self.observed.rows[looks] {
                let Some(ending) = table.ending(&row.situation) else {
                    continue;
                };
                ranks.push((ending.ended_by(f64::from(row.remaining)), case.resolved));
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
