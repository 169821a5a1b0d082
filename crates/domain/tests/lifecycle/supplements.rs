//! A desk requests papers once, early, and all at once. The citizen then has time.

use domain::dossier::acts::{RecordSupplement, RequestSupplement};
use domain::dossier::{Action, Command, Event, State, allowed_actions};
use domain::role::Role;

use crate::desk::{self, at, wall};
use crate::story::{self, Deed, Story};

#[test]
fn papers_may_be_asked_for_once_in_all_before_and_after_reception() {
    for history in [
        "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested; 4 Aug 09:00 papers complete; \
         4 Aug 10:00 papers requested [SUPPLEMENT_USED]",
        "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested; 4 Aug 09:00 papers complete; \
         4 Aug 10:00 accepted; 5 Aug 10:00 papers requested [SUPPLEMENT_USED]",
        "3 Aug 08:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
         5 Aug 10:00 papers requested [SUPPLEMENT_USED]",
        "3 Aug 08:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
         5 Aug 10:00 handed over; 5 Aug 11:00 papers requested [SUPPLEMENT_USED]",
    ] {
        let mut story = Story::told("1.013226", history);
        assert_eq!(story.dossier().supplements, 1, "{history}");
        story.goes_on(
            "6 Aug 08:00 papers requested with reason and basis [SUPPLEMENT_NOT_PERMITTED]; \
             6 Aug 08:30 one more permitted by the leader; \
             6 Aug 09:00 papers requested with reason and basis",
        );
        assert_eq!(story.dossier().supplements, 2, "{history}");
        assert_eq!(story.status(), "5 Yêu cầu bổ sung giấy tờ", "{history}");
        let Some(Event::SupplementRequested(asked)) =
            story.records.last().map(|record| &record.event)
        else {
            panic!("a request is the last event: {history}");
        };
        assert!(asked.exception.is_some(), "what permits it is on record");
    }
}

#[test]
fn a_procedure_that_permits_two_requests_permits_two() {
    let mut procedure = desk::shipped("1.013226");
    procedure.supplement_max = 2;
    let mut story = Story::new(procedure);
    story.goes_on(
        "3 Aug 08:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
         5 Aug 10:00 papers requested; 6 Aug 09:00 papers complete; \
         6 Aug 10:00 papers requested [SUPPLEMENT_USED]",
    );
    assert_eq!(story.dossier().supplements, 2);
}

#[test]
fn a_request_later_than_the_third_working_day_is_accepted_and_flagged() {
    for (code, history, notice_late) in [
        (
            "1.013226",
            "3 Aug 10:00 received; 3 Aug 11:00 papers requested",
            false,
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 6 Aug 23:59 papers requested",
            false,
        ),
        (
            "1.013226",
            "3 Aug 10:00 received; 7 Aug 00:00 papers requested",
            true,
        ),
        // Received on Thursday; the third working day after it is Tuesday.
        (
            "1.013226",
            "6 Aug 10:00 received; 9 Aug 10:00 papers requested",
            false,
        ),
        (
            "1.013226",
            "6 Aug 10:00 received; 11 Aug 16:00 papers requested",
            false,
        ),
        (
            "1.013226",
            "6 Aug 10:00 received; 12 Aug 08:00 papers requested",
            true,
        ),
        // Saturday 22 August is a working day; Monday 31 August to Wednesday 2 September are days
        // off.
        (
            "1.013226",
            "20 Aug 10:00 received; 25 Aug 08:00 papers requested",
            true,
        ),
        (
            "1.013226",
            "27 Aug 10:00 received; 4 Sep 16:00 papers requested",
            false,
        ),
        (
            "1.013226",
            "27 Aug 10:00 received; 5 Sep 08:00 papers requested",
            true,
        ),
        // For a petition it is the fifth working day.
        (
            "x-phan-anh-hien-truong",
            "3 Aug 10:00 received; 10 Aug 16:00 papers requested",
            false,
        ),
        (
            "x-phan-anh-hien-truong",
            "3 Aug 10:00 received; 11 Aug 08:00 papers requested",
            true,
        ),
        // Before reception the rule does not apply.
        (
            "1.013226",
            "3 Aug 10:00 submitted; 3 Sep 10:00 papers requested",
            false,
        ),
    ] {
        let story = Story::told(code, history);
        assert_eq!(
            story.dossier().notice_late,
            notice_late,
            "{code}: {history}"
        );
    }
}

