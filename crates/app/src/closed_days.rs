//! Figures of days that are over, kept for a while.
//!
//! To reckon them reads months of a unit, and pages ask for them again and again. Only what is recorded late
//! changes them, so a page and the record of a month's flags may tell them a few minutes old. Rates and forms that
//! somebody asks for are exact and do not ask here.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDate, TimeDelta};
use domain::id::{ProcedureCode, ProvinceCode, StepId, UnitCode};
use domain::indicator::Report;
use domain::time::Instant;

use crate::foresight::{FlagRecord, Month};
use crate::ports::Scope;
use crate::rate_units::RateUnits;

/// For how long a figure is told before it is reckoned anew.
pub(crate) const KEPT: TimeDelta = TimeDelta::minutes(15);

/// More figures are not kept: twenty for each commune of the country's largest province.
const MOST: usize = 8_000;

/// Every figure of closed days that is kept.
#[derive(Default)]
pub(crate) struct Closed {
    /// Rates of units from one day to another.
    pub rates: ClosedDays<(RateUnits, NaiveDate, NaiveDate), Report>,
    /// How many dossiers passed each step in some working days before a day.
    pub passed: ClosedDays<(Scope, NaiveDate, u32), BTreeMap<StepId, u32>>,
    /// How many dossiers of each procedure the desk of a unit took in lately, most first. Today is among those days.
    pub received: ClosedDays<(ProvinceCode, UnitCode), Vec<(ProcedureCode, u32)>>,
    /// How good the flags of a month were.
    pub records: ClosedDays<(Scope, Month), FlagRecord>,
}

/// Figures by what they are of.
pub(crate) struct ClosedDays<K, V> {
    figures: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K, V> Default for ClosedDays<K, V> {
    fn default() -> Self {
        Self {
            figures: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash, V: Clone> ClosedDays<K, V> {
    /// A figure that is not too old.
    pub fn get(&self, key: &K, now: Instant) -> Option<V> {
        let figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, figure) = figures.get(key)?;
        is_kept(*at, now).then(|| figure.clone())
    }

    /// Keeps a figure that was reckoned now.
    pub fn keep(&self, key: K, now: Instant, figure: V) {
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        if figures.len() >= MOST {
            figures.retain(|_, (at, _)| is_kept(*at, now));
        }
        if figures.len() < MOST {
            figures.insert(key, (now, figure));
        }
    }
}

/// A clock that was set back makes a figure as old as one that is told too long.
fn is_kept(at: Instant, now: Instant) -> bool {
    (TimeDelta::zero()..KEPT).contains(&(now - at))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::time;

    use super::{ClosedDays, KEPT, MOST};

    #[test]
    fn a_figure_is_told_for_a_while_and_not_longer() {
        let days = ClosedDays::default();
        let now = time::day_start("2026-11-02".parse().unwrap());
        days.keep("ward", now, 7);
        let told = |after| days.get(&"ward", now + after);
        assert_eq!(told(TimeDelta::zero()), Some(7));
        assert_eq!(told(KEPT - TimeDelta::seconds(1)), Some(7));
        assert_eq!(told(KEPT), None);
        assert_eq!(told(TimeDelta::seconds(-1)), None, "a clock set back");
        assert_eq!(days.get(&"commune", now), None);
    }

    #[test]
    fn what_is_full_forgets_what_is_old_and_takes_no_more() {
        let days = ClosedDays::default();
        let now = time::day_start("2026-11-02".parse().unwrap());
        for number in 0..MOST {
            days.keep(number, now, number);
        }
        days.keep(MOST, now, MOST);
        assert_eq!(days.get(&MOST, now), None);
        days.keep(MOST, now + KEPT, MOST);
        assert_eq!(days.get(&MOST, now + KEPT), Some(MOST));
        assert_eq!(days.get(&0, now + KEPT), None);
    }
}
