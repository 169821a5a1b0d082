//! Early, on the due day, or late: by II.06a, by the index of Decision 766, by the first promise.

use crate::ledger::{august, counts, of, period, row, row_of};
use crate::story::Story;

/// Receives a dossier on Monday 3 August and resolves it at a moment. Returns the verdicts of
/// II.06a and of Decision 766.
fn resolved(head: &str, at: &str) -> (String, String) {
    let history = format!("3 Aug 10:00 received; 3 Aug 10:30 handed over; {at} resolved");
    let row = row(head, &history, &august());
    let finish = counts(&row).replace("desk, ", "");
    (finish, of(row.in_time_rate_766))
}

#[test]
fn a_limit_in_days_is_judged_by_local_dates_and_by_766_to_the_instant() {
    for (head, at, finish, by_766) in [
        // Due Monday 17 August 17:00.
        ("1.013226", "14 Aug 16:00", "early", "1 of 1"),
        ("1.013226", "16 Aug 23:59", "early", "1 of 1"),
        ("1.013226", "17 Aug 00:00", "on due", "1 of 1"),
        ("1.013226", "17 Aug 17:00", "on due", "1 of 1"),
        ("1.013226", "17 Aug 17:00:00.000001", "on due", "0 of 1"),
        ("1.013226", "17 Aug 23:59:59.999999", "on due", "0 of 1"),
        ("1.013226", "18 Aug 00:00", "late", "0 of 1"),
        // The last day is Saturday 29 August, and all days are off until Thursday 3 September.
        ("1.013226 within 26d", "28 Aug 16:00", "early", "1 of 1"),
        // Due Monday 3 August 17:00.
        (
            "1.013226 within same-day",
            "3 Aug 11:00",
            "on due",
            "1 of 1",
        ),
        (
            "1.013226 within same-day",
            "3 Aug 18:00",
            "on due",
            "0 of 1",
        ),
        ("1.013226 within same-day", "4 Aug 08:00", "late", "0 of 1"),
        ("1.013226 within 1wd", "3 Aug 16:00", "early", "1 of 1"),
    ] {
        assert_eq!(
            resolved(head, at),
            (finish.to_owned(), by_766.to_owned()),
            "{head} resolved {at}"
        );
    }
}

#[test]
fn a_limit_in_hours_is_judged_by_instants_in_both_measures() {
    for (head, at, finish, by_766) in [
        // 8 working hours from Monday 10:00 end on Tuesday at 10:30.
        ("1.013226 within 8wh", "3 Aug 16:00", "early", "1 of 1"),
        ("1.013226 within 8wh", "4 Aug 10:29", "early", "1 of 1"),
        ("1.013226 within 8wh", "4 Aug 10:30", "on due", "1 of 1"),
        (
            "1.013226 within 8wh",
            "4 Aug 10:30:00.000001",
            "late",
            "0 of 1",
        ),
        ("1.013226 within 8wh", "4 Aug 10:31", "late", "0 of 1"),
        // 12 hours end at 22:00, in the night.
        ("1.013226 within 12h", "3 Aug 21:59", "early", "1 of 1"),
        ("1.013226 within 12h", "3 Aug 22:00", "on due", "1 of 1"),
        ("1.013226 within 12h", "3 Aug 22:01", "late", "0 of 1"),
    ] {
        assert_eq!(
            resolved(head, at),
            (finish.to_owned(), by_766.to_owned()),
            "{head} resolved {at}"
        );
    }
}

#[test]
fn a_second_request_for_papers_is_late_by_766_whatever_the_dates_say() {
    let once = "3 Aug 10:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
                5 Aug 10:00 handed over; 10 Aug 09:00 resolved";
    let twice = "3 Aug 10:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
                 6 Aug 08:00 one more permitted by the leader; \
                 6 Aug 09:00 papers requested with reason and basis; 7 Aug 09:00 papers complete; \
                 7 Aug 10:00 handed over; 10 Aug 09:00 resolved";
    // One request before reception and one after it make two.
    let around = "1 Aug 10:00 submitted; 2 Aug 09:00 papers requested; 2 Aug 10:00 papers complete; \
                  3 Aug 08:00 accepted; 4 Aug 08:00 one more permitted by the leader; \
                  4 Aug 09:00 papers requested with reason and basis; \
                  5 Aug 09:00 papers complete; 7 Aug 10:00 handed over; 10 Aug 09:00 resolved";
    for (history, by_766) in [(once, "1 of 1"), (twice, "0 of 1"), (around, "0 of 1")] {
        let row = row("1.013226", history, &august());
        assert_eq!(row.early, 1, "{history}");
        assert_eq!(of(row.in_time_rate), "1 of 1", "{history}");
        assert_eq!(of(row.in_time_rate_766), by_766, "{history}");
    }
}

