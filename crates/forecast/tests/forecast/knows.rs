//! What a log may know besides events: stops, moved deadlines, other agencies, ends without result.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::deadline::Language;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::explain::{Reason, Value};
use forecast::forecaster::{Basis, Forecaster};
use forecast::level::{Level, Precision};
use forecast::log::{Case, DeadlineMove, Ending, Leg, Log, Stop};
use forecast::planned::Plan;
use forecast::working_time::WorkingTime;

use crate::invented::{Chance, dated, minutes, office};

const WEEK: TimeDelta = TimeDelta::weeks(1);

fn fitted(log: &Log, until: Instant) -> Artefact {
    let office = office();
    Artefact::fit(log, &[&office], until, Precision::default()).unwrap()
}

fn forecaster(artefact: &Artefact) -> Forecaster {
    Forecaster::new(Some(Arc::new(artefact.clone())), Arc::new(office()), "ward")
}

/// The case as it would be if the clock had stood for the first week after its second event.
fn stopped(case: &Case) -> Case {
    let from = case.events[1].at + minutes(1);
    let later = |at: Instant| if at > from { at + WEEK } else { at };
    let mut stopped = case.clone();
    for event in &mut stopped.events {
        event.at = later(event.at);
    }
    stopped.end = case.end.map(later);
    stopped.stops.push(Stop {
        from,
        to: Some(from + WEEK),
    });
    stopped.moved.push(DeadlineMove {
        at: from + WEEK,
        deadline: case.deadline.unwrap() + WEEK,
    });
    stopped
}

#[test]
fn a_week_in_which_the_clock_stood_is_no_waiting() {
    let log = dated(600);
    let artefact = fitted(&log, log.cases[500].start);
    let forecaster = forecaster(&artefact);
    for case in log.cases.iter().rev().filter(|case| case.events.len() == 4) {
        let stood = stopped(case);
        let seen = |case: &Case, now: Instant, due: Instant| {
            let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
            forecaster.prospect(&laid.unwrap(), now).unwrap()
        };
        let now = case.events[2].at + TimeDelta::hours(3);
        let due = case.deadline.unwrap();
        assert_eq!(seen(case, now, due), seen(&stood, now + WEEK, due + WEEK));
        // During the stop the situation stays as it was.
        let from = stood.stops[0].from;
        let during = seen(&stood, from + TimeDelta::days(3), due);
        assert_eq!(during, seen(case, from, due));
    }
}

#[test]
fn cases_whose_clock_stood_teach_the_same() {
    let log = dated(600);
    let mut with_stops = log.clone();
    for case in with_stops.cases.iter_mut().step_by(3) {
        *case = stopped(case);
    }
    let until = log.cases[550].start;
    let (plain, with_stops) = (fitted(&log, until), fitted(&with_stops, until));
    // The figures agree except for the weekdays and the looks of the last weeks.
    let (before, after) = (plain.figures(), with_stops.figures());
    assert!(
        (before.auc.unwrap() - after.auc.unwrap()).abs() < 0.03,
        "{before:?} {after:?}"
    );
    assert!(
        (before.brier.unwrap() - after.brier.unwrap()).abs() < 0.02,
        "{before:?} {after:?}"
    );
    let late =
        |artefact: &Artefact| f64::from(artefact.size().late) / f64::from(artefact.size().settled);
    assert!((late(&plain) - late(&with_stops)).abs() < 0.02);
}

#[test]
fn nothing_of_stops_moves_and_legs_from_the_end_of_the_period_on_is_looked_at() {
    let mut log = dated(600);
    let mut chance = Chance(5);
    for case in log.cases.iter_mut().step_by(2) {
        *case = stopped(case);
        let asked = case.events[1].at + TimeDelta::hours(5);
        case.legs.push(Leg {
            name: "land office".to_owned(),
            from: asked,
            to: Some(asked + minutes(chance.below(9_000))),
        });
        if chance.below(5) == 0 {
            case.ending = Ending::Without;
        }
    }
    let until = log.cases[500].start;
    let known = fitted(&log, until);
    let mut shuffled = log.clone();
    for case in &mut shuffled.cases {
        for stop in &mut case.stops {
            if stop.to.is_some_and(|to| to >= until) {
                stop.to = (chance.below(2) == 0).then(|| until + minutes(chance.below(90_000)));
            }
        }
        case.stops.retain(|stop| stop.from < until);
        for moved in case.moved.iter_mut().filter(|moved| moved.at >= until) {
            moved.deadline += minutes(chance.below(90_000));
        }
        for leg in &mut case.legs {
            if leg.to.is_some_and(|to| to >= until) {
                leg.to = None;
            }
        }
        case.legs.retain(|leg| leg.from < until);
        if case.end.is_some_and(|end| end >= until) {
            case.ending = Ending::Without;
        }
    }
    assert_ne!(log, shuffled);
    assert_eq!(fitted(&shuffled, until).digest(), known.digest());
}

