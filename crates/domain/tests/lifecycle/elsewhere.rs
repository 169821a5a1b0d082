//! Legs and consultations: the work of other units, each part with its own due time.

use domain::dossier::{Dossier, Event, Record, Refusal, Term};
use domain::lineage::{Share, Succession, Takeover};
use domain::role::Role;

use crate::desk::{self, at, wall};
use crate::story::{self, Deed, Story};

/// 3 working days from Monday 3 August, so due on Thursday the 6th.
const REGISTRATION: &str = "1.004873";

const AT_THE_LAST_STEP: &str =
    "3 Aug 10:00 received; 3 Aug 10:10 goes to appraise; 3 Aug 10:20 goes to sign";

/// Version 2: 3 working days, and three legs that open at reception.
const LINKED: &str = "3.000722 version 2";

fn in_the_offices(more: &str) -> Story {
    Story::told(REGISTRATION, &format!("{AT_THE_LAST_STEP}; {more}"))
}

/// The legs and consultations that are late at a moment: `leg 1 of H60.02212`.
fn late(story: &Story, moment: &str) -> Vec<String> {
    let (dossier, now) = (story.dossier(), at(moment));
    let legs = dossier.legs.iter();
    let legs = legs.filter(|leg| leg.is_late(dossier, now));
    let asked = dossier.consultations.iter();
    let asked = asked.filter(|asked| asked.is_late(dossier, now));
    legs.map(|leg| format!("leg {} of {}", leg.number, leg.unit))
        .chain(asked.map(|asked| format!("question {} to {}", asked.number, asked.unit)))
        .collect()
}

#[test]
fn each_leg_has_its_own_limit_of_any_kind_counted_from_its_opening() {
    for (term, due) in [
        ("within 1wd", "Tue 4 Aug 17:00"),
        ("within 8wh", "Tue 4 Aug 11:00"),
        ("within 2d", "Wed 5 Aug 17:00"),
        ("within 1mo", "Thu 3 Sep 17:00"),
        ("within 12h", "Mon 3 Aug 22:30"),
        ("within same-day", "Mon 3 Aug 17:00"),
        ("by 5 Aug 11:15", "Wed 5 Aug 11:15"),
    ] {
        let story = in_the_offices(&format!("3 Aug 10:30 leg to H60.02212 {term}"));
        let leg = &story.dossier().legs[0];
        assert_eq!(wall(leg.due), due, "{term}");
        assert_eq!(
            leg.limit.map(|limit| format!("within {limit}")).as_deref(),
            term.starts_with("within").then_some(term)
        );
    }
}

#[test]
fn several_legs_go_on_at_once_and_each_is_late_by_itself() {
    let mut story = in_the_offices(
        "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:30 leg to H60.00691 within 2wd; \
         3 Aug 10:30 leg to H60.00694 within 2wd",
    );
    assert!(
        late(&story, "4 Aug 17:00").is_empty(),
        "the last moment is in time"
    );
    assert_eq!(late(&story, "4 Aug 17:01"), ["leg 1 of H60.02212"]);
    story.goes_on("5 Aug 09:00 leg done: 1; 5 Aug 10:00 leg done: 3");
    assert_eq!(
        late(&story, "20 Aug 10:00"),
        ["leg 1 of H60.02212", "leg 2 of H60.00691"],
        "the one that was closed late stays late; the one in time stays in time"
    );
    let open: Vec<_> = story.dossier().open_legs().map(|leg| leg.number).collect();
    assert_eq!(open, [2]);
}

#[test]
fn one_leg_leads_at_most_even_after_it_is_done() {
    let mut story = in_the_offices(
        "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:40 lead leg to H60.02215 within 2wd; \
         3 Aug 10:50 lead leg to H60.00691 within 2wd [LEAD_TAKEN]; 3 Aug 11:00 leg done: 2; \
         3 Aug 11:10 lead leg to H60.00691 within 2wd [LEAD_TAKEN]",
    );
    let refusal = story
        .tries(
            Role::Leader,
            at("3 Aug 11:20"),
            None,
            &Deed::Act(story::leg_opened(
                "H60.00691",
                true,
                Term::By(at("9 Aug 17:00")),
            )),
        )
        .unwrap_err();
    assert!(refusal.message_en().contains("leg 2 of H60.02215 leads"));
    assert!(refusal.message_vi().contains("H60.02215"));
}

