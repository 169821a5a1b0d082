//! The ratings of a unit's citizens in a period: counts of scores, their mean, and the share of the
//! dissatisfied.
//!
//! A rating counts on the day of the rating, at the unit that decided the dossier. Ratings and
//! rates of time do not affect each other.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::dossier::Score;
use crate::id::UnitCode;
use crate::indicator::{Period, Rate, SMALL};
use crate::time;

const GRADES: usize = Score::HIGHEST as usize;

/// How many ratings gave each score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scores([u32; GRADES]);

impl Scores {
    /// Counts ratings of one score.
    pub fn add(&mut self, score: Score, count: u32) {
        self.0[usize::from(score.get() - Score::LOWEST)] += count;
    }

    /// Adds another unit's ratings.
    pub fn merge(&mut self, other: &Scores) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    /// The counts, from the lowest score to the highest.
    #[must_use]
    pub fn counts(&self) -> [u32; GRADES] {
        self.0
    }

    /// How many ratings there are.
    #[must_use]
    pub fn ratings(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The mean score; none without a rating.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let points: f64 = self.each().map(|(score, count)| points(score, count)).sum();
        let ratings = self.ratings();
        (ratings > 0).then(|| points / f64::from(ratings))
    }

    /// The share of those who were dissatisfied.
    #[must_use]
    pub fn dissatisfied(&self) -> Rate {
        let dissatisfied = self.each().filter(|(score, _)| score.is_dissatisfied());
        let dissatisfied = dissatisfied.map(|(_, count)| count).sum();
        Rate::new(dissatisfied, self.ratings())
    }

    fn each(&self) -> impl Iterator<Item = (Score, u32)> + '_ {
        (Score::LOWEST..=Score::HIGHEST)
            .filter_map(Score::new)
            .zip(self.0)
    }
}

fn points(score: Score, count: u32) -> f64 {
    f64::from(score.get()) * f64::from(count)
}

/// A unit's row.
#[derive(Debug, Clone, PartialEq)]
pub struct SatisfactionRow {
    /// The unit's agency identifier; empty in the total.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Its ratings.
    pub scores: Scores,
}

impl SatisfactionRow {
    /// Whether there are too few ratings for a meaningful mean.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.scores.ratings() < SMALL
    }
}

/// The ratings of units over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Satisfaction {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What had been recorded by then, RFC 3339 at +07:00.
    pub as_of: String,
    /// A row a unit, by identifier.
    pub units: Vec<SatisfactionRow>,
    /// All of them together.
    pub total: SatisfactionRow,
}

impl Satisfaction {
    /// A report from the ratings of units, with their names.
    #[must_use]
    pub fn new(period: &Period, units: BTreeMap<UnitCode, (String, Scores)>) -> Self {
        let mut total = Scores::default();
        let units = units
            .into_iter()
            .map(|(unit, (name, scores))| {
                total.merge(&scores);
                SatisfactionRow {
                    unit: unit.to_string(),
                    name,
                    scores,
                }
            })
            .collect();
        Self {
            from: period.from,
            to: period.to,
            as_of: time::rfc3339(period.as_of),
            units,
            total: SatisfactionRow {
                unit: String::new(),
                name: "Tổng cộng".into(),
                scores: total,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(counts: [u32; GRADES]) -> Scores {
        let mut scores = Scores::default();
        for (score, count) in (1..=5).zip(counts) {
            scores.add(Score::new(score).unwrap(), count);
        }
        scores
    }

    #[test]
    fn the_mean_weighs_each_score_by_how_many_gave_it() {
        for (counts, mean) in [
            ([0, 0, 0, 0, 0], None),
            ([1, 0, 0, 0, 0], Some(1.0)),
            ([0, 0, 0, 0, 7], Some(5.0)),
            ([1, 0, 0, 0, 1], Some(3.0)),
            ([0, 1, 0, 3, 0], Some(3.5)),
        ] {
            let scores = scores(counts);
            assert_eq!(scores.mean(), mean, "{counts:?}");
            assert_eq!(scores.counts(), counts);
        }
    }

    #[test]
    fn dissatisfied_are_those_of_the_two_lowest_scores() {
        let all = scores([1, 2, 4, 8, 16]);
        assert_eq!(all.dissatisfied(), Rate::new(3, 31));
        assert_eq!(Scores::default().dissatisfied().rate, None);
    }
}
