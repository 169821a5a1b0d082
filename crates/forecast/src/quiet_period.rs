//! Weeks in which an office does almost no work every year, although its calendar has working days.
//!
//! A calendar of plain weekdays does not know the days around Christmas or before Tết. If the log
//! itself fell silent for days on end, those days of the year count as no working time, both in
//! learning and in later years.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::working_time::WorkingTime;

/// The fewest silent working days that make a quiet period. A shorter silence is a holiday or an
/// accident. An office that rests for a week has decided to, and will decide so again.
const SHORTEST: usize = 5;
/// A day is silent if it has less than this part of the events usual for its weekday.
const SILENT: f64 = 0.2;
/// With fewer usual events a day than this, silence says nothing.
const USUAL: f64 = 5.0;
/// The usual number is the mean over this many weeks before, or after if that is lower.
const WEEKS: i64 = 5;

/// The first and last day of a quiet period, as month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QuietPeriod {
    first: (u32, u32),
    last: (u32, u32),
}

/// Finds the quiet periods. `days` are the working days covered, `events` the events of each day.
pub(crate) fn find(days: &[NaiveDate], events: &BTreeMap<NaiveDate, u32>) -> Vec<QuietPeriod> {
    let count = |day: NaiveDate| f64::from(events.get(&day).copied().unwrap_or(0));
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    let silent = |day: &NaiveDate| {
        // Usual work before and after is required: a log that only begins or ends is not at rest.
        let usual = |weeks: std::ops::RangeInclusive<i64>| {
            let days = weeks.map(|week| *day + chrono::TimeDelta::weeks(week));
            let counts: Vec<f64> = days
                .filter(|other| (first..=last).contains(&other))
                .map(count)
                .collect();
            counts.iter().sum::<f64>() / WEEKS.max(counts.len() as i64) as f64
        };
        let usual = usual(-WEEKS..=-1).min(usual(1..=WEEKS));
        usual >= USUAL && count(*day) < SILENT * usual
    };
    let mut quiet_periods: Vec<QuietPeriod> = Vec::new();
    for run in days.chunk_by(|a, b| silent(a) == silent(b)) {
        if run.len() >= SHORTEST && silent(&run[0]) {
            let of = |day: NaiveDate| (day.month(), day.day());
            let period = QuietPeriod {
                first: of(run[0]),
                last: of(run[run.len() - 1]),
            };
            quiet_periods.push(period);
        }
    }
    quiet_periods
}

/// Working time with the quiet periods taken out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// The first and last position of each quiet period, in order and without overlap.
    still: Vec<(f64, f64)>,
}

impl Pace {
    /// Applies quiet periods to every year of an office's calendar.
    pub fn new(quiet_periods: &[QuietPeriod], office: &WorkingTime) -> Pace {
        let (first, last) = office.days();
        let mut still: Vec<(f64, f64)> = Vec::new();
        for year in first.year() - 1..=last.year() {
            for period in quiet_periods {
                let over = i32::from(period.last < period.first);
                let day = |year, (month, day)| NaiveDate::from_ymd_opt(year, month, day);
                let (Some(from), Some(to)) =
                    (day(year, period.first), day(year + over, period.last))
                else {
                    continue;
                };
                if from > first && to < last {
                    still.extend(office.stretch(from, to));
                }
            }
        }
        still.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut apart: Vec<(f64, f64)> = Vec::new();
        for (from, to) in still {
            match apart.last_mut() {
                Some(before) if from <= before.1 => before.1 = before.1.max(to),
                Some(_) | None => apart.push((from, to)),
            }
        }
        Pace { still: apart }
    }

    /// The first position at which so much time outside quiet periods has passed.
    pub fn position(&self, paced: f64) -> f64 {
        let mut position = paced;
        for (from, to) in &self.still {
            if position <= *from {
                break;
            }
            position += to - from;
        }
        position
    }

    /// The time outside quiet periods that has passed by a position.
    pub fn at(&self, position: f64) -> f64 {
        let passed = self.still.iter().take_while(|(from, _)| *from < position);
        position
            - passed
                .map(|(from, to)| to.min(position) - from)
                .sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{Datelike, NaiveDate};

    use super::find;

    fn days() -> Vec<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(2025, 9, 1).expect("a date");
        let weekday = |day: &NaiveDate| day.weekday().num_days_from_monday() < 5;
        first.iter_days().take(180).filter(weekday).collect()
    }

    #[test]
    fn days_of_silence_are_a_quiet_period_and_one_day_is_not() {
        let silent = |day: &NaiveDate| {
            let (month, day) = (day.month(), day.day());
            (month == 12 && day >= 24) || (month == 10 && day == 15)
        };
        let events: BTreeMap<_, _> = days()
            .into_iter()
            .filter(|day| !silent(day))
            .map(|day| (day, 20))
            .collect();
        let quiet_periods = find(&days(), &events);
        assert_eq!(quiet_periods.len(), 1);
        assert_eq!(
            (quiet_periods[0].first, quiet_periods[0].last),
            ((12, 24), (12, 31))
        );
    }

    #[test]
    fn a_log_with_few_events_says_nothing_of_silence() {
        let events: BTreeMap<_, _> = days().into_iter().step_by(9).map(|day| (day, 3)).collect();
        assert!(find(&days(), &events).is_empty());
        assert!(find(&[], &BTreeMap::new()).is_empty());
    }
}
