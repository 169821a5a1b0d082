//! The shipped units, calendar and procedures, and the claims of their cells.

use std::collections::BTreeSet;

use domain::dossier::Channel;
use domain::id::{ProvinceCode, UnitCode};
use domain::limit::Limit;
use domain::procedure::{Authority, ClockPolicy, Kind, Mark, OnlineLevel, Verification};
use domain::unit::UnitKind;

use crate::texts::{code, day, shipped, shipped_files, today};

#[test]
fn the_shipped_units_are_the_34_provinces_and_3321_communes() {
    let units = shipped().units;
    let today = || units.iter().filter(|unit| unit.until.is_none());
    let count = |kind| today().filter(|unit| unit.kind == kind).count();
    assert_eq!(count(UnitKind::Province), 34);
    assert_eq!(count(UnitKind::ProvincialCentre), 34);
    assert_eq!(count(UnitKind::Commune), 3321);
    assert_eq!(today().count(), 34 + 34 + 3321);

    let tuyen_quang = ProvinceCode::parse("08").expect("two digits");
    assert_eq!(
        units.province(&tuyen_quang).expect("listed").code.as_str(),
        "H60"
    );
    let below: Vec<_> = units.in_province(&tuyen_quang).collect();
    assert_eq!(below.len(), 1 + 124);
    assert_eq!(
        below[0].code.as_str(),
        "H60.00000",
        "sorted by identifier, the centre first"
    );
    assert_eq!(below[0].kind, UnitKind::ProvincialCentre);
    assert_eq!(units.find("02215"), units.find("h60.02215"));
    assert_eq!(
        units.find("02215").expect("listed").name,
        "Phường Minh Xuân"
    );
    assert!(
        units
            .get(&UnitCode::parse("H60.2215").expect("well formed"))
            .is_none()
    );

    let identifiers: BTreeSet<_> = units
        .iter()
        .filter(|unit| unit.kind == UnitKind::Province)
        .map(|unit| &unit.code)
        .collect();
    assert_eq!(
        identifiers.len(),
        34,
        "no two merged provinces share an identifier"
    );
}

#[test]
fn the_shipped_calendar_counts_the_days_the_notices_name() {
    let calendars = shipped().calendars;
    let national = calendars.national();
    assert_eq!(national.first_day(), day("2024-01-01"));
    assert_eq!(national.last_day(), day("2027-12-31"));
    for off in [
        "2026-11-24",
        "2026-08-31",
        "2026-04-27",
        "2025-05-02",
        "2024-04-29",
    ] {
        assert_eq!(national.is_working_day(day(off)), Ok(false), "{off}");
    }
    for worked in ["2026-08-22", "2026-01-10", "2025-04-26", "2024-05-04"] {
        assert_eq!(
            national.is_working_day(day(worked)),
            Ok(true),
            "{worked} is made up"
        );
    }
    assert!(
        national
            .special(day("2027-02-08"))
            .expect("Tết")
            .provisional
    );
    assert!(
        !national
            .special(day("2026-11-24"))
            .expect("a new holiday")
            .provisional
    );
}

/// The rows of the 47 commune-level procedures, split where a row names several codes.
const ROWS: [&[&str]; 47] = [
    &["1.001193"],
    &["1.000656"],
    &["1.000894"],
    &["1.004873"],
    &["1.001022"],
    &["1.004859"],
    &["1.004837"],
    &["3.000323"],
    &["1.004884"],
    &["1.004746"],
    &["2.000635"],
    &["1.003583"],
    &["1.000689"],
    &["2.000806"],
    &["1.001669"],
    &["2.001263"],
    &["2.000815"],
    &["2.000884"],
    &["2.000908"],
    &["2.001019"],
    &["2.001016"],
    &["x-chung-thuc-hop-dong"],
    &["2.000992"],
    &["1.004222"],
    &["1.004194"],
    &["1.002755"],
    &["1.003197", "1.010028"],
    &["1.010038"],
    &["2.001159"],
    &["1.003677"],
    &["1.001776"],
    &["1.001731"],
    &["1.014027", "1.014028"],
    &["1.001699"],
    &["1.011606", "1.011607"],
    &["1.010456"],
    &["1.012812", "1.013967"],
    &["1.012781", "1.012782", "1.012783", "1.013831"],
    &["1.013992"],
    &["1.013225"],
    &["1.013226", "1.013228"],
    &["1.001612"],
    &["1.002211", "2.000930"],
    &["1.003622"],
    &["x-cam-tiep-xuc"],
    &["3.000722"],
    &["2.002913"],
];

