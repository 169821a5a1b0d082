//! Wrong PINs at several processes on one database: one count, which no restart forgets.

use domain::role::Role;
use serde_json::json;

use crate::backend::Backend;
use crate::calling::Json;
use crate::port::{Settings, Site};
use crate::several::Process;
use crate::witness::Witness;
use crate::world::{THREE_DAYS, WARD, World};

const NINE: &str = "2026-08-03 09:00";

/// The wire over another process.
fn over(process: &Process) -> Json {
    Json(Site::over(&process.engine, &Settings::default()).router)
}

/// A PIN that is not this one.
fn other_than(pin: &str) -> &'static str {
    if pin == "222222" { "333333" } else { "222222" }
}

on_every_database!(wrong_pins_at_two_processes_are_one_count_and_a_restart_forgets_none);

async fn wrong_pins_at_two_processes_are_one_count_and_a_restart_forgets_none(on: Backend) {
    let world = World::on(on, NINE).await;
    let other = Process::beside(&world, NINE).await;
    let (here, there) = (Json::over(&world), over(&other));
    let mine = world.receive(WARD, THREE_DAYS).await;
    let neighbour = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (mine.dossier.label(), mine.receipt.unwrap().pin);
    let right = json!({ "code": code, "pin": pin });
    let wrong = json!({ "code": code, "pin": other_than(&pin) });
    for _ in 0..2 {
        for wire in [&here, &there] {
            let refused = wire.call("", "LookupDossier", &wrong).await;
            assert_eq!(refused.refused().2, "NOT_FOUND");
        }
    }
    // Four of five are free wherever they came; the fifth closes both ways in, also the new one of a
    // process that has just started.
    let refused = here.call("", "LookupDossier", &wrong).await;
    assert_eq!(refused.refused().2, "NOT_FOUND");
    let started = Process::beside(&world, NINE).await;
    for wire in [&here, &there, &over(&started)] {
        let slowed = wire.call("", "LookupDossier", &right).await;
        assert_eq!(slowed.refused().2, "TOO_MANY_TRIES");
    }
    // Not for another dossier, and no longer than that.
    let (code, pin) = (neighbour.dossier.label(), neighbour.receipt.unwrap().pin);
    let theirs = json!({ "code": code, "pin": pin });
    there.call("", "LookupDossier", &theirs).await.good();
    started
        .clock
        .set(world.engine.now() + chrono::TimeDelta::seconds(2));
    over(&started)
        .call("", "LookupDossier", &right)
        .await
        .good();
    // The right one at one process forgives at all of them.
    for _ in 0..4 {
        let refused = here.call("", "LookupDossier", &wrong).await;
        assert_eq!(refused.refused().2, "NOT_FOUND");
    }
    there.call("", "LookupDossier", &right).await.good();
    let clerk = world.token(Role::Receptionist, WARD).await;
    here.call(&clerk, "ListDossiers", &json!({})).await.good();
}

#[tokio::test]
async fn whoever_sends_the_right_pin_at_once_costs_no_write() {
    let world = World::at(NINE).await;
    let wire = Json::over(&world);
    let received = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (received.dossier.label(), received.receipt.unwrap().pin);
    let right = json!({ "code": code, "pin": pin });
    let witness = Witness::of(&world).await;
    let before = witness.seen().await;
    for _ in 0..3 {
        wire.call("", "LookupDossier", &right).await.good();
    }
    assert_eq!(witness.seen().await, before);
    let wrong = json!({ "code": code, "pin": other_than(&pin) });
    wire.call("", "LookupDossier", &wrong).await.refused();
    assert_ne!(witness.seen().await, before, "a wrong one is counted");
}

on_servers!(an_address_looks_up_as_often_at_two_processes_as_at_one);

async fn an_address_looks_up_as_often_at_two_processes_as_at_one(on: Backend) {
    let world = World::on(on, NINE).await;
    let other = Process::beside(&world, NINE).await;
    let (here, there) = (Json::over(&world), over(&other));
    for engine in [&world.engine, &other.engine] {
        engine.allow_lookups(30);
    }
    let code = world.receive(WARD, THREE_DAYS).await.dossier.label();
    let asked = json!({ "code": code });
    let answered = async |wire: &Json, tries: u32| {
        let mut answered = 0;
        for _ in 0..tries {
            let answer = wire.call("", "LookupDossier", &asked).await;
            if answer.http == 200 {
                answered += 1;
            } else {
                assert_eq!(answer.refused().2, "TOO_MANY_TRIES");
            }
        }
        answered
    };
    // A tenth of a minute's look-ups may pass at a process before the others know of it.
    let both = answered(&here, 30).await + answered(&there, 30).await;
    assert!((30..=36).contains(&both), "{both} of 60");
    // As time goes by, both together get what one would.
    world.pass(chrono::TimeDelta::seconds(20));
    other.clock.set(world.engine.now());
    let both = answered(&there, 30).await + answered(&here, 30).await;
    assert!((7..=16).contains(&both), "{both} after a third of a minute");
}
