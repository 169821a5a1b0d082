//! Every error of the product, as callers see it.

use std::fmt::Write;

use app::error::reasons;
use app::ports::StoreError;
use app::publication::Obstacle;
use app::{Error, FieldError};
use base64::Engine;
use domain::calendar;
use domain::code::AnyCode;
use domain::dossier::custody::{Holder, Party};
use domain::dossier::mirror::Contradiction;
use domain::dossier::{Action, Refusal, Status as State};
use domain::id::{ActorId, CaseId, ComponentCode, Reference, StepId};
use domain::procedure::{Reach, Unscanned};
use domain::role::Role;
use tonic_types::StatusExt;

use crate::world::{WARD, moment, procedure_code, unit};

/// One error of each kind. A new variant does not compile until it is added here.
fn every_error() -> Vec<Error> {
    let mut all = vec![
        Error::Invalid(vec![
            FieldError::new("applicant.name", "must not be empty"),
            FieldError::new("channel", "expected one of CHANNEL_DESK, CHANNEL_POST"),
        ]),
        Error::NotFound {
            what: "dossier",
            name: "dossiers/H60.02215-261120-0001".into(),
        },
        Error::Stale {
            dossier: "H60.02215-261120-0001".into(),
            current: "v4".into(),
            given: "v3".into(),
        },
        Error::RequestReused {
            request_id: "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11".into(),
        },
        Error::CodeTaken {
            code: "G22.99.08-260921-896048".into(),
            dossier: "H60.02215-261120-0001".into(),
        },
        Error::Publication(Obstacle::SamePerson { number: 3 }),
        Error::Publication(Obstacle::Decided {
            number: 3,
            decided: "published",
        }),
        Error::Publication(Obstacle::Outdated {
            number: 3,
            cause: "document 4 was published since".into(),
        }),
        Error::Unauthenticated,
        Error::RoleDenied {
            role: "auditor",
            method: "StopDossier",
        },
        Error::UnitDenied { method: "GetRates" },
        Error::OwnAccess {
            method: "UpdateUser",
        },
        Error::CursorExpired,
        Error::TooMany { seconds: 900 },
        Error::TooManyStreams { most: 16 },
        Error::QueueFull,
        Error::TimedOut,
        Error::Unavailable(None),
        Error::Unavailable(Some(StoreError::Unavailable("the disk is full".into()))),
        Error::ClockBehind {
            newest: crate::world::moment("2026-08-25 10:00"),
            now: crate::world::moment("2026-08-06 10:00"),
        },
        Error::Internal("row 7 says what cannot be".into()),
    ];
    for error in &all {
        match error {
            Error::Invalid(_)
            | Error::NotFound { .. }
            | Error::Refused { .. }
            | Error::Stale { .. }
            | Error::RequestReused { .. }
            | Error::CodeTaken { .. }
            | Error::Publication(_)
            | Error::Unauthenticated
            | Error::RoleDenied { .. }
            | Error::UnitDenied { .. }
            | Error::OwnAccess { .. }
            | Error::CursorExpired
            | Error::TooMany { .. }
            | Error::TooManyStreams { .. }
            | Error::QueueFull
            | Error::TimedOut
            | Error::Unavailable(_)
            | Error::ClockBehind { .. }
            | Error::Internal(_) => {}
        }
    }
    all.extend(every_refusal().into_iter().map(|refusal| Error::Refused {
        refusal,
        status: Some(State::Processing),
        allowed: vec![Action::Advance, Action::Resolve],
    }));
    all
}

