//! Papers and dossiers on their way: who holds them, when they must go, and where.

use domain::dossier::{Channel, Dossier, Event, Record};
use serde_json::Value;

use crate::desk::{self, at, wall};
use crate::story::{Deed, Story};

/// Ten working days, no published process.
const OUTLINE: &str = "1.013226";

/// When the papers must go: `Mon 3 Aug 17:00`.
fn hand_over_by(story: &Story) -> String {
    let by = story.dossier().custody.hand_over_by;
    by.map_or_else(|| "nothing due".into(), wall)
}

/// The holder of the papers: `nv-binh of H60.02215 since Mon 3 Aug 16:00`.
fn holder(story: &Story) -> String {
    match &story.dossier().custody.holder {
        Some(holder) => format!(
            "{} of {} since {}",
            holder.party.actor,
            holder.party.unit,
            wall(holder.since)
        ),
        None => "nobody".into(),
    }
}

#[test]
fn papers_received_until_three_go_the_same_day_and_later_ones_at_the_next_opening() {
    for (received, by) in [
        ("3 Aug 15:00", "Mon 3 Aug 17:00"),
        ("3 Aug 15:00:00.000001", "Tue 4 Aug 07:30"),
        ("21 Aug 15:30", "Sat 22 Aug 07:30"),
        ("23 Nov 15:01", "Wed 25 Nov 07:30"),
    ] {
        let story = Story::told(OUTLINE, &format!("{received} received"));
        assert_eq!(hand_over_by(&story), by, "received {received}");
        assert_eq!(
            holder(&story),
            format!("nv-chairman of H60.02215 since {}", wall(at(received)))
        );
    }
}

#[test]
fn a_hand_over_is_late_a_microsecond_after_closing_and_is_flagged_for_good() {
    for (given, late) in [("3 Aug 17:00", false), ("3 Aug 17:00:00.000001", true)] {
        let history = format!("3 Aug 14:00 received; {given} papers to nv-binh");
        let mut story = Story::told(OUTLINE, &history);
        assert_eq!(hand_over_by(&story), "nothing due");
        assert_eq!(story.dossier().custody.is_late(at("4 Aug 08:00")), late);
        assert_eq!(story.dossier().custody.chain[0].late, late);
        story.goes_on("5 Aug 09:00 nv-binh gives papers to nv-an");
        assert!(!story.dossier().custody.chain[1].late, "nothing was due");
        assert_eq!(story.dossier().custody.late, late);
    }
}

#[test]
fn papers_that_never_went_were_late_when_the_dossier_ends_after_their_time() {
    for (end, late) in [
        ("3 Aug 16:00 withdrawn", false),
        ("4 Aug 08:00 withdrawn", true),
    ] {
        let story = Story::told(OUTLINE, &format!("3 Aug 14:00 received; {end}"));
        assert_eq!(story.dossier().custody.late, late, "{end}");
        assert_eq!(hand_over_by(&story), "nothing due");
    }
    let open = Story::told(OUTLINE, "3 Aug 14:00 received");
    assert!(!open.dossier().custody.is_late(at("3 Aug 17:00")));
    assert!(open.dossier().custody.is_late(at("3 Aug 17:01")));
}

#[test]
fn only_who_holds_the_papers_can_give_them() {
    let mut story = Story::told(
        OUTLINE,
        "3 Aug 10:00 received; 3 Aug 11:00 papers to nv-binh; \
         3 Aug 14:00 papers to nv-an [NOT_HOLDER]; \
         3 Aug 14:00 nv-an gives papers to nv-binh [NOT_HOLDER]; \
         3 Aug 14:00 nv-binh gives papers to nv-binh [ALREADY_HOLDER]; \
         3 Aug 15:00 nv-binh gives papers to nv-an of H60.00000",
    );
    assert_eq!(holder(&story), "nv-an of H60.00000 since Mon 3 Aug 15:00");
    story.goes_on("4 Aug 09:00 nv-an gives papers to nv-binh");
    let lines: Vec<_> = (story.dossier().custody.chain.iter())
        .map(|line| format!("{} -> {}", line.from.actor, line.to.actor))
        .collect();
    assert_eq!(
        lines,
        [
            "nv-chairman -> nv-binh",
            "nv-binh -> nv-an",
            "nv-an -> nv-binh"
        ]
    );
}

#[test]
fn only_the_hand_over_to_the_deciding_unit_has_a_due_time() {
    let mut story = Story::told(
        OUTLINE,
        "3 Aug 10:00 received; 3 Aug 11:00 papers to nv-xa of H60.00000",
    );
    assert_eq!(hand_over_by(&story), "Mon 3 Aug 17:00", "still not there");
    story.goes_on("4 Aug 09:00 nv-xa gives papers to nv-binh");
    assert_eq!(hand_over_by(&story), "nothing due");
    assert!(story.dossier().custody.late);
}

