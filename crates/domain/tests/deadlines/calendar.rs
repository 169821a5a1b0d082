//! What a calendar refuses, and which days and hours it finds.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::calendar::{Calendar, Calendars, DayKind, Error, Hours, InvalidCalendar, SpecialDay};
use domain::deadline::due;

use crate::offices::{at, day, eight_hours, hours, limit, national, seasons, wall};

fn special(date: &str, kind: DayKind) -> SpecialDay {
    SpecialDay {
        date: day(date),
        kind,
        name: "Quốc khánh".to_owned(),
        source: "9441/TB-BNV (2025)".to_owned(),
        provisional: false,
    }
}

fn september(days: &[SpecialDay], hours: &[Hours]) -> Result<Calendar, InvalidCalendar> {
    Calendar::new("sep", day("2026-09-01"), day("2026-09-30"), days, hours)
}

#[test]
fn days_that_contradict_their_weekday_are_refused() {
    let ordinary = [hours("2026-01-01", "07:30-11:30 13:30-17:00")];
    let refused = |days: &[SpecialDay]| september(days, &ordinary).expect_err("a faulty list");

    assert_eq!(
        refused(&[
            special("2026-09-02", DayKind::Holiday),
            special("2026-09-03", DayKind::Holiday),
            special("2026-09-02", DayKind::SwapOff),
        ]),
        InvalidCalendar::Twice {
            date: day("2026-09-02")
        }
    );
    for kind in [DayKind::Holiday, DayKind::SwapOff, DayKind::Compensatory] {
        assert_eq!(
            refused(&[special("2026-09-05", kind)]).to_string(),
            "2026-09-05 (Quốc khánh) is a weekend already; expected a day off from Monday to Friday"
        );
    }
    assert_eq!(
        refused(&[special("2026-09-04", DayKind::MakeUp)]).to_string(),
        "2026-09-04 (Quốc khánh) is worked anyway; expected a make-up day on a Saturday or Sunday"
    );
    assert_eq!(
        refused(&[special("2026-10-01", DayKind::Holiday)]).to_string(),
        "2026-10-01 (Quốc khánh) is outside the calendar; expected a day from 2026-09-01 to 2026-09-30"
    );
    assert!(september(&[special("2026-09-06", DayKind::MakeUp)], &ordinary).is_ok());
}

#[test]
fn hours_that_cannot_be_worked_are_refused() {
    let refused = |hours: &[Hours]| september(&[], hours).expect_err("faulty hours");
    assert_eq!(
        refused(&[]),
        InvalidCalendar::NoHours {
            first_day: day("2026-09-01")
        }
    );
    assert_eq!(
        refused(&[hours("2026-09-02", "07:30-11:30")]),
        InvalidCalendar::NoHours {
            first_day: day("2026-09-01")
        }
    );
    assert_eq!(
        refused(&[hours("2026-09-01", "")]),
        InvalidCalendar::NeverOpen {
            from: day("2026-09-01")
        }
    );
    let twice = [
        hours("2026-01-01", "07:00-11:00"),
        hours("2026-01-01", "08:00-12:00"),
    ];
    assert_eq!(
        refused(&twice),
        InvalidCalendar::HoursTwice {
            from: day("2026-01-01")
        }
    );
    for opens in [
        "11:30-07:30",
        "07:30-07:30",
        "13:30-17:00 07:30-11:30",
        "07:30-11:30 11:00-17:00",
        "07:30-11:30 11:30-17:00",
    ] {
        let error = refused(&[hours("2026-01-01", opens)]);
        assert!(
            matches!(error, InvalidCalendar::OutOfOrder { .. }),
            "{opens}: {error}"
        );
    }
    assert_eq!(
        Calendar::new("none", day("2026-09-02"), day("2026-09-01"), &[], &[]).expect_err("no day"),
        InvalidCalendar::NoDays {
            first_day: day("2026-09-02"),
            last_day: day("2026-09-01")
        }
    );
}