#[test]
fn a_dossier_is_resolved_when_all_others_are_done_and_its_leading_leg_ends_with_it() {
    let mut story = in_the_offices(
        "3 Aug 10:30 lead leg to H60.02215 within 1wd; 3 Aug 10:40 leg to H60.02212 within 1wd; \
         3 Aug 10:50 leg to H60.00691 within 1wd; 3 Aug 14:00 resolved [LEGS_OPEN]",
    );
    let refusal = story
        .tries(
            Role::Chairman,
            at("3 Aug 14:00"),
            None,
            &Deed::Act(story::command("resolved").expect("known")),
        )
        .unwrap_err();
    assert_eq!(
        refusal.details(),
        [("legs", "2 (H60.02212), 3 (H60.00691)".to_owned())]
    );
    story.goes_on(
        "3 Aug 15:00 leg done: 2; 3 Aug 15:10 resolved [LEGS_OPEN]; 3 Aug 15:20 leg done: 3; \
         3 Aug 16:00 resolved",
    );
    let dossier = story.dossier();
    let lead = &dossier.legs[0];
    assert_eq!(lead.closed, None, "nobody closed it");
    assert_eq!(lead.ended(dossier), dossier.ended);
    assert!(
        late(&story, "20 Aug 10:00").is_empty(),
        "and so it was in time"
    );
}

#[test]
fn what_is_not_open_cannot_be_closed() {
    let mut story = in_the_offices(
        "3 Aug 10:30 leg done: 1 [LEG_NOT_OPEN]; 3 Aug 10:30 answer to 1 [CONSULTATION_NOT_OPEN]; \
         3 Aug 10:40 leg to H60.02212 within 1wd; 3 Aug 10:40 question to H60.02212 within 1wd; \
         3 Aug 11:00 leg done: 2 [LEG_NOT_OPEN]; 3 Aug 11:00 answer to 2 [CONSULTATION_NOT_OPEN]; \
         3 Aug 11:10 leg done: 1; 3 Aug 11:10 answer to 1; \
         3 Aug 11:20 leg done: 1 [LEG_NOT_OPEN]; 3 Aug 11:20 answer to 1 [CONSULTATION_NOT_OPEN]",
    );
    story.goes_on("3 Aug 11:30 resolved; 3 Aug 11:40 leg done: 1 [WRONG_STATE]");
}

#[test]
fn legs_and_questions_go_on_while_the_citizen_is_waited_for_and_do_not_move() {
    let story = in_the_offices(
        "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:30 question to H60.00691 within 1wd; \
         3 Aug 11:00 papers requested; 3 Aug 11:10 leg to H60.00694 within 1wd [WRONG_STATE]; \
         3 Aug 11:10 question to H60.00694 within 1wd [WRONG_STATE]; 4 Aug 09:00 leg done: 1; \
         7 Aug 09:00 papers complete",
    );
    assert_eq!(wall(story.dossier().legs[0].due), "Tue 4 Aug 17:00");
    assert_eq!(late(&story, "7 Aug 10:00"), ["question 1 to H60.00691"]);
}

#[test]
fn a_question_stops_no_clock_of_the_citizen() {
    let quiet = in_the_offices("6 Aug 10:00 resolved");
    let asking = in_the_offices(
        "3 Aug 10:30 question to H60.02212 within 10wd; 5 Aug 10:00 answer to 1; 6 Aug 10:00 resolved",
    );
    assert_eq!(quiet.due_times(), asking.due_times());
    let still_waiting = in_the_offices("3 Aug 10:30 question to H60.02212 within 10wd");
    assert!(
        still_waiting.is_overdue("6 Aug 17:01"),
        "the citizen's time is what it was"
    );
}

#[test]
fn a_dossier_is_resolved_without_the_answer_which_stays_open_to_nobody() {
    let mut story = in_the_offices(
        "3 Aug 10:30 question to H60.02212 within 1wd; 3 Aug 10:40 question to H60.00691 within 9wd; \
         5 Aug 10:00 resolved; 5 Aug 10:10 answer to 1 [WRONG_STATE]",
    );
    let dossier = story.dossier();
    assert!(
        dossier
            .consultations
            .iter()
            .all(|asked| asked.answered.is_none())
    );
    assert_eq!(dossier.open_consultations().count(), 0);
    assert_eq!(
        late(&story, "20 Aug 10:00"),
        ["question 1 to H60.02212"],
        "the other was not due when it was no longer needed"
    );
    story.goes_on("6 Aug 10:00 returned");
    assert_eq!(late(&story, "20 Aug 10:00"), ["question 1 to H60.02212"]);
}

#[test]
fn what_is_open_ends_when_the_dossier_is_withdrawn_or_stopped() {
    for end in ["withdrawn", "stopped"] {
        let story = in_the_offices(&format!(
            "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:30 question to H60.00691 within 1wd; \
             4 Aug 10:00 {end}"
        ));
        let dossier = story.dossier();
        assert_eq!(dossier.open_legs().count(), 0, "{end}");
        assert_eq!(dossier.open_consultations().count(), 0, "{end}");
        assert_eq!(
            dossier.legs[0].closed, None,
            "{end}: but nothing came of it"
        );
        assert!(
            late(&story, "20 Aug 10:00").is_empty(),
            "{end}: nor was it late"
        );
    }
}

