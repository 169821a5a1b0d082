//! Weekdays on which dossiers of a kind are finished, if not on every working day. Examples:
//! payments on Mondays and Thursdays, a committee that signs on Fridays. Learned from ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::situation::EVERY_DAY;

/// With fewer ends, a kind gets no weekdays of its own.
const ENOUGH: u32 = 100;
/// With ends in fewer weeks, one busy week could be the whole history.
const WEEKS: usize = 8;
/// A weekday with less than this part of all ends is not one on which dossiers are finished.
const SELDOM: f64 = 0.02;
/// Above this many weekdays, waiting for the next one hardly matters.
const MOST_DAYS: u32 = 3;

/// The weekdays on which dossiers are finished, as bits, Monday lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Week(u8);

impl Week {
    /// None if there are too few ends, or if they fall on most weekdays.
    fn of(ends: &Ends) -> Option<Week> {
        let all: u32 = ends.on.iter().sum();
        if all < ENOUGH || ends.weeks.len() < WEEKS {
            return None;
        }
        let often = |count: u32| f64::from(count) >= SELDOM * f64::from(all);
        let mask = (0..7).filter(|day| often(ends.on[*day]));
        let mask = mask.fold(0_u8, |mask, day| mask | 1 << day);
        (mask.count_ones() <= MOST_DAYS).then_some(Week(mask))
    }

    fn serves(self, date: i32) -> bool {
        // The first day of the common era was a Monday.
        self.0 & 1 << (date - 1).rem_euclid(7) != 0
    }

    /// How many such days lie from one local day to another, both included; capped below
    /// [`EVERY_DAY`].
    pub fn days_between(self, from: i32, to: i32) -> u8 {
        let most = i32::from(EVERY_DAY) - 1;
        let days = (from..=to.min(from + 7 * most)).filter(|date| self.serves(*date));
        days.take(most as usize).count() as u8
    }

    /// The first such day, starting at a local day.
    pub fn next(self, from: i32) -> i32 {
        let mut days = from..from + 7;
        days.find(|date| self.serves(*date)).unwrap_or(from)
    }

    /// The weekdays, 0 for Monday.
    pub fn weekdays(self) -> Vec<u8> {
        (0..7).filter(|day| self.0 & 1 << day != 0).collect()
    }
}

/// The ends of one kind of case.
#[derive(Default)]
struct Ends {
    on: [u32; 7],
    weeks: std::collections::BTreeSet<i32>,
}

impl Ends {
    fn add(&mut self, date: i32) {
        self.on[(date - 1).rem_euclid(7) as usize] += 1;
        self.weeks.insert((date - 1).div_euclid(7));
    }
}

/// The weekdays of the kinds of case that are not finished on every working day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceDays {
    /// For all kinds together.
    all: Option<Week>,
    /// Kinds with weekdays of their own, in order of kind.
    of_kind: Vec<(u16, Week)>,
}

impl ServiceDays {
    /// Learns from the kinds and local days of ends with a result.
    pub fn new(ends: impl Iterator<Item = (u16, i32)>) -> ServiceDays {
        let mut all = Ends::default();
        let mut kinds = BTreeMap::<u16, Ends>::new();
        for (kind, date) in ends {
            all.add(date);
            kinds.entry(kind).or_default().add(date);
        }
        let of_kind = kinds.into_iter();
        ServiceDays {
            all: Week::of(&all),
            of_kind: of_kind
                .filter_map(|(kind, ends)| Some((kind, Week::of(&ends)?)))
                .collect(),
        }
    }

    /// The weekdays of a kind; none if its cases are finished on any working day.
    pub fn of(&self, kind: u16) -> Option<Week> {
        let own = self.of_kind.binary_search_by_key(&kind, |(kind, _)| *kind);
        own.ok().map(|place| self.of_kind[place].1).or(self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::ServiceDays;

    /// Ends of kind 1 on some weekdays of twenty weeks, ten a day.
    fn learned(weekdays: &[i32]) -> ServiceDays {
        let weeks = (0..20).flat_map(|week| weekdays.iter().map(move |day| 1 + 7 * week + day));
        ServiceDays::new(weeks.flat_map(|date| [(1, date); 10]))
    }

    #[test]
    fn two_days_a_week_are_learned_and_counted_to_the_deadline() {
        let week = learned(&[0, 3]).of(1).expect("Mondays and Thursdays");
        assert_eq!(week.weekdays(), [0, 3]);
        // From a Tuesday to the Wednesday there is none, to the Thursday one, to the Monday two.
        let tuesday = 2 + 7 * 30;
        let until = |days| week.days_between(tuesday, tuesday + days);
        assert_eq!([until(1), until(2), until(6)], [0, 1, 2]);
        assert_eq!(week.next(tuesday), tuesday + 2);
    }

    #[test]
    fn an_ordinary_week_says_nothing_and_neither_do_few_ends() {
        assert_eq!(learned(&[0, 1, 2, 3, 4]).of(1), None);
        let few = ServiceDays::new((0..30).map(|week| (1, 1 + 7 * week)));
        assert_eq!(few.of(1), None);
        assert_eq!(ServiceDays::default().of(1), None);
    }
}
