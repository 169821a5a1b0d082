//! An invented log: reception, check, another agency's opinion that is slow for one kind, result.

use chrono::{NaiveTime, TimeDelta};
use domain::time::{Instant, instant};
use forecast::log::{Case, Event, Log};

pub use crate::basis::{Chance, calendar, date, office};

pub const STEPS: [&str; 4] = ["received", "checked", "opinion asked", "opinion given"];

/// A number of cases, a few a day from 2 January 2025.
pub fn log(cases: u64) -> Log {
    let mut chance = Chance(7);
    let begins = instant(date(2025, 1, 2), NaiveTime::from_hms_opt(9, 0, 0).unwrap());
    let cases = (0..cases).map(|number| {
        let start = begins + TimeDelta::hours(5 * number as i64) + minutes(chance.below(120));
        let is_slow = chance.below(10) < 4;
        let checked = start + TimeDelta::hours(2) + minutes(chance.below(1_500));
        let mut events = vec![event(0, start), event(1, checked)];
        let mut end = checked + minutes(500 + chance.below(3_000));
        if is_slow {
            let asked = checked + minutes(60 + chance.below(900));
            let given = asked + minutes(2_000 + chance.below(18_000));
            events.extend([event(2, asked), event(3, given)]);
            end = given + minutes(60 + chance.below(1_000));
        }
        Case {
            id: format!("c{number:06}"),
            start,
            end: Some(end),
            events,
            ..Case::default()
        }
    });
    Log {
        activities: STEPS.map(str::to_owned).to_vec(),
        cases: cases.collect(),
    }
}

/// The same log with a deadline nine days after each start.
pub fn dated(cases: u64) -> Log {
    let mut log = log(cases);
    for case in &mut log.cases {
        case.deadline = Some(case.start + TimeDelta::days(9));
    }
    log
}

pub fn event(activity: u32, at: Instant) -> Event {
    Event { activity, at }
}

pub fn minutes(minutes: u64) -> TimeDelta {
    TimeDelta::minutes(minutes as i64)
}