#[test]
fn a_term_past_the_published_days_is_refused_and_nothing_is_guessed() {
    in_the_offices(
        "3 Aug 10:30 leg to H60.02212 within 900wd [CALENDAR_ENDS]; \
         3 Aug 10:30 question to H60.02212 within 40mo [CALENDAR_ENDS]",
    );
}

#[test]
fn a_dossier_has_fifty_legs_and_fifty_questions_at_most() {
    let mut story = in_the_offices("");
    for (what, refused) in [
        ("leg to", Refusal::TooManyLegs { most: 50 }),
        ("question to", Refusal::TooManyConsultations { most: 50 }),
    ] {
        let command = story::command(&format!("{what} H60.02212 within 1wd")).expect("known");
        let deed = Deed::Act(command);
        for _ in 0..50 {
            story
                .tries(Role::Officer, at("3 Aug 11:00"), None, &deed)
                .expect("fifty may be");
        }
        let done = story.tries(Role::Officer, at("3 Aug 11:00"), None, &deed);
        assert_eq!(done, Err(refused));
    }
}

#[test]
fn a_dossier_without_legs_is_kept_in_the_same_bytes_as_before_there_were_any() {
    let story = in_the_offices("");
    let kept = serde_json::to_value(story.dossier()).expect("a row is JSON");
    assert_eq!(kept.get("legs"), None);
    assert_eq!(kept.get("consultations"), None);
    let read: Dossier = serde_json::from_value(kept).expect("and is read without them");
    assert_eq!(&read, story.dossier());
}

#[test]
fn the_bytes_of_a_leg_name_unit_number_and_due_time_and_commit_to_the_rest() {
    let story = in_the_offices("3 Aug 10:30 lead leg to H60.02212 within 1wd");
    let record = story.records.last().expect("opened");
    let Event::LegOpened(facts) = &record.event else {
        panic!("{:?}", record.event)
    };
    let task = facts.task.as_str();
    let bytes = String::from_utf8(record.to_bytes()).expect("UTF-8");
    let expected = format!(
        r#""event":{{"due":1785837600000000,"kind":"leg_opened","lead":true,"limit":"1wd","number":1,"provisional":false,"task":"{task}","unit":"H60.02212"}}"#
    );
    assert!(bytes.contains(&expected), "{bytes}");
    assert_eq!(
        Record::from_bytes(bytes.as_bytes()).expect("read back"),
        *record
    );
}

#[test]
fn a_unit_with_its_own_hours_has_its_own_due_time() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
    let early = domain::calendar::Hours {
        from: day,
        opens: vec![(time(7), time(11)), (time(13), time(16))],
    };
    let national = desk::catalogue().calendars.national();
    let own = domain::calendar::Calendar::new("own", day, national.last_day(), &[], &[early])
        .expect("a calendar");
    let calendars = domain::calendar::Calendars::new(
        std::sync::Arc::clone(national),
        [("H60.02212".to_owned(), std::sync::Arc::new(own))].into(),
    );
    let mut story = in_the_offices("").among(calendars);
    story.goes_on(
        "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:30 leg to H60.00691 within 1wd; \
         3 Aug 10:30 question to H60.02212 within 8wh",
    );
    let dossier = story.dossier();
    assert_eq!(wall(dossier.legs[0].due), "Tue 4 Aug 16:00");
    assert_eq!(wall(dossier.legs[1].due), "Tue 4 Aug 17:00");
    assert_eq!(wall(dossier.consultations[0].due), "Tue 4 Aug 13:30");
}

#[test]
fn the_heir_of_a_unit_has_its_open_parts_and_what_was_done_stays_the_old_units() {
    let mut story = in_the_offices(
        "3 Aug 10:30 leg to H60.02212 within 1wd; 3 Aug 10:30 leg to H60.02212 within 2wd; \
         3 Aug 10:30 question to H60.02212 within 1wd; 3 Aug 11:00 leg done: 1",
    );
    let merged = Takeover {
        old: desk::unit("H60.02212"),
        new: desk::unit("H60.00691"),
        share: Share::Whole,
        main: true,
    };
    let day = chrono::NaiveDate::from_ymd_opt(2026, 8, 4).expect("a day");
    let succession = Succession::new(day, &[merged]).expect("a sound table");
    assert!(story.units_merge(at("4 Aug 00:00"), &succession));
    let dossier = story.dossier();
    let units: Vec<_> = dossier.legs.iter().map(|leg| leg.unit.as_str()).collect();
    assert_eq!(units, ["H60.02212", "H60.00691"]);
    assert_eq!(dossier.consultations[0].unit.as_str(), "H60.00691");
    assert_eq!(
        late(&story, "4 Aug 17:01"),
        ["question 1 to H60.00691"],
        "and its due time stays"
    );
}

