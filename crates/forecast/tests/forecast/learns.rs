//! What there is to learn is learned, and said in words.

use chrono::TimeDelta;
use domain::deadline::Language;
use forecast::backtest::{Backtest, Protocol};
use forecast::explain::Reason;
use forecast::log::Deadline;
use forecast::situation::{Situation, UNKNOWN};

use crate::invented::{log, office};

const PROTOCOL: Protocol = Protocol {
    deadline: Deadline::Days(9),
    split: 0.7,
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

#[test]
fn the_chance_is_explained_by_comparable_dossiers_in_both_languages() {
    let log = log(1_500);
    let office = office();
    let model = Backtest::new(&log, &office, PROTOCOL).unwrap().fit();
    let case = log
        .cases
        .iter()
        .find(|case| case.events.len() == 4)
        .unwrap();
    let now = case.events[2].at + TimeDelta::days(2);
    let due = case.start + TimeDelta::days(9);
    let mut open = case.clone();
    open.events.truncate(3);
    let at = model
        .situation(&office, &open, &log.activities, due, now)
        .unwrap();
    let reasons = model.explain(&at);
    let codes: Vec<&str> = reasons.iter().map(Reason::code).collect();
    assert_eq!(codes[0], "COMPARABLE");
    assert!(codes.contains(&"SLOWEST_STEP"));
    let said = |language| -> Vec<String> {
        reasons
            .iter()
            .map(|reason| reason.words(language, model.hours_a_day()))
            .collect()
    };
    let english = said(Language::English).join(" ");
    assert!(
        english.contains("comparable dossiers that had been at “opinion asked”"),
        "{english}"
    );
    let vietnamese = said(Language::Vietnamese).join(" ");
    assert!(
        vietnamese.contains("hồ sơ tương tự đã ở khâu “opinion asked”"),
        "{vietnamese}"
    );
}

#[test]
fn a_reason_tells_only_what_its_dossiers_have_in_common() {
    let log = log(1_500);
    let office = office();
    let model = Backtest::new(&log, &office, PROTOCOL).unwrap().fit();
    let case = log.cases.iter().find(|case| case.events.len() == 4);
    let mut open = case.unwrap().clone();
    open.events.truncate(3);
    let due = open.start + TimeDelta::days(400);
    let now = open.events[2].at + TimeDelta::days(120);
    let at = model.situation(&office, &open, &log.activities, due, now);
    let at = at.unwrap();
    // Nobody ever waited so long: comparable are those that came to the step at all.
    let reasons = model.explain(&at);
    let names: Vec<&str> = reasons[0]
        .parameters()
        .iter()
        .map(|named| named.0)
        .collect();
    assert!(
        names.starts_with(&["comparable", "late", "step"]),
        "{names:?}"
    );
    assert!(!names.contains(&"waited_days"), "{names:?}");
    let said = reasons[0].words(Language::Vietnamese, model.hours_a_day());
    assert!(!said.contains("ngày làm việc"), "{said}");
    // At a step that nobody knows, not even that.
    let strange = Situation {
        step: UNKNOWN,
        ..at
    };
    let names = model.explain(&strange)[0].parameters();
    let names: Vec<&str> = names.iter().map(|named| named.0).collect();
    assert_eq!(names, ["comparable", "late"]);
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
        told(0).words(Language::Vietnamese, 7.5),
        "Trong 26 hồ sơ tương tự ở khâu “Ký duyệt” khi đã dùng khoảng 70% thời hạn, không hồ sơ nào \
         trễ hạn."
    );
    assert!(
        told(26)
            .words(Language::Vietnamese, 7.5)
            .ends_with(", tất cả đều trễ hạn.")
    );
    assert!(
        told(26)
            .words(Language::English, 7.5)
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
        few.words(Language::English, 8.0),
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
        enough.words(Language::Vietnamese, 8.0),
        "Trong 20 hồ sơ tương tự, 4 hồ sơ trễ hạn."
    );
}
