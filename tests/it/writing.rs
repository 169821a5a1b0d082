//! Writing through the writing lane: repeats, stale reads, numbers, duplicates.

use app::Error;
use app::ports::Store;
use app::view::{DossierName, View};
use chrono::TimeDelta;
use domain::dossier::acts::{Accept, Advance, Stop};
use domain::dossier::contents::CircumstancesGiven;
use domain::dossier::private::{Person, Words};
use domain::dossier::{Channel, Command, FeeState, Origin, QueueTicket, Refusal, Setting, Status};
use domain::role::Role;

use crate::backend::Backend;
use crate::world::{
    OTHER_WARD, THREE_DAYS, WARD, World, at_the_desk, identity, moment, procedure_code, unit, who,
};

on_both!(a_dossier_goes_from_the_desk_to_the_citizen);

async fn a_dossier_goes_from_the_desk_to_the_citizen(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(received.dossier.status(), Status::Received);
    assert_eq!(received.dossier.label(), "H60.02215-260803-0001");
    assert_eq!(received.dossier.due(), Some(moment("2026-08-06 17:00")));
    assert_eq!(received.receipt.as_ref().unwrap().pin.len(), 6);

    world.set("2026-08-05 09:00");
    let returned = world.finish(received).await;
    assert_eq!(returned.dossier.status(), Status::Returned);
    use domain::dossier::Action::{Correct, Rate};
    assert_eq!(returned.allowed, [Rate, Correct]);
    assert!(
        returned.receipt.is_none(),
        "the receipt is printed at reception"
    );
}

on_both!(a_repeated_request_gets_its_first_answer_and_writes_nothing);

async fn a_repeated_request_gets_its_first_answer_and_writes_nothing(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let clerk = who(Role::Receptionist, WARD);
    let receive = || {
        let reception = at_the_desk(WARD, THREE_DAYS);
        let code = procedure_code(THREE_DAYS);
        let (engine, clerk) = (world.engine.clone(), clerk.clone());
        async move {
            engine
                .receive(&clerk, identity(77, "birth"), &code, reception)
                .await
                .unwrap()
        }
    };
    let first = receive().await;
    world.pass(TimeDelta::minutes(3));
    world.advance(&first, Role::Receptionist).await;
    let again = receive().await;
    assert_eq!(again.dossier, first.dossier, "as it was at that version");
    assert_eq!(again.receipt.unwrap().pin, first.receipt.unwrap().pin);
    let next = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(
        next.dossier.label(),
        "H60.02215-260803-0002",
        "the repeat took no number"
    );
}

on_both!(a_request_id_with_other_content_is_refused);

async fn a_request_id_with_other_content_is_refused(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    let reception = || at_the_desk(WARD, THREE_DAYS);
    world
        .engine
        .receive(&clerk, identity(5, "one"), &code, reception())
        .await
        .unwrap();
    let error = world
        .engine
        .receive(&clerk, identity(5, "two"), &code, reception())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::RequestReused { .. }), "{error:?}");
    // Another actor has request ids of its own.
    let other = who(Role::Chairman, WARD);
    world
        .engine
        .receive(&other, identity(5, "two"), &code, reception())
        .await
        .unwrap();
}

on_both!(callers_at_the_same_moment_get_gapless_numbers_and_repeats_join_them);

async fn callers_at_the_same_moment_get_gapless_numbers_and_repeats_join_them(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let clerk = who(Role::Receptionist, WARD);
    let calls = (0..40).map(|number| {
        let (engine, clerk) = (world.engine.clone(), clerk.clone());
        async move {
            let reception = at_the_desk(WARD, THREE_DAYS);
            // Each request comes twice, as from a desk whose connection broke.
            let identity = identity(1_000 + number / 2, "the same");
            engine
                .receive(&clerk, identity, &procedure_code(THREE_DAYS), reception)
                .await
                .unwrap()
        }
    });
    let views = futures::future::join_all(calls).await;
    let mut codes: Vec<String> = views.iter().map(|view| view.dossier.label()).collect();
    codes.sort();
    codes.dedup();
    let expected: Vec<String> = (1..=20)
        .map(|serial| format!("H60.02215-260803-{serial:04}"))
        .collect();
    assert_eq!(codes, expected);
}

on_both!(numbers_begin_anew_each_local_day_and_each_unit_has_its_own);