fn every_refusal() -> Vec<Refusal> {
    let step = |id| StepId::parse(id).unwrap();
    let component = ComponentCode::parse("to-khai").unwrap();
    let day = |day| chrono::NaiveDate::from_ymd_opt(2027, 12, day).unwrap();
    let all = vec![
        Refusal::WrongState {
            act: Action::Receive.spec(),
            status: State::Returned,
        },
        Refusal::Mirrored {
            system: "Cổng Bộ Công an".into(),
        },
        Refusal::ProcedureNotInForce {
            procedure: procedure_code("1.001193"),
            day: day(1),
        },
        Refusal::CaseUnknown {
            case: CaseId::parse("x").unwrap(),
            known: vec![CaseId::parse("chung").unwrap()],
        },
        Refusal::ComponentsUnknown {
            components: vec![component.clone()],
        },
        Refusal::ComponentsMissing {
            components: vec![component],
        },
        Refusal::StepNotNext {
            step: Some(step("sign")),
            next: vec![step("appraise")],
        },
        Refusal::StepNotNext {
            step: None,
            next: vec![step("appraise")],
        },
        Refusal::StepNotFinal {
            step: step("appraise"),
            next: vec![step("sign")],
        },
        Refusal::StepOfOtherRole {
            step: step("sign"),
            role: Role::Leader,
        },
        Refusal::NotAPetition {
            procedure: procedure_code("1.001193"),
        },
        Refusal::NotOnTheSpot,
        Refusal::SupplementUsed { permitted: 1 },
        Refusal::ExtensionUsed,
        Refusal::NoVerification,
        Refusal::NoDueTime,
        Refusal::PaymentTooLarge { open_vnd: 8_000 },
        Refusal::PaymentKnown {
            reference: Reference::parse("FT26215/0001").unwrap(),
            amount_vnd: 8_000,
        },
        Refusal::RefundTooLarge { kept_vnd: 8_000 },
        Refusal::DueNotLater {
            due: moment("2026-08-17 17:00"),
        },
        Refusal::ClockStands,
        Refusal::AlreadyThere {
            unit: crate::world::unit(WARD),
        },
        Refusal::NotHolder {
            giver: ActorId::parse("nv-an").unwrap(),
            holder: Box::new(Holder {
                party: Party {
                    actor: ActorId::parse("nv-binh").unwrap(),
                    unit: crate::world::unit(WARD),
                },
                since: moment("2026-08-03 14:30"),
            }),
        },
        Refusal::AlreadyHolder {
            receiver: ActorId::parse("nv-binh").unwrap(),
        },
        Refusal::LeadTaken {
            leg: 1,
            unit: unit(WARD),
        },
        Refusal::LegsOpen {
            legs: vec![(2, unit(WARD))],
        },
        Refusal::LegNotOpen {
            number: 3,
            open: vec![1, 2],
        },
        Refusal::TooManyLegs { most: 50 },
        Refusal::ConsultationNotOpen {
            number: 3,
            open: Vec::new(),
        },
        Refusal::TooManyConsultations { most: 50 },
        Refusal::NoOpenConflict {
            number: 2,
            open: vec![1],
        },
        Refusal::NotCredible {
            number: 1,
            why: Contradiction::Older,
        },
        Refusal::PossibleDuplicate {
            existing: Some("H60.02215-261120-0001".into()),
        },
        Refusal::AlreadyRated {
            at: moment("2026-08-10 10:00"),
        },
        Refusal::NothingToCorrect,
        Refusal::CorrectionOpen { number: 1 },
        Refusal::CorrectionUnknown { number: 2 },
        Refusal::SamePerson {
            actor: ActorId::parse("nv-an").unwrap(),
        },
        Refusal::CodeNotOfDossier {
            code: AnyCode::parse("G22.99-260803-000001").unwrap(),
        },
        Refusal::NotEnded,
        Refusal::EndTimeImpossible {
            begun: moment("2026-08-03 10:00"),
            recorded: moment("2026-08-07 10:00"),
        },
        Refusal::DayOver {
            day: day(1),
            newest: day(2),
        },
        Refusal::NumberNotOpen {
            number: 7,
            state: Some("used"),
        },
        Refusal::NumberNotOpen {
            number: 7,
            state: None,
        },
        Refusal::SupplementNotPermitted { permitted: 1 },
        Refusal::SupplementLeft { permitted: 1 },
        Refusal::PaperNotScanned {
            component: ComponentCode::parse("giay-to-tuy-than").unwrap(),
            why: Unscanned::Shown,
        },
        Refusal::ReplacedByData {
            component: ComponentCode::parse("giay-to-dat").unwrap(),
            database: Reference::parse("CSDLQG.DATDAI").unwrap(),
        },
        Refusal::BeyondReach {
            procedure: procedure_code("1.001193"),
            unit: unit(WARD),
            reach: Reach::Unit,
        },
        Refusal::NotOnItsWay { arrived: None },
        Refusal::NotOnItsWay {
            arrived: Some(moment("2026-08-12 09:00")),
        },
        Refusal::ArrivalImpossible {
            received: moment("2026-08-10 10:00"),
            now: moment("2026-08-12 09:00"),
        },
        Refusal::NotReceived,
        Refusal::Calendar(calendar::Error::Begins { first_day: day(1) }),
        Refusal::Calendar(calendar::Error::Ends { last_day: day(31) }),
    ];
    for refusal in &all {
        match refusal {
            Refusal::WrongState { .. }
            | Refusal::Mirrored { .. }
            | Refusal::ProcedureNotInForce { .. }
            | Refusal::CaseUnknown { .. }
            | Refusal::ComponentsUnknown { .. }
            | Refusal::ComponentsMissing { .. }
            | Refusal::StepNotNext { .. }
            | Refusal::StepNotFinal { .. }
            | Refusal::StepOfOtherRole { .. }
            | Refusal::NotAPetition { .. }
            | Refusal::NotOnTheSpot
            | Refusal::SupplementUsed { .. }
            | Refusal::ExtensionUsed
            | Refusal::NoVerification
            | Refusal::NoDueTime
            | Refusal::PaymentTooLarge { .. }
            | Refusal::PaymentKnown { .. }
            | Refusal::RefundTooLarge { .. }
            | Refusal::DueNotLater { .. }
            | Refusal::ClockStands
            | Refusal::AlreadyThere { .. }
            | Refusal::NotHolder { .. }
            | Refusal::AlreadyHolder { .. }
            | Refusal::LeadTaken { .. }
            | Refusal::LegsOpen { .. }
            | Refusal::LegNotOpen { .. }
            | Refusal::TooManyLegs { .. }
            | Refusal::ConsultationNotOpen { .. }
            | Refusal::TooManyConsultations { .. }
            | Refusal::NoOpenConflict { .. }
            | Refusal::NotCredible { .. }
            | Refusal::PossibleDuplicate { .. }
            | Refusal::AlreadyRated { .. }
            | Refusal::NothingToCorrect
            | Refusal::CorrectionOpen { .. }
            | Refusal::CorrectionUnknown { .. }
            | Refusal::SamePerson { .. }
            | Refusal::CodeNotOfDossier { .. }
            | Refusal::NotEnded
            | Refusal::EndTimeImpossible { .. }
            | Refusal::DayOver { .. }
            | Refusal::NumberNotOpen { .. }
            | Refusal::SupplementNotPermitted { .. }
            | Refusal::SupplementLeft { .. }
            | Refusal::PaperNotScanned { .. }
            | Refusal::ReplacedByData { .. }
            | Refusal::BeyondReach { .. }
            | Refusal::NotOnItsWay { .. }
            | Refusal::ArrivalImpossible { .. }
            | Refusal::NotReceived
            | Refusal::Calendar(_) => {}
        }
    }
    all
}

