//! Dossiers of another system, as its portal feeds them and the offices see them.

use app::view::View;
use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{AUTHORITY, MIRRORED, fresh_code};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

/// A portal that feeds the messages about one dossier.
struct Feeder<'a> {
    world: &'a World,
    json: Json,
    name: String,
}

impl<'a> Feeder<'a> {
    fn of(world: &'a World, view: &View) -> Self {
        Self {
            world,
            json: Json::over(world),
            name: format!("dossiers/{}", view.dossier.id),
        }
    }

    async fn ask(&self, role: Role, method: &str, body: Value) -> Value {
        let unit = if role == Role::Portal { PROVINCE } else { WARD };
        let token = self.world.token(role, unit).await;
        self.json.call(&token, method, &body).await.good()
    }

    async fn read(&self) -> Value {
        let body = json!({ "name": self.name });
        self.ask(Role::Chairman, "GetDossier", body).await
    }

    /// Sends a message of the other system, as the portal relays it.
    async fn says(&self, state: &str, time: &str, more: Value) -> Value {
        let mut body = more;
        body["name"] = json!(self.name);
        body["etag"] = self.read().await["etag"].clone();
        body["request_id"] = json!(fresh_id());
        body["state"] = json!(state);
        body["status_time"] = json!(format!("{time}:00+07:00"));
        for (field, usual) in [("system", AUTHORITY), ("reference", "BCA-2026/0001")] {
            if body.get(field).is_none() {
                body[field] = json!(usual);
            }
        }
        self.ask(Role::Portal, "RecordMirroredStatus", body).await
    }

    async fn settles(&self, role: Role, number: u32, apply: bool) -> Value {
        let body = json!({
            "name": self.name, "etag": self.read().await["etag"], "request_id": fresh_id(),
            "conflict": number, "apply": apply, "reason": "đã hỏi lại Bộ Công an",
        });
        self.ask(role, "SettleConflict", body).await
    }
}

on_every_database!(a_mirror_follows_its_system_and_keeps_what_contradicts);

