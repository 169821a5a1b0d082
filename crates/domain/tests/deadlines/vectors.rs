//! Due times computed by hand from the published schedules.

use domain::calendar::Error;
use domain::deadline::due;
use domain::time::Instant;

use crate::offices::{at, day, due_on, eight_hours, limit, national, odd_hours};

#[test]
fn working_days_follow_the_official_schedules() {
    let calendar = national();
    for (received, text, expected) in [
        ("2025-04-24", "3wd", "Mon 2025-04-28"),
        ("2025-04-25", "1wd", "Sat 2025-04-26"),
        ("2024-05-02", "3wd", "Mon 2024-05-06"),
        ("2024-02-07", "5wd", "Wed 2024-02-21"),
        ("2025-12-31", "3wd", "Wed 2026-01-07"),
        ("2026-01-07", "3wd", "Sat 2026-01-10"),
        ("2026-02-10", "5wd", "Tue 2026-02-24"),
        ("2026-04-24", "3wd", "Mon 2026-05-04"),
        ("2026-08-07", "15wd", "Thu 2026-08-27"),
        ("2026-08-21", "3wd", "Tue 2026-08-25"),
        ("2026-08-28", "3wd", "Mon 2026-09-07"),
        ("2026-11-20", "3wd", "Thu 2026-11-26"),
    ] {
        // The hour of reception does not matter for working days.
        for clock in ["00:00", "09:12", "15:00", "16:59", "23:59:59.999999"] {
            assert_eq!(
                due_on(&calendar, &format!("{received} {clock}"), text),
                format!("{expected} 17:00:00"),
                "{received} {clock} + {text}"
            );
        }
    }
}

#[test]
fn working_hours_run_over_nights_make_up_days_and_holidays() {
    let unit = eight_hours();
    assert_eq!(
        due_on(&unit, "2026-08-21 15:30", "8wh"),
        "Sat 2026-08-22 15:30:00"
    );
    assert_eq!(
        due_on(&unit, "2026-08-29 20:00", "8wh"),
        "Thu 2026-09-03 17:00:00"
    );
    let default = national();
    assert_eq!(
        due_on(&default, "2026-08-21 15:30", "8wh"),
        "Sat 2026-08-22 16:00:00"
    );
    assert_eq!(
        due_on(&default, "2026-08-29 20:00", "8wh"),
        "Fri 2026-09-04 08:00:00"
    );
}

#[test]
fn every_day_off_in_a_row_is_skipped() {
    // Tuesday 24 November 2026 is off, and so is the weekend before it.
    assert_eq!(
        due_on(&national(), "2026-11-19 09:00", "5wd"),
        "Fri 2026-11-27 17:00:00"
    );
    assert_eq!(
        due_on(&national(), "2026-02-13 09:00", "1wd"),
        "Mon 2026-02-23 17:00:00"
    );
}

#[test]
fn days_off_in_the_past_are_skipped_too() {
    assert_eq!(
        due_on(&national(), "2024-04-26 09:00", "2wd"),
        "Fri 2024-05-03 17:00:00"
    );
}

#[test]
fn a_working_day_is_not_twenty_four_hours() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-06 09:00", "1wd"),
        "Fri 2026-08-07 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-06 09:00", "24wh"),
        "Tue 2026-08-11 10:30:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-06 09:00", "24h"),
        "Fri 2026-08-07 09:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-06 09:00", "1d"),
        "Fri 2026-08-07 17:00:00"
    );
}

#[test]
fn a_moment_outside_open_hours_is_clamped_forward() {
    let calendar = national();
    for (received, expected) in [
        ("2026-08-06 05:00", "Thu 2026-08-06 08:30:00"),
        ("2026-08-06 11:30", "Thu 2026-08-06 14:30:00"),
        ("2026-08-06 12:10", "Thu 2026-08-06 14:30:00"),
        ("2026-08-06 17:00", "Fri 2026-08-07 08:30:00"),
        ("2026-08-06 21:00", "Fri 2026-08-07 08:30:00"),
        ("2026-08-08 10:00", "Mon 2026-08-10 08:30:00"),
    ] {
        assert_eq!(due_on(&calendar, received, "1wh"), expected, "{received}");
    }
}

#[test]
fn working_hours_keep_the_seconds() {
    assert_eq!(
        due_on(&national(), "2026-08-06 16:59:58.000001", "1wh"),
        "Fri 2026-08-07 08:29:58.000001"
    );
}

#[test]
fn a_count_that_ends_at_a_closing_ends_there() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-06 10:30", "1wh"),
        "Thu 2026-08-06 11:30:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-07 13:00", "4wh"),
        "Mon 2026-08-10 08:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-07 13:30", "11wh"),
        "Mon 2026-08-10 17:00:00"
    );
}

#[test]
fn a_make_up_saturday_counts() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-21 16:00", "1wd"),
        "Sat 2026-08-22 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-21 16:00", "2wh"),
        "Sat 2026-08-22 08:30:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-22 09:00", "same-day"),
        "Sat 2026-08-22 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-12 09:00", "10d"),
        "Sat 2026-08-22 17:00:00"
    );
}

#[test]
fn a_receipt_on_a_day_off_counts_from_the_next_day() {
    // Some desks accept papers on Saturday morning. Such a receipt counts like one on Friday.
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-08 09:00", "1wd"),
        "Mon 2026-08-10 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-09-02 09:00", "1wd"),
        "Thu 2026-09-03 17:00:00"
    );
}

#[test]
fn calendar_days_count_days_off_but_never_end_on_one() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-03 09:00", "7d"),
        "Mon 2026-08-10 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-03 09:00", "6d"),
        "Mon 2026-08-10 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-03 23:59", "30d"),
        "Thu 2026-09-03 17:00:00"
    );
}

