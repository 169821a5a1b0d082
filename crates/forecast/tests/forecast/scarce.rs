//! What teaches little or something else than before: every answer is a number, and none is certain
//! before the deadline.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::calendar::{DayKind, SpecialDay};
use domain::deadline::Language;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::explain::Reason;
use forecast::forecaster::{Basis, Forecaster, Prospect};
use forecast::level::Precision;
use forecast::log::{Case, Log};
use forecast::planned::{Plan, Work};
use forecast::working_time::{VietNam, WorkingTime};

use crate::invented::{calendar, dated, event, minutes, office};

fn fitted(log: &Log, until: Instant) -> Arc<Artefact> {
    let office = office();
    Arc::new(Artefact::fit(log, &[&office], until, Precision::default()).unwrap())
}

fn forecaster(artefact: &Arc<Artefact>, office: WorkingTime) -> Forecaster {
    Forecaster::new(Some(Arc::clone(artefact)), Arc::new(office), "ward")
}

/// A dossier that began at a moment and was checked two hours later.
fn begun(start: Instant) -> Case {
    Case {
        start,
        events: vec![event(0, start), event(1, start + TimeDelta::hours(2))],
        ..Case::default()
    }
}

/// The forecast of a dossier a day after its start; asserts that it is a number and not certain.
fn told(forecaster: &Forecaster, log: &Log, case: &Case, days: i64) -> Prospect {
    let (now, due) = (
        case.start + TimeDelta::days(1),
        case.start + TimeDelta::days(days),
    );
    let laid = forecaster.running(case, &log.activities, due, now, plan());
    let laid = laid.unwrap();
    let prospect = forecaster.prospect(&laid, now).unwrap();
    assert!(prospect.late > 0.0 && prospect.late < 1.0, "{prospect:?}");
    let ends = [prospect.soonest, prospect.middle, prospect.latest];
    assert!(ends.iter().all(|days| days.is_finite()), "{prospect:?}");
    assert!(ends.is_sorted(), "{prospect:?}");
    for reason in forecaster.explain(None, &laid, now).unwrap() {
        let said = reason.words(Language::Vietnamese, forecaster.scale());
        assert!(!said.contains("NaN") && !said.contains("inf"), "{said}");
    }
    prospect
}

fn plan() -> Plan {
    Plan {
        current: Some(Work {
            name: "thẩm định".to_owned(),
            days: 3.0,
        }),
        ..Plan::default()
    }
}

#[test]
fn a_unit_with_three_dossiers_says_what_its_province_says_and_tells_that_it_has_three() {
    let mut log = dated(600);
    for (place, case) in log.cases.iter_mut().enumerate() {
        let tiny = [100, 200, 300].contains(&place);
        case.unit = if tiny { "tiny" } else { "large" }.to_owned();
        case.unit_kind = "ward".to_owned();
        if tiny {
            case.end = Some(case.start + TimeDelta::days(30));
        }
    }
    let until = log.cases[550].start;
    let forecaster = forecaster(&fitted(&log, until), office());
    let of = |unit: &str| Case {
        unit: unit.to_owned(),
        unit_kind: "ward".to_owned(),
        ..begun(until)
    };
    let [tiny, large] = ["tiny", "large"].map(|unit| told(&forecaster, &log, &of(unit), 9).late);
    assert!((tiny - large).abs() < 0.15, "{tiny} beside {large}");
    let now = until + TimeDelta::days(1);
    let due = until + TimeDelta::days(9);
    let laid = forecaster.running(&of("tiny"), &log.activities, due, now, plan());
    let reasons = forecaster.explain(None, &laid.unwrap(), now).unwrap();
    let own = reasons.iter().find_map(|reason| match reason {
        Reason::Pooled { own, .. } => Some(*own),
        _ => None,
    });
    assert_eq!(own, Some(3), "{reasons:?}");
}

#[test]
fn a_procedure_never_seen_is_judged_by_others_and_its_plan() {
    let mut log = dated(600);
    for case in &mut log.cases {
        case.types = vec!["land".to_owned(), "known".to_owned()];
    }
    let until = log.cases[550].start;
    let forecaster = forecaster(&fitted(&log, until), office());
    let unseen = Case {
        types: vec!["land".to_owned(), "new".to_owned()],
        ..begun(until)
    };
    let prospect = told(&forecaster, &log, &unseen, 9);
    assert_eq!(prospect.basis, Basis::Kin);
}

/// Cells of the table know no order, so a chance may differ a little the wrong way round.
const LITTLE: f64 = 0.05;

#[test]
fn a_limit_that_changed_after_the_fit_gives_numbers_and_a_shorter_one_no_advantage() {
    let log = dated(600);
    let until = log.cases[550].start;
    let forecaster = forecaster(&fitted(&log, until), office());
    let [four, nine, forty] = [4, 9, 40].map(|days| told(&forecaster, &log, &begun(until), days));
    assert!(four.late >= nine.late - LITTLE, "{four:?} and {nine:?}");
    assert!(nine.late >= forty.late - LITTLE, "{nine:?} and {forty:?}");
}

#[test]
fn a_calendar_that_moved_after_the_fit_takes_its_days_from_the_time_left() {
    let log = dated(600);
    let until = log.cases[550].start;
    let artefact = fitted(&log, until);
    let off = |ahead: i64| SpecialDay {
        date: (until + TimeDelta::days(ahead)).date_naive(),
        kind: DayKind::Holiday,
        name: "storm".to_owned(),
        source: "announced later".to_owned(),
        provisional: false,
    };
    let days: Vec<SpecialDay> = (2..6).map(off).collect();
    let moved = calendar().with_days(&days).unwrap();
    let moved = WorkingTime::new(moved, Box::new(VietNam));
    let before = told(&forecaster(&artefact, office()), &log, &begun(until), 9);
    let after = told(&forecaster(&artefact, moved), &log, &begun(until), 9);
    assert!(after.left < before.left, "{after:?} {before:?}");
    assert!(after.late >= before.late - LITTLE, "{after:?} {before:?}");
}

#[test]
fn a_month_in_which_nothing_ended_gives_numbers() {
    let mut log = dated(200);
    for case in &mut log.cases {
        case.end = None;
    }
    let until = log.cases[199].start + minutes(1);
    let forecaster = forecaster(&fitted(&log, until), office());
    told(&forecaster, &log, &begun(until), 9);
}

/// Where the few dossiers alike were done in minutes, and days are planned for the steps to come,
/// nobody would believe that minutes remain.
#[test]
fn no_reason_says_that_minutes_remain_where_days_are_planned() {
    let mut log = dated(600);
    for case in &mut log.cases {
        case.events.truncate(2);
        case.end = case.events.last().map(|event| event.at + minutes(20));
    }
    let until = log.cases[550].start;
    let forecaster = forecaster(&fitted(&log, until), office());
    let case = begun(until);
    let now = case.start + TimeDelta::hours(2) + minutes(1);
    let due = case.start + TimeDelta::days(9);
    let usual = |plan: Plan| {
        let laid = forecaster.running(&case, &log.activities, due, now, plan);
        let reasons = forecaster.explain(None, &laid.unwrap(), now).unwrap();
        let told = |reason: &Reason| matches!(reason, Reason::TimeLeft { .. });
        assert!(!reasons.is_empty());
        reasons.iter().any(told)
    };
    assert!(usual(plan()), "nothing is planned after this step");
    let later = |name: &str| Work {
        name: name.to_owned(),
        days: 2.0,
    };
    let three = Plan {
        later: vec![later("ký"), later("thuế"), later("địa chính")],
        ..plan()
    };
    assert!(!usual(three));
}
