//! What a citizen can do with the receipt alone.

use app::ports::Store;
use domain::dossier::acts::RateDossier;
use domain::dossier::private::Words;
use domain::dossier::{Command, RatingMethod, Score};
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use crate::access::ways::{Units, pin_of, ready_for, reception};
use crate::backend::Backend;
use crate::calling::{Answer, Json, fresh_id};
use crate::world::{THREE_DAYS, WARD, World};

const COMMENT: &str = "cô tiếp nhận rất tận tình";

fn rating(code: &str, pin: &str, score: u8) -> Value {
    json!({
        "code": code, "pin": pin, "score": score, "comment": COMMENT, "request_id": fresh_id(),
    })
}

/// Sends a rating without a token.
async fn says(json: &Json, body: &Value) -> Answer {
    json.call("", "SubmitRating", body).await
}

on_every_database!(whoever_holds_the_receipt_rates_once_after_the_end);

async fn whoever_holds_the_receipt_rates_once_after_the_end(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let received = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (received.dossier.label(), received.receipt.clone());
    let pin = pin.unwrap().pin;
    let early = says(&json, &rating(&code, &pin, 5)).await;
    assert_eq!(early.refused(), (400, "FAILED_PRECONDITION", "WRONG_STATE"));

    let finished = world.finish(received).await;
    world.set("2026-08-09 20:00");
    let body = rating(
        &format!("  {} ", code.to_lowercase()),
        &pin.to_lowercase(),
        5,
    );
    let said = says(&json, &body).await.good();
    assert_eq!(
        said,
        json!({
            "score": 5, "method": "RATING_METHOD_RECEIPT",
            "rate_time": "2026-08-09T13:00:00Z",
        })
    );
    // A repeated request gets the same answer. A second rating does not count, whoever records it.
    world.set("2026-08-10 09:00");
    assert_eq!(says(&json, &body).await.good(), said);
    let again = says(&json, &rating(&code, &pin, 1)).await;
    assert_eq!(
        again.refused(),
        (400, "FAILED_PRECONDITION", "ALREADY_RATED")
    );
    let mut other = body.clone();
    other["score"] = json!(1);
    let other = says(&json, &other).await;
    assert_eq!(
        other.refused(),
        (400, "INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    );
    let name = app::view::DossierName::Id(finished.dossier.id);
    let clerk = crate::world::who(Role::Receptionist, WARD);
    let now = world.engine.dossier(&clerk, &name).await.unwrap();
    let rate = Command::Rate(RateDossier {
        score: Score::new(1).unwrap(),
        method: RatingMethod::Device,
        comment: Words::default(),
    });
    let desk = world.act(&now, Role::Receptionist, rate).await;
    assert_eq!(desk.unwrap_err().reason(), "ALREADY_RATED");

    let chairman = world.token(Role::Chairman, WARD).await;
    let month = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let counted = json.call(&chairman, "GetRatings", &month).await.good();
    assert_eq!(counted["total"]["scores"], json!([0, 0, 0, 0, 1]));
    let named = json!({ "name": code });
    let history = json.call(&chairman, "ListDossierEvents", &named).await;
    let history = history.good();
    let event = history["events"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&event["kind"], &event["actor"], &event["role"]),
        (&json!("rated"), &json!("receipt"), &json!("citizen"))
    );
    assert_eq!(event["texts"]["comment"], COMMENT);
    let read = world.store.read().await.unwrap();
    let key = (finished.dossier.province.clone(), finished.dossier.id);
    let bytes = String::from_utf8(read.record_bytes(&key).await.unwrap().concat()).unwrap();
    assert!(
        !bytes.contains("tận tình") && !bytes.contains(&pin),
        "{bytes}"
    );

    // The PIN shows the rating; without it, nothing of the rating is shown.
    for (body, shown) in [
        (json!({ "code": code, "pin": pin }), said),
        (json!({ "code": code }), Value::Null),
    ] {
        let known = json.call("", "LookupDossier", &body).await.good();
        assert_eq!(known["details"]["rating"], shown);
        assert!(!known.to_string().contains("tận tình"));
    }
}

/// A number that the database gives.
async fn counted(world: &World, sql: &str) -> i64 {
    let db = Database::connect(&world.url).await.unwrap();
    let asked = Statement::from_string(DbBackend::Sqlite, sql);
    let row = db.query_one_raw(asked).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_wrong_pin_reads_like_an_unknown_code_and_a_few_slow_down_the_next() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let ended = ready_for(&world, "SubmitRating", Units::only(WARD)).await;
    let (code, pin) = (ended.dossier.label(), pin_of(ended.dossier.id));
    let wrong = if pin == "222222" { "333333" } else { "222222" };
    let before = counted(&world, "SELECT count(*) FROM event").await;
    let unknown = code.replace("-0001", "-0099");
    let told = |answer: &Answer, code: &str| answer.json.to_string().replace(code, "CODE");
    let (known, strange) = (
        says(&json, &rating(&code, wrong, 5)).await,
        says(&json, &rating(&unknown, wrong, 5)).await,
    );
    assert_eq!(known.refused(), (404, "NOT_FOUND", "NOT_FOUND"));
    assert_eq!(told(&known, &code), told(&strange, &unknown));

    // Looking up and rating share one limit: wrong PINs at either count for both.
    for _ in 0..2 {
        says(&json, &rating(&code, wrong, 5)).await.refused();
        let body = json!({ "code": code, "pin": wrong });
        json.call("", "LookupDossier", &body).await.refused();
    }
    let closed = says(&json, &rating(&code, &pin, 5)).await;
    assert_eq!(
        closed.refused(),
        (429, "RESOURCE_EXHAUSTED", "TOO_MANY_TRIES")
    );
    // The tries are counted, and nothing else is written.
    let events = "SELECT count(*) FROM event";
    assert_eq!(counted(&world, events).await, before);
    assert_eq!(
        counted(&world, "SELECT sum(count) FROM wrong_pin WHERE peer = ''").await,
        5
    );
    world.set("2026-08-03 10:16");
    says(&json, &rating(&code, &pin, 5)).await.good();
}

#[tokio::test]
async fn nobody_claims_to_be_the_citizen() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let ended = ready_for(&world, "RateDossier", Units::only(WARD)).await;
    let desk = world.token(Role::Receptionist, WARD).await;
    let claimed = json!({
        "name": ended.dossier.label(), "etag": ended.dossier.etag(), "request_id": fresh_id(),
        "score": 5, "method": "RATING_METHOD_RECEIPT",
    });
    let refused = json.call(&desk, "RateDossier", &claimed).await;
    let (field, expected) = refused.wrong()[0];
    assert_eq!(field, "method");
    assert!(!expected.contains("RECEIPT"), "{expected}");
    assert!(
        "citizen".parse::<Role>().is_err(),
        "no token is made for it"
    );
}

on_both!(a_code_that_another_province_has_noted_hides_nothing_from_the_holder);

async fn a_code_that_another_province_has_noted_hides_nothing_from_the_holder(on: Backend) {
    const BA_DINH: &str = "Y01.00004";
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let received = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (received.dossier.label(), received.receipt.unwrap().pin);
    let desk = world.token(Role::Receptionist, BA_DINH).await;
    let mut body = reception(BA_DINH);
    body["external_codes"] = json!([code]);
    let other = json.call(&desk, "ReceiveDossier", &body).await.good();

    let look = async |pin: &str| {
        let body = json!({ "code": code, "pin": pin });
        json.call("", "LookupDossier", &body).await
    };
    assert_ne!(look(&pin).await.good()["details"], Value::Null);
    let theirs = other["receipt"]["pin"].as_str().unwrap();
    assert_ne!(look(theirs).await.good()["details"], Value::Null);
    let nobodys = if pin == "222222" { "333333" } else { "222222" };
    assert_eq!(look(nobodys).await.refused().2, "NOT_FOUND");
}
