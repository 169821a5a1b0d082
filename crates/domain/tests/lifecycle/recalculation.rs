//! How a newly published calendar moves due times.

use std::sync::Arc;

use domain::dossier::Channel;
use domain::import::{ImportedCase, Route};

use crate::desk::{self, at, wall};
use crate::story::{Story, special_day};

/// Runs a history, publishes a calendar with more days off or working days, and compares.
fn tell(rows: &[(&str, &str, &str, &str, &str)]) {
    for (head, history, published, days, answer) in rows {
        let mut story = Story::told(head, history);
        let days: Vec<_> = days.split(", ").map(special_day).collect();
        let done = story.calendars_change(at(published), &days);
        let kept = done.and_then(|done| done.kept);
        let kept = kept.map_or(String::new(), |kept| format!(" [{}]", kept.as_str()));
        assert_eq!(story.due_times() + &kept, *answer, "{head}: {history}");
    }
}

#[test]
fn a_day_off_moves_the_due_time_later_and_the_citizen_is_told() {
    tell(&[
        (
            "1.013225 within 10wd",
            "3 Aug 10:00 received",
            "4 Aug 08:00",
            "12 Aug",
            "original Mon 17 Aug 17:00, effective Tue 18 Aug 17:00, promised Tue 18 Aug 17:00",
        ),
        // A day off after the due day or before the reception changes nothing.
        (
            "1.013225 within 10wd",
            "3 Aug 10:00 received",
            "4 Aug 08:00",
            "18 Aug, 31 Jul",
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        // Working hours move like days. Elapsed hours ignore the calendar.
        (
            "1.013225 within 8wh",
            "3 Aug 10:00 received",
            "3 Aug 11:00",
            "4 Aug",
            "original Tue 4 Aug 10:30, effective Wed 5 Aug 10:30, promised Wed 5 Aug 10:30",
        ),
        (
            "1.013225 within 48h",
            "3 Aug 10:00 received",
            "3 Aug 11:00",
            "4 Aug, 5 Aug",
            "original Wed 5 Aug 10:00, effective Wed 5 Aug 10:00, promised Wed 5 Aug 10:00",
        ),
    ]);
}

#[test]
fn a_make_up_day_takes_back_nothing_that_was_promised() {
    tell(&[(
        "1.013225 within 10wd",
        "3 Aug 10:00 received",
        "4 Aug 08:00",
        "8 Aug",
        "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00, \
         legal Fri 14 Aug 17:00 [promised]",
    )]);
}

#[test]
fn a_kept_promise_goes_on_beside_the_legal_due_time() {
    let mut story = Story::told("1.013225 within 10wd", "3 Aug 10:00 received");
    story.calendars_change(at("4 Aug 08:00"), &[special_day("8 Aug")]);
    story.goes_on("10 Aug 09:00 papers requested; 12 Aug 14:00 papers complete");
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Wed 19 Aug 17:00, promised Wed 19 Aug 17:00, \
         legal Tue 18 Aug 17:00"
    );
    // The make-up day is withdrawn. The law then gives the date that was promised all along.
    story.calendars_change(at("13 Aug 08:00"), &[]);
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Wed 19 Aug 17:00, promised Wed 19 Aug 17:00"
    );
}

#[test]
fn overdue_stays_overdue_whatever_days_off_are_published_afterwards() {
    tell(&[
        (
            "1.013225 within 10wd",
            "3 Aug 10:00 received",
            "17 Aug 17:01",
            "17 Aug, 14 Aug",
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00, \
             legal Wed 19 Aug 17:00 [overdue]",
        ),
        (
            "1.013225 within 10wd",
            "3 Aug 10:00 received",
            "17 Aug 17:00",
            "17 Aug, 14 Aug",
            "original Mon 17 Aug 17:00, effective Wed 19 Aug 17:00, promised Wed 19 Aug 17:00",
        ),
    ]);
}

#[test]
fn a_clock_that_stands_goes_on_from_the_moved_due_time() {
    let mut story = Story::told(
        "1.013225 within 10wd",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested",
    );
    story.calendars_change(at("24 Aug 08:00"), &[special_day("5 Aug")]);
    assert!(!story.is_overdue("24 Aug 08:00"));
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Tue 18 Aug 17:00, promised Tue 18 Aug 17:00"
    );
    story.goes_on("25 Aug 09:00 papers complete");
    // Fourteen working days from Tuesday the 18th, including the make-up Saturday.
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Wed 9 Sep 17:00, promised Wed 9 Sep 17:00"
    );
}

