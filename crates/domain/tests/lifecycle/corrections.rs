//! Corrections take two persons, keep both values, and move nothing that is judged.

use domain::dossier::correction::{Change, CorrectionOutcome};
use domain::dossier::{Channel, Dossier, Event, Record};
use domain::id::UnitCode;
use domain::indicator::{Period, Row, Tally};

use crate::desk;
use crate::story::Story;

/// Received online on Monday, due on Thursday the 6th, resolved on Friday: late.
const LATE: &str = "3 Aug 08:00 submitted; 3 Aug 09:00 accepted; 3 Aug 10:00 goes to appraise; \
                    4 Aug 09:00 goes to sign; 7 Aug 09:00 resolved";

fn august() -> Period {
    Period {
        from: "2026-08-01".parse().expect("a day"),
        to: "2026-08-31".parse().expect("a day"),
        as_of: desk::at("31 Dec 12:00"),
    }
}

fn row(records: &[Record], period: &Period) -> Row {
    let mut tally = Tally::default();
    let dossier = period.counted(records).expect("it had begun");
    tally.add(&dossier, period);
    Row::new(String::new(), String::new(), &tally)
}

#[test]
fn a_correction_is_in_force_once_another_person_approves_it() {
    let mut story = Story::told("1.004873", LATE);
    story.goes_on(
        "8 Aug 09:00 correction proposed: returning H60.02212 by the officer; \
         8 Aug 09:05 approved correction 1 by the officer [SAME_PERSON]; \
         8 Aug 09:06 correction proposed: returning H60.00000 by the leader [CORRECTION_OPEN]",
    );
    let proposed = story.dossier();
    assert_eq!(proposed.returning.as_str(), desk::WARD);
    assert_eq!(proposed.corrections.in_force().count(), 0);

    story.goes_on("8 Aug 10:00 approved correction 1 by the leader");
    let approved = story.dossier();
    assert_eq!(approved.returning.as_str(), "H60.02212");
    let kept = &approved.corrections.all()[0];
    let (old, new) = (desk::unit(desk::WARD), desk::unit("H60.02212"));
    assert_eq!(kept.correction.change, Change::ReturningUnit { old, new });
    assert_eq!(kept.correction.author.as_str(), "nv-officer");
    let verdict = CorrectionOutcome {
        approved: true,
        approver: desk::actor("nv-leader"),
        at: desk::at("8 Aug 10:00"),
    };
    assert_eq!(kept.verdict.as_ref(), Some(&verdict));

    story.goes_on(
        "8 Aug 11:00 approved correction 1 by the chairman [CORRECTION_UNKNOWN]; \
         8 Aug 11:01 correction proposed: returning H60.02212 by the officer [NOTHING_TO_CORRECT]",
    );
}

#[test]
fn a_rejected_correction_changes_nothing_and_another_may_follow() {
    let mut story = Story::told("1.004873", LATE);
    story.goes_on(
        "8 Aug 09:00 correction proposed: returning H60.02212 by the officer; \
         8 Aug 10:00 rejected correction 1 by the leader; \
         8 Aug 11:00 correction proposed: returning H60.00000 by the officer; \
         8 Aug 12:00 approved correction 2 by the leader",
    );
    assert_eq!(story.dossier().returning.as_str(), "H60.00000");
    let Event::CorrectionApproved(decided) = &story.records.last().expect("told").event else {
        panic!("expected an approval");
    };
    let (old, new) = (desk::unit(desk::WARD), desk::unit("H60.00000"));
    assert_eq!(
        decided.0.correction.change,
        Change::ReturningUnit { old, new }
    );
    assert_eq!(decided.0.correction.author.as_str(), "nv-officer");
    assert_eq!(decided.0.approver.as_str(), "nv-leader");
}

/// Corrects everything that rates use, in favour of the unit.
#[test]
fn what_rates_are_judged_by_keeps_its_first_value_and_the_correction_is_counted_beside() {
    let mut story = Story::told("1.004873", LATE);
    let before = row(&story.records, &august());
    assert_eq!((before.late, before.received_online), (1, 1));
    assert_eq!(before.corrected, 0);
    let clock = story.dossier().clock.clone();
    let case = story.dossier().case.clone();

    // After the period, when most corrections come.
    story.goes_on(
        "2 Sep 09:00 correction proposed: ended 6 Aug 16:00 by the officer; \
         2 Sep 09:01 approved correction 1 by the leader; \
         2 Sep 09:02 correction proposed: channel desk by the officer; \
         2 Sep 09:03 approved correction 2 by the leader",
    );
    let after = story.dossier();
    assert_eq!(after.ended, Some(desk::at("7 Aug 09:00")));
    assert_eq!(after.corrected_end(), Some(desk::at("6 Aug 16:00")));
    assert_eq!(after.channel, Channel::Online);
    assert_eq!(after.corrected_channel(), Channel::Desk);
    assert_eq!((&after.clock, &after.case), (&clock, &case));

    let corrected = row(&story.records, &august());
    let expected = Row {
        corrected: 1,
        ..before.clone()
    };
    assert_eq!(corrected, expected);

    // A report as of a moment before the approval shows no correction.
    let mut then = august();
    then.as_of = desk::at("2 Sep 09:00");
    assert_eq!(row(&story.records, &then), before);
}