async fn a_mirror_follows_its_system_and_keeps_what_contradicts(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    let mirror = world.submit(WARD, MIRRORED, &fresh_code()).await;
    let feeder = Feeder::of(&world, &mirror);
    world.set("2026-08-03 10:00");
    let due = json!({ "due_time": "2026-08-06T17:00:00+07:00" });
    let received = feeder.says("STATE_RECEIVED", "2026-08-03T09:00", due).await;
    assert_eq!(received["state"], "STATE_RECEIVED");
    assert_eq!(received["receive_time"], "2026-08-03T02:00:00Z");
    assert_eq!(received["effective_due_time"], "2026-08-06T10:00:00Z");
    assert_eq!(received["mirrored_reference"], "BCA-2026/0001");
    assert_eq!(received["mirrored_status_time"], "2026-08-03T02:00:00Z");
    assert_eq!(received["allowed_actions"], json!(["RecordMirroredStatus"]));

    // Messages that may not be believed, in order: an older one, another system, a step back.
    let older = feeder
        .says("STATE_PROCESSING", "2026-08-03T08:30", json!({}))
        .await;
    assert_eq!(older["state"], "STATE_RECEIVED");
    let other = json!({ "system": "Hệ thống một cửa khác" });
    feeder
        .says("STATE_RESOLVED", "2026-08-03T09:30", other)
        .await;
    let back = feeder
        .says("STATE_SUBMITTED", "2026-08-03T09:40", json!({}))
        .await;
    let told: Vec<_> = back["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["number"].as_u64(),
                it["reason"].as_str(),
                it["state"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some(1), Some("REASON_OLDER"), Some("STATE_PROCESSING")),
            (Some(2), Some("REASON_OTHER_SYSTEM"), Some("STATE_RESOLVED")),
            (Some(3), Some("REASON_TRANSITION"), Some("STATE_SUBMITTED")),
        ]
    );
    assert_eq!(back["conflicts"][1]["system"], "Hệ thống một cửa khác");
    assert_eq!(back["open_conflicts"], 3);

    // The offices see the conflict, a person settles it, and nothing is lost.
    let counts = feeder
        .ask(Role::Chairman, "GetWorklistCounts", json!({}))
        .await;
    assert_eq!(counts["in_conflict"], 1);
    let listed = json!({ "in_conflict": true });
    let page = feeder.ask(Role::Chairman, "ListWorklist", listed).await;
    assert_eq!(page["dossiers"][0]["name"], feeder.name.as_str());
    for (role, number) in [
        (Role::Chairman, 1),
        (Role::Province, 2),
        (Role::Chairman, 3),
    ] {
        feeder.settles(role, number, false).await;
    }
    let settled = feeder.read().await;
    assert_eq!(settled["open_conflicts"], 0);
    assert_eq!(settled["conflicts"].as_array().unwrap().len(), 3);
    assert_eq!(settled["conflicts"][0]["applied"], false);
    assert!(settled["conflicts"][0]["settle_time"].is_string());

    world.set("2026-08-05 16:00");
    for (state, time) in [
        ("STATE_PROCESSING", "2026-08-03T10:30"),
        ("STATE_RESOLVED", "2026-08-05T09:00"),
        ("STATE_RETURNED", "2026-08-05T15:00"),
    ] {
        assert_eq!(feeder.says(state, time, json!({})).await["state"], state);
    }
    let done = feeder.read().await;
    assert_eq!(done["end_time"], "2026-08-05T02:00:00Z");
    assert_eq!(done["return_time"], "2026-08-05T08:00:00Z");

    // History and feed show the message, and why it was settled.
    let name = json!({ "name": feeder.name });
    let history = feeder.ask(Role::Chairman, "ListDossierEvents", name).await;
    let kinds: Vec<_> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    let (said, contradicted, settled) = ("mirrored_status", "conflicted", "conflict_settled");
    assert_eq!(
        kinds,
        [
            "submitted",
            said,
            contradicted,
            contradicted,
            contradicted,
            settled,
            settled,
            settled,
            said,
            said,
            said
        ]
    );
    assert_eq!(history["events"][2]["details"]["contradiction"], "OLDER");
    assert_eq!(
        history["events"][5]["texts"]["reason"],
        "đã hỏi lại Bộ Công an"
    );
    world.feed_settles(11).await;
    let feed = feeder.ask(Role::Auditor, "ListEvents", json!({})).await;
    assert!(feed.to_string().contains("conflict_settled"));

    // The mirror is counted separately, and in no rate.
    let rates = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let told = feeder.ask(Role::Chairman, "GetRates", rates).await;
    assert_eq!(told["total"]["mirrored"], 1);
    assert_eq!(told["total"]["received"], 0);
}

on_both!(the_same_message_again_writes_nothing_even_at_once);

async fn the_same_message_again_writes_nothing_even_at_once(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mirror = world.submit(WARD, MIRRORED, &fresh_code()).await;
    let feeder = Feeder::of(&world, &mirror);
    let first = feeder
        .says("STATE_RECEIVED", "2026-08-03T10:00", json!({}))
        .await;
    world.set("2026-08-03 11:00");
    let then = feeder
        .says("STATE_PROCESSING", "2026-08-03T11:00", json!({}))
        .await;
    for _ in 0..2 {
        let again = feeder
            .says("STATE_RECEIVED", "2026-08-03T10:00", json!({}))
            .await;
        assert_eq!(again["state"], "STATE_PROCESSING");
        assert_eq!(again["open_conflicts"], 0);
        assert_eq!(again["receive_time"], first["receive_time"]);
        assert_eq!(again["etag"], then["etag"], "nothing was written");
    }

    // Two feeders relay the same message at the same moment, each with its own request id.
    let news = |etag: &Value| {
        json!({
            "name": feeder.name, "etag": etag, "request_id": fresh_id(), "system": AUTHORITY,
            "reference": "BCA-2026/0001", "state": "STATE_RESOLVED",
            "status_time": "2026-08-03T11:00:00+07:00",
        })
    };
    let etag = feeder.read().await["etag"].clone();
    let token = world.token(Role::Portal, PROVINCE).await;
    let (one, other) = (news(&etag), news(&etag));
    let (one, other) = tokio::join!(
        feeder.json.call(&token, "RecordMirroredStatus", &one),
        feeder.json.call(&token, "RecordMirroredStatus", &other),
    );
    let mut codes = [one.http.as_u16(), other.http.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "one is told to read again");
    let again = news(&feeder.read().await["etag"]);
    let again = feeder
        .json
        .call(&token, "RecordMirroredStatus", &again)
        .await;
    assert_eq!(again.good()["open_conflicts"], 0);
}

