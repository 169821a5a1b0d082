//! Learning anew while judging, as the engine does, and what is told of each look.

use domain::time::Instant;
use forecast::backtest::{Backtest, Protocol, Refit, Report};
use forecast::log::{Deadline, Log};

use crate::invented::{date, log, office};

/// Each look in order: its case, its moment, the chance, and whether the case ended late.
type Told = Vec<(String, Instant, f64, bool)>;

fn judged(log: &Log, refit: Refit) -> (Report, Told) {
    let office = office();
    let protocol = Protocol {
        refit,
        ..Protocol::new(Deadline::Days(9), 0.5)
    };
    let trial = Backtest::new(log, &office, protocol).unwrap();
    let mut told = Vec::new();
    let report = trial.judge_each(&trial.fit(), |case, at, chance, late| {
        told.push((case.to_owned(), at, chance, late));
    });
    (report, told)
}

#[test]
fn learning_anew_each_month_judges_the_same_looks_and_changes_nothing_before_the_next_month() {
    let log = log(1_200);
    let (once, by_one) = judged(&log, Refit::Never);
    let (monthly, by_many) = judged(&log, Refit::Month);
    assert_eq!(once.samples_test, monthly.samples_test);
    let pairs = || by_one.iter().zip(&by_many);
    assert!(pairs().all(|(one, many)| (&one.0, one.1, one.3) == (&many.0, many.1, many.3)));
    let split = once.split_time.date_naive();
    let next = office()
        .local_day(once.split_time)
        .format("%Y-%m")
        .to_string();
    let in_first = |at: Instant| office().local_day(at).format("%Y-%m").to_string() == next;
    assert!(split > date(2025, 1, 31), "{split}");
    let (first, later): (Vec<_>, Vec<_>) = pairs().partition(|(one, _)| in_first(one.1));
    assert!(!first.is_empty() && first.iter().all(|(one, many)| one.2 == many.2));
    let changed = later.iter().filter(|(one, many)| one.2 != many.2).count();
    assert!(2 * changed > later.len(), "{changed} of {}", later.len());
    assert!(monthly.brier.unwrap() < once.brier.unwrap() + 0.01);
}

#[test]
fn the_chances_that_are_told_are_those_that_are_judged() {
    let log = log(600);
    let (report, told) = judged(&log, Refit::Never);
    assert_eq!(told.len(), report.samples_test);
    let error = |(.., chance, late): &(String, Instant, f64, bool)| {
        (chance - f64::from(u8::from(*late))).powi(2)
    };
    let brier = told.iter().map(error).sum::<f64>() / told.len() as f64;
    assert!((brier - report.brier.unwrap()).abs() < 1e-12, "{brier}");
    for (case, at, ..) in &told {
        let own = log.cases.iter().find(|own| own.id == *case).unwrap();
        assert!(*at >= own.start && own.end.is_none_or(|end| *at < end));
    }
}

#[test]
fn a_log_that_is_given_away_is_judged_alike() {
    let log = log(600);
    let office = office();
    let protocol = Protocol::new(Deadline::Percentile(80), 0.7);
    let lent = Backtest::new(&log, &office, protocol).unwrap();
    let given = Backtest::consuming(log.clone(), &office, protocol).unwrap();
    assert_eq!(lent.fit().to_bytes(), given.fit().to_bytes());
    assert_eq!(lent.judge(&lent.fit()), given.judge(&given.fit()));
}