fn legs(story: &Story) -> Vec<String> {
    let told = |leg: &domain::dossier::Leg| {
        let planned = leg.planned.as_ref().map_or("-", |id| id.as_str());
        let lead = if leg.lead { " leads" } else { "" };
        let agency = if leg.agency.is_empty() {
            leg.unit.as_str()
        } else {
            &leg.agency
        };
        let (number, due) = (leg.number, wall(leg.due));
        format!("{number} {planned}{lead}: {agency} by {due}")
    };
    story.dossier().legs.iter().map(told).collect()
}

#[test]
fn a_linked_dossier_goes_to_all_its_agencies_with_reception() {
    let expected = [
        "1 birth leads: H60.02215 by Thu 6 Aug 17:00",
        "2 residence: Công an cấp xã by Wed 5 Aug 17:00",
        "3 insurance: Bảo hiểm xã hội by Thu 6 Aug 17:00",
    ];
    for reception in [
        "3 Aug 10:00 received",
        "2 Aug 20:00 submitted; 3 Aug 10:00 accepted",
    ] {
        let story = Story::told(LINKED, reception);
        assert_eq!(legs(&story), expected, "{reception}");
        let opened = at("3 Aug 10:00");
        assert!(story.dossier().legs.iter().all(|leg| leg.opened == opened));
    }
    let submitted = Story::told(LINKED, "2 Aug 20:00 submitted");
    assert!(submitted.dossier().legs.is_empty(), "not before");
    let earlier = Story::told("3.000722", "3 Aug 10:00 received");
    assert!(
        earlier.dossier().legs.is_empty(),
        "version 1 has steps instead"
    );
}

#[test]
fn a_late_linked_dossier_says_whose_leg_was_late() {
    let mut story = Story::told(
        LINKED,
        "3 Aug 10:00 received; 3 Aug 11:00 goes to birth; 4 Aug 09:00 goes to birth-sign; \
         4 Aug 10:00 goes to collect; 4 Aug 10:10 resolved [LEGS_OPEN]; 5 Aug 09:00 leg done: 3; \
         10 Aug 09:00 leg done: 2",
    );
    story.goes_on("10 Aug 10:00 resolved");
    let dossier = story.dossier();
    let late: Vec<_> = (dossier.legs.iter())
        .filter(|leg| leg.is_late(dossier, at("20 Aug 10:00")))
        .map(|leg| leg.agency.as_str())
        .collect();
    assert_eq!(late, ["", "Công an cấp xã"], "the lead answers for all");
}

#[test]
fn a_leg_behind_a_step_opens_when_the_step_is_left_and_once() {
    let mut linked = desk::linked();
    linked.steps[2].next = vec![desk::step("birth-sign")];
    let mut story = Story::new(linked);
    story
        .goes_on("3 Aug 10:00 received; 3 Aug 10:30 goes to birth; 3 Aug 11:00 goes to birth-sign");
    assert_eq!(legs(&story).len(), 2);
    story.goes_on("4 Aug 10:00 leg to H60.00691 within 1wd; 4 Aug 11:00 goes to collect");
    let behind = [
        "3 -: H60.00691 by Wed 5 Aug 17:00",
        "4 insurance: Bảo hiểm xã hội by Wed 5 Aug 17:00",
        "5 archive: Công an cấp xã by Wed 5 Aug 17:00",
    ];
    assert_eq!(legs(&story)[2..], behind);
    story.goes_on("5 Aug 09:00 goes to birth-sign; 5 Aug 10:00 goes to collect");
    assert_eq!(legs(&story)[2..], behind, "going back opens nothing twice");
}

#[test]
fn legs_of_the_procedure_keep_their_place_among_the_fifty() {
    let mut story = Story::new(desk::linked());
    story
        .goes_on("3 Aug 10:00 received; 3 Aug 10:30 goes to birth; 3 Aug 11:00 goes to birth-sign");
    for _ in 0..46 {
        story.goes_on("3 Aug 11:00 leg to H60.00691 within 1wd");
    }
    story.goes_on(
        "3 Aug 11:00 leg to H60.00691 within 1wd [TOO_MANY_LEGS]; 3 Aug 11:10 goes to collect",
    );
    assert_eq!(story.dossier().legs.len(), 50);
}

#[test]
fn what_a_planned_leg_asks_is_committed_to_like_any_words() {
    let story = Story::told(LINKED, "3 Aug 10:00 received");
    let items: Vec<_> = story
        .private
        .iter()
        .map(|kept| kept.item.as_str())
        .collect();
    assert_eq!(items, ["applicant", "2.task", "3.task", "4.task"]);
}
