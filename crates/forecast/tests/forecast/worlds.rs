//! A made-up province that slows down: the alarm sees it soon.

use std::sync::Arc;

use chrono::{Datelike, Months, TimeDelta};
use domain::limit::Limit;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::forecaster::Forecaster;
use forecast::level::Precision;
use forecast::log::{Case, Event, Log};
use forecast::planned::Plan;
use forecast::record::{Settled, drift};
use forecast::working_time::WorkingTime;

use crate::invented::{Chance, date, office};

/// Limits in working days, and how many of ten dossiers have them: most are of the same day.
const LIMITS: [(u16, u64); 4] = [(0, 5), (3, 2), (10, 2), (20, 1)];

/// So many dossiers from 1 April 2024 on, a steady number a day. From a moment on all work takes
/// `slower` times as long.
fn world(dossiers: u64, a_day: u64, slower: f64, from: Instant) -> Log {
    let office = office();
    let mut chance = Chance(2_026);
    let begins = office
        .position(domain::time::day_start(date(2024, 4, 1)))
        .unwrap();
    let cases = (0..dossiers).map(|number| {
        let mut pick = chance.below(10);
        let kind = LIMITS.iter().position(|(_, of_ten)| {
            let is_it = pick < *of_ten;
            pick = pick.saturating_sub(*of_ten);
            is_it
        });
        let kind = kind.unwrap_or(0);
        let days = LIMITS[kind].0;
        let position = begins + number as f64 / a_day as f64;
        let start = office.moment_of(position).unwrap();
        let limit = if days == 0 {
            Limit::SameDay
        } else {
            Limit::WorkingDays(days)
        };
        let due = office.due(start, limit).unwrap();
        let allowance = (office.position(due).unwrap() - position).max(0.05);
        let pace = if start < from { 1.0 } else { slower };
        // Three steps, each of a skewed length; one dossier in six is a hard one.
        let hard = if chance.below(6) == 0 { 2.2 } else { 0.8 };
        let mut passed = 0.0;
        let mut events = vec![Event {
            activity: 0,
            at: start,
        }];
        for step in 1..=3 {
            let unit = (chance.below(10_000) as f64 + 1.0) / 10_001.0;
            passed += allowance * 0.17 * hard * pace * -unit.ln();
            events.push(Event {
                activity: step,
                at: office.moment_of(position + passed).unwrap(),
            });
        }
        let end = events.pop().map(|event| event.at);
        Case {
            id: format!("{number:06}"),
            types: vec!["field".to_owned(), format!("procedure {kind}")],
            start,
            end,
            deadline: Some(due),
            events,
            unit: format!("ward {}", number % 7),
            unit_kind: "ward".to_owned(),
            ..Case::default()
        }
    });
    Log {
        activities: ["desk", "checked", "signed"].map(str::to_owned).to_vec(),
        cases: cases.collect(),
    }
}

/// What an engine would have said of a dossier that it looks at all day.
struct Seen {
    settled: Settled,
    due: Instant,
}

fn seen(forecaster: &Forecaster, office: &WorkingTime, log: &Log, case: &Case) -> Seen {
    let due = case.deadline.unwrap();
    let end = case.end.unwrap();
    let position = |at: Instant| office.position(at).unwrap();
    let (start, until) = (position(case.start), position(due));
    let half = office.moment_of(start.midpoint(until)).unwrap();
    let (mut level, mut warned, mut told) = (None, None, None);
    let mut crossings = 0;
    for (place, event) in case.events.iter().enumerate() {
        let next = case.events.get(place + 1).map_or(end, |next| next.at);
        let laid = forecaster.running(case, &log.activities, due, event.at, Plan::default());
        let laid = laid.unwrap();
        let mut now = event.at;
        if told.is_none() && (event.at..next).contains(&half) {
            told = Some(forecaster.prospect(&laid, half).unwrap().late);
        }
        while now < next.min(due) {
            let current = forecaster.level(level, &laid, now).unwrap();
            level = Some(current);
            if current.warns() && warned.is_none() {
                warned = Some(until - position(now));
            }
            crossings += 1;
            match forecaster.crossing(current, &laid, now).unwrap() {
                Some(crossing) if crossings < 200 => now = crossing.at,
                _ => break,
            }
        }
    }
    Seen {
        settled: Settled {
            late: end > due,
            lead: warned,
            allowance: Some(until - start),
            told,
        },
        due,
    }
}

/// Fits anew each quarter, and follows a part of the dossiers of the quarter after.
fn lived(log: &Log, quarters: u32, every: usize) -> Vec<Vec<Seen>> {
    let office = Arc::new(office());
    let begins = log.cases[log.cases.len() / 2].start;
    let first = begins.date_naive().with_day(1).unwrap();
    (0..quarters)
        .map(|quarter| {
            let day = |months| domain::time::day_start(first + Months::new(months));
            let (from, to) = (day(3 * quarter), day(3 * quarter + 3));
            let artefact = Artefact::fit(log, &[&office], from, Precision::default()).unwrap();
            let forecaster = Forecaster::new(Some(Arc::new(artefact)), Arc::clone(&office), "ward");
            let own = log
                .cases
                .iter()
                .filter(|case| (from..to).contains(&case.start));
            own.step_by(every)
                .map(|case| seen(&forecaster, &office, log, case))
                .collect()
        })
        .collect()
}

#[test]
fn where_all_work_slows_down_the_alarm_comes_within_two_months() {
    let dossiers = if cfg!(debug_assertions) {
        4_000
    } else {
        20_000
    };
    let still = domain::time::day_start(date(2028, 1, 1));
    let middle = world(dossiers, dossiers / 500, 1.0, still).cases[dossiers as usize / 2].start;
    let first = middle.date_naive().with_day(1).unwrap();
    // A month after the first fit that is followed.
    let from = domain::time::day_start(first + Months::new(1));
    let log = world(dossiers, dossiers / 500, 1.8, from);
    let quarter = lived(&log, 1, 1).remove(0);
    let by = from + TimeDelta::days(60);
    let lately = quarter
        .into_iter()
        .filter(|seen| (from..by).contains(&seen.due));
    let settled: Vec<Settled> = lately.map(|seen| seen.settled).collect();
    let drift = drift(&settled).unwrap();
    assert!(drift.alarm, "{drift:?}");
}
