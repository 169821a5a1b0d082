//! The protocol on logs small enough to compute by hand.

use chrono::{NaiveTime, TimeDelta};
use domain::time::{Instant, instant};
use forecast::backtest::{Backtest, Protocol, Report};
use forecast::log::{Case, Deadline, Event, Log};

use crate::invented::{date, office};

/// A moment so many weeks, days and hours after Monday 6 January 2025, 09:00.
fn at(weeks: i64, days: i64, hours: i64) -> Instant {
    let monday = instant(date(2025, 1, 6), NaiveTime::from_hms_opt(9, 0, 0).unwrap());
    monday + TimeDelta::weeks(weeks) + TimeDelta::days(days) + TimeDelta::hours(hours)
}

/// A case that ends with its last event.
fn case(number: i64, moments: &[Instant]) -> Case {
    let event = |&at| Event { activity: 0, at };
    Case {
        id: format!("{number:02}"),
        start: moments[0],
        end: moments.last().copied(),
        events: moments.iter().map(event).collect(),
        ..Case::default()
    }
}

fn judged(cases: Vec<Case>, days: u32) -> Report {
    let log = Log {
        activities: vec!["handled".to_owned()],
        cases,
    };
    let office = office();
    let protocol = Protocol::new(Deadline::Days(days), 0.7);
    let trial = Backtest::new(&log, &office, protocol).unwrap();
    trial.judge(&trial.fit())
}

/// One case each Monday: seven to learn from, one in time, one late, one whose deadline lies beyond
/// the log.
fn ten_weeks() -> Vec<Case> {
    let mut cases: Vec<Case> = (0..7)
        .map(|week| case(week, &[at(week, 0, 0), at(week, 2, 0)]))
        .collect();
    // Looks on Monday 09:00 and 17:30, Tuesday 17:30, Wednesday 10:00 and 17:30. With 50 hours
    // allowed these are shares of 0, .17, .37, .42 and .57. Ends on Thursday at noon.
    cases.push(case(7, &[at(7, 0, 0), at(7, 2, 1), at(7, 3, 3)]));
    // Looks on Monday 09:00 and at 17:30 of each day: 0, .17, .37, .57, .77 and .97. Ends a day
    // after its deadline, at the end of the log.
    cases.push(case(8, &[at(8, 0, 0), at(9, 1, 3)]));
    cases.push(case(9, &[at(9, 0, 0), at(9, 0, 5)]));
    cases
}

#[test]
fn the_split_the_looks_and_the_naive_rule_are_as_reckoned_by_hand() {
    let report = judged(ten_weeks(), 7);
    assert_eq!(report.split_time, at(7, 0, 0));
    assert_eq!((report.cases_train, report.cases_test), (7, 2));
    assert_eq!((report.samples_test, report.dropped), (11, 0));
    assert_eq!(report.late_share, Some(0.5));
    // Of 30 pairs of looks 17 are in order and 4 are tied.
    assert!((report.naive.auc.unwrap() - 19.0 / 30.0).abs() < 1e-12);
    let alarm = report.naive.alarm.eight;
    assert_eq!((alarm.precision, alarm.recall), (Some(1.0), Some(1.0)));
    // Between Friday 17:30 and Monday 09:00 the office is open for 1.5 hours, of ten a day.
    assert!((alarm.median_lead_wd.unwrap() - 0.15).abs() < 1e-9);
    // At a quarter and at half both cases are open; at three quarters only the late one is.
    let landmarks = report.landmark_auc;
    assert!(landmarks.quarter.is_some() && landmarks.half.is_some());
    assert_eq!(landmarks.three_quarters, None);
}

#[test]
fn a_case_that_never_ends_is_late_and_its_interval_is_missed() {
    let mut cases = ten_weeks();
    cases[8].end = None;
    let report = judged(cases, 7);
    assert_eq!(report.late_share, Some(0.5));
    let coverage = report.interval_coverage.unwrap();
    assert!((0.0..1.0).contains(&coverage), "{coverage}");
}

#[test]
fn long_allowances_are_looked_at_every_third_day() {
    // 70 days are 50 working days. Each case runs for 20 of them, and one case keeps the log open.
    let mut cases: Vec<Case> = (0..10)
        .map(|week| case(week, &[at(week, 0, 0), at(week + 4, 0, 0)]))
        .collect();
    cases[0].events.push(Event {
        activity: 0,
        at: at(30, 0, 0),
    });
    let report = judged(cases, 70);
    // The first event, then the first, fourth … nineteenth of twenty evenings.
    assert_eq!((report.cases_test, report.samples_test), (3, 24));
}

#[test]
fn a_share_of_the_training_cases_sets_the_deadline() {
    // The seven training cases take 1 to 7 working days. Within 6, 80 % have ended. Two of the
    // judged cases take longer than that, though only one takes longer than 7.
    let lasting = |week: i64, days: i64| case(week, &[at(week, 0, 0), at(week, days, 0)]);
    let days = [1, 2, 3, 4, 7, 8, 9, 9, 11, 1, 1, 1];
    let cases = (0..).zip(days).map(|(week, days)| lasting(2 * week, days));
    let log = Log {
        activities: vec!["handled".to_owned()],
        cases: cases.collect(),
    };
    let office = office();
    let protocol = Protocol::new(Deadline::Percentile(80), 0.6);
    let trial = Backtest::new(&log, &office, protocol).unwrap();
    let report = trial.judge(&trial.fit());
    assert_eq!(report.cases_train, 7);
    // Of the five other cases, the last begins too late to be judged.
    assert_eq!((report.cases_test, report.late_share), (4, Some(0.5)));
}