async fn numbers_begin_anew_each_local_day_and_each_unit_has_its_own(on: Backend) {
    let world = World::on(on, "2026-08-03 23:59").await;
    assert_eq!(
        world.receive(WARD, THREE_DAYS).await.dossier.label(),
        "H60.02215-260803-0001"
    );
    world.pass(TimeDelta::minutes(1));
    assert_eq!(
        world.receive(WARD, THREE_DAYS).await.dossier.label(),
        "H60.02215-260804-0001"
    );
    let other = world.receive(OTHER_WARD, THREE_DAYS).await;
    assert_eq!(other.dossier.label(), "H60.02212-260804-0001");
    // With the clock set back, no number is issued.
    world.set("2026-08-03 12:00");
    let (clerk, code) = (who(Role::Receptionist, WARD), procedure_code(THREE_DAYS));
    let reception = at_the_desk(WARD, THREE_DAYS);
    let refused = world
        .engine
        .receive(&clerk, world.identity(), &code, reception);
    assert!(matches!(refused.await, Err(app::Error::ClockBehind { .. })));
}

on_both!(a_refused_command_takes_no_number_and_spoils_nobody_elses);

async fn a_refused_command_takes_no_number_and_spoils_nobody_elses(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let good = who(Role::Receptionist, WARD);
    let stranger = who(Role::Receptionist, OTHER_WARD);
    let calls = (0..20).map(|number| {
        let engine = world.engine.clone();
        let caller = if number % 2 == 0 {
            good.clone()
        } else {
            stranger.clone()
        };
        async move {
            let reception = at_the_desk(WARD, THREE_DAYS);
            engine
                .receive(
                    &caller,
                    identity(number, ""),
                    &procedure_code(THREE_DAYS),
                    reception,
                )
                .await
        }
    });
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    assert!(
        answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .all(|error| matches!(error, Error::UnitDenied { .. }))
    );
    let next = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(next.dossier.label(), "H60.02215-260803-0011");
}

on_both!(a_stale_etag_is_refused_and_of_two_at_once_one_wins);

