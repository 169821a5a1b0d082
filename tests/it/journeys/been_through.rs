//! What a dossier may have been through, and its journey from there.

use app::ports::FindingKind;
use chrono::TimeDelta;
use domain::role::Role;
use portal::simulate::{Faults, Simulator};
use serde_json::{Value, json};

use super::walk::Journey;
use crate::access::ways::{AUTHORITY, MIRRORED, fresh_code, reception};
use crate::backend::Backend;
use crate::calling::fresh_id;
use crate::import::hidden::Desk;
use crate::import::update::{OPEN, Said, export};
use crate::merger::{TAN_QUANG, june, merge, merger, receive as receive_before};
use crate::portal::reading::{AGENCY, PENDING, There, reader};
use crate::portal::ways::Remote;
use crate::publication::{OFF_6_AUGUST, calendar_with, carried_out, publish};
use crate::restored::{back_up, restore};
use crate::several::Process;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, unit};

/// A dossier of the ward, taken in at its desk.
pub async fn received(world: &World, on: Backend) -> Journey {
    let view = world.receive(WARD, THREE_DAYS).await;
    let mut journey = Journey::of(world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    journey.pin = Some(view.receipt.unwrap().pin);
    journey
}

/// From where it stands to the citizen, into the reports, and out and in again.
pub async fn to_the_end(journey: &Journey, at: &'static str) {
    journey.is_seen_alike(at).await;
    journey.comes_back_from_an_export(at).await;
    journey.goes_on_to_its_end(at).await;
    journey.is_rated(at).await;
    journey.is_reported(at).await;
    journey.comes_back_from_an_export(at).await;
}

on_both!(an_imported_dossier_goes_every_way);

async fn an_imported_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-21 09:00").await;
    // Of three dossiers the third is pending.
    Desk::beside(&world).await.run(3).await;
    let mut journey = Journey::of(&world, on).await;
    journey.name = "dossiers/H60.02215-260804-0003".to_owned();
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_that_a_newer_export_moved_goes_every_way);

async fn a_dossier_that_a_newer_export_moved_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-17 10:00").await;
    let desk = Desk::beside(&world).await;
    let named = Said { name: "a", ..OPEN };
    let first = export(&[named], "2026-08-17 10:00", true);
    desk.try_plan(first, usize::MAX).await.unwrap();
    world.set("2026-08-20 10:00");
    let moved = Said {
        due: "2026-08-28",
        steps: &[("appraised", "2026-08-18 09:00")],
        ..named
    };
    let newer = export(&[moved], "2026-08-20 10:00", true);
    let outcome = desk.try_plan(newer, usize::MAX).await.unwrap();
    assert_eq!(outcome.updated_events, 2);
    let mut journey = Journey::of(&world, on).await;
    journey.name = "dossiers/TN.A@SO-CU".to_owned();
    to_the_end(&journey, WARD).await;
}

on_both!(an_offline_dossier_goes_every_way);

async fn an_offline_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    let mut journey = Journey::of(&world, on).await;
    let clerk = Role::Receptionist;
    let day = "2026-08-03";
    let block = json!({ "unit": WARD, "day": day, "count": 2, "request_id": fresh_id() });
    journey.asks(clerk, WARD, "ReserveNumbers", block).await;
    world.set("2026-08-04 09:00");
    let mut one = reception(WARD);
    one.as_object_mut().unwrap().remove("receiving_unit");
    one["number"] = json!(2);
    one["receive_time"] = json!("2026-08-03T08:15:00+07:00");
    let entered = json!({ "unit": WARD, "day": day, "requests": [one] });
    let entered = journey.asks(clerk, WARD, "ImportReceptions", entered).await;
    let dossier = &entered["outcomes"][0]["dossier"];
    journey.name = dossier["name"].as_str().unwrap().to_owned();
    journey.pin = Some(dossier["receipt"]["pin"].as_str().unwrap().to_owned());
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_of_a_merged_ward_goes_every_way);

async fn a_dossier_of_a_merged_ward_goes_every_way(on: Backend) {
    let world = june(on).await;
    let view = receive_before(&world, &unit(TAN_QUANG), None).await;
    world.set("2025-07-01 00:30");
    merge(&world, &merger(false, &[])).await;
    world.set("2025-07-02 09:00");
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    journey.pin = Some(view.receipt.unwrap().pin);
    journey.days = ["2025-06-01", "2025-07-31"];
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_of_a_merged_ward_that_was_sent_on_and_corrected_goes_every_way);

