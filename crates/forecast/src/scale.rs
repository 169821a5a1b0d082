//! Features cut into parts that hold about equally many looks.
//!
//! The edges come from the log itself, so that a log of hours and a log of months are cut equally
//! well, and no number of days is written down here.

use serde::{Deserialize, Serialize};

use crate::lesson::Lesson;
use crate::situation::Situation;

/// Where one part of a feature ends and the next begins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scale(Vec<f32>);

/// Values from which edges are taken; of more, every so many.
const ENOUGH: usize = 100_000;

impl Scale {
    /// Cuts values into so many parts, or fewer where many are alike.
    pub fn new(lessons: &[Lesson], parts: usize, value: impl Fn(&Lesson) -> f32) -> Scale {
        let every = lessons.len().div_ceil(ENOUGH).max(1);
        let mut values: Vec<f32> = lessons.iter().step_by(every).map(value).collect();
        values.sort_by(f32::total_cmp);
        let edges = (1..parts).filter_map(|part| values.get(part * values.len() / parts));
        let mut edges: Vec<f32> = edges.copied().collect();
        edges.dedup();
        Scale(edges)
    }

    /// Adds an edge beyond the highest value, so that every value lies in a part that ends.
    pub fn closed(mut self, lessons: &[Lesson], value: impl Fn(&Lesson) -> f32) -> Scale {
        let highest = lessons.iter().map(value).reduce(f32::max);
        self.0.extend(highest.map(f32::next_up));
        self
    }

    /// The number of the part a value lies in.
    pub fn part(&self, value: f32) -> u8 {
        let part = self.0.partition_point(|edge| *edge <= value);
        u8::try_from(part).unwrap_or(u8::MAX)
    }

    /// In rising order.
    pub fn edges(&self) -> &[f32] {
        &self.0
    }
}

/// The scales of one training part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scales {
    /// Working days left, coarsely and finely.
    pub left: [Scale; 2],
    /// Working days at the step, coarsely and finely.
    pub waited: [Scale; 2],
    /// Working days from the start to the first event.
    pub lag: Scale,
}

impl Scales {
    pub fn new(lessons: &[Lesson]) -> Scales {
        let left = |parts| Scale::new(lessons, parts, |lesson| lesson.situation.left);
        let waited = |parts| Scale::new(lessons, parts, |lesson| lesson.situation.waited);
        Scales {
            left: [left(8), left(24)],
            waited: [waited(8), waited(16)],
            lag: Scale::new(lessons, 8, |lesson| lesson.situation.lag),
        }
    }
}

/// In which part of each scale a situation lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    pub left: [u8; 2],
    pub waited: [u8; 2],
    pub lag: u8,
}

impl Scales {
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
    use super::Scale;

    #[test]
    fn a_value_on_an_edge_lies_in_the_part_that_begins_there() {
        let scale = Scale(vec![1.0, 2.0]);
        let parts = [0.0, 1.0, 1.5, 2.0, 9.0].map(|value| scale.part(value));
        assert_eq!(parts, [0, 1, 1, 2, 2]);
        assert_eq!(Scale::default().part(7.0), 0);
    }
}
