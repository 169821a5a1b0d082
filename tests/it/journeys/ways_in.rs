//! Dossiers that came in by another way than the ward's desk, and their journey from there.

use app::Catalogues;
use app::ports::Store;
use app::restoration::begin_again;
use domain::role::Role;
use http::StatusCode;
use serde_json::json;

use super::been_through::{received, to_the_end};
use super::walk::Journey;
use crate::backend::Backend;
use crate::boundary::received_for;
use crate::portal::handed_in::{self, Portal};
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World, catalogue, contents};

/// A dossier that a portal handed in, signed, for the ward.
async fn handed_in(world: &World, on: Backend, code: &str) -> Journey {
    let (status, answer) = Portal::of(world)
        .hand_in(&handed_in::dossier(code, 1))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let mut journey = Journey::of(world, on).await;
    journey.name = code.to_owned();
    journey
}

on_both!(a_dossier_that_a_portal_handed_in_goes_every_way);

async fn a_dossier_that_a_portal_handed_in_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut journey = handed_in(&world, on, "G22.98-260803-000001").await;
    journey.is_seen_alike(WARD).await;
    journey.comes_back_from_an_export(WARD).await;
    world.set("2026-08-03 14:00");
    let components = contents(THREE_DAYS).components;
    let papers: Vec<_> = components.iter().map(ToString::to_string).collect();
    let accepted = json!({ "components": papers });
    let accepted = journey
        .does(Role::Receptionist, WARD, "ReceiveDossier", accepted)
        .await;
    assert_eq!(accepted["effective_due_time"], "2026-08-06T10:00:00Z");
    journey.pin = Some(accepted["receipt"]["pin"].as_str().unwrap().to_owned());
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_that_arrived_from_another_ward_goes_every_way);

async fn a_dossier_that_arrived_from_another_ward_goes_every_way(on: Backend) {
    // After 15:00: its papers go when Tuesday opens.
    let world = World::on(on, "2026-08-10 15:30").await;
    let mut journey = Journey::of(&world, on).await;
    let body = received_for(OTHER_WARD);
    let view = journey
        .asks(Role::Receptionist, WARD, "ReceiveDossier", body)
        .await;
    journey.name = view["name"].as_str().unwrap().to_owned();
    journey.pin = Some(view["receipt"]["pin"].as_str().unwrap().to_owned());
    for unit in [WARD, OTHER_WARD] {
        journey.is_seen_alike(unit).await;
    }
    journey.comes_back_from_an_export(OTHER_WARD).await;
    world.set("2026-08-12 09:00");
    let arrived = journey
        .does(Role::Officer, OTHER_WARD, "ArriveDossier", json!({}))
        .await;
    assert_eq!(arrived["promised_due_time"], "2026-08-17T10:00:00Z");
    to_the_end(&journey, OTHER_WARD).await;
}

on_both!(a_dossier_received_with_numbers_skipped_goes_every_way);

async fn a_dossier_received_with_numbers_skipped_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    received(&world, on).await;
    let read = world.store.read().await.unwrap();
    let catalogues = Catalogues::read(catalogue(), read.as_ref()).await.unwrap();
    drop(read);
    let now = world.engine.now();
    let skips = begin_again(world.store.as_ref(), &catalogues, now, Some(1_000), false);
    skips.await.unwrap();
    let journey = received(&world, on).await;
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["code"], "H60.02215-260803-1002");
    let day = json!({ "unit": WARD, "day": "2026-08-03" });
    let told = journey
        .asks(Role::Leader, WARD, "ListNumberBlocks", day)
        .await;
    let skipped = &told["skipped"][0];
    assert_eq!(
        (&skipped["first"], &skipped["last"]),
        (&json!(2), &json!(1_001))
    );
    assert_eq!(skipped["restore_time"], "2026-08-03T02:00:00Z");
    to_the_end(&journey, WARD).await;
}