#[test]
fn each_policy_counts_its_stops_in_the_new_calendar() {
    let history =
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete";
    let (published, off) = ("13 Aug 08:00", "11 Aug");
    tell(&[
        // A day off during the stop: the stop is shorter, and the days before it are more.
        (
            "1.013225 within 10wd",
            history,
            published,
            off,
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Fri 21 Aug 17:00",
        ),
        // Without the stop, the citizen would have been told Tuesday.
        (
            "1.013225 within 10wd as exclude-interval",
            history,
            published,
            off,
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Tue 18 Aug 17:00",
        ),
        (
            "1.013226",
            history,
            published,
            "20 Aug",
            "original Mon 17 Aug 17:00, effective Wed 26 Aug 17:00, promised Wed 26 Aug 17:00",
        ),
        (
            "1.013225 within 10wd as no-stop",
            history,
            published,
            off,
            "original Mon 17 Aug 17:00, effective Tue 18 Aug 17:00, promised Tue 18 Aug 17:00",
        ),
    ]);
}

#[test]
fn an_extension_that_ends_on_a_new_day_off_ends_on_the_next_working_day() {
    tell(&[(
        "1.013225 within 10wd",
        "3 Aug 10:00 received; 10 Aug 09:00 apology naming 20 Aug 09:00",
        "11 Aug 08:00",
        "20 Aug",
        "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Fri 21 Aug 17:00",
    )]);
}

#[test]
fn a_submission_that_waits_for_its_answer_gets_the_day_off_too() {
    let mut story = Story::told("1.013225 within 10wd", "3 Aug 15:00 submitted");
    let due = |story: &Story| crate::desk::wall(story.dossier().due().expect("an answer is due"));
    assert_eq!(due(&story), "Tue 4 Aug 15:30");
    story.calendars_change(at("3 Aug 16:00"), &[special_day("4 Aug")]);
    assert_eq!(due(&story), "Wed 5 Aug 15:30");
}

#[test]
fn what_has_ended_is_left_alone() {
    let mut story = Story::told(
        "1.013225 within 10wd",
        "3 Aug 10:00 received; 4 Aug 09:00 withdrawn",
    );
    assert_eq!(
        story.calendars_change(at("5 Aug 08:00"), &[special_day("12 Aug")]),
        None
    );
}

/// The due times of legs, consultations and papers: `leg 1: Tue 4 Aug 17:00`.
fn parts(story: &Story) -> Vec<String> {
    let dossier = story.dossier();
    let legs = dossier.legs.iter();
    let legs = legs.map(|leg| format!("leg {}: {}", leg.number, wall(leg.due)));
    let asked = dossier.consultations.iter();
    let asked = asked.map(|one| format!("question {}: {}", one.number, wall(one.due)));
    let papers = dossier.custody.hand_over_by;
    let papers = papers.map(|by| format!("papers: {}", wall(by)));
    legs.chain(asked).chain(papers).collect()
}

#[test]
fn parts_of_other_units_move_with_the_calendar_in_the_same_event() {
    let mut story = Story::told(
        "1.013225 within 10wd",
        "3 Aug 10:00 received; 3 Aug 10:30 leg to H60.02212 within 2wd; \
         3 Aug 10:30 leg to H60.00691 by 6 Aug 11:00; 3 Aug 10:30 leg to H60.00694 within 1wd; \
         3 Aug 10:30 question to H60.00691 within 3wd; 3 Aug 14:00 leg done: 3",
    );
    let before = story.records.len();
    let done = story.calendars_change(at("3 Aug 16:00"), &[special_day("5 Aug")]);
    assert_eq!(story.records.len(), before + 1, "one event");
    assert_eq!(
        parts(&story),
        [
            "leg 1: Thu 6 Aug 17:00",
            "leg 2: Thu 6 Aug 11:00",
            "leg 3: Tue 4 Aug 17:00",
            "question 1: Fri 7 Aug 17:00",
            "papers: Mon 3 Aug 17:00",
        ],
        "what was set by hand or is done stays"
    );
    let done = done.expect("moved");
    assert_eq!(
        (done.parts.legs.len(), done.parts.consultations.len()),
        (1, 1)
    );
    assert_eq!(
        story.calendars_change(at("3 Aug 16:00"), &[special_day("5 Aug")]),
        None
    );
}