#[test]
fn another_unit_decides_and_nothing_of_the_citizens_moves() {
    let mut story = Story::told(
        "1.004873",
        "3 Aug 08:00 received; 3 Aug 09:00 papers to nv-binh; \
         3 Aug 10:00 goes to appraise; 4 Aug 09:00 given to somebody",
    );
    let before = story.dossier().clone();
    story.goes_on("4 Aug 15:00 sent on to H60.02212");
    let after = story.dossier();
    assert_eq!(after.resolving, desk::unit("H60.02212"));
    assert_eq!(after.receiving, before.receiving, "who took it in");
    assert_eq!(after.returning, before.returning);
    assert_eq!(after.clock, before.clock);
    assert_eq!(after.code, before.code);
    assert_eq!(after.procedure_version, before.procedure_version);
    assert_eq!((&after.state, after.since), (&before.state, before.since));
    assert_eq!(after.assignee, None, "that was a person of the other unit");
    assert_eq!(hand_over_by(&story), "Tue 4 Aug 17:00");
    assert_eq!(holder(&story), "nv-binh of H60.02215 since Mon 3 Aug 09:00");
    story.goes_on(
        "4 Aug 16:00 sent on to H60.02212 [ALREADY_THERE]; \
         4 Aug 17:30 nv-binh gives papers to nv-chi; 5 Aug 09:00 goes to sign",
    );
    assert_eq!(holder(&story), "nv-chi of H60.02212 since Tue 4 Aug 17:30");
    assert!(story.dossier().custody.late, "half an hour late");
}

#[test]
fn a_transfer_after_three_or_on_a_day_off_gives_until_the_next_opening() {
    for (sent, by) in [
        ("7 Aug 15:00", "Fri 7 Aug 17:00"),
        ("7 Aug 15:00:01", "Mon 10 Aug 07:30"),
        ("8 Aug 09:00", "Mon 10 Aug 07:30"),
        ("24 Nov 10:00", "Wed 25 Nov 07:30"),
    ] {
        let history = format!(
            "3 Aug 08:00 received; 3 Aug 09:00 papers to nv-binh; {sent} sent on to H60.02212"
        );
        assert_eq!(hand_over_by(&Story::told(OUTLINE, &history)), by, "{sent}");
    }
}

#[test]
fn papers_that_are_there_already_need_not_go() {
    let story = Story::told(
        OUTLINE,
        "3 Aug 08:00 received; 3 Aug 09:00 papers to nv-chi of H60.02212; \
         3 Aug 10:00 sent on to H60.02212",
    );
    assert_eq!(hand_over_by(&story), "nothing due");
    assert!(!story.dossier().custody.late);
}

#[test]
fn a_second_transfer_does_not_forgive_papers_that_were_late_for_the_first() {
    let story = Story::told(
        OUTLINE,
        "3 Aug 08:00 received; 4 Aug 09:00 sent on to H60.02212",
    );
    assert!(story.dossier().custody.late);
    assert_eq!(hand_over_by(&story), "Tue 4 Aug 17:00");
}

#[test]
fn an_electronic_dossier_need_not_be_handed_over_but_may_be() {
    let mut story = Story::told(
        OUTLINE,
        "3 Aug 08:00 submitted; 3 Aug 09:00 accepted; 3 Aug 10:00 sent on to H60.02212",
    );
    assert_eq!(hand_over_by(&story), "nothing due");
    assert_eq!(holder(&story), "nobody");
    assert!(!story.dossier().custody.is_late(at("28 Dec 10:00")));
    story.goes_on("3 Aug 11:00 nv-an gives papers to nv-chi");
    assert_eq!(holder(&story), "nv-chi of H60.02212 since Mon 3 Aug 11:00");

    let by_post = Story::told(
        OUTLINE,
        "3 Aug 08:00 submitted by post; 3 Aug 15:30 accepted",
    );
    assert_eq!(hand_over_by(&by_post), "Tue 4 Aug 07:30");
}

#[test]
fn a_reception_written_before_papers_were_followed_reads_and_writes_as_it_did() {
    let story = Story::told(OUTLINE, "3 Aug 10:00 received; 3 Aug 11:00 handed over");
    let old: Vec<Record> = (story.records.iter())
        .map(|record| {
            let mut tree: Value = serde_json::from_slice(&record.to_bytes()).expect("JSON");
            tree["event"]
                .as_object_mut()
                .expect("an object")
                .remove("hand_over_by");
            let bytes = serde_json::to_vec(&tree).expect("JSON");
            let read = Record::from_bytes(&bytes).expect("an old event is read");
            assert_eq!(read.to_bytes(), bytes, "and stays the same bytes");
            read
        })
        .collect();
    let folded = Dossier::fold(&old).expect("a dossier");
    assert!(folded.custody.is_empty(), "nobody is said to hold them");
    let kept = serde_json::to_value(&folded).expect("JSON");
    assert_eq!(kept.get("custody"), None);
    assert_eq!(
        serde_json::from_value::<Dossier>(kept).expect("read"),
        folded
    );
}

#[test]
fn a_reception_past_the_calendar_names_no_time_for_the_papers() {
    let mut story = Story::of("1.013226");
    story.procedure.cases[0].limit = None;
    let papers = desk::required(&story.procedure);
    let reception = Deed::Receive(story.reception(Channel::Desk, papers));
    let last = at("31 Dec 2027 15:30");
    let acting = desk::acting(domain::role::Role::Chairman, &story.unit);
    let decided = story.weighs(&acting, last, &reception).expect("received");
    let Event::Received(facts) = &decided.events[0] else {
        panic!("a reception");
    };
    assert_eq!(facts.hand_over_by, None);
}
