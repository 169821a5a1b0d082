//! Corrections through the engine: shown, found, counted and their codes freed.

use app::Error;
use app::ports::Store;
use app::view::{DossierName, View};
use domain::code::AnyCode;
use domain::dossier::acts::{Correct, DecideCorrection};
use domain::dossier::correction::Corrected;
use domain::dossier::private::{Person, Words};
use domain::dossier::{Action, Channel, Command};
use domain::role::Role;

use crate::backend::Backend;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World, moment, unit, who};

async fn propose(world: &World, view: &View, corrected: Corrected) -> Result<View, Error> {
    let reason = Words::new("nhập nhầm khi tiếp nhận");
    let command = Command::Correct(Correct { corrected, reason });
    world.act(view, Role::Officer, command).await
}

async fn decide(world: &World, view: &View, approve: bool) -> View {
    let open = view.dossier.corrections.open().next().unwrap();
    let command = Command::DecideCorrection(DecideCorrection {
        number: open.number,
        approve,
        note: Words::default(),
    });
    world.act(view, Role::Leader, command).await.unwrap()
}

fn named(name: &str) -> Person {
    Person {
        name: name.into(),
        phone: "0900 000 777".into(),
        ..Person::default()
    }
}

async fn found(world: &World, text: &str) -> usize {
    let clerk = who(Role::Receptionist, WARD);
    world.engine.search(&clerk, text, 10).await.unwrap().len()
}

on_both!(a_corrected_applicant_is_shown_and_found_with_the_first_one_beside);

async fn a_corrected_applicant_is_shown_and_found_with_the_first_one_beside(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let right = Corrected::Applicant(named("Đặng Thị Đúng"));
    let proposed = propose(&world, &received, right).await.unwrap();
    assert_eq!(proposed.applicant.as_ref().unwrap().name, "Nguyễn Văn Mẫu");
    let approved = decide(&world, &proposed, true).await;
    assert_eq!(approved.applicant.as_ref().unwrap().name, "Đặng Thị Đúng");
    assert_eq!(approved.people["applicant"].name, "Nguyễn Văn Mẫu");
    for text in ["dang thi dung", "nguyen van mau", "0900000777"] {
        assert_eq!(found(&world, text).await, 1, "{text}");
    }
    // The list shows the value in force. The province sees old and new value masked.
    let province = who(Role::Province, crate::world::PROVINCE);
    let page = world
        .engine
        .list(&province, app::read::ListQuery::default())
        .await
        .unwrap();
    assert_eq!(page.items[0].applicant.as_ref().unwrap().name, "Đ. T. Đ.");
    assert_eq!(page.items[0].people["applicant"].name, "N. V. M.");
    let read = world.store.read().await.unwrap();
    let key = (received.dossier.province.clone(), received.dossier.id);
    for bytes in read.record_bytes(&key).await.unwrap() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("Đúng") && !text.contains("Mẫu"), "{text}");
    }
}

on_both!(an_external_code_is_taken_when_proposed_and_freed_when_it_was_wrong);

async fn an_external_code_is_taken_when_proposed_and_freed_when_it_was_wrong(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let code = |number: u32| AnyCode::parse(&format!("G09.20-20260803-{number:07}")).unwrap();
    let added = |number| Corrected::ExternalCode {
        old: None,
        new: Some(code(number)),
    };
    let by_code = |number| {
        let name = DossierName::Code(code(number));
        let world = &world;
        async move {
            let clerk = who(Role::Receptionist, WARD);
            let found = world.engine.dossier(&clerk, &name).await;
            found.ok().map(|view| view.dossier.id)
        }
    };
    let one = world.receive(WARD, THREE_DAYS).await;
    let two = world.receive(WARD, THREE_DAYS).await;
    let proposed = propose(&world, &one, added(1)).await.unwrap();
    assert_eq!(by_code(1).await, Some(one.dossier.id));
    let error = propose(&world, &two, added(1)).await.unwrap_err();
    assert!(matches!(error, Error::CodeTaken { .. }), "{error:?}");

    let rejected = decide(&world, &proposed, false).await;
    assert_eq!(by_code(1).await, None, "turned down, it is free again");
    let proposed = propose(&world, &two, added(1)).await.unwrap();
    let approved = decide(&world, &proposed, true).await;
    assert_eq!(by_code(1).await, Some(two.dossier.id));

    let other = Corrected::ExternalCode {
        old: Some(code(1)),
        new: Some(code(2)),
    };
    let proposed = propose(&world, &approved, other).await.unwrap();
    let approved = decide(&world, &proposed, true).await;
    assert_eq!(approved.dossier.external_codes, [code(2)]);
    assert_eq!(by_code(2).await, Some(two.dossier.id));
    let proposed = propose(&world, &rejected, added(1)).await.unwrap();
    decide(&world, &proposed, true).await;
    assert_eq!(by_code(1).await, Some(one.dossier.id));
}

on_both!(a_corrected_returning_unit_gives_the_result_back);

async fn a_corrected_returning_unit_gives_the_result_back(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let other = who(Role::Receptionist, OTHER_WARD);
    let name = DossierName::Id(received.dossier.id);
    assert!(world.engine.dossier(&other, &name).await.is_err());
    let elsewhere = Corrected::ReturningUnit(unit(OTHER_WARD));
    let proposed = propose(&world, &received, elsewhere).await.unwrap();
    assert!(world.engine.dossier(&other, &name).await.is_err());
    decide(&world, &proposed, true).await;
    let seen = world.engine.dossier(&other, &name).await.unwrap();
    assert_eq!(seen.dossier.returning, unit(OTHER_WARD));

    // The province's own identifier is no desk.
    let province = Corrected::ReturningUnit(unit(crate::world::PROVINCE));
    let error = propose(&world, &seen, province).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}

#[tokio::test]
async fn who_proposed_a_correction_is_not_offered_its_decision() {
    let world = World::at("2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let channel = Corrected::Channel(Channel::Post);
    let command = Command::Correct(Correct {
        corrected: channel,
        reason: Words::new("nhầm"),
    });
    let proposed = world.act(&received, Role::Leader, command).await.unwrap();
    assert!(!proposed.allowed.contains(&Action::DecideCorrection));
    let chairman = who(Role::Chairman, WARD);
    let name = DossierName::Id(received.dossier.id);
    let seen = world.engine.dossier(&chairman, &name).await.unwrap();
    assert!(seen.allowed.contains(&Action::DecideCorrection));
}

on_both!(a_corrected_end_leaves_the_rates_as_they_were_and_is_counted_beside_them);

async fn a_corrected_end_leaves_the_rates_as_they_were_and_is_counted_beside_them(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-10 09:00");
    let returned = world.finish(received).await;
    let august = || crate::rates::rates(&world, "2026-08-01", "2026-08-31", None);
    let before = august().await.units[0].clone();
    assert_eq!((before.late, before.corrected), (1, 0));
    world.set("2026-09-02 09:00");
    let forgotten = Corrected::EndTime(moment("2026-08-05 16:00"));
    let proposed = propose(&world, &returned, forgotten).await.unwrap();
    assert_eq!(
        august().await.units[0],
        before,
        "a proposal is no correction"
    );
    decide(&world, &proposed, true).await;
    let after = august().await.units[0].clone();
    assert_eq!(after.corrected, 1);
    let but_for_that = domain::indicator::Row {
        corrected: 0,
        ..after
    };
    assert_eq!(but_for_that, before);
}
