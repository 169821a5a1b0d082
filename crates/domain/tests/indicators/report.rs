//! The report in the form of the wire, whose names are a contract.

use std::collections::BTreeMap;

use domain::indicator::{Period, Rate, Report, SMALL, Tally};

use crate::desk;
use crate::ledger::{as_of, august, row_of};
use crate::story::Story;

fn reported(wards: &[(&str, &str, Vec<Story>)], period: &Period) -> Report {
    let tallies = wards.iter().map(|(unit, name, stories)| {
        let mut tally = Tally::default();
        for story in stories {
            if let Some(dossier) = period.state_of(&story.records) {
                tally.add(&dossier, period);
            }
        }
        (desk::unit(unit), ((*name).to_owned(), tally))
    });
    Report::new(period, tallies.collect::<BTreeMap<_, _>>())
}

const NOTHING: &str = concat!(
    r#""carried_over":0,"received":0,"received_online":0,"received_desk":0,"received_post":0,"#,
    r#""resolved":0,"early":0,"on_due":0,"late":0,"in_time":0,"pending_in_time":0,"#,
    r#""pending_late":0,"withdrawn":0,"refused_after_receipt":0,"no_due":0,"#,
    r#""no_due_received":0,"no_due_pending":0,"mirrored":0,"corrected":0,"#,
    r#""in_time_rate":{"num":0,"den":0,"rate":null},"#,
    r#""in_time_rate_766":{"num":0,"den":0,"rate":null},"#,
    r#""in_time_rate_original":{"num":0,"den":0,"rate":null},"#,
    r#""online_rate":{"num":0,"den":0,"rate":null},"small":true"#
);

#[test]
fn an_empty_report_has_every_name_in_order_and_no_rate() {
    let period = as_of(august(), "1 Sep 00:30");
    let report = reported(&[("H60.02215", "Phường Minh Xuân", Vec::new())], &period);
    assert_eq!(
        serde_json::to_string(&report).expect("JSON"),
        format!(
            concat!(
                r#"{{"from":"2026-08-01","to":"2026-08-31","as_of":"2026-09-01T00:30:00+07:00","#,
                r#""units":[{{"unit":"H60.02215","name":"Phường Minh Xuân",{}}}],"#,
                r#""total":{{"unit":"","name":"Tổng cộng",{}}}}}"#
            ),
            NOTHING, NOTHING
        )
    );
}

#[test]
fn a_report_adds_its_units_up_and_sorts_them_by_identifier() {
    let early = |unit: &str, number| {
        let mut story = Story::of("1.013226").at_unit(unit, number);
        story.goes_on("3 Aug 10:00 submitted; 3 Aug 11:00 accepted; 4 Aug 08:00 handed over; 6 Aug 09:00 resolved");
        story
    };
    let late = |unit: &str, number| {
        let mut story = Story::of("1.013226").at_unit(unit, number);
        story.goes_on("3 Aug 10:00 received; 4 Aug 08:00 handed over; 18 Aug 09:00 resolved");
        story
    };
    let report = reported(
        &[
            (
                "H60.02215",
                "Phường Minh Xuân",
                vec![early("H60.02215", 1), late("H60.02215", 2)],
            ),
            ("H60.00000", "Trung tâm", vec![late("H60.00000", 3)]),
        ],
        &august(),
    );
    let names: Vec<_> = report.units.iter().map(|row| row.unit.as_str()).collect();
    assert_eq!(names, ["H60.00000", "H60.02215"]);
    let tree = serde_json::to_value(&report).expect("JSON");
    let rate = |row: &serde_json::Value, name: &str| row[name].to_string();
    assert_eq!(
        rate(&tree["units"][1], "in_time_rate"),
        r#"{"den":2,"num":1,"rate":0.5}"#
    );
    assert_eq!(
        rate(&tree["units"][0], "in_time_rate"),
        r#"{"den":1,"num":0,"rate":0.0}"#
    );
    assert_eq!(
        rate(&tree["units"][1], "online_rate"),
        r#"{"den":2,"num":1,"rate":0.5}"#
    );
    let total = &report.total;
    assert_eq!(
        (total.received, total.received_online, total.received_desk),
        (3, 1, 2)
    );
    assert_eq!(
        (total.resolved, total.early, total.late, total.in_time),
        (3, 1, 2, 1)
    );
    assert_eq!(
        total.in_time_rate,
        Rate {
            num: 1,
            den: 3,
            rate: Some(1.0 / 3.0)
        }
    );
    assert_eq!(total.in_time_rate_766, total.in_time_rate);
    assert_eq!(total.in_time_rate_original, total.in_time_rate);
    assert_eq!(
        total.online_rate,
        Rate {
            num: 1,
            den: 3,
            rate: Some(1.0 / 3.0)
        }
    );
}

#[test]
fn the_online_rate_is_of_what_came_in_the_period_alone() {
    let stories = |history: &str| Story::told("1.013226", history);
    let row = row_of(
        &[
            stories("3 Aug 10:00 submitted; 3 Aug 11:00 accepted"),
            stories("3 Aug 10:00 submitted; 3 Aug 11:00 accepted; 4 Aug 09:00 withdrawn"),
            stories("4 Aug 10:00 received"),
            stories("5 Aug 10:00 received by post"),
            // Carried over, and refused: neither was received in the period.
            stories("30 Jul 10:00 submitted; 30 Jul 11:00 accepted"),
            stories("3 Aug 10:00 submitted; 3 Aug 11:00 refused"),
        ],
        &august(),
    );
    assert_eq!(row.carried_over, 1);
    assert_eq!(
        row.online_rate,
        Rate {
            num: 2,
            den: 4,
            rate: Some(0.5)
        }
    );
}

#[test]
fn a_rate_of_nothing_is_no_rate_rather_than_nought_or_full_marks() {
    assert_eq!(Rate::new(0, 0).rate, None);
    assert_eq!(Rate::new(0, 4).rate, Some(0.0));
    assert_eq!(Rate::new(4, 4).rate, Some(1.0));
}

#[test]
fn few_judged_dossiers_are_marked_as_few() {
    let judged = |count: u32| {
        let mut stories: Vec<_> = (0..count)
            .map(|_| Story::told("1.013226", "3 Aug 10:00 received; 5 Aug 09:00 withdrawn"))
            .collect();
        // Pending dossiers and those without a due time are not judged, so they add nothing here.
        stories.push(Story::told("1.013226", "3 Aug 10:00 received"));
        stories.push(Story::told(
            "1.003622",
            "3 Aug 10:00 received; 5 Aug 09:00 withdrawn",
        ));
        row_of(&stories, &august())
    };
    assert_eq!(SMALL, 10);
    assert!(judged(9).small);
    assert!(!judged(10).small);
}

#[test]
fn the_page_of_definitions_says_what_the_columns_say() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reports.md");
    let page = std::fs::read_to_string(root).expect("docs/reports.md");
    let form = domain::indicator::II06A.iter();
    let beside = domain::indicator::MEMO.iter();
    let lines = form
        .map(|column| (column.name, column.vi, column.definition_en))
        .chain(beside.map(|column| (column.name, column.vi, column.definition_en)));
    for (name, title, definition) in lines {
        let line = format!("| `{name}` | {title} | {definition} |");
        assert!(page.contains(&line), "docs/reports.md lacks: {line}");
    }
}
