//! How much of the applicant each role sees.

use domain::role::Role;
use serde_json::{Value, json};

use super::table::{Says, shown, table};
use super::ways::fresh_code;
use crate::calling::{Json, fresh_id};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, contents};

const NAME: &str = "Đặng Thị Hoàng Yến";
const ID_NUMBER: &str = "008199000777";
const PHONE: &str = "0912345888";
const ADDRESS: &str = "Tổ 7, phường Minh Xuân";
const REASON: &str = "vắng nhà vì đi chữa bệnh";

fn full() -> Value {
    json!({ "name": NAME, "id_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS })
}

fn masked() -> Value {
    json!({ "name": "Đ. T. H. Y.", "id_number": "***777", "phone": "***888", "address": "" })
}

/// What the document says that a role sees of the applicant.
fn seen_by(role: Role) -> Value {
    let shown = shown();
    let (_, words) = shown
        .iter()
        .find(|(roles, _)| roles.contains(&role))
        .unwrap();
    match words.as_str() {
        "everything" => full(),
        "initials last digits" => masked(),
        "nothing" => Value::Null,
        other => panic!("unknown words in the document: {other}"),
    }
}

/// Submits a dossier of this applicant and withdraws it for a reason. Returns the answers by role.
async fn submit(json: &Json, token: &str) -> Value {
    let body = json!({
        "request_id": fresh_id(),
        "procedure": THREE_DAYS,
        "receiving_unit": WARD,
        "portal_code": fresh_code(),
        "applicant": full(),
        "components": contents(THREE_DAYS).components.iter().map(ToString::to_string)
            .collect::<Vec<_>>(),
        "duplicate_intended": true,
    });
    json.call(token, "SubmitDossier", &body).await.good()
}

/// Whether an answer shows anything that only some roles may know.
fn tells_too_much(answer: &Value) -> bool {
    let answer = answer.to_string();
    [NAME, ID_NUMBER, PHONE, ADDRESS, REASON]
        .iter()
        .any(|secret| answer.contains(secret))
}

#[tokio::test]
async fn every_answer_shows_a_role_as_much_as_the_document_says() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let portal = world.token(Role::Portal, PROVINCE).await;
    let dossier = submit(&json, &portal).await;
    assert_eq!(
        dossier["applicant"],
        masked(),
        "the answer to the portal itself"
    );
    let code = dossier["code"].as_str().unwrap();
    for role in Role::ALL {
        let token = world.token(role, WARD).await;
        let expected = seen_by(role);
        for (method, body) in [
            ("GetDossier", json!({ "name": code })),
            ("ListDossiers", json!({ "unit": WARD })),
            ("SearchDossiers", json!({ "query": code })),
            ("ListWorklist", json!({})),
        ] {
            let answer = json.call(&token, method, &body).await;
            let says = table()[method]
                .iter()
                .find(|(other, _)| *other == role)
                .unwrap()
                .1;
            if says == Says::Never {
                assert_eq!(answer.refused().2, "ROLE_DENIED", "{method} as {role}");
                continue;
            }
            let answer = answer.good();
            let dossier = answer.get("dossiers").map_or(&answer, |found| &found[0]);
            assert_eq!(dossier["code"], code, "{method} as {role}");
            assert_eq!(dossier["applicant"], expected, "{method} as {role}");
            let full_sight = expected == full();
            assert_eq!(
                tells_too_much(&answer),
                full_sight,
                "{method} as {role}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn names_and_telephones_are_searched_by_those_who_see_them() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let portal = world.token(Role::Portal, PROVINCE).await;
    submit(&json, &portal).await;
    for (role, says) in &table()["SearchDossiers"] {
        if *says == Says::Never {
            continue;
        }
        let token = world.token(*role, WARD).await;
        let sees = seen_by(*role) == full();
        for query in [
            NAME,
            "dang thi hoang yen",
            "YẾN",
            PHONE,
            "+84 912 345 888",
            ID_NUMBER,
        ] {
            let found = json
                .call(&token, "SearchDossiers", &json!({ "query": query }))
                .await
                .good();
            let found = !found["dossiers"].as_array().unwrap().is_empty();
            // Nobody can search by id number: the office keeps it to show it, not to find by it.
            let expected = sees && query != ID_NUMBER;
            assert_eq!(found, expected, "{query} as {role}");
        }
    }
}

#[tokio::test]
async fn reasons_are_read_in_the_history_by_those_who_see_the_applicant_and_are_in_no_feed() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let dossier = submit(&json, &desk).await;
    let withdrawal = json!({
        "name": dossier["name"], "etag": dossier["etag"], "request_id": fresh_id(),
        "reason": REASON,
    });
    json.call(&desk, "WithdrawDossier", &withdrawal)
        .await
        .good();
    for (role, says) in &table()["ListDossierEvents"] {
        if *says == Says::Never {
            continue;
        }
        let token = world.token(*role, WARD).await;
        let name = json!({ "name": dossier["name"] });
        let history = json.call(&token, "ListDossierEvents", &name).await.good();
        let sees = seen_by(*role) == full();
        let read = if sees {
            json!({ "reason": REASON })
        } else {
            json!({})
        };
        assert_eq!(history["events"][1]["texts"], read, "as {role}");
        assert_eq!(tells_too_much(&history), sees, "as {role}");
        let feed = json.call(&token, "ListEvents", &json!({})).await.good();
        assert_eq!(feed["events"].as_array().unwrap().len(), 2, "as {role}");
        assert!(!tells_too_much(&feed), "as {role}: {feed}");
    }
}

#[tokio::test]
async fn the_public_is_told_nobodys_name() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let mut submitted = submit(&json, &desk).await;
    let acceptance = json!({
        "name": submitted["name"], "etag": submitted["etag"], "request_id": fresh_id(),
    });
    submitted = json.call(&desk, "ReceiveDossier", &acceptance).await.good();
    let code = submitted["code"].clone();
    let pin = submitted["receipt"]["pin"].clone();
    for body in [json!({ "code": code }), json!({ "code": code, "pin": pin })] {
        let told = json.call("", "LookupDossier", &body).await.good();
        assert_eq!(told["details"].is_null(), body.get("pin").is_none());
        assert!(!tells_too_much(&told), "{told}");
        assert!(
            !told.to_string().contains("receptionist-"),
            "nor who works on it: {told}"
        );
    }
}
