//! A code belongs to one dossier.

use domain::role::Role;
use serde_json::json;

use super::refused::handed_in;
use crate::access::ways::ON_THE_SPOT;
use crate::calling::{Json, fresh_id};
use crate::witness::Witness;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, World};

#[tokio::test]
async fn a_portals_code_belongs_to_one_dossier_of_whichever_unit() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let token = world.token(Role::Chairman, PROVINCE).await;
    let mut body = handed_in(THREE_DAYS);
    body["portal_code"] = json!("G22.99.08-260803-000017");
    let first = json.call(&token, "SubmitDossier", &body).await.good();
    let before = witness.seen().await;
    body["request_id"] = json!(fresh_id());
    body["portal_code"] = json!(" g22.99.08 - 260803 - 000017 ");
    body["receiving_unit"] = json!(OTHER_WARD);
    let again = json.call(&token, "SubmitDossier", &body).await;
    let mut at_desk = handed_in(ON_THE_SPOT);
    at_desk["external_codes"] = json!(["G22.99.08-260803-000017"]);
    let as_external = json.call(&token, "ReceiveDossier", &at_desk).await;
    for answer in [again, as_external] {
        assert_eq!(
            answer.refused(),
            (409, "ALREADY_EXISTS", "CODE_TAKEN"),
            "{}",
            answer.json
        );
        assert_eq!(answer.variable("code"), Some("G22.99.08-260803-000017"));
        let whose = answer.variable("dossier").unwrap();
        assert!(first["name"].as_str().unwrap().ends_with(whose), "{whose}");
        assert!(answer.vietnamese().contains("G22.99.08-260803-000017"));
    }
    assert_eq!(witness.seen().await, before);
}