#[test]
fn a_day_says_what_was_published_about_it() {
    let calendar = national();
    let swap = calendar.special(day("2026-08-31")).expect("a swapped day");
    assert_eq!((swap.kind, swap.provisional), (DayKind::SwapOff, false));
    assert_eq!(swap.name, "Nghỉ hoán đổi (làm bù 22/08/2026)");
    assert_eq!(calendar.special(day("2026-08-30")), None);
    assert!(
        calendar
            .special(day("2027-09-02"))
            .expect("a holiday")
            .provisional
    );
    assert_eq!(calendar.is_working_day(day("2026-08-22")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2026-08-23")), Ok(false));
    assert_eq!(calendar.is_working_day(day("2026-08-31")), Ok(false));
    assert_eq!(calendar.id(), "national");
}

#[test]
fn a_provisional_make_up_day_makes_what_ends_on_it_provisional() {
    let saturday = SpecialDay {
        provisional: true,
        ..special("2026-09-12", DayKind::MakeUp)
    };
    let ordinary = [hours("2026-01-01", "07:30-11:30 13:30-17:00")];
    // Another day of the year is official, so the year has a notice.
    let holiday = special("2026-09-02", DayKind::Holiday);
    let calendar = september(&[holiday, saturday], &ordinary).expect("a sound calendar");
    let has = |first, last| calendar.has_provisional(day(first), day(last));
    assert!(has("2026-09-12", "2026-09-12"));
    assert!(has("2026-09-07", "2026-09-12"));
    assert!(has("2026-09-12", "2026-09-30"));
    assert!(!has("2026-09-01", "2026-09-11"));
    assert!(!has("2026-09-13", "2026-09-30"));
    for (received, text) in [
        ("2026-09-11 09:00", "1wd"),
        ("2026-09-11 16:30", "1wh"),
        ("2026-09-10 09:00", "2d"),
        ("2026-09-12 09:00", "same-day"),
    ] {
        let due = due(at(received), limit(text), &calendar).expect(text);
        assert!(due.provisional, "{received} + {text}");
    }
}

#[test]
fn hours_hold_from_their_day_on() {
    let calendar = seasons();
    let opening = |text| {
        calendar
            .opening(day(text))
            .expect("a published day")
            .map(wall)
    };
    let closing = |text| {
        calendar
            .closing(day(text))
            .expect("a published day")
            .map(wall)
    };
    assert_eq!(
        opening("2025-10-15").expect("open"),
        "Wed 2025-10-15 07:00:00"
    );
    assert_eq!(
        opening("2025-10-16").expect("open"),
        "Thu 2025-10-16 07:30:00"
    );
    assert_eq!(
        closing("2026-04-15").expect("open"),
        "Wed 2026-04-15 16:30:00"
    );
    assert_eq!(
        closing("2026-04-16").expect("open"),
        "Thu 2026-04-16 17:30:00"
    );
    // A make-up Saturday has the hours of an ordinary working day.
    assert_eq!(
        closing("2026-08-22").expect("open"),
        "Sat 2026-08-22 17:30:00"
    );
    assert_eq!(closing("2026-08-23"), None);
    assert_eq!(opening("2026-08-31"), None);
}

#[test]
fn working_days_are_found_in_both_directions() {
    let calendar = national();
    let after = |text, n| calendar.nth_working_day_after(day(text), n);
    let before = |text, n| calendar.nth_working_day_before(day(text), n);
    assert_eq!(after("2026-08-28", 1), Ok(day("2026-09-03")));
    assert_eq!(after("2026-08-30", 0), Ok(day("2026-08-30")));
    assert_eq!(before("2026-09-03", 1), Ok(day("2026-08-28")));
    assert_eq!(before("2026-08-24", 1), Ok(day("2026-08-22")));
    assert_eq!(before("2026-08-31", 0), Ok(day("2026-08-31")));
    assert_eq!(
        before("2024-01-02", 1),
        Err(Error::Begins {
            first_day: day("2024-01-01")
        })
    );
    assert_eq!(
        after("2027-12-30", 2),
        Err(Error::Ends {
            last_day: day("2027-12-31")
        })
    );
    assert_eq!(
        calendar.working_day_from(day("2026-08-29")),
        Ok(day("2026-09-03"))
    );
    assert_eq!(
        calendar.working_day_from(day("2026-08-22")),
        Ok(day("2026-08-22"))
    );
    let between = |a, b| calendar.working_days_after_until(day(a), day(b));
    assert_eq!(between("2026-08-06", "2026-08-12"), Ok(4));
    assert_eq!(between("2026-08-28", "2026-09-02"), Ok(0));
    assert_eq!(between("2026-08-12", "2026-08-06"), Ok(0));
}

#[test]
fn adding_nothing_keeps_an_open_moment_and_moves_a_closed_one() {
    let calendar = national();
    let add = |text, amount| {
        wall(
            calendar
                .add_open_time(at(text), amount)
                .expect("a published day"),
        )
    };
    let nothing = TimeDelta::zero();
    assert_eq!(add("2026-08-06 09:00", nothing), "Thu 2026-08-06 09:00:00");
    assert_eq!(add("2026-08-06 11:30", nothing), "Thu 2026-08-06 11:30:00");
    assert_eq!(add("2026-08-06 12:00", nothing), "Thu 2026-08-06 13:30:00");
    assert_eq!(add("2026-08-07 17:00", nothing), "Fri 2026-08-07 17:00:00");
    assert_eq!(
        add("2026-08-07 17:00:01", nothing),
        "Mon 2026-08-10 07:30:00"
    );
    assert_eq!(
        add("2026-08-07 16:50", TimeDelta::minutes(20)),
        "Mon 2026-08-10 07:40:00"
    );
    assert_eq!(
        add("2026-08-07 16:50", TimeDelta::minutes(-20)),
        "Fri 2026-08-07 16:50:00"
    );
}

#[test]
fn a_unit_without_its_own_calendar_keeps_the_national_one() {
    let own = HashMap::from([("xa-a".to_owned(), Arc::new(eight_hours()))]);
    let calendars = Calendars::new(Arc::new(national()), own);
    assert_eq!(calendars.for_unit("xa-a").id(), "eight-hours");
    assert_eq!(calendars.for_unit("xa-b").id(), "national");
    assert_eq!(calendars.national().id(), "national");
}
