//! Logs that lack what a statistic needs give a defined answer, never NaN or infinity.

use chrono::TimeDelta;
use forecast::backtest::{Backtest, Protocol, Report};
use forecast::log::{Case, Deadline, Error, Event, Log};
use forecast::model::Model;
use forecast::situation::{Situation, UNKNOWN};

use crate::invented::{self, Chance, event, log, office};

fn judged(log: &Log, deadline: Deadline) -> Report {
    let office = office();
    let protocol = Protocol::new(deadline, 0.7);
    let trial = Backtest::new(log, &office, protocol).unwrap();
    trial.judge(&trial.fit())
}

fn is_sound(report: &Report) {
    let text = serde_json::to_string(report).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    let rates = [
        report.auc,
        report.brier,
        report.ece,
        report.interval_coverage,
        report.naive.auc,
    ];
    for rate in rates.into_iter().flatten() {
        assert!((0.0..=1.0).contains(&rate), "{text}");
    }
}

#[test]
fn all_late_and_none_late_have_no_area_under_the_curve() {
    let log = log(300);
    for days in [1, 400] {
        let mut stretched = log.clone();
        for case in &mut stretched.cases {
            // Every case takes at least two days, and all end within the year.
            case.end = case.end.map(|end| end + TimeDelta::days(2));
        }
        let report = judged(&stretched, Deadline::Days(days));
        is_sound(&report);
        assert_eq!(report.auc, None);
        assert_eq!(report.landmark_auc.half, None);
    }
}

#[test]
fn cases_of_one_event_leave_nothing_to_judge() {
    let mut log = log(200);
    for case in &mut log.cases {
        case.events.truncate(1);
        case.end = Some(case.start);
    }
    let report = judged(&log, Deadline::Days(9));
    is_sound(&report);
    assert_eq!(report.samples_test, 0);
    assert_eq!(
        (report.auc, report.brier, report.interval_coverage),
        (None, None, None)
    );
}

#[test]
fn an_empty_training_part_gives_even_odds() {
    let mut log = log(40);
    let start = log.cases[0].start;
    for case in &mut log.cases {
        let moved = start - case.start;
        case.start = start;
        case.end = case.end.map(|end| end + moved);
        for event in &mut case.events {
            event.at += moved;
        }
    }
    let report = judged(&log, Deadline::Days(3));
    assert_eq!(report.cases_train, 0);
    is_sound(&report);
}

#[test]
fn a_log_without_cases_is_refused_and_so_is_a_percentile_never_reached() {
    let office = office();
    let protocol = Protocol::new(Deadline::Days(9), 0.7);
    let refused = Backtest::new(&Log::default(), &office, protocol).err();
    assert!(matches!(
        refused,
        Some(Error::NoCases {
            cases: 0,
            dropped: 0
        })
    ));
    let mut running = log(100);
    for case in &mut running.cases {
        case.end = None;
    }
    let protocol = Protocol::new(Deadline::Percentile(80), 0.7);
    let refused = Backtest::new(&running, &office, protocol).err();
    assert!(matches!(
        refused,
        Some(Error::NoPercentile { percentile: 80 })
    ));
}

#[test]
fn cases_that_contradict_their_own_start_are_dropped_and_counted() {
    let mut log = log(300);
    log.cases[3].events[0].at -= TimeDelta::days(2);
    log.cases[5].end = Some(log.cases[5].start - TimeDelta::hours(1));
    assert_eq!(judged(&log, Deadline::Days(9)).dropped, 2);
    log.cases[7].deadline = Some(log.cases[7].start + TimeDelta::days(9));
    let given = judged(&log, Deadline::Given);
    assert_eq!(given.dropped, 299);
    is_sound(&given);
}

#[test]
fn no_odd_log_gives_a_figure_that_is_not_a_number() {
    for seed in 0..150 {
        let mut chance = Chance(seed);
        let activities: Vec<String> = (0..4).map(|name| format!("step {name}")).collect();
        let begins = invented::date(2025, 1, 1)
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc();
        let spread = [1, 60, 3_000, 90_000][chance.below(4) as usize];
        let cases = (0..1 + chance.below(60)).map(|number| {
            // Moments repeat, lie in the night, and come in any order.
            let mut moments: Vec<_> = (0..1 + chance.below(5))
                .map(|_| begins + TimeDelta::minutes(10 * chance.below(spread) as i64))
                .collect();
            moments.sort();
            let events: Vec<Event> = moments
                .iter()
                .map(|at| event(chance.below(4) as u32, *at))
                .collect();
            Case {
                id: number.to_string(),
                types: vec![chance.below(3).to_string()],
                events,
                start: moments[0] + TimeDelta::hours(chance.below(30) as i64),
                end: (chance.below(4) > 0).then(|| moments[moments.len() - 1]),
                ..Case::default()
            }
        });
        let cases = cases.collect();
        let log = Log { activities, cases };
        for deadline in [
            Deadline::Days(1 + chance.below(40) as u32),
            Deadline::Percentile(80),
        ] {
            let (office, protocol) = (office(), Protocol::new(deadline, 0.7));
            let Ok(trial) = Backtest::new(&log, &office, protocol) else {
                continue;
            };
            let model = trial.fit();
            is_sound(&trial.judge(&model));
            let text = String::from_utf8(model.to_bytes()).unwrap();
            assert!(!text.contains("null,null"), "{seed}");
            assert!(Model::from_bytes(text.as_bytes()).is_ok(), "{seed}");
        }
    }
}

#[test]
fn what_the_model_never_saw_is_judged_by_all_the_rest() {
    let log = log(500);
    let office = office();
    let protocol = Protocol::new(Deadline::Days(9), 0.7);
    let model = Backtest::new(&log, &office, protocol).unwrap().fit();
    assert_eq!(model.step("stamped by the moon"), UNKNOWN);
    for left in [0.0, 0.001, 3.0, 4_000.0] {
        for waited in [0.0, 7.0, 9_000.0] {
            let at = Situation {
                step: UNKNOWN,
                previous: UNKNOWN,
                kind: 40,
                elapsed: waited,
                waited,
                left,
                events: u32::MAX,
                repeats: u32::MAX,
                weekday: 6,
                due_phase: 27,
                lag: 0.0,
                field: 40,
                legs: u8::MAX,
                leg: 3,
                unit: 7,
                service_days: 0,
            };
            let forecast = model.forecast(&at);
            assert!((0.0..=1.0).contains(&forecast.late));
            assert!(forecast.soonest <= forecast.middle && forecast.middle <= forecast.latest);
            assert!(forecast.latest.is_finite());
        }
    }
}
