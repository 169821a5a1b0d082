//! Dossiers that another system decides, and messages that contradict the known facts.

use domain::dossier::mirror::{Contradiction, Verdict, weigh};
use domain::dossier::{Action, Dossier, Event, Record, allowed_actions};
use domain::role::Role;

use crate::desk::{at, wall};
use crate::story::Story;

/// Temporary residence, decided by the Ministry of Public Security.
pub const MIRRORED: &str = "1.004194";

/// Ten working days, decided by our units.
const OURS: &str = "1.013226";

/// The dossier's conflicts: `1 OLDER open`.
fn conflicts(story: &Story) -> Vec<String> {
    let conflicts = story.dossier().mirror.conflicts.iter();
    conflicts
        .map(|conflict| {
            let settled = match conflict.settled {
                None => "open",
                Some(settled) if settled.applied => "believed",
                Some(_) => "settled",
            };
            format!("{} {} {settled}", conflict.number, conflict.why.as_str())
        })
        .collect()
}

#[test]
fn state_and_times_of_a_mirror_are_those_that_its_system_gives() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 10:00 said 2 as of 3 Aug 09:00 due 6 Aug 17:00",
    );
    let dossier = story.dossier();
    assert_eq!(story.status(), "2 Được tiếp nhận");
    assert_eq!(
        dossier.received,
        Some(at("3 Aug 09:00")),
        "not when we heard of it"
    );
    assert_eq!(
        story.due_times(),
        "original Thu 6 Aug 17:00, effective Thu 6 Aug 17:00, promised Thu 6 Aug 17:00"
    );
    story.goes_on("4 Aug 08:00 said 4; 5 Aug 09:00 said 9 as of 5 Aug 08:30; 6 Aug 10:00 said 10");
    let dossier = story.dossier();
    assert_eq!(story.status(), "10 Đã trả kết quả");
    assert_eq!(dossier.ended, Some(at("5 Aug 08:30")));
    assert_eq!(dossier.returned, Some(at("6 Aug 10:00")));
    let happened: Vec<_> = (story.records.iter())
        .map(|record| wall(record.event_time))
        .collect();
    assert_eq!(
        happened,
        [
            "Mon 3 Aug 08:00",
            "Mon 3 Aug 09:00",
            "Tue 4 Aug 08:00",
            "Wed 5 Aug 08:30",
            "Thu 6 Aug 10:00"
        ]
    );
    assert!(conflicts(&story).is_empty());
    assert!(allowed_actions(dossier, &story.procedure, Role::Portal).is_empty());
}

#[test]
fn no_clock_starts_anew_because_a_dossier_comes_from_elsewhere() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 2 due 6 Aug 17:00; 4 Aug 09:00 said 5; \
         6 Aug 09:00 said 2 due 11 Aug 17:00",
    );
    assert_eq!(
        story.dossier().received,
        Some(at("3 Aug 09:00")),
        "the first reception"
    );
    assert_eq!(
        story.due_times(),
        "original Thu 6 Aug 17:00, effective Tue 11 Aug 17:00, promised Tue 11 Aug 17:00"
    );
    let started = |story: &Story| story.dossier().clock.as_ref().map(|clock| clock.started);
    assert_eq!(started(&story), Some(at("3 Aug 09:00")));
    story.goes_on("7 Aug 09:00 said 4");
    assert_eq!(started(&story), Some(at("3 Aug 09:00")));
    assert_eq!(story.dossier().supplements, 1);
    assert!(!story.is_overdue("11 Aug 17:00"));
    assert!(story.is_overdue("11 Aug 17:01"));
}