async fn a_stale_etag_is_refused_and_of_two_at_once_one_wins(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let step = received.next_steps.first().cloned();
    let advance = || {
        Command::Advance(Advance {
            step: step.clone(),
            assignee: None,
        })
    };
    let (one, two) = tokio::join!(
        world.act(&received, Role::Receptionist, advance()),
        world.act(&received, Role::Officer, advance()),
    );
    let mut outcomes = [one.is_ok(), two.is_ok()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [false, true]);
    let error = [one, two].into_iter().find_map(Result::err).unwrap();
    let Error::Stale { current, given, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((current.as_str(), given.as_str()), ("v2", "v1"));
}

on_both!(an_online_dossier_keeps_the_portals_code_and_takes_no_number);

async fn an_online_dossier_keeps_the_portals_code_and_takes_no_number(on: Backend) {
    let world = World::on(on, "2026-08-03 20:15").await;
    let submitted = world.submit(WARD, THREE_DAYS, "G22.99-260803-000017").await;
    assert_eq!(submitted.dossier.status(), Status::Submitted);
    // 8 working hours from 07:30 the next morning; a working day has 7.5.
    assert_eq!(
        submitted.dossier.answer_due,
        Some(moment("2026-08-05 08:00"))
    );
    world.set("2026-08-04 08:00");
    let accept = Command::Receive(Accept {
        components: Vec::new(),
        papers: Vec::new(),
        accept_incomplete: Words::default(),
    });
    let accepted = world
        .act(&submitted, Role::Receptionist, accept)
        .await
        .unwrap();
    assert_eq!(accepted.dossier.label(), "G22.99-260803-000017");
    assert_eq!(accepted.dossier.received, Some(moment("2026-08-04 08:00")));
    assert_eq!(accepted.dossier.due(), Some(moment("2026-08-07 17:00")));
    assert!(accepted.receipt.is_some());
    let at_desk = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(at_desk.dossier.label(), "H60.02215-260804-0001");
}

on_both!(a_portals_code_belongs_to_one_dossier);

async fn a_portals_code_belongs_to_one_dossier(on: Backend) {
    let world = World::on(on, "2026-08-03 20:15").await;
    world.submit(WARD, THREE_DAYS, "G22.99-260803-000017").await;
    let portal = who(Role::Portal, "H60");
    let submission = domain::dossier::Submission {
        receiving: crate::world::unit(OTHER_WARD),
        portal_code: domain::code::AnyCode::parse("g22.99-260803-000017").unwrap(),
        submitted: None,
        channel: Channel::Online,
        content: crate::world::contents(THREE_DAYS),
    };
    let error = world
        .engine
        .submit(
            &portal,
            world.identity(),
            &procedure_code(THREE_DAYS),
            submission,
        )
        .await
        .unwrap_err();
    assert!(matches!(error, Error::CodeTaken { .. }), "{error:?}");
}

on_both!(the_same_person_online_and_then_at_the_desk_is_asked_about);

async fn the_same_person_online_and_then_at_the_desk_is_asked_about(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let person = Person {
        name: "Nguyễn Văn Mẫu".into(),
        id_number: "000000000001".into(),
        ..Person::default()
    };
    let clerk = who(Role::Receptionist, WARD);
    let reception = |intended| {
        let mut reception = at_the_desk(WARD, THREE_DAYS);
        reception.content.applicant = person.clone();
        reception.content.duplicate_intended = intended;
        reception
    };
    let code = procedure_code(THREE_DAYS);
    let first = world
        .engine
        .receive(&clerk, world.identity(), &code, reception(false))
        .await
        .unwrap();
    let again = world
        .engine
        .receive(&clerk, world.identity(), &code, reception(false))
        .await;
    let Err(Error::Refused {
        refusal: Refusal::PossibleDuplicate { existing },
        ..
    }) = again
    else {
        panic!("{again:?}")
    };
    assert_eq!(existing, Some(first.dossier.label()));
    // Another ward learns that a duplicate exists, but not which.
    let elsewhere = crate::world::who(Role::Receptionist, OTHER_WARD);
    let mut theirs = reception(false);
    theirs.receiving = unit(OTHER_WARD);
    let told = world
        .engine
        .receive(&elsewhere, world.identity(), &code, theirs)
        .await;
    let Err(Error::Refused { refusal, .. }) = told else {
        panic!("{told:?}")
    };
    assert_eq!(refusal, Refusal::PossibleDuplicate { existing: None });
    assert!(refusal.message_vi().contains("tại đơn vị khác"));
    world
        .engine
        .receive(&clerk, world.identity(), &code, reception(true))
        .await
        .unwrap();
    // After thirty days it is no duplicate.
    world.pass(TimeDelta::days(31));
    world
        .engine
        .receive(&clerk, world.identity(), &code, reception(false))
        .await
        .unwrap();
}

on_both!(the_same_name_and_telephone_are_asked_about_where_no_number_tells_people_apart);

async fn the_same_name_and_telephone_are_asked_about_where_no_number_tells_people_apart(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    let receive = async |name: &str, phone: &str, id_number: &str, intended: bool| {
        let mut reception = at_the_desk(WARD, THREE_DAYS);
        reception.content.applicant = Person {
            name: name.into(),
            phone: phone.into(),
            id_number: id_number.into(),
            ..Person::default()
        };
        reception.content.duplicate_intended = intended;
        let received = world
            .engine
            .receive(&clerk, world.identity(), &code, reception);
        received.await.map_err(|error| error.reason())
    };
    let asked = |told: Result<View, &str>| told.unwrap_err() == "POSSIBLE_DUPLICATE";
    receive("Nông Thị Hương", "0900 000 412", "", false)
        .await
        .unwrap();
    assert!(asked(
        receive("nong thi huong", "+84 900 000 412", "", false).await
    ));
    let numbered = receive("Nông Thị Hương", "0900000412", "000000000412", false).await;
    assert!(asked(numbered));
    // Two numbers that differ are two people.
    receive("Hà Văn Mẫu", "0900 000 413", "000000000413", false)
        .await
        .unwrap();
    receive("Hà Văn Mẫu", "0900 000 413", "000000000414", false)
        .await
        .unwrap();
    let same = receive("Hà Văn Mẫu", "0900 000 413", "000000000414", false).await;
    assert!(asked(same));
    assert!(asked(
        receive("Hà Văn Mẫu", "0900 000 413", "", false).await
    ));
    // A name alone, or a telephone that a family shares, identifies nobody.
    receive("Nông Thị Hương", "", "", false).await.unwrap();
    receive("Nông Văn Bình", "0900000412", "", false)
        .await
        .unwrap();
    receive("Nông Thị Hương", "0900000412", "", true)
        .await
        .unwrap();
    world.pass(TimeDelta::days(31));
    receive("Nông Thị Hương", "0900000412", "", false)
        .await
        .unwrap();
}

on_both!(a_dossier_of_another_unit_is_answered_like_an_unknown_one);

async fn a_dossier_of_another_unit_is_answered_like_an_unknown_one(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let stranger = who(Role::Officer, OTHER_WARD);
    let name = DossierName::Id(received.dossier.id);
    let read = world.engine.dossier(&stranger, &name).await.unwrap_err();
    assert!(matches!(read, Error::NotFound { .. }), "{read:?}");
    let step = received.next_steps.first().cloned();
    let command = Command::Advance(Advance {
        step,
        assignee: None,
    });
    let write = world
        .engine
        .command(&stranger, world.identity(), &name, "v1", command)
        .await
        .unwrap_err();
    assert!(matches!(write, Error::NotFound { .. }), "{write:?}");
    let unknown = DossierName::parse("dossiers/H60.02215-260803-0999").unwrap();
    let missing = world.engine.dossier(&stranger, &unknown).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing:?}");
}

on_both!(any_of_its_codes_names_a_dossier);

