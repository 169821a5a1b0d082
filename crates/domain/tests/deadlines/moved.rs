//! Stops, restarts and extensions.

use chrono::TimeDelta;
use domain::deadline::ledger::Interval;
use domain::deadline::{Due, Ledger, Length, add, due, shift, stop_length};
use domain::time::Instant;

use crate::offices::{at, limit, national, wall};

fn moved(due: &str, text: &str, from: &str, to: &str) -> String {
    let moved = shift(at(due), limit(text), at(from), at(to), &national()).expect("a due time");
    wall(moved.at)
}

fn extended(due: &str, extra: &str) -> String {
    wall(
        add(at(due), limit(extra), &national())
            .expect("a due time")
            .at,
    )
}

#[test]
fn a_supplement_moves_the_due_time_by_the_policy_of_the_procedure() {
    let calendar = national();
    let (received, requested, complete) = (
        at("2026-08-03 10:00"),
        at("2026-08-06 09:00"),
        at("2026-08-12 14:00"),
    );
    let ten = limit("10wd");
    assert_eq!(
        stop_length(ten, requested, complete, &calendar),
        Ok(Length::WorkingDays(4))
    );

    let original = due(received, ten, &calendar).expect("NO_STOP");
    assert_eq!(wall(original.at), "Mon 2026-08-17 17:00:00");
    let shifted = shift(original.at, ten, requested, complete, &calendar).expect("SHIFT, EXCLUDE");
    assert_eq!(wall(shifted.at), "Fri 2026-08-21 17:00:00");
    let restarted = due(complete, ten, &calendar).expect("RESTART");
    assert_eq!(wall(restarted.at), "Tue 2026-08-25 17:00:00");
}

#[test]
fn a_stop_is_measured_in_the_unit_of_the_limit() {
    let calendar = national();
    // From Thursday 27 August to Monday 7 September 2026, over National Day.
    let length = |text| {
        stop_length(
            limit(text),
            at("2026-08-27 16:00"),
            at("2026-09-07 08:00"),
            &calendar,
        )
        .expect(text)
    };
    assert_eq!(length("5wd"), Length::WorkingDays(4));
    assert_eq!(length("same-day"), Length::WorkingDays(4));
    assert_eq!(
        length("8wh"),
        Length::OpenTime(TimeDelta::minutes(60 + 3 * 450 + 30))
    );
    assert_eq!(length("30d"), Length::CalendarDays(11));
    assert_eq!(length("1mo"), Length::CalendarDays(11));
    assert_eq!(
        length("12h"),
        Length::Elapsed(TimeDelta::hours(10 * 24 + 16))
    );
}

#[test]
fn every_kind_of_due_time_moves_in_its_own_unit() {
    let (from, to) = ("2026-08-27 16:00", "2026-09-03 08:30");
    assert_eq!(
        moved("2026-08-28 17:00", "5wd", from, to),
        "Fri 2026-09-04 17:00:00"
    );
    assert_eq!(
        moved("2026-08-28 10:00", "8wh", from, to),
        "Thu 2026-09-03 14:00:00"
    );
    assert_eq!(
        moved("2026-08-28 17:00", "30d", from, to),
        "Fri 2026-09-04 17:00:00"
    );
    assert_eq!(
        moved("2026-08-29 17:00", "30d", from, to),
        "Mon 2026-09-07 17:00:00"
    );
    assert_eq!(
        moved("2026-08-28 04:00", "12h", from, to),
        "Thu 2026-09-03 20:30:00"
    );
}

#[test]
fn a_stop_that_begins_after_the_due_time_moves_nothing() {
    let (due, to) = ("2026-08-17 17:00", "2026-08-20 09:00");
    assert_eq!(
        moved(due, "10wd", "2026-08-17 17:00", to),
        "Thu 2026-08-20 17:00:00"
    );
    assert_eq!(
        moved(due, "10wd", "2026-08-17 17:00:00.000001", to),
        "Mon 2026-08-17 17:00:00"
    );
    assert_eq!(
        moved(due, "12h", "2026-08-18 08:00", to),
        "Mon 2026-08-17 17:00:00"
    );
}