#[test]
fn every_error_is_told_with_code_reason_variables_and_both_languages() {
    let mut told = String::new();
    for error in every_error() {
        let status = grpc::status::of(error);
        let info = status
            .get_details_error_info()
            .expect("every error has a reason");
        assert_eq!(info.domain, "motcua");
        let pattern = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        assert!(info.reason.chars().all(pattern), "{}", info.reason);
        let vietnamese = status
            .get_details_localized_message()
            .expect("words for the clerk");
        assert_eq!(vietnamese.locale, "vi-VN");
        assert!(!vietnamese.message.is_empty() && !status.message().is_empty());
        let mut variables: Vec<_> = info.metadata.keys().cloned().collect();
        variables.sort();
        writeln!(
            told,
            "{} {} [{}]",
            grpc::json::code_name(status.code()),
            info.reason,
            variables.join(" ")
        )
        .unwrap();
    }
    super::golden("tests/it/wire/status.txt", &told);
}

#[test]
fn the_document_of_errors_lists_every_reason_with_its_code() {
    let listed: Vec<_> = reasons::USE_CASES.iter().chain(reasons::REFUSALS).collect();
    for error in every_error() {
        let (reason, kind) = (error.reason(), error.kind());
        let found = listed.iter().find(|listed| listed.reason == reason);
        assert_eq!(found.map(|found| found.kind), Some(kind), "{reason}");
    }
    for reason in listed {
        let occurs = every_error()
            .iter()
            .any(|error| error.reason() == reason.reason);
        assert!(occurs, "{} is listed and never occurs", reason.reason);
    }
    super::golden("docs/errors.md", &grpc::status::document());
}

#[test]
fn no_status_outgrows_the_headers_it_rides_in() {
    let long = "ằ".repeat(5_000);
    let field = FieldError::new(format!("items[0].{long}"), long.clone());
    for error in [
        Error::Invalid(vec![field; 300]),
        Error::NotFound {
            what: "dossier",
            name: long.clone(),
        },
        Error::Refused {
            refusal: Refusal::Mirrored { system: long },
            status: Some(State::Received),
            allowed: Action::ALL.to_vec(),
        },
    ] {
        let status = grpc::status::of(error);
        let encoded = base64::prelude::BASE64_STANDARD.encode(status.details());
        assert!(encoded.len() <= 4 * 1024, "{} bytes", encoded.len());
        assert!(status.get_details_error_info().is_some());
    }
    let many = (0..50).map(|at| FieldError::new(format!("components[{at}]"), "is wrong"));
    let status = grpc::status::of(Error::Invalid(many.collect()));
    let listed = status
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .len();
    assert_eq!(
        listed, 20,
        "the first twenty, and the number of all of them"
    );
    assert_eq!(
        status.get_details_error_info().unwrap().metadata["count"],
        "50"
    );
}

#[test]
fn a_refusal_tells_where_the_dossier_stands_and_what_can_be_done() {
    let status = grpc::status::of(Error::Refused {
        refusal: Refusal::WrongState {
            act: Action::Receive.spec(),
            status: State::Processing,
        },
        status: Some(State::Processing),
        allowed: vec![Action::Advance, Action::Resolve],
    });
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.metadata["state"], "PROCESSING");
    assert_eq!(info.metadata["allowed"], "AdvanceDossier,ResolveDossier");
    assert_eq!(
        status
            .get_details_precondition_failure()
            .unwrap()
            .violations
            .len(),
        1
    );
}

#[test]
fn a_fault_of_ours_tells_a_number_and_nothing_else() {
    let secret = "password=hunter2 at /var/lib";
    let status = grpc::status::of(Error::Internal(secret.into()));
    let told = format!("{status:?} {:?}", String::from_utf8_lossy(status.details()));
    assert!(!told.contains("hunter2"));
    let incident = &status.get_details_error_info().unwrap().metadata["incident"];
    assert!(status.message().ends_with(incident.as_str()));
}
