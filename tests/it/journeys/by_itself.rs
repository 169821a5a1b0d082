//! What happens to a dossier without anybody's act on it, and its journey from there.

use domain::role::Role;
use serde_json::{Value, json};

use super::been_through::{received, to_the_end};
use super::walk::Journey;
use crate::backend::Backend;
use crate::outages::{BIRTH, TWO_DAYS, outages};
use crate::publication::{carried_out, publish};
use crate::world::{OTHER_WARD, WARD, World};

on_both!(a_dossier_that_an_outage_moved_goes_every_way);

async fn a_dossier_that_an_outage_moved_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    world.set("2026-08-06 08:30");
    publish(&world, "calendar/outages.csv", outages(&[TWO_DAYS])).await;
    carried_out(&world).await;
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["effective_due_time"], "2026-08-10T10:00:00Z", "{read}");
    to_the_end(&journey, WARD).await;
}

on_both!(an_expired_dossier_goes_every_way);

async fn an_expired_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-09-03 09:00").await;
    let view = world.receive(WARD, BIRTH).await;
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    journey.pin = Some(view.receipt.unwrap().pin);
    journey.days = ["2026-09-01", "2026-09-30"];
    let asked = json!({ "reason": "thiếu bản gốc", "items": [{ "note": "bản gốc" }] });
    journey
        .does(Role::Officer, WARD, "RequestSupplement", asked)
        .await;
    journey.is_seen_alike(WARD).await;
    let mut abroad = journey.goes_abroad(WARD).await;
    world.set("2026-09-14 17:01");
    abroad.goes_on_after_the_import().await;
    // Its window ends wherever it is.
    for journey in [&journey, &abroad.journey] {
        assert_eq!(journey.engine.end_expired().await.unwrap(), 1);
        let read = journey.read(Role::Chairman, WARD).await;
        assert_eq!(read["state"], "STATE_STOPPED", "{read}");
        journey.is_seen_alike(WARD).await;
    }
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(
        moves_of(&read),
        ["RateDossier", "CorrectDossier"],
        "its citizen may still rate it, and the record can be corrected"
    );
    journey.comes_back_from_an_export(WARD).await;
    journey.is_rated(WARD).await;
    journey.is_reported(WARD).await;
    journey.comes_back_from_an_export(WARD).await;
}

fn moves_of(read: &Value) -> Vec<&str> {
    let allowed = read["allowed_actions"].as_array().unwrap();
    allowed.iter().filter_map(Value::as_str).collect()
}

on_both!(the_silence_of_a_unit_that_was_asked_is_consent_everywhere);

async fn the_silence_of_a_unit_that_was_asked_is_consent_everywhere(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let view = world.receive(WARD, "1.013225").await;
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    journey.pin = Some(view.receipt.unwrap().pin);
    // The law gives the other ward two working days.
    let question = json!({ "unit": OTHER_WARD, "question": "lộ giới", "limit": "2wd" });
    let asked = journey
        .does(Role::Officer, WARD, "OpenConsultation", question)
        .await;
    assert_eq!(asked["consultations"][0]["silence_consents"], true);
    journey.is_seen_alike(WARD).await;
    journey.is_seen_alike(OTHER_WARD).await;

    world.set("2026-08-05 17:00");
    assert_eq!(journey.engine.consent_by_silence().await.unwrap(), 0);
    world.set("2026-08-05 17:01");
    assert_eq!(journey.engine.consent_by_silence().await.unwrap(), 1);
    assert_eq!(journey.engine.consent_by_silence().await.unwrap(), 0);
    let read = journey.read(Role::Chairman, WARD).await;
    let silent = &read["consultations"][0];
    assert_eq!(
        [&silent["consented"], &silent["open"], &silent["late"]],
        [true, false, false]
    );
    // It has nothing to answer any more.
    let waits = journey
        .asks(Role::Officer, OTHER_WARD, "ListWorklist", json!({}))
        .await;
    assert_eq!(waits["dossiers"], json!([]), "{waits}");
    assert!(!moves_of(&read).contains(&"CloseConsultation"));
    to_the_end(&journey, WARD).await;
}
