//! The look-up with a code that several dossiers have.

use domain::code::AnyCode;
use domain::dossier::{Channel, Reception};
use domain::role::Role;
use serde_json::json;

use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{THREE_DAYS, WARD, World, contents, procedure_code, unit, who};

/// Phường Ba Đình of Hà Nội, in another province than [`WARD`].
const ELSEWHERE: &str = "00004";

on_both!(whoever_brings_a_code_along_keeps_nobody_from_looking_their_dossier_up);

async fn whoever_brings_a_code_along_keeps_nobody_from_looking_their_dossier_up(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mine = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (mine.dossier.label(), mine.receipt.unwrap().pin);
    // A desk of province 01, which sorts before ours, claims the code of our dossier for its own.
    let ward = crate::world::catalogue()
        .units
        .find(ELSEWHERE)
        .unwrap()
        .code
        .clone();
    let clerk = who(Role::Receptionist, ward.as_str());
    let mut content = contents(THREE_DAYS);
    content.external_codes = vec![AnyCode::parse(&code).unwrap()];
    let reception = Reception {
        receiving: unit(ward.as_str()),
        channel: Channel::Desk,
        content,
    };
    let engine = &world.engine;
    let procedure = procedure_code(THREE_DAYS);
    let there = engine.receive(&clerk, world.identity(), &procedure, reception);
    let theirs = there.await.unwrap().receipt.unwrap().pin;

    let wire = Json::over(&world);
    for (pin, received) in [
        (&pin, "2026-08-03T03:00:00Z"),
        (&theirs, "2026-08-03T03:00:00Z"),
    ] {
        let asked = json!({ "code": code, "pin": pin });
        let found = wire.call("", "LookupDossier", &asked).await.good();
        assert_eq!(found["details"]["receive_time"], received, "{found}");
    }
    let without = wire
        .call("", "LookupDossier", &json!({ "code": code }))
        .await;
    assert_eq!(without.good()["code"], code.as_str());
    let wrong = json!({ "code": code, "pin": "222222" });
    let refused = wire.call("", "LookupDossier", &wrong).await;
    assert_eq!(refused.refused().2, "NOT_FOUND");
}
