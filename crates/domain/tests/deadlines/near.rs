//! How close a due time is.

use chrono::TimeDelta;
use domain::deadline::{near_due, working_time_left};

use crate::offices::{at, eight_hours, national};

fn near(received: &str, due: &str, now: &str) -> bool {
    near_due(at(received), at(due), at(now), &national()).expect("days in the calendar")
}

#[test]
fn a_dossier_due_on_monday_morning_is_near_before_the_weekend() {
    let (received, due) = ("2026-08-03 10:00", "2026-08-10 10:00");
    assert!(!near(received, due, "2026-08-07 09:29:59"));
    assert!(near(received, due, "2026-08-07 09:30"));
    assert!(near(received, due, "2026-08-08 12:00"));
    assert!(near(received, due, "2026-08-10 09:00"));
}

#[test]
fn a_fresh_dossier_is_not_near_and_a_late_one_is() {
    let (received, due) = ("2026-08-03 10:00", "2026-08-17 17:00");
    assert!(!near(received, due, "2026-08-03 10:00"));
    assert!(near(received, due, "2026-08-17 17:00:01"));
    assert!(near(received, due, "2026-08-25 10:00"));
}

#[test]
fn a_long_allowance_is_near_in_its_last_fifth() {
    // Twenty working days of 7.5 hours. The last fifth, 30 hours, is four working days.
    let (received, due) = ("2026-07-06 07:30", "2026-07-31 17:00");
    assert!(!near(received, due, "2026-07-27 16:59:59"));
    assert!(near(received, due, "2026-07-27 17:00"));
}

#[test]
fn a_short_allowance_is_never_near_from_the_start() {
    // 8 working hours: near once half of them are used, and not at once.
    let (received, due) = ("2026-08-06 07:30", "2026-08-07 08:00");
    assert!(!near(received, due, "2026-08-06 07:30"));
    assert!(!near(received, due, "2026-08-06 11:29:59"));
    assert!(near(received, due, "2026-08-06 11:30"));
}

#[test]
fn an_allowance_without_open_hours_is_always_near() {
    assert!(near(
        "2026-08-07 18:00",
        "2026-08-08 06:00",
        "2026-08-07 18:00"
    ));
}

#[test]
fn working_time_left_stands_still_while_the_office_is_closed() {
    let calendar = eight_hours();
    let left = |now| working_time_left(at(now), at("2026-08-24 09:00"), &calendar).expect("days");
    // Saturday 22 August 2026 is a working day, and Sunday is not.
    assert_eq!(left("2026-08-21 16:00"), TimeDelta::hours(11));
    assert_eq!(left("2026-08-22 17:00"), TimeDelta::hours(2));
    assert_eq!(left("2026-08-23 12:00"), TimeDelta::hours(2));
    assert_eq!(left("2026-08-24 09:00"), TimeDelta::zero());
    assert_eq!(left("2026-08-24 10:30"), TimeDelta::minutes(-90));
    assert_eq!(left("2026-08-25 07:00"), TimeDelta::minutes(-360));
}