#[test]
fn an_extension_saves_the_effective_rate_and_not_the_one_on_the_first_promise() {
    let extended = "3 Aug 10:00 received; 4 Aug 10:00 handed over; \
                    14 Aug 09:00 apology naming 20 Aug 17:00; 19 Aug 10:00 resolved";
    let row_extended = row("1.013226", extended, &august());
    assert_eq!(counts(&row_extended), "desk, early");
    assert_eq!(of(row_extended.in_time_rate), "1 of 1");
    assert_eq!(of(row_extended.in_time_rate_766), "1 of 1");
    assert_eq!(of(row_extended.in_time_rate_original), "0 of 1");

    // A late apology saves nothing. The first promise is judged by date, as in II.06a.
    for (history, in_time, original) in [
        (
            "3 Aug 10:00 received; 4 Aug 10:00 handed over; \
             17 Aug 09:00 apology naming 20 Aug 17:00; 19 Aug 10:00 resolved",
            "0 of 1",
            "0 of 1",
        ),
        (
            "3 Aug 10:00 received; 4 Aug 10:00 handed over; \
             14 Aug 09:00 apology naming 20 Aug 17:00; 17 Aug 20:00 resolved",
            "1 of 1",
            "1 of 1",
        ),
        // Waiting for the papers moves the date: in time by the moved date, late by the first.
        (
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete; \
             13 Aug 08:00 handed over; 20 Aug 10:00 resolved",
            "1 of 1",
            "0 of 1",
        ),
    ] {
        let row = row("1.013226", history, &august());
        assert_eq!(of(row.in_time_rate), in_time, "{history}");
        assert_eq!(of(row.in_time_rate_original), original, "{history}");
    }
}

#[test]
fn processing_ends_when_the_result_is_ready_and_not_when_it_is_fetched() {
    let row = row(
        "1.013226",
        "3 Aug 10:00 received; 4 Aug 08:00 handed over; 14 Aug 16:00 resolved; 28 Aug 09:00 returned",
        &august(),
    );
    assert_eq!(counts(&row), "desk, early");
    assert_eq!(of(row.in_time_rate_766), "1 of 1");
}

#[test]
fn withdrawn_and_stopped_dossiers_are_resolved_judged_and_named_apart() {
    for (history, expected) in [
        (
            "3 Aug 10:00 received; 5 Aug 09:00 withdrawn",
            "desk, early, withdrawn",
        ),
        (
            "3 Aug 10:00 received; 17 Aug 16:00 withdrawn",
            "desk, on due, withdrawn",
        ),
        (
            "3 Aug 10:00 received; 18 Aug 09:00 withdrawn",
            "desk, late, withdrawn",
        ),
        (
            "3 Aug 10:00 received; 5 Aug 09:00 stopped",
            "desk, early, refused after receipt",
        ),
        (
            "3 Aug 10:00 received; 18 Aug 09:00 stopped",
            "desk, late, refused after receipt",
        ),
    ] {
        let row = row("1.013226", history, &august());
        assert_eq!(counts(&row), expected, "{history}");
        assert_eq!(row.resolved, 1, "{history}");
    }
}

#[test]
fn what_ends_while_the_clock_stands_is_late_by_no_measure() {
    for end in [
        "17 Aug 19:00 withdrawn",
        "22 Aug 20:00 stopped",
        "23 Aug 10:00 withdrawn",
    ] {
        let history = format!("3 Aug 10:00 received; 17 Aug 16:00 papers requested; {end}");
        for head in [
            "1.013226",
            "1.013226 as shift-due",
            "1.013226 as exclude-interval",
        ] {
            let row = row(head, &history, &august());
            assert_eq!(row.late, 0, "{head}: {history}");
            assert_eq!(of(row.in_time_rate_766), "1 of 1", "{head}: {history}");
        }
    }
}

#[test]
fn a_dossier_without_a_due_time_is_resolved_and_judged_by_nothing() {
    let row = row_of(
        &[
            Story::told(
                "1.003622",
                "3 Aug 10:00 received; 4 Aug 08:00 handed over; 5 Aug 09:00 resolved",
            ),
            Story::told("1.013226", "3 Aug 10:00 received; 5 Aug 09:00 withdrawn"),
        ],
        &august(),
    );
    assert_eq!(counts(&row), "2 desk, early, no due, withdrawn");
    assert_eq!(row.resolved, 2);
    assert_eq!(of(row.in_time_rate), "1 of 1", "not one of two");
    assert_eq!(of(row.in_time_rate_766), "1 of 1");
    assert_eq!(of(row.in_time_rate_original), "1 of 1");
}

#[test]
fn what_ended_before_the_period_is_not_in_it_and_what_ended_on_its_first_day_is() {
    let history = "3 Aug 10:00 received; 4 Aug 08:00 handed over; 12 Aug 00:00 resolved";
    for (from, to, expected) in [
        ("1 Aug", "11 Aug", "desk, pending in time"),
        ("1 Aug", "12 Aug", "desk, early"),
        ("3 Aug", "3 Aug", "desk, pending in time"),
        ("4 Aug", "11 Aug", "carried over, pending in time"),
        ("12 Aug", "12 Aug", "carried over, early"),
        ("13 Aug", "31 Aug", ""),
        ("1 Jul", "2 Aug", ""),
    ] {
        let row = row("1.013226", history, &period(from, to));
        assert_eq!(counts(&row), expected, "{from} to {to}");
    }
}

#[test]
fn midnight_belongs_to_the_day_that_it_begins() {
    let history = "3 Aug 00:00 received";
    for (from, to, expected) in [
        ("1 Aug", "2 Aug", ""),
        ("3 Aug", "3 Aug", "desk, pending in time"),
        ("4 Aug", "4 Aug", "carried over, pending in time"),
    ] {
        let row = row("1.013226", history, &period(from, to));
        assert_eq!(counts(&row), expected, "{from} to {to}");
    }
}