#[test]
fn the_dossier_goes_back_to_where_it_was_when_the_papers_come() {
    for (history, back) in [
        (
            "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested",
            "1 Mới đăng ký",
        ),
        (
            "3 Aug 08:00 submitted; 3 Aug 09:00 accepted; 3 Aug 10:00 papers requested",
            "2 Được tiếp nhận",
        ),
        (
            "3 Aug 08:00 received; 3 Aug 09:00 papers requested",
            "2 Được tiếp nhận",
        ),
        (
            "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 goes to inspect; \
             3 Aug 11:00 papers requested",
            "4 Đang xử lý",
        ),
    ] {
        let mut story = Story::told("1.013225", history);
        let step = story.dossier().state.step().cloned();
        assert_eq!(story.status(), "5 Yêu cầu bổ sung giấy tờ");
        story.goes_on("5 Aug 08:00 papers complete");
        assert_eq!(story.status(), back, "{history}");
        assert_eq!(story.dossier().state.step(), step.as_ref(), "{history}");
        assert_eq!(story.dossier().since, at("5 Aug 08:00"));
    }
    let story = Story::told(
        "1.013831",
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 goes to tax; \
         3 Aug 11:00 payment requested; 4 Aug 08:00 paid",
    );
    assert_eq!(
        story.dossier().state,
        State::Processing {
            step: Some(desk::step("tax"))
        }
    );
    assert_eq!(story.dossier().fee_paid_vnd, 50_000);
    assert_eq!(story.dossier().fee_open_vnd, None);
}

#[test]
fn the_citizen_has_the_window_of_the_procedure_or_the_moment_that_was_told() {
    // Seven working days from Thursday 6 August.
    let story = Story::told(
        "3.000722",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested",
    );
    assert_eq!(
        story.dossier().respond_by.map(wall).as_deref(),
        Some("Mon 17 Aug 17:00")
    );

    let mut story = Story::told("3.000722", "3 Aug 10:00 received");
    let asked = Deed::Act(Command::RequestSupplement(RequestSupplement {
        items: desk::a_missing_paper(),
        reason: domain::dossier::private::Words::new("thiếu giấy tờ"),
        respond_by: Some(at("10 Aug 11:00")),
        exception: None,
    }));
    story
        .tries(Role::Receptionist, at("6 Aug 09:00"), None, &asked)
        .expect("asked");
    assert_eq!(
        story.dossier().respond_by.map(wall).as_deref(),
        Some("Mon 10 Aug 11:00")
    );
    story.goes_on("7 Aug 09:00 papers complete");
    assert_eq!(story.dossier().respond_by, None);

    let story = Story::told(
        "1.013226",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested",
    );
    assert_eq!(story.dossier().respond_by, None, "no window is known");

    for end in ["withdrawn", "stopped"] {
        let mut story = Story::told(
            "3.000722",
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested",
        );
        story.goes_on(&format!("7 Aug 09:00 {end}"));
        assert_eq!(story.dossier().respond_by, None, "{end}");
    }
}

#[test]
fn a_desk_that_asked_for_papers_has_answered_until_they_come() {
    // Eight working hours from Monday 16:00: one on Monday, seven on Tuesday.
    let mut story = Story::told("1.013226", "3 Aug 16:00 submitted");
    let due = |story: &Story| story.dossier().due().map(wall);
    assert_eq!(due(&story).as_deref(), Some("Tue 4 Aug 16:30"));
    story.goes_on("3 Aug 16:30 papers requested");
    assert_eq!(due(&story), None, "the citizen's time is not the desk's");
    // Two days later the citizen answers, and the desk has its hours again.
    story.goes_on("5 Aug 08:00 papers complete");
    assert_eq!(due(&story).as_deref(), Some("Thu 6 Aug 08:30"));
    story.goes_on("5 Aug 09:00 accepted");
    assert_eq!(due(&story).as_deref(), Some("Wed 19 Aug 17:00"));
    assert_eq!(
        story.due_times(),
        "original Wed 19 Aug 17:00, effective Wed 19 Aug 17:00, promised Wed 19 Aug 17:00"
    );
}

