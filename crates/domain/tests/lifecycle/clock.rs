//! How stops move the due times, under each of the five clock policies.

use crate::desk::at;
use crate::story::Story;

/// Runs histories, each of one procedure, and compares the three due times.
fn tell(rows: &[(&str, &str, &str)]) {
    for (head, history, answer) in rows {
        let story = Story::told(head, history);
        assert_eq!(story.due_times(), *answer, "{head}: {history}");
    }
}

#[test]
fn a_supplement_moves_the_due_time_by_the_policy_of_the_procedure() {
    let history =
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete";
    for (head, answer) in [
        (
            "1.013225 within 10wd",
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Fri 21 Aug 17:00",
        ),
        (
            "1.013225 within 10wd as exclude-interval",
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        (
            "1.013226",
            "original Mon 17 Aug 17:00, effective Tue 25 Aug 17:00, promised Tue 25 Aug 17:00",
        ),
        (
            "1.013225 within 10wd as no-stop",
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        (
            "1.013831",
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
    ] {
        let story = Story::told(head, history);
        assert_eq!(story.limit(), "10 working days");
        assert_eq!(story.due_times(), answer, "{head}");
    }
}

#[test]
fn only_the_financial_policy_stops_for_a_payment_and_it_stops_for_nothing_else() {
    let paid = "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 5 Aug 08:00 goes to tax; \
                6 Aug 09:00 payment requested; 12 Aug 14:00 paid";
    let unmoved =
        "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00";
    tell(&[
        (
            "1.013831",
            paid,
            "original Mon 17 Aug 17:00, effective Fri 21 Aug 17:00, promised Fri 21 Aug 17:00",
        ),
        ("1.013831 as shift-due", paid, unmoved),
        ("1.013831 as exclude-interval", paid, unmoved),
        ("1.013831 as restart-on-complete", paid, unmoved),
        ("1.013831 as no-stop", paid, unmoved),
        // The wait for papers took four working days and moved nothing; the one for the payment
        // did.
        (
            "1.013831",
            "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 4 Aug 09:00 papers requested; \
             10 Aug 14:00 papers complete; 10 Aug 15:00 payment requested; 11 Aug 08:00 paid",
            "original Mon 17 Aug 17:00, effective Tue 18 Aug 17:00, promised Tue 18 Aug 17:00",
        ),
    ]);
}

#[test]
fn a_stop_that_begins_after_the_due_time_moves_nothing() {
    let papers =
        "3 Aug 10:00 received; 17 Aug 17:01 papers requested; 25 Aug 10:00 papers complete";
    let payment = "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; \
                   17 Aug 17:01 payment requested; 25 Aug 10:00 paid";
    for (head, history) in [
        ("1.013226 as shift-due", papers),
        ("1.013226 as exclude-interval", papers),
        ("1.013226 as restart-on-complete", papers),
        ("1.013226 as no-stop", papers),
        ("1.013226 as stop-while-financial", papers),
        ("1.013831", payment),
    ] {
        let mut story = Story::of(head);
        let (open, closing) = history.rsplit_once(';').expect("several sentences");
        story.goes_on(open);
        assert!(
            story.is_overdue("18 Aug 08:00"),
            "{head}: overdue stays overdue"
        );
        story.goes_on(closing);
        assert_eq!(
            story.due_times(),
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
            "{head}"
        );
        assert!(story.is_overdue("25 Aug 10:00"), "{head}");
    }
}

#[test]
fn a_stop_that_begins_at_the_due_time_itself_still_stops() {
    let history =
        "3 Aug 10:00 received; 17 Aug 17:00 papers requested; 18 Aug 09:00 papers complete";
    tell(&[
        (
            "1.013226 as shift-due",
            history,
            "original Mon 17 Aug 17:00, effective Tue 18 Aug 17:00, promised Tue 18 Aug 17:00",
        ),
        (
            "1.013226",
            history,
            "original Mon 17 Aug 17:00, effective Thu 3 Sep 17:00, promised Thu 3 Sep 17:00",
        ),
    ]);
}

#[test]
fn every_stop_is_credited_and_not_the_last_alone() {
    let papers = "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete; \
                  13 Aug 08:00 one more permitted by the leader; \
                  13 Aug 09:00 papers requested with reason and basis; 18 Aug 10:00 papers complete";
    let payments = "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; \
                    6 Aug 09:00 payment requested; 12 Aug 14:00 paid; \
                    13 Aug 09:00 payment requested; 18 Aug 10:00 paid";
    tell(&[
        (
            "1.013226 as shift-due",
            papers,
            "original Mon 17 Aug 17:00, effective Tue 25 Aug 17:00, promised Tue 25 Aug 17:00",
        ),
        (
            "1.013226 as exclude-interval",
            papers,
            "original Mon 17 Aug 17:00, effective Tue 25 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        (
            "1.013226",
            papers,
            "original Mon 17 Aug 17:00, effective Thu 3 Sep 17:00, promised Thu 3 Sep 17:00",
        ),
        (
            "1.013226 as no-stop",
            papers,
            "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00",
        ),
        (
            "1.013831",
            payments,
            "original Mon 17 Aug 17:00, effective Tue 25 Aug 17:00, promised Tue 25 Aug 17:00",
        ),
    ]);
    let story = Story::told("1.013226 as shift-due", papers);
    let waits = &story.dossier().clock.as_ref().expect("received").waits;
    assert_eq!(
        waits.intervals().len(),
        2,
        "both waits are kept, moved or not"
    );
}

#[test]
fn two_waits_that_touch_are_not_credited_twice() {
    let mut story = Story::told(
        "1.013226 as shift-due",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete; \
         12 Aug 14:00 one more permitted by the leader; \
         12 Aug 14:00 papers requested with reason and basis",
    );
    story.goes_on("13 Aug 09:00 papers complete");
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Sat 22 Aug 17:00, promised Sat 22 Aug 17:00"
    );
    let waits = &story.dossier().clock.as_ref().expect("received").waits;
    assert_eq!(waits.intervals().len(), 1);
    assert_eq!(waits.intervals()[0].from, at("6 Aug 09:00"));
    assert_eq!(waits.intervals()[0].to, Some(at("13 Aug 09:00")));
}

#[test]
fn a_stop_is_credited_in_the_unit_of_the_limit() {
    tell(&[
        // 4.5 open hours: 14:00 to 17:00, and 07:30 to 09:00.
        (
            "1.013226 within 8wh as shift-due",
            "3 Aug 10:00 received; 3 Aug 14:00 papers requested; 4 Aug 09:00 papers complete",
            "original Tue 4 Aug 10:30, effective Tue 4 Aug 17:00, promised Tue 4 Aug 17:00",
        ),
        (
            "1.013226 within 12h as shift-due",
            "3 Aug 10:00 received; 3 Aug 12:00 papers requested; 3 Aug 15:30 papers complete",
            "original Mon 3 Aug 22:00, effective Tue 4 Aug 01:30, promised Tue 4 Aug 01:30",
        ),
        // 2 September is off. The stop is six calendar days.
        (
            "1.013226 within 30d as shift-due",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete",
            "original Thu 3 Sep 17:00, effective Wed 9 Sep 17:00, promised Wed 9 Sep 17:00",
        ),
        (
            "1.013226 within 1mo as shift-due",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete",
            "original Thu 3 Sep 17:00, effective Wed 9 Sep 17:00, promised Wed 9 Sep 17:00",
        ),
        (
            "1.013226 within same-day as shift-due",
            "3 Aug 10:00 received; 3 Aug 11:00 papers requested; 5 Aug 09:00 papers complete",
            "original Mon 3 Aug 17:00, effective Wed 5 Aug 17:00, promised Wed 5 Aug 17:00",
        ),
    ]);
}

#[test]
fn a_dossier_waiting_for_papers_does_not_grow_overdue() {
    let papers = "3 Aug 10:00 received; 6 Aug 09:00 papers requested";
    let payment =
        "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 6 Aug 09:00 payment requested";
    for (head, history, grows_overdue) in [
        ("1.013226 as shift-due", papers, false),
        ("1.013226 as exclude-interval", papers, false),
        ("1.013226 as restart-on-complete", papers, false),
        ("1.013226 as no-stop", papers, true),
        ("1.013226 as stop-while-financial", papers, true),
        ("1.013831", payment, false),
        ("1.013831 as shift-due", payment, true),
    ] {
        let story = Story::told(head, history);
        assert!(
            !story.is_overdue("17 Aug 17:00"),
            "{head}: the due moment is in time"
        );
        assert_eq!(
            story.is_overdue("17 Aug 17:00:00.000001"),
            grows_overdue,
            "{head}"
        );
        assert_eq!(story.is_overdue("31 Dec 12:00"), grows_overdue, "{head}");
    }
}

#[test]
fn ending_while_the_clock_stands_is_not_late() {
    for (head, history) in [
        (
            "1.013226 as shift-due",
            "3 Aug 10:00 received; 17 Aug 16:00 papers requested",
        ),
        (
            "1.013226 as exclude-interval",
            "3 Aug 10:00 received; 17 Aug 16:00 papers requested",
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 17 Aug 16:00 papers requested",
        ),
        (
            "1.013226 within 8wh",
            "14 Aug 16:30 received; 17 Aug 16:00 papers requested",
        ),
        (
            "1.013226 within 12h",
            "17 Aug 08:00 received; 17 Aug 16:00 papers requested",
        ),
        (
            "1.013831",
            "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 17 Aug 16:00 payment requested",
        ),
    ] {
        for end in [
            "17 Aug 16:00 withdrawn",
            "17 Aug 19:00 withdrawn",
            "18 Aug 18:30 stopped",
            "23 Aug 10:00 withdrawn",
            "2 Sep 08:00 stopped",
        ] {
            let mut story = Story::told(head, history);
            story.goes_on(end);
            let dossier = story.dossier();
            let clock = dossier.clock.as_ref().expect("received");
            let (ended, due) = (
                dossier.ended.expect("ended"),
                clock.effective_due.expect("due"),
            );
            assert!(
                ended <= due,
                "{head}: {history}; {end}: {}",
                story.due_times()
            );
            assert!(clock.standing.is_none(), "an ended clock does not stand");
            assert_eq!(
                clock.promised_due, clock.original_due,
                "nothing new is promised"
            );
        }
    }
}

#[test]
fn ending_while_papers_are_awaited_after_the_due_time_is_still_late() {
    let story = Story::told(
        "1.013226",
        "3 Aug 10:00 received; 17 Aug 17:01 papers requested; 20 Aug 10:00 stopped",
    );
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00"
    );
}

#[test]
fn a_restart_never_promises_an_earlier_day_than_an_apology_did() {
    let story = Story::told(
        "1.013226",
        "3 Aug 10:00 received; 4 Aug 09:00 apology naming 30 Sep 17:00; \
         6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete",
    );
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Wed 30 Sep 17:00, promised Wed 30 Sep 17:00"
    );
}

