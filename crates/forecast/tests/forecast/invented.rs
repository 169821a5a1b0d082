//! An invented log: reception, an opinion from elsewhere that is slow for one kind, the result.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::calendar::{Calendar, Hours};
use domain::time::{Instant, instant};
use forecast::log::{Case, Event, Log};
use forecast::working_time::{VietNam, WorkingTime};

pub fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Monday to Friday, eight to six.
pub fn calendar() -> Calendar {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let hours = Hours {
        from: date(2024, 1, 1),
        opens: vec![(time(8), time(18))],
    };
    Calendar::new("plain", date(2024, 1, 1), date(2028, 12, 31), &[], &[hours]).unwrap()
}

pub fn office() -> WorkingTime {
    WorkingTime::new(calendar(), Box::new(VietNam))
}

/// The same numbers every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub const STEPS: [&str; 4] = ["received", "checked", "opinion asked", "opinion given"];

/// So many cases, a few a day from 2 January 2025.
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