#[test]
fn no_clock_runs_before_reception_and_waiting_before_it_credits_nothing() {
    let story = Story::told(
        "1.013226 as shift-due",
        "3 Aug 08:00 submitted; 4 Aug 09:00 papers requested; 12 Aug 09:00 papers complete",
    );
    assert_eq!(story.due_times(), "no clock runs");
    let mut story = story;
    story.goes_on("12 Aug 10:00 accepted");
    assert_eq!(
        story.due_times(),
        "original Tue 25 Aug 17:00, effective Tue 25 Aug 17:00, promised Tue 25 Aug 17:00"
    );
    let waits = &story.dossier().clock.as_ref().expect("received").waits;
    assert_eq!(waits.intervals(), []);
}

#[test]
fn papers_that_came_are_added_once_and_unknown_ones_refused() {
    let mut story = Story::told(
        "1.013225",
        "3 Aug 08:00 received; 3 Aug 09:00 papers requested",
    );
    let before = story.dossier().components.clone();
    let unknown = Deed::Act(Command::RecordSupplement(RecordSupplement {
        components: vec![desk::component("giay-la")],
        papers: Vec::new(),
    }));
    let refused = story.tries(Role::Receptionist, at("4 Aug 08:00"), None, &unknown);
    assert_eq!(refused.expect_err("unknown").reason(), "COMPONENTS_UNKNOWN");
    let again = Deed::Act(Command::RecordSupplement(RecordSupplement {
        components: vec![desk::component("ban-ve")],
        papers: Vec::new(),
    }));
    story
        .tries(Role::Receptionist, at("4 Aug 08:00"), None, &again)
        .expect("they came");
    assert_eq!(story.dossier().components, before);
}

#[test]
fn a_missing_paper_that_the_procedure_does_not_name_cannot_be_asked_for_by_code() {
    let mut story = Story::told("1.013225", "3 Aug 08:00 received");
    let mut items = desk::a_missing_paper();
    items[0].component = Some(desk::component("giay-tu-dat-ra"));
    let asked = Deed::Act(Command::RequestSupplement(RequestSupplement {
        items,
        reason: domain::dossier::private::Words::new("thiếu"),
        respond_by: None,
        exception: None,
    }));
    let refused = story.tries(Role::Receptionist, at("4 Aug 08:00"), None, &asked);
    assert_eq!(
        refused.expect_err("self-invented").reason(),
        "COMPONENTS_UNKNOWN"
    );
    assert_eq!(story.dossier().supplements, 0);
}

#[test]
fn one_more_request_takes_two_people_and_each_permission_is_for_one() {
    let mut story = Story::told(
        "1.013226",
        "3 Aug 08:00 received; 3 Aug 08:30 one more permitted [SUPPLEMENT_LEFT]; \
         4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete; \
         5 Aug 10:00 one more permitted by the leader; 5 Aug 11:00 papers requested [SUPPLEMENT_USED]",
    );
    let permit = story.dossier().supplement_permit.clone();
    let permit = permit.expect("it is kept until it is used");
    assert_eq!(permit.at, at("5 Aug 10:00"));
    let alone = desk::acting(Role::Leader, &story.unit);
    assert_eq!(permit.by, alone.actor);
    let asked = Deed::Act(story::papers_requested(true));
    let told = story.weighs(&alone, at("5 Aug 12:00"), &asked);
    assert_eq!(told.expect_err("the same person").reason(), "SAME_PERSON");
    story.goes_on(
        "5 Aug 13:00 papers requested with reason and basis; 6 Aug 09:00 papers complete; \
         6 Aug 10:00 papers requested with reason and basis [SUPPLEMENT_NOT_PERMITTED]",
    );
    assert_eq!(story.dossier().supplement_permit, None);
}

#[test]
fn a_button_for_one_more_request_comes_when_somebody_has_permitted_it() {
    let mut story = Story::told(
        "1.013226",
        "3 Aug 08:00 received; 4 Aug 09:00 papers requested; 5 Aug 09:00 papers complete",
    );
    let has = |story: &Story, role, action| {
        let buttons = allowed_actions(story.dossier(), &story.procedure, role);
        buttons.contains(&action)
    };
    let (ask, permit) = (Action::RequestSupplement, Action::PermitSupplement);
    assert!(!has(&story, Role::Receptionist, ask));
    assert!(has(&story, Role::Leader, permit));
    story.goes_on("5 Aug 10:00 one more permitted by the leader");
    assert!(has(&story, Role::Receptionist, ask));
    let plain = Deed::Act(story::papers_requested(false));
    let acting = desk::acting(Role::Receptionist, &story.unit);
    assert!(story.weighs(&acting, at("6 Aug 08:00"), &plain).is_err());
}
