//! What a published calendar does to due times.

use crate::desk::at;
use crate::story::{Story, special_day};

/// Tells a history, publishes a calendar with more days off or worked, and compares.
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
        // A day off after the due day changes nothing, nor does one before the reception.
        (
            "1.013225 within 10wd",
            "3 Aug 10:00 received",
            "4 Aug 08:00",
            "18 Aug, 31 Jul",
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        // Working hours count as well as days; elapsed hours see no calendar.
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
    // The make-up day is taken back: the law then gives what was promised all along.
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
    // Fourteen working days, the make-up Saturday among them, from Tuesday the 18th.
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
        // A day off within the stop: the stop is shorter, and the days before it are more.
        (
            "1.013225 within 10wd",
            history,
            published,
            off,
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Fri 21 Aug 17:00",
        ),
        // Without stops the citizen would have been told Tuesday.
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
