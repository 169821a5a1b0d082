//! The model learns what the log shows, and says so in words.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::deadline::Language;
use forecast::artefact::Artefact;
use forecast::backtest::{Backtest, Looks, Protocol, Refit};
use forecast::explain::Reason;
use forecast::forecaster::Forecaster;
use forecast::level::Precision;
use forecast::log::{Deadline, Log};
use forecast::planned::Plan;
use forecast::working_time::TimeScale;

use crate::invented::{dated, log, office};

const DESK: TimeScale = TimeScale {
    hours_a_day: 8.0,
    elapsed: false,
};

const PROTOCOL: Protocol = Protocol {
    deadline: Deadline::Days(9),
    split: 0.7,
    finished_only: false,
    refit: Refit::Never,
    looks: Looks::Daily,
};

#[test]
fn a_slow_step_is_foreseen_better_than_by_the_time_left() {
    let log = log(1_500);
    let office = office();
    let trial = Backtest::new(&log, &office, PROTOCOL).unwrap();
    let report = trial.judge(&trial.fit());
    assert!(report.auc > report.naive.auc, "{report:?}");
    assert!(report.gain.unwrap().0 > 0.0, "{report:?}");
    assert!(report.ece.unwrap() < 0.06, "{report:?}");
    assert!(
        (0.7..0.92).contains(&report.interval_coverage.unwrap()),
        "{report:?}"
    );
}

#[test]
fn two_fits_and_two_judgements_agree_to_the_last_bit() {
    let log = log(600);
    let office = office();
    let trial = Backtest::new(&log, &office, PROTOCOL).unwrap();
    let (first, second) = (trial.fit(), trial.fit());
    assert_eq!(first.to_bytes(), second.to_bytes());
    assert_eq!(trial.judge(&first), trial.judge(&second));
}

/// A forecaster fitted on all cases of a log but the last hundred.
fn forecaster(log: &Log) -> Forecaster {
    let office = office();
    let until = log.cases[log.cases.len() - 100].start;
    let artefact = Artefact::fit(log, &[&office], until, Precision::default()).unwrap();
    Forecaster::new(Some(Arc::new(artefact)), Arc::new(office), "ward")
}

#[test]
fn the_chance_is_explained_by_comparable_dossiers_in_both_languages() {
    let log = dated(1_500);
    let forecaster = forecaster(&log);
    let asked = log.cases.iter().rev().filter(|case| case.events.len() == 4);
    let mut told = (0, 0);
    let looks = asked
        .take(60)
        .flat_map(|case| [1, 3, 5].map(|days| (case, days)));
    for (case, days) in looks {
        let now = case.events[2].at + TimeDelta::days(days);
        let due = case.deadline.unwrap();
        if now >= due {
            continue;
        }
        let mut open = case.clone();
        open.events.truncate(3);
        let laid = forecaster.running(&open, &log.activities, due, now, Plan::default());
        let laid = laid.unwrap();
        let level = forecaster.level(None, &laid, now).unwrap();
        let reasons = forecaster.explain(None, &laid, now).unwrap();
        let Some(comparable) = reasons.iter().find(|reason| reason.code() == "COMPARABLE") else {
            continue;
        };
        told.0 += 1;
        let said = |language| comparable.words(language, forecaster.scale());
        assert!(said(Language::English).contains("comparable dossiers"));
        let vietnamese = said(Language::Vietnamese);
        assert!(!vietnamese.contains("khâu"), "{vietnamese}");
        if let Reason::Comparable { settled, late, .. } = comparable
            && level.warns()
        {
            told.1 += 1;
            assert!(
                late * 10 >= settled * 3,
                "a warning on few late ones: {vietnamese}"
            );
        }
    }
    assert!(told.0 > 10 && told.1 > 5, "{told:?}");
}

#[test]
fn a_reason_tells_only_what_its_dossiers_have_in_common() {
    let log = dated(1_500);
    let forecaster = forecaster(&log);
    let case = log.cases.iter().rev().find(|case| case.events.len() == 4);
    let mut open = case.unwrap().clone();
    open.events.truncate(3);
    let due = open.start + TimeDelta::days(400);
    let now = open.events[2].at + TimeDelta::days(120);
    let laid = forecaster.running(&open, &log.activities, due, now, Plan::default());
    // Nobody ever waited so long, so no reason may claim it of comparable dossiers.
    for reason in forecaster.explain(None, &laid.unwrap(), now).unwrap() {
        if let Reason::Comparable { waited, .. } = reason {
            assert_eq!(waited, None);
        }
    }
}

#[test]
fn none_and_all_are_said_in_words() {
    let told = |late| Reason::Comparable {
        settled: 26,
        late,
        step: Some("Ký duyệt".to_owned()),
        used: Some(0.7),
        waited: None,
    };
    assert_eq!(
        told(0).words(Language::Vietnamese, DESK),
        "Trong 26 hồ sơ tương tự ở bước “Ký duyệt” khi đã dùng khoảng 70% thời hạn, không hồ sơ nào \
         trễ hạn."
    );
    assert!(
        told(26)
            .words(Language::Vietnamese, DESK)
            .ends_with(", tất cả đều trễ hạn.")
    );
    assert!(
        told(26)
            .words(Language::English, DESK)
            .ends_with(", all ended late.")
    );
}

#[test]
fn fewer_than_twenty_comparable_dossiers_are_called_few() {
    let few = Reason::Comparable {
        settled: 19,
        late: 4,
        step: None,
        used: None,
        waited: None,
    };
    assert_eq!(few.code(), "FEW_COMPARABLE");
    assert_eq!(
        few.words(Language::English, DESK),
        "Few comparable dossiers: 19, of which 4 ended late."
    );
    let enough = Reason::Comparable {
        settled: 20,
        late: 4,
        step: None,
        used: None,
        waited: None,
    };
    assert_eq!(
        enough.words(Language::Vietnamese, DESK),
        "Trong 20 hồ sơ tương tự, 4 hồ sơ trễ hạn."
    );
}
