//! Papers between people and units, as the desks see them.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, WARD, World};

/// A ward with its people.
struct Desk<'a> {
    world: &'a World,
    json: Json,
}

impl Desk<'_> {
    async fn ask(&self, role: Role, unit: &str, method: &str, body: Value) -> Value {
        let token = self.world.token(role, unit).await;
        self.json.call(&token, method, &body).await.good()
    }

    /// Somebody acts on a dossier, as the last answer showed it.
    async fn does(
        &self,
        role: Role,
        unit: &str,
        method: &str,
        dossier: &Value,
        more: Value,
    ) -> Value {
        let mut body = more;
        body["name"] = dossier["name"].clone();
        body["etag"] = dossier["etag"].clone();
        body["request_id"] = json!(fresh_id());
        self.ask(role, unit, method, body).await
    }

    async fn flagged(&self, unit: &str) -> Vec<Value> {
        let body = json!({ "not_handed_over": true });
        let page = self.ask(Role::Chairman, unit, "ListWorklist", body).await;
        page["dossiers"].as_array().unwrap().clone()
    }

    /// How many dossiers are not handed over, and how many of these are late.
    async fn counted(&self, unit: &str) -> (Value, Value) {
        let counts = self
            .ask(Role::Chairman, unit, "GetWorklistCounts", json!({}))
            .await;
        (
            counts["not_handed_over"].clone(),
            counts["hand_over_late"].clone(),
        )
    }
}

on_both!(papers_go_from_hand_to_hand_and_every_list_shows_where_they_are);

async fn papers_go_from_hand_to_hand_and_every_list_shows_where_they_are(on: Backend) {
    let world = World::on(on, "2026-08-03 14:00").await;
    let desk = Desk {
        world: &world,
        json: Json::over(&world),
    };
    let clerk = format!("receptionist-{WARD}");
    let received = desk
        .ask(Role::Receptionist, WARD, "ReceiveDossier", reception(WARD))
        .await;
    assert_eq!(received["hand_over_by_time"], "2026-08-03T10:00:00Z");
    assert_eq!(received["hand_over_late"], false);
    assert_eq!(received["holder"]["actor"], clerk.as_str());
    assert_eq!(desk.counted(WARD).await, (json!(1), json!(0)));
    assert_eq!(desk.flagged(WARD).await.len(), 1);

    world.set("2026-08-03 17:01");
    assert_eq!(desk.counted(WARD).await, (json!(1), json!(1)));
    assert_eq!(desk.flagged(WARD).await[0]["hand_over_late"], true);

    let papers = json!({
        "receiver": "nv-binh", "components": ["to-khai"], "originals": ["to-khai"],
        "on_paper": true,
    });
    let given = desk
        .does(
            Role::Receptionist,
            WARD,
            "HandOverDossier",
            &received,
            papers,
        )
        .await;
    assert_eq!(given["hand_over_by_time"], Value::Null);
    assert_eq!(given["hand_over_late"], true);
    assert_eq!(
        given["hand_overs"],
        json!([{
            "hand_over_time": "2026-08-03T10:01:00Z",
            "giver": clerk, "giver_unit": format!("units/{WARD}"),
            "receiver": "nv-binh", "receiver_unit": format!("units/{WARD}"),
            "components": ["to-khai"], "originals": ["to-khai"],
            "on_paper": true, "late": true,
        }])
    );
    assert_eq!(desk.counted(WARD).await, (json!(0), json!(0)));
    assert!(desk.flagged(WARD).await.is_empty());
}

on_every_database!(a_dossier_goes_to_another_ward_with_its_code_clock_and_papers);

