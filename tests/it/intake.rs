//! What a desk is told before it takes anything in: what it received today, and what it receives most.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

/// Another procedure.
const OTHER: &str = "1.001193";

/// The procedures that a desk received lately, and how many dossiers of each.
async fn lately(json: &Json, token: &str, more: Value) -> Vec<(String, u64)> {
    let mut asked = more;
    asked["receiving_unit"] = json!(WARD);
    let page = json.call(token, "ListProcedures", &asked).await.good();
    assert_eq!(page["next_page_token"], "", "one page");
    let procedures = page["procedures"].as_array().unwrap();
    let received = page["receptions"].as_array().unwrap();
    assert_eq!(procedures.len(), received.len());
    let both = procedures.iter().zip(received);
    both.map(|(procedure, received)| {
        assert_eq!(
            procedure["code"],
            received["procedure"].as_str().unwrap()[11..]
        );
        let code = procedure["code"].as_str().unwrap();
        (code.to_owned(), received["dossiers"].as_u64().unwrap())
    })
    .collect()
}

on_every_database!(a_desk_is_told_what_it_received_today_and_receives_most);

async fn a_desk_is_told_what_it_received_today_and_receives_most(on: Backend) {
    let world = World::on(on, "2026-06-29 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    assert_eq!(lately(&json, &desk, json!({})).await, []);
    // More than thirty days before.
    for _ in 0..3 {
        world.receive(WARD, OTHER).await;
    }
    world.set("2026-07-31 09:00");
    world.receive(WARD, THREE_DAYS).await;
    world.receive(WARD, OTHER).await;
    world.set("2026-08-03 09:00");
    let own = world.receive(WARD, THREE_DAYS).await;
    // Other desks take these in: one of them for this ward.
    world.receive(OTHER_WARD, OTHER).await;
    let mut for_the_ward = reception("H60.00691");
    for_the_ward["resolving_unit"] = json!(WARD);
    let centre = world.token(Role::Receptionist, "H60.00691").await;
    json.call(&centre, "ReceiveDossier", &for_the_ward)
        .await
        .good();
    // What was handed in is not received before the desk takes it.
    world.submit(WARD, OTHER, "H60.02215-260803-000777").await;

    let most = [(THREE_DAYS.to_owned(), 2), (OTHER.to_owned(), 1)];
    assert_eq!(lately(&json, &desk, json!({})).await, most);
    let named = json!({ "page_size": 1 });
    assert_eq!(lately(&json, &desk, named).await, most[..1]);

    let today = json!({
        "receiving_unit": WARD, "receive_from_time": "2026-08-03T00:00:00+07:00", "with_total": true,
    });
    let page = json.call(&desk, "ListDossiers", &today).await.good();
    assert_eq!(page["total_size"], "1", "{page}");
    assert_eq!(
        page["dossiers"][0]["name"],
        format!("dossiers/{}", own.dossier.id)
    );

    // It may be a quarter of an hour old, and no older.
    world.receive(WARD, OTHER).await;
    world.receive(WARD, OTHER).await;
    assert_eq!(lately(&json, &desk, json!({})).await, most);
    world.set("2026-08-03 09:15");
    let most = [(OTHER.to_owned(), 3), (THREE_DAYS.to_owned(), 2)];
    assert_eq!(lately(&json, &desk, json!({})).await, most);
    let page = json.call(&desk, "ListDossiers", &today).await.good();
    assert_eq!(page["total_size"], "3", "exact at any moment");

    // Whoever may not see the dossiers of a unit is not told how many there are.
    let elsewhere = json!({ "receiving_unit": OTHER_WARD });
    let refused = json.call(&desk, "ListProcedures", &elsewhere).await;
    assert_eq!(refused.refused().2, "UNIT_DENIED");
    let admin = world.token(Role::Admin, WARD).await;
    let own = json!({ "receiving_unit": WARD });
    let refused = json.call(&admin, "ListProcedures", &own).await;
    assert_eq!(refused.refused().2, "ROLE_DENIED");
}
