//! More time: an apology filed in time, once; verification where the law permits it, once.

use domain::dossier::Refusal;
use domain::role::Role;

use crate::desk::at;
use crate::story::{self, Deed, Story};

/// Received Monday 3 August, 10 working days, due Monday 17 August at closing time.
const DUE_ON_THE_17TH: &str = "3 Aug 10:00 received; ";

#[test]
fn an_apology_in_time_moves_the_due_time_and_the_promise() {
    for (head, history, answer) in [
        (
            "1.013226",
            "3 Aug 10:00 received; 14 Aug 09:00 apology naming 20 Aug 09:00",
            "original Mon 17 Aug 17:00, effective Thu 20 Aug 17:00, promised Thu 20 Aug 17:00",
        ),
        // Saturday 29 August to Wednesday 2 September are days off.
        (
            "1.013226",
            "3 Aug 10:00 received; 14 Aug 09:00 apology naming 29 Aug 09:00",
            "original Mon 17 Aug 17:00, effective Thu 3 Sep 17:00, promised Thu 3 Sep 17:00",
        ),
        // A limit in hours keeps the named moment.
        (
            "1.013226 within 12h",
            "3 Aug 20:00 received; 3 Aug 23:59 apology naming 4 Aug 12:30",
            "original Tue 4 Aug 08:00, effective Tue 4 Aug 12:30, promised Tue 4 Aug 12:30",
        ),
        // Even if the citizen keeps the first date over a stop, an apology states a new one.
        (
            "1.013226 as exclude-interval",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete; \
             20 Aug 16:00 apology naming 27 Aug 17:00",
            "original Mon 17 Aug 17:00, effective Thu 27 Aug 17:00, promised Thu 27 Aug 17:00",
        ),
        // A wait that does not stop the clock does not prevent an apology.
        (
            "1.013226 as no-stop",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; \
             7 Aug 09:00 apology naming 27 Aug 17:00",
            "original Mon 17 Aug 17:00, effective Thu 27 Aug 17:00, promised Thu 27 Aug 17:00",
        ),
    ] {
        let story = Story::told(head, history);
        assert_eq!(story.due_times(), answer, "{head}: {history}");
        assert!(story.dossier().extended);
        assert_eq!(story.dossier().apologies, 0);
    }
}

#[test]
fn filing_ends_at_midnight_before_the_due_day_to_the_microsecond() {
    for (filed, in_time) in [
        ("14 Aug 17:00", true),
        // The day before is a Sunday: the law counts to 24:00, not to the last closing.
        ("16 Aug 12:00", true),
        ("16 Aug 23:59:59", true),
        ("16 Aug 23:59:59.999999", true),
        ("17 Aug 00:00", false),
        ("17 Aug 08:00", false),
        ("17 Aug 16:59", false),
        ("18 Aug 08:00", false),
    ] {
        let history = format!("{DUE_ON_THE_17TH}{filed} apology naming 24 Aug 17:00");
        let story = Story::told("1.013226", &history);
        let dossier = story.dossier();
        assert_eq!(dossier.extended, in_time, "filed {filed}");
        assert_eq!(dossier.apologies, u8::from(!in_time), "filed {filed}");
        let effective = if in_time {
            "Mon 24 Aug 17:00"
        } else {
            "Mon 17 Aug 17:00"
        };
        assert_eq!(
            story.due_times(),
            format!("original Mon 17 Aug 17:00, effective {effective}, promised Mon 24 Aug 17:00"),
            "filed {filed}"
        );
    }
}

#[test]
fn filing_is_counted_from_the_due_day_in_force_and_not_from_the_first_one() {
    let story = Story::told(
        "1.013226 as shift-due",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete; \
         20 Aug 23:59 apology naming 28 Aug 17:00",
    );
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Fri 28 Aug 17:00, promised Fri 28 Aug 17:00"
    );
}

#[test]
fn a_second_apology_is_refused_in_time_and_recorded_when_late() {
    let mut story = Story::told(
        "1.013226",
        "3 Aug 10:00 received; 10 Aug 09:00 apology naming 20 Aug 17:00; \
         11 Aug 09:00 apology naming 25 Aug 17:00 [EXTENSION_USED]; \
         19 Aug 23:59 apology naming 25 Aug 17:00 [EXTENSION_USED]",
    );
    assert_eq!(story.records.len(), 2, "a refusal leaves no trace");
    story.goes_on(
        "20 Aug 00:00 apology naming 25 Aug 17:00; 26 Aug 09:00 apology naming 3 Sep 17:00",
    );
    assert_eq!(story.dossier().apologies, 2);
    // The citizen was told three dates and knows the last one.
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Thu 20 Aug 17:00, promised Thu 3 Sep 17:00"
    );
}