async fn any_of_its_codes_names_a_dossier(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    let other = domain::code::AnyCode::parse("G09.20-20260803-0092637").unwrap();
    reception.content.external_codes = vec![other];
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    let received = world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap();
    for name in [
        "dossiers/H60.02215-260803-0001",
        "h60.02215-260803-0001",
        "G09.20-20260803-0092637",
    ] {
        let name = DossierName::parse(name).unwrap();
        let found = world.engine.dossier(&clerk, &name).await.unwrap();
        assert_eq!(found.dossier.id, received.dossier.id);
    }
}

on_both!(the_row_is_the_fold_of_the_stored_bytes);

async fn the_row_is_the_fold_of_the_stored_bytes(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-04 10:00");
    let returned = world.finish(received).await.dossier;
    let key = (returned.province.clone(), returned.id);
    let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
    let bytes = read.record_bytes(&key).await.unwrap();
    let records: Vec<_> = bytes
        .iter()
        .map(|bytes| domain::dossier::Record::from_bytes(bytes).unwrap())
        .collect();
    assert_eq!(
        domain::dossier::Dossier::fold(&records).as_ref(),
        Some(&returned)
    );
    for (record, bytes) in records.iter().zip(&bytes) {
        assert_eq!(&record.to_bytes(), bytes, "the bytes are canonical");
    }
}

on_both!(nothing_personal_is_in_an_event);

async fn nothing_personal_is_in_an_event(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.applicant = Person {
        name: "Canary Tên".into(),
        id_number: "000000424242".into(),
        phone: "0900424242".into(),
        address: "Canary Thôn".into(),
    };
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    let view = world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap();
    let stop = Command::Stop(Stop {
        reason: Words::new("Canary lý do"),
        legal_basis: Words::new("Canary căn cứ"),
    });
    world.act(&view, Role::Leader, stop).await.unwrap();
    let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
    let key = (view.dossier.province.clone(), view.dossier.id);
    for bytes in read.record_bytes(&key).await.unwrap() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !text.contains("Canary") && !text.contains("424242"),
            "{text}"
        );
    }
    // People who handle the dossier can read the text.
    let history = world
        .engine
        .history(&clerk, &DossierName::Id(view.dossier.id))
        .await
        .unwrap();
    assert_eq!(
        history[1].texts,
        [
            ("legal_basis".to_owned(), "Canary căn cứ".to_owned()),
            ("reason".to_owned(), "Canary lý do".to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_unit_that_could_not_deal_with_it_is_refused() {
    let world = World::at("2026-08-03 10:00").await;
    let clerk = who(Role::Receptionist, "H60");
    let code = procedure_code(THREE_DAYS);
    // Phường Ba Đình lies in Hà Nội; H60 is the province and no desk.
    let elsewhere = crate::world::unit("Y01.00004");
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.resolving = Some(elsewhere.clone());
    reception.content.returning = Some(elsewhere);
    let error = world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap_err();
    let Error::Invalid(fields) = error else {
        panic!("{error:?}")
    };
    let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(named, ["returning_unit"]);

    // A unit of another province decides only what a list lets it decide.
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.resolving = Some(crate::world::unit("Y01.00004"));
    let error = world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap_err();
    let Error::Refused { refusal, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.reason(), "BEYOND_REACH");

    let province = at_the_desk("H60", THREE_DAYS);
    let error = world
        .engine
        .receive(&clerk, world.identity(), &code, province)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}

on_both!(what_was_said_of_how_a_dossier_came_about_and_of_its_fee_is_kept);

async fn what_was_said_of_how_a_dossier_came_about_and_of_its_fee_is_kept(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.circumstances = CircumstancesGiven {
        origin: Origin::Agency,
        setting: Setting::Mobile,
        queue_ticket: Some(QueueTicket::parse("A-017").unwrap()),
        fee_exemption: Words::new("hộ nghèo"),
        ..CircumstancesGiven::default()
    };
    let clerk = who(Role::Receptionist, WARD);
    let view = world
        .engine
        .receive(
            &clerk,
            world.identity(),
            &procedure_code(THREE_DAYS),
            reception,
        )
        .await
        .unwrap();
    assert_eq!(view.dossier.fee_state(), FeeState::Exempt);
    let kept = &view.dossier.circumstances;
    assert_eq!(kept.queue_ticket.as_ref().unwrap().as_str(), "A-017");
    assert_eq!(
        (kept.origin, kept.setting),
        (Origin::Agency, Setting::Mobile)
    );

    // The reason is personal, so the event holds only a commitment, and the words are stored apart.
    let key = (view.dossier.province.clone(), view.dossier.id);
    let read = world.store.read().await.unwrap();
    let bytes = read.record_bytes(&key).await.unwrap().concat();
    assert!(!String::from_utf8(bytes).unwrap().contains("nghèo"));
    let private = read.private(&key).await.unwrap();
    assert!(
        private.contains_key("1.fee_exemption"),
        "{:?}",
        private.keys()
    );
}
