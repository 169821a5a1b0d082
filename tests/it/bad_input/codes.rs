//! A code belongs to one dossier.

use domain::role::Role;
use serde_json::json;

use super::refused::handed_in;
use crate::access::ways::ON_THE_SPOT;
use crate::backend::Backend;
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

on_both!(a_code_of_any_shape_is_kept_with_its_source_and_found_without_it);

async fn a_code_of_any_shape_is_kept_with_its_source_and_found_without_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, PROVINCE).await;
    let mut body = handed_in(THREE_DAYS);
    let ministry = "TN.2026.001@BO-TU-PHAP";
    body["external_codes"] = json!(["1897c359@lien-thong", ministry]);
    let received = json.call(&token, "ReceiveDossier", &body).await.good();
    let codes = json!(["1897C359@LIEN-THONG", ministry]);
    assert_eq!(received["external_codes"], codes);
    for text in ["1897C359", "1897c3", "1897C359@LIEN-THONG", "tn.2026.001"] {
        let found = json
            .call(&token, "SearchDossiers", &json!({ "query": text }))
            .await;
        let found = found.good();
        assert_eq!(found["dossiers"][0]["name"], received["name"], "{text}");
    }
    // Two sources may use the same code for different dossiers; one source may not.
    let mut other = handed_in(THREE_DAYS);
    other["external_codes"] = json!(["1897C359@BO-CONG-AN"]);
    json.call(&token, "ReceiveDossier", &other).await.good();
    let mut taken = handed_in(THREE_DAYS);
    taken["external_codes"] = json!(["1897C359@LIEN-THONG"]);
    let taken = json.call(&token, "ReceiveDossier", &taken).await;
    assert_eq!(taken.refused().2, "CODE_TAKEN");
    // A code without a source must have the form of a portal's code.
    let mut bare = handed_in(THREE_DAYS);
    bare["external_codes"] = json!(["1897C359"]);
    let bare = json.call(&token, "ReceiveDossier", &bare).await;
    assert_eq!(bare.wrong()[0].0, "external_codes[0]");
    let mut portal = handed_in(THREE_DAYS);
    portal["portal_code"] = json!(ministry);
    let portal = json.call(&token, "SubmitDossier", &portal).await;
    assert_eq!(portal.wrong()[0].0, "portal_code");
}
