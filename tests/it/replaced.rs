//! What others have taken over: dossiers of a procedure remain, and nothing new is received or promised.

use domain::role::Role;
use serde_json::json;

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{THREE_DAYS, WARD, World};

/// Certifying contracts, until five national codes take it over on 1 December 2026.
const REPLACED: &str = "x-chung-thuc-hop-dong";

on_both!(dossiers_of_a_procedure_that_others_have_taken_over_are_listed_and_explained);

async fn dossiers_of_a_procedure_that_others_have_taken_over_are_listed_and_explained(on: Backend) {
    let world = World::on(on, "2026-11-30 09:00").await;
    let json = Json::over(&world);
    let own = world.receive(WARD, REPLACED).await;
    world.set("2026-12-02 09:00");
    let desk = world.token(Role::Receptionist, WARD).await;
    let name = format!("dossiers/{}", own.dossier.id);
    for method in ["ListDossiers", "ListWorklist"] {
        let asked = json!({ "procedure": format!("procedures/{REPLACED}"), "with_total": true });
        let page = json.call(&desk, method, &asked).await.good();
        assert_eq!(page["dossiers"][0]["name"], name, "{method}");
        assert_eq!(page["total_size"], "1", "{method}");
    }
    let read = json!({ "name": name });
    let read = json.call(&desk, "GetDossier", &read).await.good();
    let version = &read["procedure_version"];
    let asked =
        json!({ "name": format!("{}/versions/{version}", read["procedure"].as_str().unwrap()) });
    let procedure = json.call(&desk, "GetProcedure", &asked).await.good();
    assert_eq!(procedure["display_name"], "Chứng thực hợp đồng, giao dịch");

    // Today it has no version, and whoever receives it is told what has happened.
    let today = json!({ "name": format!("procedures/{REPLACED}") });
    let none = json.call(&desk, "GetProcedure", &today).await;
    assert_eq!(none.refused(), (404, "NOT_FOUND", "NOT_FOUND"));
    let mut body = reception(WARD);
    body["procedure"] = json!(REPLACED);
    body["components"] = json!([]);
    let refused = json.call(&desk, "ReceiveDossier", &body).await;
    let why = (400, "FAILED_PRECONDITION", "PROCEDURE_NOT_IN_FORCE");
    assert_eq!(refused.refused(), why);
    let lately = json!({ "receiving_unit": WARD });
    let lately = json.call(&desk, "ListProcedures", &lately).await.good();
    assert_eq!(
        lately["procedures"],
        json!([]),
        "nobody can receive it any more"
    );
}

on_both!(no_due_time_is_promised_for_a_unit_that_has_ended);

async fn no_due_time_is_promised_for_a_unit_that_has_ended(on: Backend) {
    let world = World::on(on, "2026-12-02 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    // Phường Tân Quang, merged into this ward on 1 July 2025.
    let now = json!({
        "unit": "H60.02206", "receiving_unit": "H60.02206", "procedure": THREE_DAYS,
        "receive_time": "2026-12-02T09:00:00+07:00",
    });
    let refused = json.call(&desk, "PreviewDue", &now).await;
    let taken_over =
        "must be a unit that exists; H60.02206 ended on 2025-06-30, and H60.02215 has taken over";
    let wrong = [("unit", taken_over), ("receiving_unit", taken_over)];
    assert_eq!(refused.wrong(), wrong);
    for (unit, at) in [("H60.02206", "2025-06-25"), (WARD, "2026-12-02")] {
        let there = json!({
            "unit": unit, "limit": "3wd", "receive_time": format!("{at}T09:00:00+07:00"),
        });
        let promised = json.call(&desk, "PreviewDue", &there).await.good();
        assert!(promised["due_time"].is_string(), "{promised}");
    }
}
