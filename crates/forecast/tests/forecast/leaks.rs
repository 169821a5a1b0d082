//! Nothing from the split on may influence the model.

use chrono::TimeDelta;
use forecast::backtest::{Backtest, Looks, Protocol, Refit, Tried};
use forecast::log::{Deadline, Log};
use forecast::model::Model;

use crate::invented::{Chance, event, log, minutes, office};

const PROTOCOL: Protocol = Protocol {
    deadline: Deadline::Days(9),
    split: 0.7,
    finished_only: false,
    refit: Refit::Never,
    looks: Looks::Daily,
};

fn bytes(log: &Log, protocol: Protocol) -> Vec<u8> {
    fitted(log, protocol).0
}

/// The model, and the switches that were tried.
fn fitted(log: &Log, protocol: Protocol) -> (Vec<u8>, Vec<Tried>) {
    let office = office();
    let trial = Backtest::new(log, &office, protocol).unwrap();
    let (model, tried) = trial.fit_and_tell();
    (model.to_bytes(), tried)
}

fn split(log: &Log) -> domain::time::Instant {
    let mut starts: Vec<_> = log.cases.iter().map(|case| case.start).collect();
    starts.sort();
    starts[log.cases.len() * 7 / 10]
}

#[test]
fn shuffling_everything_after_the_split_leaves_the_model_bit_identical() {
    for deadline in [Deadline::Days(9), Deadline::Percentile(80)] {
        let protocol = Protocol {
            deadline,
            ..PROTOCOL
        };
        let log = log(900);
        let split = split(&log);
        let mut shuffled = log.clone();
        let mut chance = Chance(99);
        for case in &mut shuffled.cases {
            for event in case.events.iter_mut().filter(|event| event.at >= split) {
                event.activity = chance.below(4) as u32;
                event.at = split.max(case.start) + minutes(chance.below(40_000));
            }
            case.events.sort_by_key(|event| event.at);
            if case.end.is_some_and(|end| end >= split) {
                let later = split.max(case.start) + minutes(chance.below(60_000));
                case.end = (chance.below(3) > 0).then_some(later);
            }
        }
        assert_ne!(log, shuffled);
        let (before, after) = (fitted(&log, protocol), fitted(&shuffled, protocol));
        assert!(before == after, "{deadline:?}");
        assert!(!before.1.is_empty(), "nothing was tried");
        let known = |log: &Log| {
            let mut known = log.known_before(split);
            known.cases.sort_by(|a, b| a.id.cmp(&b.id));
            known
        };
        assert_eq!(known(&log), known(&shuffled));
    }
}

/// In a log where each case ends with its last event, the log's own end decides which cases are
/// left out. The model may know that much about what came later, and no more.
#[test]
fn in_a_log_of_finished_cases_nothing_from_the_split_on_touches_the_model() {
    let protocol = Protocol {
        finished_only: true,
        ..PROTOCOL
    };
    let mut finished = log(900);
    for case in &mut finished.cases {
        case.end = case.events.last().map(|event| event.at);
    }
    let office = office();
    let split = Backtest::new(&finished, &office, protocol).unwrap().split();
    let last = finished.end();
    let mut shuffled = finished.clone();
    let mut chance = Chance(99);
    let later = shuffled.cases.iter_mut();
    for case in later.filter(|case| case.start >= split && case.end != last) {
        for event in case.events.iter_mut().skip(1) {
            event.activity = chance.below(4) as u32;
            let at = case.start + minutes(chance.below(20_000));
            event.at = last.map_or(at, |last| last.min(at));
        }
        case.events.sort_by_key(|event| event.at);
        case.end = case.events.last().map(|event| event.at);
    }
    assert_ne!(finished, shuffled);
    assert!(bytes(&finished, protocol) == bytes(&shuffled, protocol));
}

#[test]
fn a_future_event_planted_in_a_case_from_before_the_split_changes_nothing() {
    let log = log(900);
    let split = split(&log);
    let mut planted = log.clone();
    planted.activities.push("never seen before".to_owned());
    let open = planted.cases.iter_mut().find(|case| {
        case.start < split && case.end.is_some_and(|end| end > split + TimeDelta::days(1))
    });
    open.unwrap()
        .events
        .push(event(4, split + TimeDelta::hours(1)));
    assert!(bytes(&log, PROTOCOL) == bytes(&planted, PROTOCOL));
}

#[test]
fn a_look_at_a_case_does_not_see_what_happens_next() {
    let log = log(600);
    let office = office();
    let model = Backtest::new(&log, &office, PROTOCOL).unwrap().fit();
    let case = log
        .cases
        .iter()
        .find(|case| case.events.len() == 4)
        .unwrap();
    let now = case.events[2].at + TimeDelta::minutes(1);
    let due = case.start + TimeDelta::days(9);
    let mut cut = case.clone();
    cut.events.truncate(3);
    cut.end = None;
    let seen = |case| {
        model
            .situation(&office, case, &log.activities, due, now)
            .unwrap()
    };
    assert_eq!(seen(case), seen(&cut));
}

#[test]
fn the_order_of_the_cases_does_not_matter() {
    let log = log(500);
    let mut turned = log.clone();
    turned.cases.reverse();
    assert!(bytes(&log, PROTOCOL) == bytes(&turned, PROTOCOL));
}

#[test]
fn a_model_reads_back_what_it_wrote() {
    let log = log(700);
    let office = office();
    let model = Backtest::new(&log, &office, PROTOCOL).unwrap().fit();
    let written = model.to_bytes();
    assert!(written.len() < 5_000_000);
    let back = Model::from_bytes(&written).unwrap();
    assert!(written == back.to_bytes());
    for case in log.cases.iter().rev().take(100) {
        let now = case.start + TimeDelta::days(2);
        let due = case.start + TimeDelta::days(9);
        let at = model
            .situation(&office, case, &log.activities, due, now)
            .unwrap();
        assert_eq!(model.forecast(&at), back.forecast(&at));
    }
    assert!(Model::from_bytes(b"{}").is_err());
}