async fn a_dossier_of_a_merged_ward_that_was_sent_on_and_corrected_goes_every_way(on: Backend) {
    let world = june(on).await;
    let view = receive_before(&world, &unit(TAN_QUANG), None).await;
    world.set("2025-07-01 00:30");
    merge(&world, &merger(false, &[])).await;
    world.set("2025-07-02 09:00");
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    journey.pin = Some(view.receipt.unwrap().pin);
    journey.days = ["2025-06-01", "2025-07-31"];
    journey.is_seen_alike(WARD).await;
    corrected(&journey, json!({ "channel": "CHANNEL_POST" })).await;
    journey.is_seen_alike(WARD).await;
    let sent = json!({ "resolving_unit": OTHER_WARD, "reason": "thuộc địa bàn phường khác" });
    journey
        .does(Role::Leader, WARD, "TransferDossier", sent)
        .await;
    to_the_end(&journey, OTHER_WARD).await;
}

on_both!(a_mirrored_dossier_goes_every_way);

async fn a_mirrored_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    let view = world.submit(WARD, MIRRORED, &fresh_code()).await;
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", view.dossier.id);
    let says = async |state: &str, time: &str, due: Option<&str>| {
        let said = json!({
            "state": state, "status_time": format!("{time}:00+07:00"), "due_time": due,
            "system": AUTHORITY, "reference": "BCA-2026/0001",
        });
        journey
            .does(Role::Portal, PROVINCE, "RecordMirroredStatus", said)
            .await
    };
    world.set("2026-08-03 10:00");
    let due = Some("2026-08-06T17:00:00+07:00");
    says("STATE_RECEIVED", "2026-08-03T09:00", due).await;
    journey.is_seen_alike(WARD).await;
    journey.comes_back_from_an_export(WARD).await;
    world.set("2026-08-05 16:00");
    // The desks here may do nothing; the other system goes on.
    says("STATE_PROCESSING", "2026-08-03T10:30", None).await;
    journey.is_seen_alike(WARD).await;
    says("STATE_RESOLVED", "2026-08-05T09:00", None).await;
    journey.is_seen_alike(WARD).await;
    // Whoever decides it reports it.
    let asked = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let rates = journey.asks(Role::Chairman, WARD, "GetRates", asked).await;
    let total = &rates["total"];
    assert_eq!(
        (&total["received"], &total["resolved"]),
        (&json!(0), &json!(0))
    );
    journey.comes_back_from_an_export(WARD).await;
}

on_both!(a_dossier_with_a_leg_of_another_ward_goes_every_way);

async fn a_dossier_with_a_leg_of_another_ward_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    let leg = json!({ "unit": OTHER_WARD, "task": "cấp thẻ bảo hiểm y tế", "limit": "1wd" });
    journey.does(Role::Officer, WARD, "OpenLeg", leg).await;
    journey.is_seen_alike(WARD).await;
    // The other ward has it on its worklist as well, by what it has to meet.
    let rows = journey
        .asks(Role::Officer, OTHER_WARD, "ListWorklist", json!({}))
        .await;
    let row = &rows["dossiers"][0];
    assert_eq!(row["name"], journey.name.as_str());
    assert_eq!(row["due_for_unit_time"], "2026-08-04T10:00:00Z", "{row}");
    journey.comes_back_from_an_export(WARD).await;
    world.set("2026-08-04 09:00");
    let closed = json!({ "number": 1 });
    journey
        .does(Role::Officer, OTHER_WARD, "CloseLeg", closed)
        .await;
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_read_from_a_product_in_use_goes_every_way);