async fn a_dossier_goes_to_another_ward_with_its_code_clock_and_papers(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let desk = Desk {
        world: &world,
        json: Json::over(&world),
    };
    let mut body = reception("H60.00691");
    body["resolving_unit"] = json!(WARD);
    let received = desk
        .ask(Role::Receptionist, "H60.00691", "ReceiveDossier", body)
        .await;
    let given = json!({ "receiver": "nv-binh", "receiver_unit": WARD, "on_paper": true });
    let there = desk
        .does(
            Role::Receptionist,
            "H60.00691",
            "HandOverDossier",
            &received,
            given,
        )
        .await;

    world.set("2026-08-04 15:30");
    let sent = json!({ "resolving_unit": OTHER_WARD, "reason": "thuộc địa bàn phường khác" });
    let sent = desk
        .does(Role::Leader, WARD, "TransferDossier", &there, sent)
        .await;
    assert_eq!(sent["resolving_unit"], format!("units/{OTHER_WARD}"));
    assert_eq!(sent["receiving_unit"], "units/H60.00691");
    for kept in [
        "code",
        "procedure_version",
        "original_due_time",
        "effective_due_time",
        "promised_due_time",
        "state",
        "returning_unit",
    ] {
        assert_eq!(sent[kept], received[kept], "{kept}");
    }
    assert_eq!(sent["hand_over_by_time"], "2026-08-05T00:30:00Z");

    // The sender no longer decides, but still holds the papers, so it still sees the dossier.
    let name = json!({ "name": sent["name"] });
    desk.ask(Role::Officer, WARD, "GetDossier", name.clone())
        .await;
    assert_eq!(desk.flagged(WARD).await.len(), 1);
    assert_eq!(desk.flagged(OTHER_WARD).await.len(), 1);
    let on = json!({ "giver": "nv-binh", "receiver": "nv-chi", "on_paper": true });
    let arrived = desk
        .does(Role::Officer, WARD, "HandOverDossier", &sent, on)
        .await;
    assert_eq!(arrived["hand_over_late"], false);
    assert_eq!(arrived["holder"]["unit"], format!("units/{OTHER_WARD}"));
    assert!(desk.flagged(OTHER_WARD).await.is_empty());
    let token = world.token(Role::Officer, WARD).await;
    let answer = desk.json.call(&token, "GetDossier", &name).await;
    assert_eq!(
        answer.refused(),
        (404, "NOT_FOUND", "NOT_FOUND"),
        "what left the unit altogether is no longer its business"
    );
    // The rates count the dossier at the deciding unit.
    let rates = |unit: &str| json!({ "unit": unit, "from": "2026-08-01", "to": "2026-08-31" });
    for (unit, received) in [(WARD, 0), (OTHER_WARD, 1)] {
        let told = desk
            .ask(Role::Chairman, unit, "GetRates", rates(unit))
            .await;
        assert_eq!(told["total"]["received"], received, "{unit}");
    }
}

#[tokio::test]
async fn who_does_not_hold_the_papers_is_told_who_does() {
    let world = World::at("2026-08-03 14:30").await;
    let json = Json::over(&world);
    let received = world.receive(WARD, crate::world::THREE_DAYS).await.dossier;
    let token = world.token(Role::Officer, WARD).await;
    let body = json!({
        "name": received.label(), "etag": received.etag(), "request_id": fresh_id(),
        "receiver": "nv-binh",
    });
    let answer = json.call(&token, "HandOverDossier", &body).await;
    assert_eq!(answer.refused(), (400, "FAILED_PRECONDITION", "NOT_HOLDER"));
    let holder = format!("receptionist-{WARD}");
    assert_eq!(answer.variable("holder"), Some(holder.as_str()));
    assert_eq!(answer.variable("holder_unit"), Some(WARD));
    assert_eq!(
        answer.variable("since_time"),
        Some("2026-08-03T14:30:00+07:00")
    );
}

#[tokio::test]
async fn a_dossier_does_not_leave_its_province_nor_go_to_no_desk() {
    let world = World::at("2026-08-03 14:30").await;
    let json = Json::over(&world);
    let received = world.receive(WARD, crate::world::THREE_DAYS).await.dossier;
    let token = world.token(Role::Chairman, WARD).await;
    for (method, field) in [
        ("TransferDossier", "resolving_unit"),
        ("TransferDossier", "returning_unit"),
        ("HandOverDossier", "receiver_unit"),
    ] {
        for unit in ["Y01.00004", "H60"] {
            let mut body = json!({
                "name": received.label(), "etag": received.etag(), "request_id": fresh_id(),
            });
            if method == "TransferDossier" {
                body["resolving_unit"] = json!(OTHER_WARD);
                body["reason"] = json!("lý do");
            } else {
                body["receiver"] = json!("nv-binh");
            }
            body[field] = json!(unit);
            let answer = json.call(&token, method, &body).await;
            assert_eq!(
                answer.refused().2,
                "INVALID_FIELDS",
                "{method} {field} {unit}"
            );
            assert_eq!(answer.wrong()[0].0, field);
        }
    }
}

#[tokio::test]
async fn the_list_of_papers_not_handed_over_is_paged_like_any_other() {
    let world = World::at("2026-08-03 09:00").await;
    let desk = Desk {
        world: &world,
        json: Json::over(&world),
    };
    let mut wanted = Vec::new();
    for number in 0..7 {
        let received = desk
            .ask(Role::Receptionist, WARD, "ReceiveDossier", reception(WARD))
            .await;
        if number % 2 == 0 {
            wanted.push(received["name"].clone());
        } else {
            let papers = json!({ "receiver": "nv-binh", "on_paper": true });
            desk.does(
                Role::Receptionist,
                WARD,
                "HandOverDossier",
                &received,
                papers,
            )
            .await;
        }
        world.pass(chrono::TimeDelta::minutes(1));
    }
    let mut seen = Vec::new();
    let mut token = json!("");
    loop {
        let body = json!({ "not_handed_over": true, "page_size": 2, "page_token": token });
        let page = desk.ask(Role::Chairman, WARD, "ListWorklist", body).await;
        seen.extend(
            page["dossiers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["name"].clone()),
        );
        token = page["next_page_token"].clone();
        if token == "" {
            break;
        }
    }
    assert_eq!(seen, wanted, "each once, in the order of their due times");
}