#[test]
fn a_month_ends_on_the_same_day_or_on_its_last() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-06-05 09:00", "1mo"),
        "Mon 2026-07-06 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-03-31 09:00", "1mo"),
        "Mon 2026-05-04 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2024-01-31 09:00", "1mo"),
        "Thu 2024-02-29 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2026-11-30 09:00", "3mo"),
        "Mon 2027-03-01 17:00:00"
    );
}

#[test]
fn elapsed_hours_skip_nothing() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2026-08-31 20:15:30", "12h"),
        "Tue 2026-09-01 08:15:30"
    );
    assert_eq!(
        due_on(&calendar, "2026-08-07 16:00", "72h"),
        "Mon 2026-08-10 16:00:00"
    );
}

#[test]
fn elapsed_hours_consult_no_calendar() {
    let calendar = national();
    assert_eq!(
        due_on(&calendar, "2019-05-05 20:00", "12h"),
        "Mon 2019-05-06 08:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2027-12-31 20:00", "12h"),
        "Sat 2028-01-01 08:00:00"
    );
    let due = due(at("2027-04-30 08:00"), limit("12h"), &calendar).expect("elapsed");
    assert!(!due.provisional);
}

#[test]
fn exactly_three_is_still_the_same_day() {
    let calendar = national();
    for (received, expected) in [
        ("2026-08-06 00:00", "Thu 2026-08-06 17:00:00"),
        ("2026-08-06 14:59:59.999999", "Thu 2026-08-06 17:00:00"),
        ("2026-08-06 15:00:00", "Thu 2026-08-06 17:00:00"),
        ("2026-08-06 15:00:00.000001", "Fri 2026-08-07 17:00:00"),
        ("2026-08-06 15:00:01", "Fri 2026-08-07 17:00:00"),
        ("2026-08-07 15:30", "Mon 2026-08-10 17:00:00"),
        ("2026-08-08 08:00", "Mon 2026-08-10 17:00:00"),
        ("2026-08-21 16:00", "Sat 2026-08-22 17:00:00"),
        ("2026-08-31 08:00", "Thu 2026-09-03 17:00:00"),
    ] {
        assert_eq!(
            due_on(&calendar, received, "same-day"),
            expected,
            "{received}"
        );
    }
}

#[test]
fn nothing_is_due_before_it_was_received() {
    // This office closes at 11:00, four hours before the cut-off.
    let calendar = odd_hours();
    assert_eq!(
        due_on(&calendar, "2025-03-06 11:00", "same-day"),
        "Thu 2025-03-06 11:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2025-03-06 13:00", "same-day"),
        "Fri 2025-03-07 11:00:00"
    );
}

#[test]
fn a_count_that_leaves_the_calendar_is_refused() {
    let calendar = national();
    let refused = |received, text| due(at(received), limit(text), &calendar).expect_err(text);
    let ends = Error::Ends {
        last_day: day("2027-12-31"),
    };
    assert_eq!(refused("2027-12-31 09:00", "1wd"), ends);
    assert_eq!(refused("2027-12-31 16:00", "2wh"), ends);
    assert_eq!(refused("2027-12-01 09:00", "31d"), ends);
    assert_eq!(refused("2027-12-01 09:00", "1mo"), ends);
    assert_eq!(refused("2027-12-31 15:01", "same-day"), ends);
    assert_eq!(refused("2024-01-01 09:00", "65535mo"), ends);
    assert_eq!(refused("2028-01-01 00:00", "1wh"), ends);
    let begins = Error::Begins {
        first_day: day("2024-01-01"),
    };
    for text in ["1wd", "1wh", "30d", "1mo", "same-day"] {
        assert_eq!(refused("2023-12-31 23:59:59.999999", text), begins);
    }
    assert_eq!(
        ends.to_string(),
        "the calendar ends on 2027-12-31; the count needs a later day"
    );
    // The last published day can be used up to its closing.
    assert_eq!(
        due_on(&calendar, "2027-12-31 15:00", "2wh"),
        "Fri 2027-12-31 17:00:00"
    );
    assert_eq!(
        due_on(&calendar, "2027-12-30 15:00", "1wd"),
        "Fri 2027-12-31 17:00:00"
    );
}

#[test]
fn a_count_over_an_unconfirmed_day_says_so() {
    let calendar = national();
    let provisional = |received: &str, text| -> (Instant, bool) {
        let due = due(at(received), limit(text), &calendar).expect(text);
        (due.at, due.provisional)
    };
    for (received, text, expected) in [
        // 1 January 2027 is a Friday.
        ("2026-12-30 09:00", "1wd", false),
        ("2026-12-30 09:00", "2wd", true),
        ("2027-01-01 09:00", "1wd", true),
        // Nothing of 2027 is official, and a swap may take an ordinary day.
        ("2027-01-11 09:00", "3wd", true),
        ("2026-12-31 16:00", "1wh", false),
        ("2026-12-31 16:00", "2wh", true),
        ("2027-01-01 09:00", "1wh", true),
        ("2026-12-31 15:00", "same-day", false),
        ("2026-12-31 15:01", "same-day", true),
        ("2026-12-25 09:00", "6d", false),
        ("2026-12-25 09:00", "7d", true),
        ("2026-12-25 09:00", "11d", true),
        ("2026-12-01 09:00", "1mo", true),
        ("2026-12-31 22:00", "12h", false),
    ] {
        assert_eq!(
            provisional(received, text).1,
            expected,
            "{received} + {text}"
        );
    }
}
