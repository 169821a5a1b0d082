//! Unicode writes Vietnamese in two forms that look alike. The product treats them as one text.

use domain::role::Role;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::put;
use crate::access::ways::reception;
use crate::calling::{Json, fresh_id};
use crate::witness::Witness;
use crate::world::{WARD, World};

const NAME: &str = "Nguyễn Thị Thuỷ Tiên";

fn decomposed(text: &str) -> String {
    let decomposed: String = text.nfd().collect();
    assert_ne!(decomposed, text);
    decomposed
}

#[tokio::test]
async fn a_name_in_either_form_is_kept_composed_and_found_in_either_form() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, token) = (Json::over(&world), world.token(Role::Chairman, WARD).await);
    let address = "Tổ 9, phường Nông Tiến";
    for (name, address) in [
        (NAME.to_owned(), address.to_owned()),
        (decomposed(NAME), decomposed(address)),
    ] {
        let mut body = reception(WARD);
        body["applicant"] = json!({ "name": format!("  {name} "), "address": address });
        let received = json.call(&token, "ReceiveDossier", &body).await.good();
        let name = json!({ "name": received["name"] });
        let read = json.call(&token, "GetDossier", &name).await.good();
        assert_eq!(read["applicant"]["name"], NAME);
        assert_eq!(read["applicant"]["address"], "Tổ 9, phường Nông Tiến");
    }
    let forms = [
        NAME.to_owned(),
        decomposed(NAME),
        NAME.to_uppercase(),
        "nguyen thi thuy".to_owned(),
    ];
    for query in forms {
        let found = json
            .call(&token, "SearchDossiers", &json!({ "query": query }))
            .await
            .good();
        assert_eq!(found["dossiers"].as_array().unwrap().len(), 2, "{query}");
    }
}

#[tokio::test]
async fn a_repeat_in_the_other_form_is_the_same_request() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, token) = (Json::over(&world), world.token(Role::Chairman, WARD).await);
    let witness = Witness::of(&world).await;
    let mut body = reception(WARD);
    body["applicant"]["name"] = json!(NAME);
    let first = json.call(&token, "ReceiveDossier", &body).await;
    let written = witness.seen().await;
    body["applicant"]["name"] = json!(decomposed(NAME));
    let again = json.call(&token, "ReceiveDossier", &body).await;
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(witness.seen().await, written);
}

#[tokio::test]
async fn reasons_are_kept_composed() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, token) = (Json::over(&world), world.token(Role::Chairman, WARD).await);
    let received = json
        .call(&token, "ReceiveDossier", &reception(WARD))
        .await
        .good();
    let stop = json!({
        "name": received["name"], "etag": received["etag"], "request_id": fresh_id(),
        "reason": decomposed("Đã có kết quả"), "legal_basis": decomposed("Điều 19, khoản 4"),
    });
    json.call(&token, "StopDossier", &stop).await.good();
    let name = json!({ "name": received["name"] });
    let history = json.call(&token, "ListDossierEvents", &name).await.good();
    let texts = json!({ "legal_basis": "Điều 19, khoản 4", "reason": "Đã có kết quả" });
    assert_eq!(history["events"][1]["texts"], texts);
}

#[tokio::test]
async fn a_length_is_that_of_the_composed_text() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, token) = (Json::over(&world), world.token(Role::Chairman, WARD).await);
    let longest = "ế".repeat(200);
    let mut body = reception(WARD);
    put(
        &mut body,
        "applicant.name",
        Value::from(decomposed(&longest)),
    );
    let received = json.call(&token, "ReceiveDossier", &body).await.good();
    assert_eq!(received["applicant"]["name"], longest);
    let mut body = reception(WARD);
    put(
        &mut body,
        "applicant.name",
        Value::from(decomposed(&longest) + "a"),
    );
    let answer = json.call(&token, "ReceiveDossier", &body).await;
    let problem = answer.wrong()[0].1.to_owned();
    assert!(
        problem.contains("at most 200 characters, not 201"),
        "{problem}"
    );
}
