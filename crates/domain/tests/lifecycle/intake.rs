//! How a dossier begins, and the national names of its states.

use domain::dossier::acts::{Accept, RecordSupplement, Resolve};
use domain::dossier::private::Words;
use domain::dossier::{
    Action, Channel, Command, Dossier, Event, Refusal, Status, allowed_actions, list_is_confirmed,
};
use domain::id::CaseId;
use domain::limit::Limit;
use domain::procedure::Authority;
use domain::procedure::Mark;
use domain::role::Role;

use crate::desk::{self, at, wall};
use crate::story::{Deed, Story};

#[test]
fn every_status_has_the_national_code_and_name_letter_for_letter() {
    let table = [
        (1, "Mới đăng ký", "3 Aug 08:00 submitted"),
        (2, "Được tiếp nhận", "3 Aug 08:00 received"),
        (
            3,
            "Không được tiếp nhận",
            "3 Aug 08:00 submitted; 3 Aug 09:00 refused",
        ),
        (
            4,
            "Đang xử lý",
            "3 Aug 08:00 received; 3 Aug 09:00 handed over",
        ),
        (
            5,
            "Yêu cầu bổ sung giấy tờ",
            "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested",
        ),
        (
            5,
            "Yêu cầu bổ sung giấy tờ",
            "3 Aug 08:00 received; 3 Aug 09:00 papers requested",
        ),
        (
            6,
            "Yêu cầu thực hiện nghĩa vụ tài chính",
            "3 Aug 08:00 received; 3 Aug 09:00 handed over; 3 Aug 10:00 payment requested",
        ),
        (
            7,
            "Công dân yêu cầu rút hồ sơ",
            "3 Aug 08:00 submitted; 3 Aug 09:00 withdrawn",
        ),
        (
            7,
            "Công dân yêu cầu rút hồ sơ",
            "3 Aug 08:00 received; 3 Aug 09:00 withdrawn",
        ),
        (8, "Dừng xử lý", "3 Aug 08:00 received; 3 Aug 09:00 stopped"),
        (
            9,
            "Đã xử lý xong",
            "3 Aug 08:00 received; 3 Aug 09:00 handed over; 3 Aug 10:00 resolved",
        ),
        (
            10,
            "Đã trả kết quả",
            "3 Aug 08:00 received; 3 Aug 09:00 handed over; 3 Aug 10:00 resolved; \
             4 Aug 08:00 returned",
        ),
    ];
    for (code, name, history) in table {
        let story = Story::told("1.013226", history);
        assert_eq!(story.status(), format!("{code} {name}"), "{history}");
        assert_eq!(Status::from_code(code), Some(story.dossier().status()));
    }
    assert_eq!(Status::from_code(0), None);
    assert_eq!(Status::from_code(11), None);
}

#[test]
fn a_dossier_without_a_paper_that_the_law_requires_is_not_received() {
    let mut story = Story::of("1.013225");
    story.procedure.components_mark = Mark::Statute;
    // Since Resolution 66.7/2025 a database takes the place of the land paper.
    let some = vec![desk::component("don-de-nghi")];
    let incomplete = Deed::Receive(story.reception(Channel::Desk, some.clone()));
    let missing = vec![desk::component("ban-ve")];
    assert_eq!(
        story.tries(Role::Receptionist, at("3 Aug 08:00"), None, &incomplete),
        Err(Refusal::ComponentsMissing {
            components: missing.clone()
        })
    );

    // A submission may be incomplete; an acceptance may not.
    let submission = Deed::Submit(story.submission(Channel::Online, some));
    story
        .tries(Role::Portal, at("3 Aug 08:00"), None, &submission)
        .expect("submitted");
    story.goes_on("3 Aug 09:00 accepted [COMPONENTS_MISSING]");
    let brought = Deed::Act(Command::Receive(Accept {
        components: missing,
        papers: Vec::new(),
        accept_incomplete: Words::default(),
    }));
    story
        .tries(Role::Receptionist, at("3 Aug 09:00"), None, &brought)
        .expect("complete now");
    let came = ["don-de-nghi", "ban-ve"].map(desk::component);
    assert_eq!(story.dossier().components, came);
}

#[test]
fn a_list_that_no_legal_text_confirms_asks_for_papers_as_well_and_says_what_it_is() {
    for mark in [
        Mark::Template,
        Mark::Recalled,
        Mark::Dataset,
        Mark::Derived,
        Mark::Unknown,
    ] {
        let mut story = Story::of("1.013225");
        story.procedure.components_mark = mark;
        assert!(!list_is_confirmed(&story.procedure));
        let bare = Deed::Receive(story.reception(Channel::Desk, Vec::new()));
        let done = story.tries(Role::Receptionist, at("3 Aug 08:00"), None, &bare);
        let required = ["don-de-nghi", "ban-ve"].map(desk::component).to_vec();
        assert_eq!(
            done,
            Err(Refusal::ComponentsMissing {
                components: required
            })
        );
    }
}