#[test]
fn a_due_time_kept_over_a_restart_keeps_its_provisional_mark() {
    // The apology's days include 1 January 2027, which no notice confirms yet.
    let mut story = Story::told(
        "1.013226",
        "1 Dec 10:00 received; 2 Dec 09:00 apology naming 8 Jan 2027 17:00",
    );
    let provisional = |story: &Story| {
        story
            .dossier()
            .clock
            .as_ref()
            .expect("received")
            .provisional
    };
    assert!(provisional(&story));
    story.goes_on("3 Dec 09:00 papers requested; 4 Dec 14:00 papers complete");
    assert_eq!(
        story.due_times(),
        "original Tue 15 Dec 17:00, effective Fri 8 Jan 2027 17:00, promised Fri 8 Jan 2027 17:00"
    );
    assert!(provisional(&story));
}

#[test]
fn a_provisional_count_stays_provisional_when_a_stop_moves_it_over_confirmed_days() {
    let story = Story::told(
        "1.013226 as shift-due",
        "28 Dec 10:00 received; 6 Jan 2027 09:00 papers requested; \
         7 Jan 2027 14:00 papers complete",
    );
    assert_eq!(
        story.due_times(),
        "original Tue 12 Jan 2027 17:00, effective Wed 13 Jan 2027 17:00, \
         promised Wed 13 Jan 2027 17:00"
    );
    let clock = story.dossier().clock.as_ref().expect("received");
    assert!(clock.provisional);
}

#[test]
fn a_citizen_may_withdraw_although_the_calendar_has_run_out() {
    tell(&[(
        "1.013225 within 5wd as shift-due",
        "20 Dec 2027 10:00 received; 21 Dec 2027 09:00 papers requested; 5 Jan 2028 09:00 withdrawn",
        "original Mon 27 Dec 2027 17:00, effective Wed 5 Jan 2028 09:00, promised Mon 27 Dec 2027 17:00",
    )]);
}