#[test]
fn what_is_withdrawn_is_not_late_and_says_nothing_of_how_long_a_result_takes() {
    let log = dated(1_000);
    let mut withdrawn = log.clone();
    // Every other slow case is withdrawn within a day of the question.
    for case in withdrawn
        .cases
        .iter_mut()
        .step_by(2)
        .filter(|case| case.events.len() == 4)
    {
        case.events.truncate(3);
        case.end = Some(case.events[2].at + TimeDelta::hours(20));
        case.ending = Ending::Without;
    }
    let as_results = {
        let mut log = withdrawn.clone();
        for case in &mut log.cases {
            case.ending = Ending::Result;
        }
        log
    };
    let until = log.cases[900].start;
    let case = log
        .cases
        .iter()
        .rev()
        .find(|case| case.events.len() == 4)
        .unwrap();
    let seen = |log: &Log| {
        let forecaster = forecaster(&fitted(log, until));
        let now = case.events[2].at + TimeDelta::hours(1);
        let due = case.deadline.unwrap();
        let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
        forecaster.prospect(&laid.unwrap(), now).unwrap()
    };
    let (plain, competing, naive) = (seen(&log), seen(&withdrawn), seen(&as_results));
    assert!(competing.late < plain.late * 0.8, "{plain:?} {competing:?}");
    assert!(
        (competing.middle - plain.middle).abs() < 1.5,
        "{plain:?} {competing:?}"
    );
    assert!(
        naive.middle < competing.middle - 1.0,
        "{competing:?} {naive:?}"
    );
    assert!(
        (naive.late - competing.late).abs() < 0.05,
        "{competing:?} {naive:?}"
    );
}

/// A log in which the steps keep their time, and a consultation beside them takes two or ten days.
fn asking() -> Log {
    let mut log = dated(600);
    let mut chance = Chance(11);
    for case in &mut log.cases {
        let asked = case.events[1].at + TimeDelta::hours(2);
        case.events.truncate(2);
        let answered = match chance.below(3) {
            0 => asked + TimeDelta::hours(30) + minutes(chance.below(900)),
            _ => asked + TimeDelta::days(9) + minutes(chance.below(3_000)),
        };
        if chance.below(2) == 0 {
            case.legs.push(Leg {
                name: "opinion of the land office".to_owned(),
                from: asked,
                to: Some(answered),
            });
            case.end = Some(answered + TimeDelta::hours(4));
        } else {
            case.end = Some(asked + TimeDelta::hours(40));
        }
    }
    log
}

#[test]
fn another_agency_that_takes_long_is_foreseen_and_named() {
    let log = asking();
    let artefact = fitted(&log, log.cases[500].start);
    let forecaster = forecaster(&artefact);
    let case = log.cases[550].clone();
    let asked = case.events[1].at + TimeDelta::hours(2);
    let due = case.deadline.unwrap();
    let with = |legs: Vec<Leg>| Case {
        legs,
        ..case.clone()
    };
    let asking = with(vec![Leg {
        name: "opinion of the land office".to_owned(),
        from: asked,
        to: None,
    }]);
    let laid = |case: &Case, now: Instant| {
        let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
        laid.unwrap()
    };
    let soon = asked + TimeDelta::days(1);
    let seen = |case: &Case| forecaster.prospect(&laid(case, soon), soon).unwrap();
    let (waiting, none) = (seen(&asking), seen(&with(vec![])));
    assert!(none.late < waiting.late - 0.2, "{waiting:?} {none:?}");
    let now = asked + TimeDelta::days(3);
    let reasons = forecaster.explain(None, &laid(&asking, now), now).unwrap();
    let bottleneck = reasons.last().unwrap();
    assert_eq!(bottleneck.code(), "SLOWEST_LEG");
    let Some(("days", Value::Days(days))) = bottleneck.parameters().pop() else {
        panic!("{bottleneck:?}");
    };
    assert!((2.0..8.0).contains(&days), "{days}");
    let said = bottleneck.words(Language::Vietnamese, forecaster.scale());
    assert!(
        said.starts_with("Lâu nhất là phần của “opinion of the land office”"),
        "{said}"
    );
    assert!(said.ends_with("; nên nhắc ngay hôm nay."), "{said}");
    // The level follows: nine in ten that waited so long were answered too late.
    let level = forecaster.level(None, &laid(&asking, now), now).unwrap();
    assert_eq!(level, Level::WillBeLate);
}