#[test]
fn a_system_that_reports_less_than_every_step_contradicts_nothing() {
    for (history, status) in [
        (
            "3 Aug 09:00 said 4; 4 Aug 09:00 said 10",
            "10 Đã trả kết quả",
        ),
        (
            "3 Aug 09:00 said 2; 3 Aug 09:30 said 10",
            "10 Đã trả kết quả",
        ),
        (
            "3 Aug 09:00 said 5; 4 Aug 09:00 said 3",
            "3 Không được tiếp nhận",
        ),
        ("3 Aug 09:00 said 5; 4 Aug 09:00 said 4", "4 Đang xử lý"),
        (
            "3 Aug 09:00 said 4; 4 Aug 09:00 said 4 due 9 Aug 17:00",
            "4 Đang xử lý",
        ),
        (
            "3 Aug 09:00 said 4; 4 Aug 09:00 said 6; 5 Aug 09:00 said 4; 6 Aug 09:00 said 9; \
             7 Aug 09:00 said 4; 8 Aug 09:00 said 9",
            "9 Đã xử lý xong",
        ),
    ] {
        let story = Story::told(MIRRORED, &format!("3 Aug 08:00 submitted; {history}"));
        assert_eq!(story.status(), status, "{history}");
        assert!(conflicts(&story).is_empty(), "{history}");
        let ended = story.dossier().ended.is_some();
        assert_eq!(ended, !story.dossier().status().is_open(), "{history}");
    }
    let without_nine = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 4 Aug 09:00 said 10",
    );
    assert_eq!(without_nine.dossier().ended, Some(at("4 Aug 09:00")));
}

#[test]
fn what_contradicts_is_kept_and_changes_nothing() {
    for (history, why) in [
        // Older than the last believed message, or than the submission.
        (
            "4 Aug 09:00 said 4; 4 Aug 10:00 said 9 as of 4 Aug 08:59",
            "OLDER",
        ),
        ("4 Aug 09:00 said 2 as of 3 Aug 07:59", "OLDER"),
        // From status 1 nothing can be ready, paid for, stopped or returned; nothing follows an
        // end.
        ("4 Aug 09:00 said 9", "TRANSITION"),
        ("4 Aug 09:00 said 8", "TRANSITION"),
        ("4 Aug 09:00 said 4; 4 Aug 10:00 said 1", "TRANSITION"),
        ("4 Aug 09:00 said 4; 4 Aug 10:00 said 2", "TRANSITION"),
        ("4 Aug 09:00 said 4; 4 Aug 10:00 said 3", "TRANSITION"),
        ("4 Aug 09:00 said 3; 4 Aug 10:00 said 4", "TRANSITION"),
        ("4 Aug 09:00 said 7; 4 Aug 10:00 said 7", "TRANSITION"),
        (
            "4 Aug 09:00 said 4; 4 Aug 10:00 said 10; 4 Aug 11:00 said 4",
            "TRANSITION",
        ),
        ("4 Aug 09:00 said 2 by Hệ thống khác", "OTHER_SYSTEM"),
    ] {
        let (before, last) = history.rsplit_once("; ").unwrap_or(("", history));
        let mut story = Story::told(MIRRORED, &format!("3 Aug 08:00 submitted; {before}"));
        let dossier = story.dossier().clone();
        story.goes_on(last);
        assert_eq!(conflicts(&story), [format!("1 {why} open")], "{history}");
        let unchanged = Dossier {
            version: dossier.version + 1,
            last: story.dossier().last,
            mirror: story.dossier().mirror.clone(),
            ..dossier
        };
        assert_eq!(*story.dossier(), unchanged, "{history}");
    }
}

#[test]
fn a_dossier_of_ours_listens_to_nobody_but_keeps_what_was_said() {
    let mut story = Story::told(OURS, "3 Aug 10:00 received; 3 Aug 11:00 said 9");
    assert_eq!(conflicts(&story), ["1 OURS open"]);
    assert_eq!(story.status(), "2 Được tiếp nhận");
    story.goes_on("3 Aug 12:00 handed over; 3 Aug 14:00 resolved; 3 Aug 15:00 settled 1");
    assert_eq!(conflicts(&story), ["1 OURS settled"]);
    assert_eq!(story.status(), "9 Đã xử lý xong");
}

#[test]
fn the_same_message_again_is_neither_news_nor_a_conflict() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 2; 4 Aug 09:00 said 4; \
         4 Aug 10:00 said 9 by Hệ thống khác",
    );
    let before = story.dossier().clone();
    // In any order, including messages that were not believed.
    story.goes_on(
        "5 Aug 09:00 said 4 as of 4 Aug 09:00; 5 Aug 09:01 said 2 as of 3 Aug 09:00; \
         5 Aug 09:02 said 9 as of 4 Aug 10:00 by Hệ thống khác",
    );
    assert_eq!(*story.dossier(), before);
    // The same status with another due time is another message.
    story.goes_on("5 Aug 09:03 said 2 as of 3 Aug 09:00 due 9 Aug 17:00");
    assert_eq!(conflicts(&story), ["1 OTHER_SYSTEM open", "2 OLDER open"]);
}

