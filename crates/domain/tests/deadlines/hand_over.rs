//! When papers must leave the desk, computed by hand from the published schedules.

use domain::calendar::{Calendar, Error};
use domain::deadline::hand_over;

use crate::offices::{at, day, national, odd_hours, seasons, wall};

fn by(calendar: &Calendar, from: &str) -> String {
    wall(hand_over::by(at(from), calendar).expect("a time"))
}

#[test]
fn papers_go_the_same_day_until_three_and_then_at_the_next_opening() {
    let office = national();
    for (from, expected) in [
        // An ordinary Monday, at every edge.
        ("2026-08-03 00:00", "Mon 2026-08-03 17:00:00"),
        ("2026-08-03 07:29:59.999999", "Mon 2026-08-03 17:00:00"),
        ("2026-08-03 12:15", "Mon 2026-08-03 17:00:00"),
        ("2026-08-03 14:59:59.999999", "Mon 2026-08-03 17:00:00"),
        ("2026-08-03 15:00:00", "Mon 2026-08-03 17:00:00"),
        ("2026-08-03 15:00:00.000001", "Tue 2026-08-04 07:30:00"),
        ("2026-08-03 17:00", "Tue 2026-08-04 07:30:00"),
        ("2026-08-03 23:59:59.999999", "Tue 2026-08-04 07:30:00"),
        // Over a weekend.
        ("2026-08-07 15:01", "Mon 2026-08-10 07:30:00"),
        ("2026-08-08 09:00", "Mon 2026-08-10 07:30:00"),
        ("2026-08-09 15:01", "Mon 2026-08-10 07:30:00"),
        // Received before and on a make-up Saturday.
        ("2026-08-21 15:01", "Sat 2026-08-22 07:30:00"),
        ("2026-08-22 09:00", "Sat 2026-08-22 17:00:00"),
        ("2026-08-22 15:00", "Sat 2026-08-22 17:00:00"),
        ("2026-08-22 15:01", "Mon 2026-08-24 07:30:00"),
        ("2025-04-25 16:00", "Sat 2025-04-26 07:30:00"),
        ("2026-01-10 15:01", "Mon 2026-01-12 07:30:00"),
        // Over National Day, including the day off that the make-up Saturday replaces.
        ("2026-08-28 15:01", "Thu 2026-09-03 07:30:00"),
        ("2026-08-31 09:00", "Thu 2026-09-03 07:30:00"),
        // Over Culture Day, a Tuesday.
        ("2026-11-23 15:00", "Mon 2026-11-23 17:00:00"),
        ("2026-11-23 15:01", "Wed 2026-11-25 07:30:00"),
        ("2026-11-24 09:00", "Wed 2026-11-25 07:30:00"),
        ("2026-11-25 09:00", "Wed 2026-11-25 17:00:00"),
        // Over Tết.
        ("2026-02-13 15:01", "Mon 2026-02-23 07:30:00"),
    ] {
        assert_eq!(by(&office, from), expected, "from {from}");
    }
}

#[test]
fn the_hours_are_those_of_the_unit_that_sends() {
    // This unit closes at 11:00, before the cut-off, so later papers cannot go that day.
    let early = odd_hours();
    assert_eq!(by(&early, "2025-03-06 10:59"), "Thu 2025-03-06 11:00:00");
    assert_eq!(by(&early, "2025-03-06 11:00"), "Thu 2025-03-06 11:00:00");
    assert_eq!(by(&early, "2025-03-06 13:00"), "Fri 2025-03-07 07:00:00");
    // This unit is open until 18:45, but the cut-off at 15:00 is the law's.
    assert_eq!(by(&early, "2026-08-03 15:00"), "Mon 2026-08-03 18:45:00");
    assert_eq!(by(&early, "2026-08-03 15:01"), "Tue 2026-08-04 06:30:00");
    // The next working day may open at another hour.
    assert_eq!(
        by(&seasons(), "2026-04-15 15:01"),
        "Thu 2026-04-16 06:30:00"
    );
}

#[test]
fn no_time_is_guessed_outside_the_calendar() {
    let office = national();
    let ends = Error::Ends {
        last_day: day("2027-12-31"),
    };
    assert_eq!(by(&office, "2027-12-31 15:00"), "Fri 2027-12-31 17:00:00");
    assert_eq!(hand_over::by(at("2027-12-31 15:01"), &office), Err(ends));
    let begins = Error::Begins {
        first_day: day("2024-01-01"),
    };
    assert_eq!(hand_over::by(at("2023-12-31 10:00"), &office), Err(begins));
}

#[test]
fn papers_always_have_a_time_to_go_that_is_not_before_they_came() {
    for office in [national(), odd_hours(), seasons()] {
        let mut from = at("2026-08-20 00:00");
        while from < at("2026-09-04 00:00") {
            let by = hand_over::by(from, &office).expect("a time");
            assert!(by >= from, "{} by {}", wall(from), wall(by));
            // The moment is a closing or an opening, never in between.
            let day = domain::time::local_day(by);
            let edges = [office.opening(day), office.closing(day)];
            assert!(
                edges.contains(&Ok(Some(by))),
                "{} by {}",
                wall(from),
                wall(by)
            );
            from += chrono::TimeDelta::minutes(7);
        }
    }
}
