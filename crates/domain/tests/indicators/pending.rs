//! Dossiers that are pending, dossiers never received, and dossiers counted separately or not at
//! all.

use domain::indicator::Tally;

use crate::desk;
use crate::ledger::{as_of, august, counts, of, period, row, row_of};
use crate::story::Story;

const RECEIVED: &str = "3 Aug 10:00 received; 4 Aug 08:00 handed over";

#[test]
fn a_dossier_with_a_limit_in_days_is_not_late_until_its_day_has_passed() {
    // Due Monday 17 August, at the closing time 17:00.
    for (to, looked_at, expected) in [
        ("17 Aug", "17 Aug 07:30", "desk, pending in time"),
        ("17 Aug", "17 Aug 16:59", "desk, pending in time"),
        ("17 Aug", "17 Aug 17:00", "desk, pending in time"),
        ("17 Aug", "17 Aug 17:01", "desk, pending in time"),
        ("31 Aug", "17 Aug 23:59", "desk, pending in time"),
        ("31 Aug", "18 Aug 00:00", "desk, pending in time"),
        ("31 Aug", "18 Aug 00:00:00.000001", "desk, pending late"),
        ("31 Aug", "17 Aug 10:00", "desk, pending in time"),
        // The end of the period is judged as of that day, even in a later report.
        ("16 Aug", "30 Aug 10:00", "desk, pending in time"),
        ("17 Aug", "30 Aug 10:00", "desk, pending in time"),
        ("18 Aug", "30 Aug 10:00", "desk, pending late"),
    ] {
        let period = as_of(period("1 Aug", to), looked_at);
        let row = row("1.013226", RECEIVED, &period);
        assert_eq!(counts(&row), expected, "to {to}, looked at {looked_at}");
    }
}

#[test]
fn a_dossier_with_a_limit_in_hours_is_late_from_the_minute_after() {
    let story = Story::told("1.013226 within 8wh", "3 Aug 10:00 received");
    let due = story.dossier().due().expect("a due time");
    let micro = chrono::TimeDelta::microseconds(1);
    for (at, expected) in [
        (due, "desk, pending in time"),
        (due + micro, "desk, pending late"),
    ] {
        let period = domain::indicator::Period {
            as_of: at,
            ..august()
        };
        let row = row_of(std::slice::from_ref(&story), &period);
        assert_eq!(counts(&row), expected, "{at}");
    }
}

#[test]
fn a_dossier_received_at_midnight_belongs_to_the_new_day() {
    for (at, in_august) in [
        ("31 Aug 23:59:59.999999", 1),
        ("1 Sep 00:00:00.000000", 0),
        ("1 Sep 00:00:00.000001", 0),
    ] {
        let story = Story::told("1.013226", &format!("{at} received"));
        // By its history, and by its present state in a report that loads no history.
        let told = row_of(std::slice::from_ref(&story), &august());
        let mut tally = Tally::default();
        tally.add(story.dossier(), &august());
        assert_eq!(told.received_desk, in_august, "{at}");
        assert_eq!(tally.received_desk, in_august, "{at}");
        let mut statistics = domain::indicator::Statistics::new(august());
        if let Some(seen) = domain::indicator::Seen::new(&story.records, &august()) {
            statistics.add(&seen, desk::catalogue(), |unit, _| unit.clone());
        }
        let total = statistics.total().row();
        assert_eq!(total.get(domain::indicator::Cell::Total), in_august, "{at}");
        let september = period("1 Sep", "30 Sep");
        let row = row_of(std::slice::from_ref(&story), &september);
        assert_eq!(row.received_desk, 1 - in_august, "{at}");
    }
}

#[test]
fn a_paused_dossier_is_pending_in_time_if_the_clock_stopped_before_the_due_time() {
    let in_time = "3 Aug 10:00 received; 17 Aug 17:00 papers requested";
    let too_late = "3 Aug 10:00 received; 17 Aug 17:01 papers requested";
    let payment =
        "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 6 Aug 09:00 payment requested";
    for (head, history, expected) in [
        ("1.013226", in_time, "desk, pending in time"),
        ("1.013226 as shift-due", in_time, "desk, pending in time"),
        (
            "1.013226 as exclude-interval",
            in_time,
            "desk, pending in time",
        ),
        ("1.013226 as no-stop", in_time, "desk, pending late"),
        (
            "1.013226 as stop-while-financial",
            in_time,
            "desk, pending late",
        ),
        ("1.013226", too_late, "desk, pending late"),
        ("1.013831", payment, "desk, pending in time"),
        ("1.013831 as shift-due", payment, "desk, pending late"),
    ] {
        let row = row(head, history, &august());
        assert_eq!(counts(&row), expected, "{head}: {history}");
    }
}

