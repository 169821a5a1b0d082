//! The clocks of an online submission: acknowledged at once, the desk alerted within 2 working hours,
//! answered within 8.

use domain::role::Role;
use serde_json::json;

use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{THREE_DAYS, WARD, World};

on_every_database!(a_desk_is_alerted_two_working_hours_after_a_submission_that_nobody_answers);

async fn a_desk_is_alerted_two_working_hours_after_a_submission_that_nobody_answers(on: Backend) {
    // An hour is left until the midday break, so the second one ends at 14:30.
    let world = World::on(on, "2026-08-03 10:30").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let view = world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    let name = json!({ "name": view.dossier.id.to_string() });
    let told = json.call(&desk, "GetDossier", &name).await.good();
    assert_eq!(told["submit_time"], "2026-08-03T03:30:00Z", "acknowledged");
    assert_eq!(told["alert_time"], "2026-08-03T07:30:00Z");
    assert_eq!(told["answer_due_time"], "2026-08-04T04:00:00Z");

    let alerted = async || {
        let counts = json
            .call(&desk, "GetWorklistCounts", &json!({}))
            .await
            .good();
        let only = json!({ "only": ["WORKLIST_FILTER_ALERTED"] });
        let rows = json.call(&desk, "ListWorklist", &only).await.good();
        let rows = rows["dossiers"].as_array().map_or(0, Vec::len);
        assert_eq!(counts["alerted"], rows, "{counts}");
        rows
    };
    world.set("2026-08-03 14:30");
    assert_eq!(alerted().await, 0, "two hours have just passed");
    world.set("2026-08-03 14:31");
    assert_eq!(alerted().await, 1);
    let accept = json!({
        "name": view.dossier.id.to_string(), "etag": view.dossier.etag(),
        "request_id": fresh_id(),
    });
    let accepted = json.call(&desk, "ReceiveDossier", &accept).await.good();
    assert_eq!(accepted["alert_time"], serde_json::Value::Null);
    assert_eq!(alerted().await, 0, "it is answered");
}

on_both!(what_the_papers_of_a_procedure_are_subject_to_is_told_and_kept_over_the_wire);

async fn what_the_papers_of_a_procedure_are_subject_to_is_told_and_kept_over_the_wire(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let of = async |code: &str, component: &str| {
        let asked = json!({ "name": format!("procedures/{code}") });
        let told = json.call(&desk, "GetProcedure", &asked).await.good();
        let parts = told["components"].as_array().unwrap().clone();
        let found = parts.into_iter().find(|part| part["code"] == component);
        found.unwrap()
    };
    assert_eq!(
        of("2.000884", "giay-to-tuy-than").await["not_scanned"],
        "shown"
    );
    let land = of("1.013225", "giay-to-dat").await;
    assert_eq!(land["replaced_by"], "CSDLQG.DATDAI");

    let received = world.receive(WARD, "1.013225").await;
    let mut ask = json!({
        "name": received.dossier.label(), "etag": received.dossier.etag(),
        "request_id": fresh_id(), "reason": "hồ sơ thiếu",
        "items": [{ "component": "giay-to-dat" }],
    });
    let refused = json.call(&desk, "RequestSupplement", &ask).await;
    let expected = (400, "FAILED_PRECONDITION", "REPLACED_BY_DATA");
    assert_eq!(refused.refused(), expected);
    ask["items"][0]["data_failure"] = json!("DATA_FAILURE_INCORRECT");
    ask["request_id"] = json!(fresh_id());
    json.call(&desk, "RequestSupplement", &ask).await.good();
    let name = json!({ "name": received.dossier.label() });
    let events = json.call(&desk, "ListDossierEvents", &name).await.good();
    let last = events["events"].as_array().unwrap().last().unwrap();
    assert!(last.to_string().contains("giay-to-dat incorrect"), "{last}");
}