#[tokio::test]
async fn a_dossier_of_ours_is_contradicted_in_every_state_and_moved_in_none() {
    let world = World::at("2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let feeder = Feeder::of(&world, &received);
    let contradicted = feeder
        .says("STATE_RETURNED", "2026-08-03T10:00", json!({}))
        .await;
    assert_eq!(contradicted["state"], "STATE_RECEIVED");
    assert_eq!(contradicted["conflicts"][0]["reason"], "REASON_OURS");
    let portals = contradicted["allowed_actions"].as_array().unwrap();
    assert!(
        !portals.contains(&json!("RecordMirroredStatus")),
        "no button for what is never believed: {portals:?}"
    );
    let seen = feeder.read().await;
    let buttons = seen["allowed_actions"].as_array().unwrap();
    assert!(buttons.contains(&json!("SettleConflict")), "{buttons:?}");
    assert!(
        buttons.contains(&json!("AdvanceDossier")),
        "work goes on: {buttons:?}"
    );
    let token = world.token(Role::Chairman, WARD).await;
    let believed = json!({
        "name": feeder.name, "etag": seen["etag"], "request_id": fresh_id(),
        "conflict": 1, "apply": true, "reason": "tin hệ thống kia",
    });
    let answer = feeder.json.call(&token, "SettleConflict", &believed).await;
    assert_eq!(
        answer.refused(),
        (400, "FAILED_PRECONDITION", "NOT_CREDIBLE")
    );
    let ended = world.finish(
        world
            .engine
            .dossier(
                &crate::world::who(Role::Chairman, WARD),
                &app::view::DossierName::Id(received.dossier.id),
            )
            .await
            .unwrap(),
    );
    assert_eq!(
        ended.await.dossier.status(),
        domain::dossier::Status::Returned
    );
    let after = feeder
        .says("STATE_PROCESSING", "2026-08-03T10:00", json!({}))
        .await;
    assert_eq!(after["state"], "STATE_RETURNED");
    assert_eq!(after["open_conflicts"], 2);
}

#[tokio::test]
async fn a_mirror_that_its_system_opened_again_is_believed_by_the_chairman() {
    let world = World::at("2026-08-03 08:00").await;
    let mirror = world.submit(WARD, MIRRORED, &fresh_code()).await;
    let feeder = Feeder::of(&world, &mirror);
    world.set("2026-08-06 08:00");
    for (state, time) in [
        ("STATE_PROCESSING", "2026-08-03T10:30"),
        ("STATE_RETURNED", "2026-08-05T09:00"),
        ("STATE_PROCESSING", "2026-08-05T15:00"),
    ] {
        feeder.says(state, time, json!({})).await;
    }
    let closed = feeder.read().await;
    assert_eq!(closed["state"], "STATE_RETURNED");
    let open = feeder.settles(Role::Chairman, 1, true).await;
    assert_eq!(open["state"], "STATE_PROCESSING");
    assert_eq!(open["end_time"], Value::Null);
    assert_eq!(open["conflicts"][0]["applied"], true);
}