#[test]
fn a_stop_without_length_leaves_an_imported_due_time_alone() {
    // 10:15 is no closing time, and no working day passes during the stop.
    let due = "2026-08-10 10:15";
    assert_eq!(
        moved(due, "5wd", "2026-08-07 09:00", "2026-08-09 09:00"),
        "Mon 2026-08-10 10:15:00"
    );
    assert_eq!(
        moved(due, "30d", "2026-08-07 09:00", "2026-08-07 16:00"),
        "Mon 2026-08-10 10:15:00"
    );
    assert_eq!(
        moved(due, "8wh", "2026-08-07 17:00", "2026-08-09 09:00"),
        "Mon 2026-08-10 10:15:00"
    );
    assert_eq!(
        moved(due, "5wd", "2026-08-09 09:00", "2026-08-07 09:00"),
        "Mon 2026-08-10 10:15:00"
    );
}

#[test]
fn two_stops_move_as_much_as_both() {
    let calendar = national();
    let ten = limit("10wd");
    let mut ledger = Ledger::new();
    let mut due = due(at("2026-08-03 10:00"), ten, &calendar)
        .expect("a due time")
        .at;
    for (from, to) in [
        ("2026-08-04 09:00", "2026-08-06 09:00"),
        ("2026-08-10 09:00", "2026-08-13 09:00"),
    ] {
        ledger.open(at(from));
        let Some(Interval { from, to: Some(to) }) = ledger.close(at(to)) else {
            panic!("expected a stop that has ended");
        };
        due = shift(due, ten, from, to, &calendar).expect("a due time").at;
    }
    // Two and three working days after Monday 17 August. Saturday 22 August is a working day.
    assert_eq!(wall(due), "Sat 2026-08-22 17:00:00");
    assert_eq!(
        ledger.lengths(ten, due, &calendar),
        Ok(vec![Length::WorkingDays(2), Length::WorkingDays(3)])
    );
    assert_eq!(
        ledger.total_open_time(at("2026-08-20 09:00"), &calendar),
        Ok(TimeDelta::minutes(5 * 450))
    );
}

#[test]
fn an_extension_adds_its_own_unit_to_the_due_time() {
    assert_eq!(
        extended("2026-08-21 17:00", "1wd"),
        "Sat 2026-08-22 17:00:00"
    );
    assert_eq!(
        extended("2026-08-28 17:00", "3wd"),
        "Mon 2026-09-07 17:00:00"
    );
    assert_eq!(
        extended("2026-08-28 17:00", "3d"),
        "Thu 2026-09-03 17:00:00"
    );
    assert_eq!(
        extended("2026-08-28 17:00", "1mo"),
        "Mon 2026-09-28 17:00:00"
    );
    assert_eq!(
        extended("2026-08-28 16:30", "4wh"),
        "Thu 2026-09-03 11:00:00"
    );
    assert_eq!(
        extended("2026-08-28 16:30", "12h"),
        "Sat 2026-08-29 04:30:00"
    );
    assert_eq!(
        extended("2026-08-28 16:30", "same-day"),
        "Fri 2026-08-28 16:30:00"
    );
}

#[test]
fn a_move_over_an_unconfirmed_day_says_so() {
    let calendar = national();
    let provisional = |moved: Result<Due, _>| moved.expect("a due time").provisional;
    let (from, to): (Instant, Instant) = (at("2026-12-28 09:00"), at("2026-12-30 09:00"));
    let shifted = |due, text| provisional(shift(at(due), limit(text), from, to, &calendar));
    assert!(!shifted("2026-12-29 17:00", "5wd"));
    assert!(shifted("2026-12-30 17:00", "5wd"));
    assert!(!shifted("2026-12-31 17:00", "12h"));
    assert!(provisional(add(
        at("2026-12-31 17:00"),
        limit("1wd"),
        &calendar
    )));
    // Measuring the stop reads 1 January 2027, whether or not that day moves anything.
    for to in ["2027-01-02 09:00", "2027-01-05 09:00"] {
        for text in ["5wd", "8wh"] {
            let (due, from) = (at("2027-01-20 17:00"), at("2026-12-31 17:00"));
            let shifted = shift(due, limit(text), from, at(to), &calendar);
            assert!(provisional(shifted), "{text} to {to}");
        }
    }
}