async fn a_dossier_read_from_a_product_in_use_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    simulator.product_has(AGENCY, PENDING.row());
    let reader = reader(&world, &remote);
    reader.read().await.unwrap();
    let mut journey = Journey::of(&world, on).await;
    journey.name = format!("dossiers/{}", PENDING.code);
    journey.is_seen_alike(WARD).await;
    // The product gives another date, and motcua follows.
    let later = There {
        due: "2026-08-10T17:00:00.000+0700",
        ..PENDING
    };
    simulator.product_has(AGENCY, later.row());
    world.set("2026-08-06 10:00");
    let (_, reading) = reader.read().await.unwrap();
    assert_eq!(reading.updated, 1);
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["effective_due_time"], "2026-08-10T10:00:00Z", "{read}");
    to_the_end(&journey, WARD).await;
    // A desk here has moved it since, so the product moves it no more.
    simulator.product_has(AGENCY, PENDING.row());
    let (_, reading) = reader.read().await.unwrap();
    assert_eq!(reading.findings[0].kind, FindingKind::MovedHere);
}

on_both!(a_transferred_dossier_goes_every_way);

async fn a_transferred_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    let sent = json!({ "resolving_unit": OTHER_WARD, "reason": "thuộc địa bàn phường khác" });
    journey
        .does(Role::Leader, WARD, "TransferDossier", sent)
        .await;
    to_the_end(&journey, OTHER_WARD).await;
}

/// Proposes a correction at the ward and approves it.
async fn corrected(journey: &Journey, what: Value) {
    let mut body = what;
    body["reason"] = json!("nhập nhầm khi tiếp nhận");
    let proposed = journey
        .does(Role::Officer, WARD, "CorrectDossier", body)
        .await;
    let corrections = proposed["corrections"].as_array().unwrap();
    let number = &corrections.last().unwrap()["number"];
    let approve = json!({ "number": number, "verdict": "VERDICT_APPROVE" });
    journey
        .does(Role::Leader, WARD, "DecideCorrection", approve)
        .await;
}

on_both!(a_corrected_dossier_goes_every_way);

async fn a_corrected_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    corrected(&journey, json!({ "channel": "CHANNEL_POST" })).await;
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["corrections"][0]["state"], "STATE_APPROVED", "{read}");
    let code = "G22.99-260803-000009";
    corrected(&journey, json!({ "external_code": { "new_code": code } })).await;
    let found = journey
        .asks(
            Role::Officer,
            WARD,
            "SearchDossiers",
            json!({ "query": code }),
        )
        .await;
    assert_eq!(found["dossiers"][0]["name"], journey.name.as_str());
    to_the_end(&journey, WARD).await;
}

on_both!(an_extended_dossier_goes_every_way);

async fn an_extended_dossier_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    let due = json!({ "reason": "chờ xác minh", "due_time": "2026-08-10T17:00:00+07:00" });
    let extended = journey
        .does(
            Role::Leader,
            WARD,
            "ExtendDossier",
            json!({ "apology": due }),
        )
        .await;
    assert_eq!(extended["effective_due_time"], "2026-08-10T10:00:00Z");
    world.pass(TimeDelta::days(5));
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_whose_calendar_was_published_anew_goes_every_way);

async fn a_dossier_whose_calendar_was_published_anew_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let journey = received(&world, on).await;
    let text = calendar_with(&[OFF_6_AUGUST]);
    publish(&world, "calendar/national.csv", text).await;
    carried_out(&world).await;
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["effective_due_time"], "2026-08-07T10:00:00Z", "{read}");
    to_the_end(&journey, WARD).await;
}

on_both!(a_dossier_of_a_restored_database_goes_every_way);

async fn a_dossier_of_a_restored_database_goes_every_way(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let kept = received(&world, on).await;
    let (name, pin) = (kept.name.clone(), kept.pin.clone());
    drop(kept);
    world.store.close().await.unwrap();
    back_up(on, &world.url).await;
    // What comes after the backup is lost with the database.
    let before = Process::beside(&world, "2026-08-03 10:00").await;
    let mut lost = Journey::at(before, on, &world.url).await;
    lost.name.clone_from(&name);
    lost.does(
        Role::Receptionist,
        WARD,
        "AdvanceDossier",
        json!({ "step": "appraise" }),
    )
    .await;
    lost.store.close().await.unwrap();
    restore(on, &world.url).await;
    let after = Process::beside(&world, "2026-08-03 11:00").await;
    let mut journey = Journey::at(after, on, &world.url).await;
    journey.name = name;
    journey.pin = pin;
    let read = journey.read(Role::Chairman, WARD).await;
    assert_eq!(read["state"], "STATE_RECEIVED");
    to_the_end(&journey, WARD).await;
}