#[test]
fn every_one_of_the_47_rows_is_shipped_and_one_petition() {
    let procedures = shipped().procedures;
    for (at, codes) in ROWS.iter().enumerate() {
        for text in *codes {
            assert!(
                procedures.in_force(&code(text), today()).is_some(),
                "row {}: {text}",
                at + 1
            );
        }
    }
    let petitions: Vec<_> = procedures
        .iter()
        .filter(|procedure| procedure.kind == Kind::Petition)
        .collect();
    assert_eq!(petitions.len(), 1);
    let split: usize = ROWS.iter().map(|codes| codes.len()).sum();
    assert_eq!((split, procedures.len()), (56, 66));
}

#[test]
fn each_kind_of_procedure_is_shipped_as_a_complete_definition() {
    let procedures = shipped().procedures;
    let get = |text: &str| procedures.in_force(&code(text), today()).expect(text);
    let limit = |text: &str| get(text).default_case().limit_for(Channel::Desk);

    assert!(get("2.000815").on_the_spot && !get("2.000815").is_outline());
    assert_eq!(limit("1.001193"), Some(Limit::SameDay));
    assert_eq!(limit("1.001612"), Some(Limit::WorkingDays(3)));
    assert_eq!(limit("x-cam-tiep-xuc"), Some(Limit::ElapsedHours(12)));
    assert_eq!(limit("1.012812"), Some(Limit::CalendarDays(30)));
    let verification = |text: &str| get(text).default_case().verification;
    let five = Limit::WorkingDays(5);
    assert_eq!(verification("1.001022"), Some(Verification::Adds(five)));
    assert_eq!(verification("1.000894"), Some(Verification::Replaces(five)));
    assert_eq!(get("1.013992").clock, ClockPolicy::StopWhileFinancial);
    let linked = get("3.000722");
    assert!(linked.version >= 2, "its agencies work at once");
    let agencies: BTreeSet<_> = linked.legs.iter().map(|leg| &leg.agency).collect();
    assert_eq!(
        agencies.len(),
        3,
        "linked over the unit itself, the police and the insurance"
    );
    let leading: Vec<_> = linked.legs.iter().filter(|leg| leg.lead).collect();
    assert_eq!(leading.len(), 1);
    assert_eq!(Some(leading[0].limit), limit("3.000722"));
    let before = procedures.get(&code("3.000722"), 1).expect("kept");
    assert!(before.legs.is_empty() && before.steps.len() > linked.steps.len());
    assert!(matches!(
        get("1.004222").authority,
        Authority::Mirrored { .. }
    ));
    assert_eq!(get("x-phan-anh-hien-truong").kind, Kind::Petition);

    let complete: Vec<_> = procedures
        .iter()
        .filter(|procedure| !procedure.is_outline())
        .collect();
    assert!(complete.len() >= 12, "{} complete", complete.len());
    let clocks: BTreeSet<_> = complete.iter().map(|procedure| procedure.clock).collect();
    assert_eq!(clocks.len(), 5, "all five clock policies occur");
    for procedure in complete {
        assert_eq!(procedure.steps_mark, Mark::Template, "{}", procedure.code);
        assert_eq!(procedure.first_step(), procedure.steps.first());
    }
}

#[test]
fn no_shipped_cell_claims_more_than_its_source() {
    let catalogue = shipped();
    for procedure in catalogue.procedures.iter() {
        let unknown = procedure.online == OnlineLevel::Unknown;
        assert_eq!(
            unknown,
            procedure.online_mark == Mark::Unknown,
            "{}",
            procedure.code
        );
        for case in &procedure.cases {
            let sourced = case.limit_mark != Mark::Unknown;
            assert_eq!(
                case.limit.is_some(),
                sourced,
                "{} {}",
                procedure.code,
                case.id
            );
            assert_eq!(
                !case.limit_source.is_empty(),
                sourced,
                "{} {}",
                procedure.code,
                case.id
            );
        }
    }
    let festival = catalogue
        .procedures
        .find("1.003622", today())
        .expect("listed");
    assert_eq!(
        festival.default_case().limit,
        None,
        "the organiser's own duty is no due time"
    );
}

#[test]
fn every_shipped_version_is_listed_as_published() {
    let files = shipped_files();
    let list = files
        .iter()
        .find(|file| file.path.ends_with("published.csv"))
        .expect("shipped");
    let mut missing = Vec::new();
    for procedure in shipped().procedures.iter() {
        let line = format!(
            "{},{},{}",
            procedure.code,
            procedure.version,
            procedure.hash_hex()
        );
        if !list.text.lines().any(|listed| listed == line) {
            missing.push(line);
        }
    }
    assert!(
        missing.is_empty(),
        "add to {}:\n{}",
        list.path,
        missing.join("\n")
    );
}
