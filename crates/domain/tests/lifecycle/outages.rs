//! Announced outages, and windows for papers that end.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use domain::calendar::Outage;
use domain::catalogue::SourceFile;
use domain::deadline::{Language, explain_from};
use domain::dossier::Dossier;

use crate::desk;
use crate::story::Story;

fn outage(from: &str, until: &str) -> Outage {
    Outage {
        from: desk::at(from),
        until: desk::at(until),
        units: None,
        procedure: None,
        document: "12/TB-UBND".into(),
    }
}

#[test]
fn time_runs_on_from_the_recovery() {
    let mut days = Story::told("1.004873", "3 Aug 10:00 received");
    // Tuesday afternoon to Thursday morning: two working days.
    let moved = days.published(
        desk::at("6 Aug 09:00"),
        &[],
        &[outage("4 Aug 14:00", "6 Aug 08:00")],
    );
    assert!(moved.is_some());
    assert_eq!(
        days.due_times(),
        "original Thu 6 Aug 17:00, effective Mon 10 Aug 17:00, promised Mon 10 Aug 17:00"
    );
    assert_eq!(days.dossier().outages, 1);
    let told = days
        .records
        .last()
        .expect("written")
        .event
        .told(&days.procedure);
    assert_eq!(
        told.expect("the citizen is told").en,
        "New date, because of an announced outage"
    );

    let mut hours = Story::told("1.004873 within 8wh", "3 Aug 10:00 received");
    hours.published(
        desk::at("3 Aug 16:00"),
        &[],
        &[outage("3 Aug 09:00", "3 Aug 15:30")],
    );
    // Of the outage, 10:00 to 11:30 and 13:30 to 15:30 are the dossier's.
    assert!(hours.due_times().contains("effective Tue 4 Aug 16:00"));
}

#[test]
fn an_outage_moves_neither_what_it_did_not_hit_nor_what_stood_nor_what_was_overdue() {
    let two_days = outage("4 Aug 14:00", "6 Aug 08:00");
    let mut elsewhere = Story::told("1.004873", "3 Aug 10:00 received");
    let other = Outage {
        units: Some(BTreeSet::from([desk::unit("H60.02212")])),
        ..two_days.clone()
    };
    assert!(
        elsewhere
            .published(desk::at("6 Aug 09:00"), &[], &[other])
            .is_none()
    );

    let mut after = Story::told("1.004873", "6 Aug 08:30 received");
    assert!(
        after
            .published(
                desk::at("6 Aug 09:00"),
                &[],
                std::slice::from_ref(&two_days)
            )
            .is_none()
    );

    let mut stood = Story::told(
        "1.004873 as shift-due",
        "3 Aug 10:00 received; 4 Aug 10:00 papers requested; 6 Aug 08:30 papers complete",
    );
    assert!(stood.due_times().contains("effective Mon 10 Aug 17:00"));
    assert!(
        stood
            .published(
                desk::at("6 Aug 09:00"),
                &[],
                std::slice::from_ref(&two_days)
            )
            .is_none()
    );

    let mut overdue = Story::told("1.004873 within 1wd", "31 Jul 10:00 received");
    overdue.published(desk::at("6 Aug 09:00"), &[], &[two_days]);
    assert!(overdue.is_overdue("6 Aug 09:00"));
    assert_eq!(overdue.dossier().outages, 0);
}