#[test]
fn only_an_approved_correction_is_counted() {
    let mut story = Story::told("1.004873", LATE);
    story.goes_on("8 Aug 09:00 correction proposed: channel desk by the officer");
    assert_eq!(row(&story.records, &august()).corrected, 0);
    story.goes_on("8 Aug 10:00 rejected correction 1 by the leader");
    assert_eq!(row(&story.records, &august()).corrected, 0);
}

#[test]
fn an_end_is_corrected_only_to_a_possible_time() {
    let mut story = Story::told(
        "1.004873",
        "3 Aug 08:00 received; 3 Aug 10:00 goes to appraise",
    );
    story.goes_on("3 Aug 11:00 correction proposed: ended 3 Aug 10:30 [NOT_ENDED]");
    story.goes_on("4 Aug 09:00 goes to sign; 7 Aug 09:00 resolved; 7 Aug 10:00 returned");
    for impossible in ["3 Aug 07:59", "7 Aug 09:01", "8 Aug 09:00"] {
        story.goes_on(&format!(
            "10 Aug 09:00 correction proposed: ended {impossible} [END_TIME_IMPOSSIBLE]"
        ));
    }
    story.goes_on(
        "10 Aug 09:00 correction proposed: ended 7 Aug 09:00 [NOTHING_TO_CORRECT]; \
         10 Aug 09:01 correction proposed: ended 6 Aug 16:00",
    );
}

#[test]
fn an_external_code_is_replaced_added_or_taken_away() {
    let codes = |dossier: &Dossier| -> Vec<String> {
        dossier
            .external_codes
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let (wrong, right) = ("G09.20-20260803-0000001", "G09.20-20260803-0000002");
    let mut story = Story::told("1.004873", "3 Aug 08:00 received");
    story.goes_on(&format!(
        "3 Aug 09:00 correction proposed: code {wrong} {right} [CODE_NOT_OF_DOSSIER]; \
         3 Aug 09:01 correction proposed: code - {wrong} by the officer; \
         3 Aug 09:02 approved correction 1"
    ));
    assert_eq!(codes(story.dossier()), [wrong]);
    story.goes_on(&format!(
        "3 Aug 09:03 correction proposed: code {wrong} {right} by the officer; \
         3 Aug 09:04 approved correction 2"
    ));
    assert_eq!(codes(story.dossier()), [right]);
    story.goes_on(&format!(
        "3 Aug 09:05 correction proposed: code {right} - by the officer; \
         3 Aug 09:06 approved correction 3"
    ));
    assert!(codes(story.dossier()).is_empty());
}

#[test]
fn a_corrected_applicant_stands_beside_the_first_one() {
    let mut story = Story::told("1.004873", "3 Aug 08:00 received");
    story.goes_on(
        "3 Aug 09:00 correction proposed: applicant Mẫu Thị Sai by the officer; \
         3 Aug 09:01 approved correction 1; \
         3 Aug 09:02 correction proposed: applicant Mẫu Thị Đúng by the officer",
    );
    let corrections = &story.dossier().corrections;
    assert_eq!(corrections.applicant_item(), "2.applicant");
    let items: Vec<&str> = corrections.applicant_items().collect();
    assert_eq!(items, ["applicant", "2.applicant", "4.applicant"]);
    let Change::Applicant { old, item, .. } = &corrections.all()[1].correction.change else {
        panic!("the applicant was corrected");
    };
    assert_eq!(
        (old.as_str(), item.as_str()),
        ("2.applicant", "4.applicant")
    );
}

#[test]
fn a_case_is_one_of_the_procedure_and_its_limit_does_not_follow() {
    let mut story = Story::told("1.004873", "3 Aug 08:00 received");
    story.goes_on("3 Aug 09:00 correction proposed: case khong-co by the officer [CASE_UNKNOWN]");
    let due = story.due_times();
    let other = desk::all_shipped()
        .into_iter()
        .find(|procedure| {
            procedure.cases.len() > 1
                && procedure.cases[0].limit != procedure.cases[1].limit
                && procedure.cases[0].limit.is_some()
                && procedure.authority == domain::procedure::Authority::Ours
        })
        .expect("a procedure with cases of different limits");
    let (code, second) = (other.code.clone(), other.cases[1].id.clone());
    let mut story_of_two = Story::told(code.as_str(), "3 Aug 08:00 received");
    let limit = story_of_two.limit();
    story_of_two.goes_on(&format!(
        "3 Aug 09:00 correction proposed: case {second} by the officer; \
         3 Aug 09:01 approved correction 1"
    ));
    assert_eq!(story_of_two.dossier().corrected_case(), &second);
    assert_eq!(story_of_two.dossier().case, other.cases[0].id);
    assert_eq!(story_of_two.limit(), limit);
    assert_eq!(story.due_times(), due);
}

#[test]
fn a_dossier_that_was_never_corrected_is_kept_as_it_always_was() {
    let story = Story::told("1.004873", LATE);
    let kept = serde_json::to_string(story.dossier()).expect("JSON");
    assert!(!kept.contains("corrections"), "{kept}");
    let unit: UnitCode = story.dossier().returning.clone();
    assert_eq!(unit.as_str(), desk::WARD);
}