#[test]
fn without_history_the_plan_speaks_and_a_new_procedure_leans_on_both() {
    let log = dated(600);
    let case = &log.cases[550];
    let now = case.events[0].at + TimeDelta::hours(1);
    let due = case.deadline.unwrap();
    let office = Arc::new(office());
    let none = Forecaster::new(None, Arc::clone(&office), "ward");
    let run = |forecaster: &Forecaster, case: &Case| {
        let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
        let laid = laid.unwrap();
        let reasons = forecaster.explain(None, &laid, now).unwrap();
        let codes: Vec<&str> = reasons.iter().map(Reason::code).collect();
        (forecaster.prospect(&laid, now).unwrap(), codes)
    };
    let (prospect, codes) = run(&none, case);
    assert_eq!(prospect.basis, Basis::Plan);
    assert_eq!(codes[..2], ["PLANNED", "NO_HISTORY"]);
    // Nineteen settled cases are too few for a history.
    let few = fitted(&log, log.cases[25].start);
    assert!(few.size().settled < 20);
    assert_eq!(run(&forecaster(&few), case).0.basis, Basis::Plan);
    let many = forecaster(&fitted(&log, log.cases[500].start));
    assert_eq!(run(&many, case).0.basis, Basis::History);
    let mut new = case.clone();
    new.types = vec!["a field".to_owned(), "a procedure".to_owned()];
    let (prospect, codes) = run(&many, &new);
    assert_eq!(prospect.basis, Basis::Kin);
    assert!(codes.contains(&"NEW_PROCEDURE"), "{codes:?}");
    assert_ne!(codes[0], "NEW_PROCEDURE", "the first speaks for the level");
}

#[test]
fn no_moment_and_no_plan_gives_a_value_that_is_not_a_number() {
    let log = asking();
    let artefact = fitted(&log, log.cases[500].start);
    let fitted = forecaster(&artefact);
    let planned = Forecaster::new(None, Arc::new(office()), "ward");
    for (number, case) in log.cases.iter().skip(500).enumerate() {
        let due = case.deadline.unwrap();
        let mut open = case.clone();
        if number % 4 == 0 {
            open.types = vec!["new".to_owned()];
        }
        open.events.truncate(number % 3);
        for hours in [0, 1, 50, 215, 216, 5_000] {
            let now = case.start + TimeDelta::hours(hours);
            for forecaster in [&fitted, &planned] {
                let laid = forecaster.running(&open, &log.activities, due, now, Plan::default());
                let laid = laid.unwrap();
                let prospect = forecaster.prospect(&laid, now).unwrap();
                assert!((0.0..=1.0).contains(&prospect.late), "{prospect:?}");
                assert!(
                    prospect.soonest >= 0.0 && prospect.latest.is_finite(),
                    "{prospect:?}"
                );
                assert!(prospect.soonest <= prospect.middle, "{prospect:?}");
                assert!(prospect.middle <= prospect.latest, "{prospect:?}");
                let gain = forecaster.gain(&laid, now).unwrap();
                assert!((0.0..=1.0).contains(&gain), "{gain}");
                let [soonest, middle, latest] = forecaster.finish(&laid, &prospect, now).unwrap();
                assert!(now <= soonest && soonest <= middle && middle <= latest);
                // The middle lies before the deadline exactly if the chance is below one half; so
                // for the others.
                if now < due {
                    let sides = [(soonest, 0.9), (middle, 0.5), (latest, 0.1)];
                    for (end, from) in sides {
                        assert_eq!(end > due, prospect.late >= from, "{end} {due} {prospect:?}");
                    }
                }
                // A reason that the time cannot suffice goes with the level `WillBeLate`.
                let level = forecaster.level(None, &laid, now).unwrap();
                let reasons = forecaster.explain(None, &laid, now).unwrap();
                let cannot = |reason: &Reason| reason.code().ends_with("CANNOT_FIT");
                if reasons.iter().any(cannot) {
                    assert_eq!(level, Level::WillBeLate, "{prospect:?} {reasons:?}");
                }
                for reason in forecaster.explain(None, &laid, now).unwrap() {
                    for language in [Language::Vietnamese, Language::English] {
                        let said = reason.words(language, forecaster.scale());
                        assert!(!said.contains("NaN") && !said.contains("inf"), "{said}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_engine_s_view_is_the_one_the_model_learned_by() {
    let log = dated(600);
    let artefact = fitted(&log, log.cases[500].start);
    let forecaster = forecaster(&artefact);
    let office: &WorkingTime = forecaster.office();
    let open_hours = |at: Instant| (1..11).contains(&chrono::Timelike::hour(&at));
    let mut compared = 0;
    for case in log.cases.iter().skip(500) {
        let due = case.deadline.unwrap();
        let first = case.events[0].at;
        // Laid out once, then asked on each later day.
        let mut open = case.clone();
        open.events.truncate(1);
        let laid = forecaster.running(&open, &log.activities, due, first, Plan::default());
        let laid = laid.unwrap();
        for day in 0..9 {
            let now = first + TimeDelta::days(day);
            let worked = office.position(now + minutes(1)).unwrap() > office.position(now).unwrap();
            if !worked || !open_hours(now) || now >= due {
                continue;
            }
            let at = artefact
                .model()
                .situation(office, &open, &log.activities, due, now);
            let learned = artefact.model().forecast(&at.unwrap());
            let prospect = forecaster.prospect(&laid, now).unwrap();
            assert!(
                (prospect.late - learned.late).abs() < 1e-3,
                "{prospect:?} {learned:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}