#[test]
fn a_list_of_outages_that_overlap_or_lie_on_days_off_is_refused_by_line() {
    let head = "unit,procedure,from,until,document,mark,source\n";
    let sound = ",,2026-08-04 14:00,2026-08-06 08:00,12/TB-UBND,statute,Thông báo 12/TB-UBND";
    let read = |lines: &[&str]| {
        let faults = desk::catalogue().with(&[SourceFile {
            path: "calendar/outages.csv".into(),
            text: format!("{head}{}\n", lines.join("\n")),
        }]);
        let faults = faults.err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(read(&[sound]), [""; 0]);
    let overlaps = "H60,,2026-08-05 14:00,2026-08-07 08:00,13/TB-UBND,statute,Thông báo";
    assert_eq!(
        read(&[sound, overlaps]),
        [
            "calendar/outages.csv:3: the outage overlaps that of 12/TB-UBND from \
          2026-08-04T14:00:00+07:00 to 2026-08-06T08:00:00+07:00; expected each moment once"
        ]
    );
    for (line, reason) in [
        (
            ",,2026-08-08 08:00,2026-08-10 08:00,12/TB,statute,Thông báo",
            "from: 2026-08-08 is a day off, on which no time is lost; expected a working day",
        ),
        (
            ",,2026-08-06 08:00,2026-08-04 14:00,12/TB,statute,Thông báo",
            "until: expected a moment after 2026-08-06T08:00:00+07:00",
        ),
        (
            "H99,,2026-08-04 14:00,2026-08-06 08:00,12/TB,statute,Thông báo",
            "unit: H99 is not listed",
        ),
        (
            ",,2026-08-04 14:00,2026-08-06 08:00,,statute,Thông báo",
            "document: expected the number of the announcement",
        ),
        (
            ",,2026-08-04 14:00,2026-08-06 08:00,12/TB,statute,",
            "source: expected the document that says so",
        ),
    ] {
        assert_eq!(read(&[line]), [format!("calendar/outages.csv:2: {reason}")]);
    }
}

#[test]
fn a_window_for_papers_that_is_over_ends_the_dossier_with_its_own_reason() {
    let mut story = Story::told(
        "1.004873 closing 7wd",
        "3 Aug 10:00 received; 4 Aug 10:00 papers requested",
    );
    // Seven working days after Tuesday: Thursday 13 August, at closing time.
    assert_eq!(
        story.window_ends(desk::at("13 Aug 17:00")),
        None,
        "not before"
    );
    assert!(story.window_ends(desk::at("13 Aug 17:01")).is_some());
    assert_eq!(story.status(), "8 Dừng xử lý");
    assert!(story.dossier().expired);
    let told = story
        .records
        .last()
        .expect("written")
        .event
        .told(&story.procedure);
    let told = told.expect("the citizen is told");
    assert_eq!(
        (told.vi.as_ref(), told.en.as_ref()),
        (
            "Dừng xử lý vì quá thời hạn bổ sung",
            "Closed, because no papers came in time"
        )
    );
    assert!(!story.is_overdue("13 Aug 17:01"), "its clock stood");
    assert_eq!(story.window_ends(desk::at("14 Aug 08:00")), None, "once");
}

/// The example in docs/law-2026.md, told by the engine; `UPDATE=1` writes it.
#[test]
fn the_worked_example_of_the_page_is_what_the_engine_says() {
    let mut story = Story::told(
        "1.004873 closing 7wd as no-stop",
        "10 Aug 15:30 received for H60.02212",
    );
    let mut lines = Vec::new();
    let start = story.dossier().start().expect("received");
    let limit = story.dossier().clock.as_ref().and_then(|clock| clock.limit);
    let explained = explain_from(&start, limit.expect("three days"), story.calendar());
    let explained = explained.expect("a due time");
    for language in [Language::Vietnamese, Language::English] {
        lines.extend(explained.lines(language));
    }
    story.goes_on("12 Aug 09:00 arrived; 14 Aug 10:00 papers requested");
    let down = outage("17 Aug 14:00", "19 Aug 08:00");
    story.published(desk::at("19 Aug 09:00"), &[], &[down]);
    assert!(story.window_ends(desk::at("25 Aug 17:01")).is_some());
    for record in &story.records {
        let told = record
            .event
            .told(&story.procedure)
            .expect("the citizen is told");
        let after = Dossier::fold(story.records.iter().take(record.version as usize));
        let clock = after.and_then(|dossier| dossier.clock).expect("received");
        let due = desk::wall(clock.effective_due.expect("a due time"));
        let at = desk::wall(record.event_time);
        lines.push(format!("{at}  {} / {}: due {due}", told.vi, told.en));
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/law-2026.md");
    let text = fs::read_to_string(&page).expect("the page is there");
    let (before, rest) = text
        .split_once("<!-- example -->\n```\n")
        .expect("its place");
    let (_, behind) = rest.split_once("```").expect("its end");
    let told = lines.join("\n");
    let new = format!("{before}<!-- example -->\n```\n{told}\n```{behind}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&page, &new).expect("writable");
    }
    assert_eq!(
        fs::read_to_string(&page).expect("there"),
        new,
        "UPDATE=1 rewrites it"
    );
}

#[test]
fn before_reception_it_is_refused_and_in_other_versions_it_waits_on() {
    let asked = "3 Aug 10:00 submitted; 4 Aug 10:00 papers requested";
    let mut story = Story::told("1.004873 closing 7wd", asked);
    assert!(story.window_ends(desk::at("13 Aug 17:01")).is_some());
    assert_eq!(story.status(), "3 Không được tiếp nhận");

    let mut waits = Story::told("1.004873", asked);
    assert_eq!(waits.window_ends(desk::at("30 Nov 08:00")), None);
    assert_eq!(waits.status(), "5 Yêu cầu bổ sung giấy tờ");

    let mut answered = Story::told("1.004873 closing 7wd", asked);
    answered.goes_on("13 Aug 16:59 papers complete");
    assert_eq!(answered.window_ends(desk::at("14 Aug 08:00")), None);
}