#[test]
fn what_was_refused_at_intake_or_never_accepted_was_never_received() {
    for history in [
        "3 Aug 10:00 submitted",
        "3 Aug 10:00 submitted; 4 Aug 09:00 refused",
        "3 Aug 10:00 submitted; 4 Aug 09:00 withdrawn",
        "3 Aug 10:00 submitted; 4 Aug 09:00 papers requested; 28 Aug 09:00 refused",
    ] {
        let row = row("1.013226", history, &august());
        assert_eq!(counts(&row), "", "{history}");
        assert_eq!(row.received, 0, "{history}");
    }
}

#[test]
fn a_submission_counts_from_its_acceptance_and_as_online() {
    let history = "31 Jul 20:00 submitted; 3 Aug 10:00 accepted";
    assert_eq!(
        counts(&row("1.013226", history, &august())),
        "online, pending late"
    );
    assert_eq!(
        counts(&row("1.013226", history, &period("1 Jul", "31 Jul"))),
        ""
    );
    let post = "3 Aug 10:00 submitted by post; 3 Aug 11:00 accepted; 4 Aug 10:00 withdrawn";
    assert_eq!(
        counts(&row("1.013226", post, &august())),
        "post, early, withdrawn"
    );
}

#[test]
fn petitions_are_left_out() {
    let row = row_of(
        &[
            Story::told("x-phan-anh-hien-truong", "3 Aug 10:00 received"),
            Story::told(
                "x-phan-anh-hien-truong",
                "3 Aug 10:00 received; 4 Aug 08:00 withdrawn",
            ),
            Story::told(
                "1.013226",
                "3 Aug 10:00 received by post; 5 Aug 09:00 withdrawn",
            ),
        ],
        &august(),
    );
    assert_eq!(counts(&row), "post, early, withdrawn");
}

#[test]
fn mirrors_are_counted_apart_and_in_nothing_else() {
    let mirror = "3 Aug 10:00 submitted";
    let row = row_of(
        &[
            Story::told("1.004194", mirror),
            Story::told("1.003197", mirror),
            Story::told("1.013226", "3 Aug 10:00 received; 5 Aug 09:00 withdrawn"),
        ],
        &august(),
    );
    assert_eq!(counts(&row), "desk, early, withdrawn, 2 mirrored");
    assert_eq!((row.received, row.resolved), (1, 1));
    assert_eq!(
        of(row.online_rate),
        "0 of 1",
        "a mirror is no online dossier of ours"
    );
    let before = row_of(
        &[Story::told("1.004194", mirror)],
        &period("1 Jul", "31 Jul"),
    );
    assert_eq!(before.mirrored, 0, "it did not exist yet");

    // Its own system gives the end. Only periods up to that end count it.
    let story = Story::told("1.004194", mirror);
    let mut ended = story.dossier().clone();
    ended.ended = Some(desk::at("10 Aug 09:00"));
    for (from, to, mirrored) in [
        ("1 Aug", "31 Aug", 1),
        ("10 Aug", "10 Aug", 1),
        ("11 Aug", "31 Aug", 0),
    ] {
        let mut tally = Tally::default();
        tally.add(&ended, &period(from, to));
        assert_eq!(tally.mirrored, mirrored, "{from} to {to}");
    }
}

#[test]
fn a_report_as_of_an_earlier_moment_gives_the_numbers_of_that_moment() {
    // Resolved on the 14th, but recorded on the 20th, after a power cut.
    let history = "3 Aug 10:00 received; 4 Aug 08:00 handed over; \
                   14 Aug 16:00 resolved (recorded 20 Aug 08:00)";
    for (looked_at, expected) in [
        ("3 Aug 09:59", ""),
        ("3 Aug 10:00", "desk, pending in time"),
        ("14 Aug 17:00", "desk, pending in time"),
        ("19 Aug 08:00", "desk, pending late"),
        ("20 Aug 07:59", "desk, pending late"),
        ("20 Aug 08:00", "desk, early"),
        ("31 Dec 08:00", "desk, early"),
    ] {
        let row = row("1.013226", history, &as_of(august(), looked_at));
        assert_eq!(counts(&row), expected, "looked at {looked_at}");
    }
    // A period that ended before the record, reported before and after it.
    let first_half = period("1 Aug", "15 Aug");
    let then = row("1.013226", history, &as_of(first_half, "17 Aug 08:00"));
    assert_eq!(counts(&then), "desk, pending in time");
    assert_eq!(
        counts(&row("1.013226", history, &first_half)),
        "desk, early"
    );
}

#[test]
fn a_dossier_is_taken_in_the_state_it_had_at_the_end_of_the_period_and_not_in_todays() {
    let history = "3 Aug 10:00 received; 17 Aug 16:00 papers requested; \
                   27 Aug 09:00 papers complete; 27 Aug 10:00 handed over; 28 Aug 09:00 resolved";
    for (to, expected) in [
        ("16 Aug", "desk, pending in time"),
        // At that end the clock stood, so the dossier counts as in time, whatever followed.
        ("26 Aug", "desk, pending in time"),
        ("27 Aug", "desk, pending in time"),
        ("28 Aug", "desk, early"),
    ] {
        let row = row("1.013226", history, &period("1 Aug", to));
        assert_eq!(counts(&row), expected, "to {to}");
    }
}