#[test]
fn a_desk_takes_an_incomplete_dossier_in_for_a_reason_that_is_kept() {
    let mut story = Story::of("1.013225");
    let mut reception = story.reception(Channel::Desk, Vec::new());
    let reason = Words::new("hẹn nộp bản vẽ trong ngày");
    reception.content.circumstances.accept_incomplete = reason;
    story
        .tries(
            Role::Receptionist,
            at("3 Aug 08:00"),
            None,
            &Deed::Receive(reception),
        )
        .expect("taken in all the same");
    let missing = ["don-de-nghi", "ban-ve"].map(desk::component);
    assert_eq!(story.dossier().incomplete, missing);
    let kept = story.private.iter().map(|kept| kept.item.as_str());
    assert_eq!(
        kept.collect::<Vec<_>>(),
        ["applicant", "1.accept_incomplete"]
    );

    // Papers that came later are no longer missing. The record of the incomplete reception stays.
    story.goes_on("3 Aug 09:00 papers requested");
    let brought = Deed::Act(Command::RecordSupplement(RecordSupplement {
        components: vec![desk::component("ban-ve")],
        papers: Vec::new(),
    }));
    story
        .tries(Role::Receptionist, at("3 Aug 10:00"), None, &brought)
        .expect("brought");
    assert_eq!(story.dossier().missing().collect::<Vec<_>>(), [&missing[0]]);
    assert_eq!(story.dossier().incomplete, missing);
}

#[test]
fn a_paper_that_the_procedure_does_not_name_is_refused() {
    let mut story = Story::of("1.013225");
    let mut papers = desk::required(&story.procedure);
    papers.push(desk::component("giay-la"));
    let strange = vec![desk::component("giay-la")];
    for deed in [
        Deed::Receive(story.reception(Channel::Desk, papers.clone())),
        Deed::Submit(story.submission(Channel::Online, papers.clone())),
    ] {
        assert_eq!(
            story.tries(Role::Receptionist, at("3 Aug 08:00"), None, &deed),
            Err(Refusal::ComponentsUnknown {
                components: strange.clone()
            })
        );
    }
}

#[test]
fn an_optional_paper_may_be_left_out() {
    // The marriage registration names one paper that is not required.
    let story = Story::told("1.000894", "3 Aug 08:00 received");
    assert!(story.procedure.components.len() > story.dossier().components.len());
}

#[test]
fn the_portal_code_stays_the_code_and_no_number_of_ours_is_taken() {
    let story = Story::told(
        "1.013226",
        "3 Aug 08:00 submitted; 3 Aug 09:00 accepted; 4 Aug 08:00 handed over; \
         5 Aug 08:00 resolved; 6 Aug 08:00 returned",
    );
    for until in 1..=story.records.len() {
        let dossier = Dossier::fold(&story.records[..until]).expect("begun");
        assert_eq!(
            dossier.label(),
            "G22.99.08-260803-000001",
            "version {until}"
        );
        assert_eq!(dossier.channel, Channel::Online);
    }
}

#[test]
fn a_dossier_received_at_the_desk_waits_for_its_number_from_the_commit() {
    let story = Story::of("1.013226");
    let reception = Deed::Receive(story.reception(Channel::Desk, Vec::new()));
    let acting = desk::acting(Role::Receptionist, &story.unit);
    let decision = story
        .weighs(&acting, at("3 Aug 08:00"), &reception)
        .expect("received");
    let [Event::Received(facts)] = decision.events.as_slice() else {
        panic!("one event, a reception");
    };
    assert_eq!(facts.code, None);
    let sealed = Story::told("1.013226", "3 Aug 08:00 received");
    assert_eq!(sealed.dossier().label(), "H60.02215-260803-0001");
}

#[test]
fn a_submission_is_to_be_answered_within_eight_working_hours() {
    for (submitted, answer) in [
        ("3 Aug 07:30", "Tue 4 Aug 08:00"),
        ("7 Aug 16:00", "Mon 10 Aug 16:30"),
        // The hours of a submission on Saturday night count from Monday's opening.
        ("8 Aug 22:00", "Tue 11 Aug 08:00"),
    ] {
        let story = Story::told("1.013226", &format!("{submitted} submitted"));
        assert_eq!(
            story.dossier().answer_due.map(wall).as_deref(),
            Some(answer),
            "{submitted}"
        );
        assert_eq!(story.dossier().due(), story.dossier().answer_due);
        assert!(
            story.dossier().clock.is_none(),
            "the citizen's clock starts at reception"
        );
    }
}

#[test]
fn the_clock_starts_at_acceptance_and_not_at_submission() {
    let story = Story::told("1.013226", "1 Aug 22:00 submitted; 3 Aug 10:00 accepted");
    assert_eq!(
        story.due_times(),
        "original Mon 17 Aug 17:00, effective Mon 17 Aug 17:00, promised Mon 17 Aug 17:00"
    );
    assert_eq!(story.dossier().submitted, Some(at("1 Aug 22:00")));
    assert_eq!(story.dossier().received, Some(at("3 Aug 10:00")));
}