#[test]
fn what_cannot_be_extended_is_refused_with_its_reason() {
    for (head, history) in [
        // The due day's own closing time, whichever hour was named.
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 09:00 apology naming 17 Aug 23:00 [DUE_NOT_LATER]",
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 09:00 apology naming 10 Aug 09:00 [DUE_NOT_LATER]",
        ),
        // The Sunday before the due day counts as the due day.
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 09:00 apology naming 16 Aug 09:00 [DUE_NOT_LATER]",
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; \
             7 Aug 09:00 apology naming 20 Aug 17:00 [CLOCK_STANDS]; \
             8 Aug 09:00 verification begun [CLOCK_STANDS]",
        ),
        // The dossier has no known limit, so there is nothing to extend.
        (
            "1.003622",
            "3 Aug 10:00 received; 7 Aug 09:00 apology naming 20 Aug 17:00 [NO_DUE_TIME]",
        ),
        (
            "1.003622",
            "3 Aug 10:00 received; 7 Aug 09:00 verification begun [NO_DUE_TIME]",
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 09:00 verification begun [NO_VERIFICATION]",
        ),
        (
            "1.013226",
            "3 Aug 10:00 submitted; 7 Aug 09:00 apology naming 20 Aug 17:00 [WRONG_STATE]",
        ),
        (
            "1.001022",
            "3 Aug 10:00 received; 4 Aug 09:00 verification begun; \
             5 Aug 09:00 verification begun [NO_VERIFICATION]",
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 09:00 apology naming 3 Jan 2028 09:00 [CALENDAR_ENDS]",
        ),
    ] {
        Story::told(head, history);
    }
}

#[test]
fn verification_adds_to_the_limit_or_replaces_it_as_the_law_of_the_procedure_says() {
    for (code, history, answer) in [
        // 3wd plus 5wd, counted from the due time.
        (
            "1.001022",
            "3 Aug 10:00 received; 5 Aug 09:00 verification begun",
            "original Thu 6 Aug 17:00, effective Thu 13 Aug 17:00, promised Thu 13 Aug 17:00",
        ),
        // 3wd plus 3wd.
        (
            "1.004859",
            "3 Aug 10:00 received; 5 Aug 09:00 verification begun",
            "original Thu 6 Aug 17:00, effective Tue 11 Aug 17:00, promised Tue 11 Aug 17:00",
        ),
        // 23d instead of 3wd, counted from reception in the unit of the new limit.
        (
            "1.004873",
            "3 Aug 10:00 received; 5 Aug 09:00 verification begun",
            "original Thu 6 Aug 17:00, effective Wed 26 Aug 17:00, promised Wed 26 Aug 17:00",
        ),
        // 5wd instead of same-day.
        (
            "1.000894",
            "3 Aug 10:00 received; 3 Aug 16:00 verification begun",
            "original Mon 3 Aug 17:00, effective Mon 10 Aug 17:00, promised Mon 10 Aug 17:00",
        ),
        // 2wd instead of same-day.
        (
            "2.000908",
            "3 Aug 10:00 received; 3 Aug 16:00 verification begun",
            "original Mon 3 Aug 17:00, effective Wed 5 Aug 17:00, promised Wed 5 Aug 17:00",
        ),
        // Verification begun at the due moment still counts; a minute later it moves nothing.
        (
            "1.001022",
            "3 Aug 10:00 received; 6 Aug 17:00 verification begun",
            "original Thu 6 Aug 17:00, effective Thu 13 Aug 17:00, promised Thu 13 Aug 17:00",
        ),
        (
            "1.001022",
            "3 Aug 10:00 received; 6 Aug 17:01 verification begun",
            "original Thu 6 Aug 17:00, effective Thu 6 Aug 17:00, promised Thu 6 Aug 17:00",
        ),
        // The papers made a new receipt on the 5th, so the new limit counts from there.
        (
            "1.004873",
            "3 Aug 10:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
             6 Aug 09:00 verification begun",
            "original Thu 6 Aug 17:00, effective Fri 28 Aug 17:00, promised Fri 28 Aug 17:00",
        ),
        // An apology had gone further than the new limit does.
        (
            "1.004873",
            "3 Aug 10:00 received; 4 Aug 09:00 apology naming 28 Aug 17:00; \
             5 Aug 09:00 verification begun",
            "original Thu 6 Aug 17:00, effective Fri 28 Aug 17:00, promised Fri 28 Aug 17:00",
        ),
    ] {
        let story = Story::told(code, history);
        assert_eq!(story.due_times(), answer, "{code}: {history}");
        assert!(story.dossier().verified);
    }
}

#[test]
fn verification_does_not_use_up_the_one_apology() {
    let story = Story::told(
        "1.001022",
        "3 Aug 10:00 received; 4 Aug 09:00 verification begun; 5 Aug 09:00 apology naming 20 Aug 17:00",
    );
    assert_eq!(
        story.due_times(),
        "original Thu 6 Aug 17:00, effective Thu 20 Aug 17:00, promised Thu 20 Aug 17:00"
    );
    let dossier = story.dossier();
    assert!(dossier.extended && dossier.verified);
}

#[test]
fn a_refusal_names_the_due_time_that_a_new_one_must_pass() {
    let mut story = Story::told("1.013226", "3 Aug 10:00 received");
    let earlier = Deed::Act(story::apology(at("10 Aug 17:00")));
    let refused = story.tries(Role::Leader, at("7 Aug 09:00"), None, &earlier);
    assert_eq!(
        refused,
        Err(Refusal::DueNotLater {
            due: at("17 Aug 17:00")
        })
    );
    let refusal = refused.expect_err("refused");
    assert_eq!(
        refusal.message_vi(),
        "Hạn trả mới phải sau 17:00 ngày 17/08/2026."
    );
    assert_eq!(
        refusal.message_en(),
        "the new due time must be later than 2026-08-17T17:00:00+07:00"
    );
}