#[test]
fn a_person_settles_a_conflict_once_and_the_record_of_it_stays() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 4 Aug 09:00 said 1; \
         4 Aug 10:00 settled 2 [NO_OPEN_CONFLICT]; 4 Aug 11:00 settled 1; \
         4 Aug 12:00 settled 1 [NO_OPEN_CONFLICT]",
    );
    assert_eq!(conflicts(&story), ["1 TRANSITION settled"]);
    assert_eq!(story.status(), "4 Đang xử lý");
    // A repeat of the settled message counts as known.
    story.goes_on("5 Aug 09:00 said 1 as of 4 Aug 09:00");
    assert_eq!(conflicts(&story), ["1 TRANSITION settled"]);
    let kinds: Vec<_> = story.records.iter().map(|it| it.event.kind()).collect();
    assert_eq!(
        kinds,
        [
            "submitted",
            "mirrored_status",
            "conflicted",
            "conflict_settled"
        ]
    );
}

#[test]
fn a_dossier_that_its_system_opens_again_can_be_believed_by_a_person() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 4 Aug 09:00 said 10; 5 Aug 09:00 said 4",
    );
    assert_eq!(
        allowed_actions(story.dossier(), &story.procedure, Role::Chairman),
        [Action::SettleConflict]
    );
    story.goes_on("6 Aug 09:00 settled 1, believed");
    assert_eq!(conflicts(&story), ["1 TRANSITION believed"]);
    assert_eq!(story.status(), "4 Đang xử lý");
    let dossier = story.dossier();
    assert_eq!((dossier.ended, dossier.returned), (None, None));
    assert_eq!(dossier.since, at("5 Aug 09:00"));
    story.goes_on("7 Aug 09:00 said 9");
    assert_eq!(story.status(), "9 Đã xử lý xong");
}

#[test]
fn nobody_can_believe_an_older_message_or_one_of_another_system() {
    let mut story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 4 Aug 09:00 said 9 as of 3 Aug 08:30; \
         4 Aug 10:00 said 9 by Hệ thống khác; 4 Aug 11:00 said 1; 4 Aug 12:00 said 9; \
         5 Aug 09:00 settled 1, believed [NOT_CREDIBLE]; \
         5 Aug 09:00 settled 2, believed [NOT_CREDIBLE]; \
         5 Aug 09:00 settled 3, believed [NOT_CREDIBLE]; \
         5 Aug 09:00 settled 1; 5 Aug 09:00 settled 2; 5 Aug 09:00 settled 3",
    );
    // The third message was in order when it came. Since then a newer one was believed.
    assert_eq!(
        conflicts(&story),
        [
            "1 OLDER settled",
            "2 OTHER_SYSTEM settled",
            "3 TRANSITION settled"
        ]
    );
    story.goes_on("5 Aug 10:00 said 10");
    assert_eq!(story.status(), "10 Đã trả kết quả");
}

#[test]
fn every_shipped_mirror_has_a_system_that_messages_can_name() {
    let shipped = crate::desk::all_shipped();
    let mut named = 0;
    for procedure in shipped {
        let story = Story::new(procedure);
        named += usize::from(story.authority().as_str() != "Hệ thống khác");
    }
    assert_eq!(named, 15);
}

#[test]
fn what_was_said_is_in_the_record_and_weighs_the_same_when_folded_anew() {
    let story = Story::told(
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 2 due 6 Aug 17:00; 4 Aug 09:00 said 9 by Hệ thống khác",
    );
    let read: Vec<Record> = (story.records.iter())
        .map(|record| Record::from_bytes(&record.to_bytes()).expect("read"))
        .collect();
    let anew = Dossier::fold(&read).expect("a history");
    assert_eq!(anew, *story.dossier());
    let Event::Conflicted(facts) = &read[2].event else {
        panic!("expected a conflict");
    };
    assert_eq!(facts.why, Contradiction::OtherSystem);
    assert_eq!(weigh(&anew, &facts.claim), Verdict::Known);
}
