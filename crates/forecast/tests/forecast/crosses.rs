//! The next change of level is computed; a walk minute by minute finds none before it.

use std::sync::Arc;

use chrono::{TimeDelta, Timelike};
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::forecaster::Forecaster;
use forecast::level::{Level, Precision};
use forecast::log::{Case, Leg, Log, Stop};
use forecast::planned::{Plan, Work};
use forecast::running::Running;

use crate::invented::{dated, office};

/// Some dossiers of a year, each at the moment of one of its events, with a plan.
fn opened(log: &Log) -> Vec<(Case, Instant, Plan)> {
    let work = |name: &str, days: f64| Work {
        name: name.to_owned(),
        days,
    };
    let cases = log.cases.iter().rev().step_by(13).take(20).enumerate();
    cases
        .map(|(number, case)| {
            let mut open = case.clone();
            open.end = None;
            let seen = 1 + number % open.events.len();
            open.events.truncate(seen);
            let now = open.events[seen - 1].at + TimeDelta::minutes(7 * number as i64);
            let plan = Plan {
                current: Some(work("checked", 0.5 + number as f64 % 3.0)),
                later: vec![work("signed", 1.0)],
                legs: vec![(work("land office", 2.0), 0.5)],
                least: number as f64 % 2.0,
                begun: number % 2 == 0,
            };
            if number % 3 == 0 {
                open.legs.push(Leg {
                    name: "land office".to_owned(),
                    from: now - TimeDelta::hours(3),
                    to: None,
                });
            }
            (open, now, plan)
        })
        .collect()
}

/// Walks from one moment to just before another, and returns the first whole minute with another
/// level.
fn walk(
    forecaster: &Forecaster,
    running: &Running,
    level: Level,
    (from, to): (Instant, Instant),
) -> Option<Instant> {
    let first = from.with_second(0).unwrap() + TimeDelta::minutes(1);
    let minutes = (0..).map(|minute| first + TimeDelta::minutes(minute));
    let mut walked = minutes.take_while(|at| *at < to);
    walked.find(|at| forecaster.level(Some(level), running, *at).unwrap() != level)
}

#[test]
fn no_minute_before_the_next_crossing_has_another_level() {
    let log = dated(900);
    let office = Arc::new(office());
    let until = log.cases[700].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let fitted = Forecaster::new(Some(Arc::new(artefact)), Arc::clone(&office), "ward");
    let planned = Forecaster::new(None, Arc::clone(&office), "ward");
    let (mut crossed, mut levels) = (0, Vec::new());
    for (number, (case, now, plan)) in opened(&log).into_iter().enumerate() {
        let due = case.deadline.unwrap();
        for (forecaster, new_kind) in [(&fitted, false), (&fitted, true), (&planned, false)] {
            let mut case = case.clone();
            if new_kind {
                case.types = vec!["never seen".to_owned()];
            }
            let laid = forecaster.running(&case, &log.activities, due, now, plan.clone());
            let running = laid.unwrap();
            let (mut level, mut at) = (forecaster.level(None, &running, now).unwrap(), now);
            // Follow the crossings up to the deadline and past it.
            while let Some(next) = forecaster.crossing(level, &running, at).unwrap() {
                let told = format!("dossier {number} {level:?} at {at}: {next:?}");
                let judged = |at| forecaster.level(Some(level), &running, at).unwrap();
                assert!(next.level != level && next.at > at, "{told}");
                assert_eq!(judged(next.at), next.level, "{told}");
                assert_eq!(judged(next.at - TimeDelta::seconds(1)), level, "{told}");
                assert_eq!(
                    walk(forecaster, &running, level, (at, next.at)),
                    None,
                    "{told}"
                );
                (level, at) = (next.level, next.at);
                crossed += 1;
                levels.push(level);
            }
            assert!(
                level == Level::Overdue || now > due,
                "dossier {number} ends {level:?}"
            );
        }
    }
    assert!(crossed > 60, "{crossed}");
    for level in Level::ALL {
        assert!(
            level == Level::OnTrack || levels.contains(&level),
            "{level:?} never came"
        );
    }
}

#[test]
fn while_the_clock_stands_no_level_changes() {
    let log = dated(900);
    let office = Arc::new(office());
    let until = log.cases[700].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let forecaster = Forecaster::new(Some(Arc::new(artefact)), Arc::clone(&office), "ward");
    let (mut case, now, plan) = opened(&log).swap_remove(5);
    case.stops.push(Stop {
        from: now,
        to: None,
    });
    let due = case.deadline.unwrap();
    let running = forecaster
        .running(&case, &log.activities, due, now, plan)
        .unwrap();
    let level = forecaster.level(None, &running, now).unwrap();
    assert_eq!(forecaster.crossing(level, &running, now).unwrap(), None);
    let first = forecaster.prospect(&running, now).unwrap();
    for days in [1, 5, 60] {
        let later = now + TimeDelta::days(days);
        assert_eq!(forecaster.prospect(&running, later).unwrap(), first);
    }
    // The deadline has passed before the stop, so the stop does not undo it.
    case.stops[0].from = due + TimeDelta::hours(1);
    let late = due + TimeDelta::hours(2);
    let plan = Plan::default();
    let running = forecaster
        .running(&case, &log.activities, due, late, plan)
        .unwrap();
    assert_eq!(
        forecaster.level(None, &running, late).unwrap(),
        Level::Overdue
    );
}
