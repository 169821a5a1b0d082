//! Received at one ward, decided at another: two starts, and one promise that allows for the way.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, WARD, World};

on_both!(a_dossier_received_elsewhere_counts_from_its_arrival);

pub fn received_for(unit: &str) -> Value {
    let mut body = reception(WARD);
    body["resolving_unit"] = json!(unit);
    body["duplicate_intended"] = json!(true);
    body
}

fn on(dossier: &Value, mut more: Value) -> Value {
    more["name"] = dossier["name"].clone();
    more["etag"] = dossier["etag"].clone();
    more["request_id"] = json!(fresh_id());
    more
}

async fn a_dossier_received_elsewhere_counts_from_its_arrival(on_db: Backend) {
    // A Monday, after 15:00: the papers go when Tuesday opens, so Wednesday is the first of 3 days.
    let world = World::on(on_db, "2026-08-10 15:30").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let officer = world.token(Role::Officer, OTHER_WARD).await;
    let body = received_for(OTHER_WARD);
    let received = json.call(&desk, "ReceiveDossier", &body).await.good();
    assert_eq!(received["arrive_by_time"], "2026-08-11T00:30:00Z");
    assert_eq!(received["arrive_time"], Value::Null);
    assert_eq!(received["effective_due_time"], "2026-08-14T10:00:00Z");
    let line = received["receipt"]["explanation_vi"][1].as_str().unwrap();
    assert!(
        line.contains("Cơ quan có thẩm quyền nhận hồ sơ chậm nhất lúc 07:30"),
        "{line}"
    );

    world.set("2026-08-11 09:00");
    let early = on(&received, json!({ "arrive_time": "2026-08-10T08:00:00Z" }));
    let refused = json.call(&officer, "ArriveDossier", &early).await;
    assert_eq!(
        refused.refused(),
        (400, "FAILED_PRECONDITION", "ARRIVAL_IMPOSSIBLE"),
        "before its reception"
    );
    let ahead = on(&received, json!({ "arrive_time": "2026-08-11T08:00:00Z" }));
    let refused = json.call(&officer, "ArriveDossier", &ahead).await;
    assert_eq!(refused.wrong()[0].0, "arrive_time", "in the future");
    let stranger = world.token(Role::Officer, "H60.02473").await;
    let now = on(&received, json!({}));
    let refused = json.call(&stranger, "ArriveDossier", &now).await;
    assert_eq!(refused.refused(), (404, "NOT_FOUND", "NOT_FOUND"));

    // It came a day late: the limit counts from then, and the citizen is told the new date.
    world.set("2026-08-12 09:00");
    let arrived = json.call(&officer, "ArriveDossier", &now).await.good();
    assert_eq!(arrived["arrive_time"], "2026-08-12T02:00:00Z");
    assert_eq!(arrived["arrived_late"], true);
    assert_eq!(arrived["original_due_time"], "2026-08-14T10:00:00Z");
    assert_eq!(arrived["effective_due_time"], "2026-08-17T10:00:00Z");
    assert_eq!(arrived["promised_due_time"], "2026-08-17T10:00:00Z");
    let again = json
        .call(&officer, "ArriveDossier", &on(&arrived, json!({})))
        .await;
    assert_eq!(
        again.refused(),
        (400, "FAILED_PRECONDITION", "NOT_ON_ITS_WAY")
    );
    let events = json!({ "name": received["name"] });
    let chairman = world.token(Role::Chairman, OTHER_WARD).await;
    let history = json
        .call(&chairman, "ListDossierEvents", &events)
        .await
        .good();
    let kinds: Vec<_> = history["events"].as_array().unwrap().iter().collect();
    assert_eq!(kinds[1]["kind"], "arrived");

    // The receipt says later what it said first.
    let own = world.token(Role::Chairman, WARD).await;
    let preview = json!({
        "unit": OTHER_WARD, "receiving_unit": WARD, "procedure": "1.004873",
        "receive_time": "2026-08-10T08:30:00Z",
    });
    let preview = json.call(&own, "PreviewDue", &preview).await.good();
    assert_eq!(
        preview["due_time"], "2026-08-14T10:00:00Z",
        "as the receipt said"
    );
}

#[tokio::test]
async fn an_agency_of_another_province_decides_only_what_a_list_lets_it() {
    let world = World::at("2026-08-10 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let abroad = received_for("Y01.00004");
    let refused = json.call(&desk, "ReceiveDossier", &abroad).await;
    assert_eq!(
        refused.refused(),
        (400, "FAILED_PRECONDITION", "BEYOND_REACH")
    );
    assert_eq!(refused.variable("reach"), Some("province"));
    // Nobody is promised a date that the desk may not keep.
    let ahead = json!({
        "unit": "Y01.00004", "receiving_unit": WARD, "procedure": "1.004873",
    });
    let preview = json.call(&desk, "PreviewDue", &ahead).await;
    assert_eq!(preview.refused(), refused.refused());
    assert_eq!(preview.message(), refused.message());
    let unknown = received_for("H99.00001");
    let refused = json.call(&desk, "ReceiveDossier", &unknown).await;
    assert_eq!(refused.wrong()[0].0, "resolving_unit");
}
