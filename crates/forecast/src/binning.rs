//! Features cut into parts that hold about equally many looks.
//!
//! The edges come from the log, so that a log of hours and a log of months are cut equally well. No
//! number of days is written in the code.

use serde::{Deserialize, Serialize};

use crate::situation::Situation;
use crate::training_row::TrainingRow;

/// The edges between the parts of one feature, in rising order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Binning(Vec<f32>);

/// Edges are taken from at most this many values, evenly picked.
const ENOUGH: usize = 100_000;

impl Binning {
    /// Cuts values into `parts` parts, or into fewer if many values are equal.
    pub fn new(rows: &[TrainingRow], parts: usize, value: impl Fn(&TrainingRow) -> f32) -> Binning {
        let every = rows.len().div_ceil(ENOUGH).max(1);
        let mut values: Vec<f32> = rows.iter().step_by(every).map(value).collect();
        values.sort_by(f32::total_cmp);
        let edges = (1..parts).filter_map(|part| values.get(part * values.len() / parts));
        let mut edges: Vec<f32> = edges.copied().collect();
        edges.dedup();
        Binning(edges)
    }

    /// Adds an edge above the highest value, so that every value lies below some edge.
    pub fn closed(mut self, rows: &[TrainingRow], value: impl Fn(&TrainingRow) -> f32) -> Binning {
        let highest = rows.iter().map(value).reduce(f32::max);
        self.0.extend(highest.map(f32::next_up));
        self
    }

    /// The index of the part that holds a value.
    pub fn part(&self, value: f32) -> u8 {
        let part = self.0.partition_point(|edge| *edge <= value);
        u8::try_from(part).unwrap_or(u8::MAX)
    }

    /// The edges, in rising order.
    pub fn edges(&self) -> &[f32] {
        &self.0
    }
}

/// The cuts of all binned features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Binnings {
    /// Working days left, coarsely and finely.
    pub left: [Binning; 2],
    /// Working days at the step, coarsely and finely.
    pub waited: [Binning; 2],
    /// Working days from the start to the first event.
    pub lag: Binning,
}

impl Binnings {
    pub fn new(rows: &[TrainingRow]) -> Binnings {
        let left = |parts| Binning::new(rows, parts, |row| row.situation.left);
        let waited = |parts| Binning::new(rows, parts, |row| row.situation.waited);
        Binnings {
            left: [left(8), left(24)],
            waited: [waited(8), waited(16)],
            lag: Binning::new(rows, 8, |row| row.situation.lag),
        }
    }
}

/// The part of each cut that holds a situation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    pub left: [u8; 2],
    pub waited: [u8; 2],
    pub lag: u8,
}

impl Binnings {
    pub fn parts(&self, at: &Situation) -> Parts {
        Parts {
            left: self.left.each_ref().map(|scale| scale.part(at.left)),
            waited: self.waited.each_ref().map(|scale| scale.part(at.waited)),
            lag: self.lag.part(at.lag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Binning;

    #[test]
    fn a_value_on_an_edge_lies_in_the_part_that_begins_there() {
        let scale = Binning(vec![1.0, 2.0]);
        let parts = [0.0, 1.0, 1.5, 2.0, 9.0].map(|value| scale.part(value));
        assert_eq!(parts, [0, 1, 1, 2, 2]);
        assert_eq!(Binning::default().part(7.0), 0);
    }
}