#[test]
fn a_leg_moves_also_when_the_dossiers_own_due_time_does_not() {
    let mut story = Story::told(
        "1.013225 within 48h",
        "3 Aug 10:00 received; 3 Aug 10:30 leg to H60.02212 within 1wd",
    );
    let own = story.due_times();
    let done = story.calendars_change(at("3 Aug 11:00"), &[special_day("4 Aug")]);
    assert_eq!(parts(&story)[0], "leg 1: Wed 5 Aug 17:00");
    assert_eq!(story.due_times(), own);
    let done = done.expect("moved");
    assert_eq!((done.before, done.kept), (done.after, None));
}

#[test]
fn parts_never_move_earlier_and_what_is_late_stays_late() {
    let told = "3 Aug 10:00 received; 3 Aug 10:30 leg to H60.02212 within 5wd";
    let mut story = Story::told("1.013225 within 10wd", told);
    story.calendars_change(at("4 Aug 08:00"), &[special_day("8 Aug")]);
    assert_eq!(parts(&story)[0], "leg 1: Mon 10 Aug 17:00", "not Saturday");
    let mut story = Story::told("1.013225 within 10wd", told);
    story.calendars_change(at("10 Aug 17:01"), &[special_day("7 Aug")]);
    assert_eq!(parts(&story)[0], "leg 1: Mon 10 Aug 17:00");
}

#[test]
fn papers_due_on_a_day_that_is_off_now_are_due_when_the_next_one_opens() {
    let mut story = Story::told("1.013225 within 10wd", "3 Aug 15:30 received");
    assert_eq!(parts(&story), ["papers: Tue 4 Aug 07:30"]);
    story.calendars_change(at("3 Aug 16:00"), &[special_day("4 Aug")]);
    assert_eq!(parts(&story), ["papers: Wed 5 Aug 07:30"]);
    let dossier = story.dossier();
    assert!(!dossier.custody.is_late(at("5 Aug 07:30")));
    let late = dossier.custody.is_late(at("5 Aug 07:31"));
    assert!(late, "and a clerk of {} must go then", desk::WARD);
}

#[test]
fn an_answer_beyond_the_published_days_matters_to_nobody_once_the_dossier_is_received() {
    let mut story = Story::told(
        "1.013225 within same-day",
        "30 Dec 2027 10:30 submitted; 30 Dec 2027 13:30 received",
    );
    story.calendars_change(at("30 Dec 2027 14:00"), &[special_day("31 Dec 2027")]);
    let due = story.legal().map(|legal| legal.due);
    assert_eq!(due, Ok(Some(at("30 Dec 2027 17:00"))));
}

#[test]
fn a_due_time_from_elsewhere_follows_no_calendar_of_ours_even_when_verification_moved_it() {
    let mut story = Story::told("1.001022", "");
    let ward = story.unit.clone();
    story.imports(
        &ImportedCase {
            name: "cũ-1".into(),
            place: ("cases.csv".into(), 2),
            code: None,
            route: Arc::new(Route {
                receiving: ward.clone(),
                resolving: ward.clone(),
                returning: ward,
                procedure: story.procedure.code.clone(),
                channel: Channel::Desk,
            }),
            received: Some(at("3 Aug 10:00")),
            due: Some(at("6 Aug 11:00")),
            due_by_day: false,
            resolved: None,
            withdrawn: None,
            stopped: None,
            returned: None,
            happenings: Vec::new(),
            facts: Vec::new(),
            digest: 0,
        },
        at("4 Aug 08:00"),
    );
    story.goes_on("4 Aug 09:00 goes to appraise; 4 Aug 10:00 verification begun");
    let told = story.due_times();
    assert_ne!(wall(story.dossier().due().expect("due")), "Thu 6 Aug 11:00");
    let published = story.calendars_change(at("4 Aug 11:00"), &[special_day("10 Aug")]);
    assert_eq!((published, story.due_times()), (None, told));
    let clock = story.dossier().clock.as_ref().expect("received");
    assert_eq!(story.legal().map(|legal| legal.due), Ok(clock.legal_due()));
}
