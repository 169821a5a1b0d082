//! A chairman sends a reminder, and the office sees it until the dossier moves on.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{WARD, World};

on_both!(a_reminder_is_seen_on_the_dossier_and_on_its_row_until_the_dossier_goes_on);

async fn a_reminder_is_seen_on_the_dossier_and_on_its_row_until_the_dossier_goes_on(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let chairman = world.token(Role::Chairman, WARD).await;
    let on = |dossier: &Value, mut more: Value| {
        more["name"] = dossier["name"].clone();
        more["etag"] = dossier["etag"].clone();
        more["request_id"] = json!(fresh_id());
        more
    };
    let row = async || {
        let page = json
            .call(&chairman, "ListWorklist", &json!({}))
            .await
            .good();
        page["dossiers"][0].clone()
    };

    let body = reception(WARD);
    let received = json.call(&desk, "ReceiveDossier", &body).await.good();
    let words = json!({ "words": "đề nghị thẩm định trong sáng nay" });
    let early = on(&received, words.clone());
    let refused = json.call(&desk, "RemindDossier", &early).await;
    assert_eq!(refused.refused(), (403, "PERMISSION_DENIED", "ROLE_DENIED"));

    world.set("2026-08-03 10:00");
    let body = on(&received, words);
    let reminded = json.call(&chairman, "RemindDossier", &body).await.good();
    let by = format!("chairman-{WARD}");
    let expected = json!({
        "remind_time": "2026-08-03T03:00:00Z", "actor": by, "role": "receptionist",
        "receiver": "", "count": 1,
    });
    assert_eq!(reminded["reminder"], expected);
    assert_eq!(
        reminded["effective_due_time"],
        received["effective_due_time"]
    );
    assert_eq!(reminded["state"], received["state"]);
    assert_eq!(row().await["reminder"], expected);

    // A second reminder, to a named person.
    let body = on(
        &reminded,
        json!({ "words": "lần hai", "receiver": "nv-an" }),
    );
    let again = json.call(&chairman, "RemindDossier", &body).await.good();
    assert_eq!(again["reminder"]["count"], 2);
    assert_eq!(again["reminder"]["receiver"], "nv-an");

    let name = json!({ "name": again["name"] });
    let told = json.call(&desk, "ListDossierEvents", &name).await.good();
    let last = told["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "reminded");
    assert_eq!(last["details"]["receiver"], "nv-an");
    assert_eq!(last["texts"]["words"], "lần hai");

    let step = json!({ "step": again["next_steps"][0]["id"] });
    let body = on(&again, step);
    let gone_on = json.call(&desk, "AdvanceDossier", &body).await.good();
    assert_eq!(gone_on["reminder"], Value::Null);
    assert_eq!(row().await["reminder"], Value::Null);
}