#[test]
fn a_mirror_obeys_its_own_system_alone() {
    let mirrored: Vec<_> = desk::all_shipped()
        .into_iter()
        .filter(|procedure| matches!(procedure.authority, Authority::Mirrored { .. }))
        .collect();
    assert_eq!(mirrored.len(), 15);
    for procedure in mirrored {
        let Authority::Mirrored { system } = procedure.authority.clone() else {
            unreachable!("filtered above");
        };
        let mut story = Story::new(procedure);
        story.goes_on(
            "3 Aug 08:00 received [MIRRORED]; 3 Aug 08:00 submitted; 3 Aug 09:00 accepted [MIRRORED]; \
             3 Aug 09:00 refused [MIRRORED]; 3 Aug 09:00 withdrawn [MIRRORED]; \
             3 Aug 09:00 papers requested [MIRRORED]; 3 Aug 09:00 resolved [MIRRORED]; \
             3 Aug 09:00 stopped [MIRRORED]; 3 Aug 09:00 returned [MIRRORED]",
        );
        assert_eq!(story.dossier().mirrored, Some(system));
        assert_eq!(story.records.len(), 1);
        for role in Role::ALL {
            assert_eq!(
                allowed_actions(story.dossier(), &story.procedure, role),
                [Action::RecordMirrored]
            );
        }
    }
}

#[test]
fn results_are_given_at_once_only_where_the_procedure_says_so() {
    let mut at_once = Vec::new();
    for procedure in desk::all_shipped() {
        if procedure.authority != Authority::Ours {
            continue;
        }
        let code = procedure.code.to_string();
        let mut story = Story::new(procedure);
        story.goes_on("3 Aug 08:00 received");
        let button = allowed_actions(story.dossier(), &story.procedure, Role::Receptionist)
            .contains(&Action::Resolve);
        let done = story.tries(
            Role::Receptionist,
            at("3 Aug 08:10"),
            None,
            &Deed::Act(Command::Resolve(Resolve {
                results: Vec::new(),
            })),
        );
        assert_eq!(done.is_ok(), button, "{code}");
        match done {
            Ok(()) => {
                assert_eq!(story.dossier().ended, Some(at("3 Aug 08:10")));
                at_once.push(code);
            }
            Err(refusal) => assert_eq!(refusal, Refusal::NotOnTheSpot, "{code}"),
        }
    }
    at_once.dedup();
    assert_eq!(at_once, ["2.000815", "2.000884"], "in each version");
}

#[test]
fn a_case_carries_its_own_limit_and_an_unknown_one_is_refused() {
    let mut story = Story::of("1.004837");
    let case = |id: &str| Some(CaseId::parse(id).expect("a case"));
    let chosen = |story: &Story, id: &str| {
        let mut reception = story.reception(Channel::Desk, Vec::new());
        reception.content.case = case(id);
        Deed::Receive(reception)
    };
    let unknown = chosen(&story, "khong-co");
    let refusal = story
        .tries(Role::Receptionist, at("3 Aug 08:00"), None, &unknown)
        .expect_err("no such case");
    assert_eq!(refusal.reason(), "CASE_UNKNOWN");
    assert_eq!(
        refusal.details(),
        [
            ("case", "khong-co".to_owned()),
            ("known", "dang-ky, cham-dut".to_owned())
        ]
    );

    let ending = chosen(&story, "cham-dut");
    story
        .tries(Role::Receptionist, at("3 Aug 08:00"), None, &ending)
        .expect("received");
    assert_eq!(story.limit(), "2 working days");
    let first = Story::told("1.004837", "3 Aug 08:00 received");
    assert_eq!(
        first.limit(),
        "3 working days",
        "the first case when none is chosen"
    );
}

#[test]
fn a_limit_may_depend_on_the_channel() {
    let mut procedure = desk::shipped("1.013226");
    procedure.cases[0]
        .limits_by_channel
        .insert(Channel::Online, Limit::WorkingHours(8));
    let mut online = Story::new(procedure.clone());
    online.goes_on("3 Aug 08:00 submitted; 3 Aug 09:00 accepted");
    assert_eq!(online.limit(), "8 working hours");
    let mut desk = Story::new(procedure);
    desk.goes_on("3 Aug 09:00 received");
    assert_eq!(desk.limit(), "10 working days");
}

#[test]
fn a_case_without_a_sourced_limit_has_no_due_time_and_is_never_overdue() {
    let story = Story::told(
        "1.003622",
        "3 Aug 10:00 received; 4 Aug 08:00 papers requested; 5 Aug 08:00 papers complete",
    );
    assert_eq!(
        story.due_times(),
        "original none, effective none, promised none"
    );
    assert!(!story.is_overdue("31 Dec 2027 23:59"));
}

#[test]
fn a_count_past_the_published_days_is_refused_and_nothing_is_guessed() {
    let mut story = Story::of("1.013226");
    story.goes_on("20 Dec 2027 10:00 received [CALENDAR_ENDS]; 17 Dec 2027 10:00 received");
    assert_eq!(
        story.due_times(),
        "original Fri 31 Dec 2027 17:00, effective Fri 31 Dec 2027 17:00, \
         promised Fri 31 Dec 2027 17:00"
    );
}
