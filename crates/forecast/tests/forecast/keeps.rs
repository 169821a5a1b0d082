//! A fit is stored as bytes with a digest, with its training data's size and its quality.

use forecast::artefact::{Artefact, MOST_BYTES};
use forecast::level::{Precision, Thresholds};
use forecast::log::Error;
use forecast::model::Unreadable;
use forecast::situation::UNKNOWN;

use crate::invented::{dated, office};

#[test]
fn two_fits_agree_to_the_last_bit_and_are_read_back() {
    let log = dated(900);
    let office = office();
    let until = log.cases[800].start;
    let fit = || Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let (artefact, again) = (fit(), fit());
    let (bytes, digest) = (artefact.to_bytes(), artefact.digest());
    assert_eq!(digest, again.digest());
    assert!(bytes.len() < MOST_BYTES);
    let back = Artefact::from_bytes(&bytes, &digest).unwrap();
    assert_eq!(back.to_bytes(), bytes);
    assert_eq!(back.fitted_from(), log.cases[0].start);
    assert_eq!(back.fitted_until(), until);
    let mut altered = bytes.clone();
    let place = altered.len() / 2;
    altered[place] ^= 1;
    let refused = Artefact::from_bytes(&altered, &digest);
    assert!(matches!(refused, Err(Unreadable::Altered)));
    assert!(Artefact::from_bytes(b"{}", &domain::digest::sha256(b"{}")).is_err());
}

#[test]
fn it_says_how_good_it_was_inside_its_own_period() {
    let log = dated(1_500);
    let office = office();
    let until = log.cases[1_400].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let figures = artefact.figures();
    assert!(
        figures.auc.unwrap() > figures.naive_auc.unwrap(),
        "{figures:?}"
    );
    assert!(figures.brier.unwrap() < 0.25, "{figures:?}");
    assert!(figures.ece.unwrap() < 0.1, "{figures:?}");
    assert!(
        (0.65..0.95).contains(&figures.coverage.unwrap()),
        "{figures:?}"
    );
    assert!(figures.precision.unwrap() > 0.45, "{figures:?}");
    // The fit reads nothing after the end of the period.
    let mut later = log.known_before(until);
    later.cases.truncate(1_399);
    let cut = Artefact::fit(
        &log.known_before(until),
        &[&office],
        until,
        Precision::default(),
    );
    assert_eq!(cut.unwrap().digest(), artefact.digest());
}

#[test]
fn each_kind_of_unit_has_its_own_levels_where_it_has_the_cases() {
    let mut log = dated(1_500);
    for (number, case) in log.cases.iter_mut().enumerate() {
        let kind = if number % 40 == 0 { "district" } else { "ward" };
        kind.clone_into(&mut case.unit_kind);
    }
    let office = office();
    let until = log.cases[1_400].start;
    let fit = |precision| Artefact::fit(&log, &[&office], until, precision).unwrap();
    let artefact = fit(Precision::default());
    let general = artefact.thresholds("");
    assert_ne!(general, Thresholds::default());
    assert_eq!(artefact.thresholds("district"), general);
    let ward = artefact.thresholds("ward");
    assert!(ward.watch.raise <= ward.at_risk.raise, "{ward:?}");
    let strict = fit(Precision {
        at_risk: 0.9,
        ..Precision::default()
    });
    assert!(strict.thresholds("ward").at_risk.raise > ward.at_risk.raise);
}

#[test]
fn a_province_that_has_just_begun_gets_a_fit_or_a_reason_why_not() {
    let office = office();
    let mut log = dated(30);
    let until = log.cases[29].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    assert_eq!(artefact.thresholds("ward"), Thresholds::default());
    assert!(artefact.size().settled < 30);
    for case in &mut log.cases {
        case.deadline = None;
    }
    let refused = Artefact::fit(&log, &[&office], until, Precision::default());
    assert!(matches!(refused, Err(Error::NoCases { .. })));
}

#[test]
fn a_type_that_differs_from_case_to_case_does_not_swell_the_fit() {
    let mut log = dated(1_000);
    for (number, case) in log.cases.iter_mut().enumerate() {
        // Every tenth case is of one kind. Each of the others has a kind of its own, with a name of
        // a kilobyte.
        let name = if number % 10 == 0 { 0 } else { number };
        case.types = vec![format!("{name:01000}")];
    }
    let office = office();
    let until = log.cases[900].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    assert!(artefact.to_bytes().len() < 1_500_000);
    let kind = |name: usize| artefact.model().kind(&[&format!("{name:01000}")]);
    assert_ne!(kind(0), UNKNOWN);
    assert_eq!(kind(899), UNKNOWN);
}
