//! No log contains a name, address, id number or telephone of a citizen.

use std::process::Command;

use domain::role::Role;
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

use crate::calling::{Json, fresh_id};
use crate::port::Port;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, contents};

/// Personal data that must not be logged, in whichever field it arrives.
const CANARIES: [&str; 5] = [
    "Canary",
    "CANARY",
    "424242424242",
    "0942424242",
    "hoàng yến hót",
];

/// The name of the test that runs the day below.
const DAY: &str = "access::log::a_day_at_the_desk_with_everything_logged";

#[test]
fn nothing_personal_is_logged_by_good_calls_or_by_bad_ones() {
    // A log belongs to a whole process, so the day runs in a process of its own.
    let program = std::env::current_exe().unwrap();
    let day = Command::new(program)
        .args(["--exact", DAY, "--ignored", "--nocapture"])
        .output();
    let day = day.unwrap();
    let log = format!(
        "{}{}",
        String::from_utf8_lossy(&day.stdout),
        String::from_utf8_lossy(&day.stderr)
    );
    assert!(day.status.success() && log.contains("1 passed"), "{log}");
    for told in ["DEBUG", "a call was answered", "an internal error"] {
        assert!(
            log.contains(told),
            "the log does not tell of {told}, so it shows nothing"
        );
    }
    for canary in CANARIES {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(canary)).collect();
        assert!(lines.is_empty(), "{canary} was logged: {lines:#?}");
    }
}

#[tokio::test]
#[ignore = "the test above runs it in a process of its own and reads the log"]
async fn a_day_at_the_desk_with_everything_logged() {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .init();
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, PROVINCE).await;

    let reception = json!({
        "request_id": fresh_id(),
        "procedure": THREE_DAYS,
        "receiving_unit": WARD,
        "applicant": person("Canary Thị Hoàng Yến"),
        "components": contents(THREE_DAYS).components.iter().map(ToString::to_string)
            .collect::<Vec<_>>(),
    });
    let received = json.call(&token, "ReceiveDossier", &reception).await.good();
    // The same request again, the same request for another person, and a second dossier of one
    // person.
    let mut other = reception.clone();
    other["applicant"] = person("Canary Khác");
    json.call(&token, "ReceiveDossier", &other).await.refused();
    other["request_id"] = json!(fresh_id());
    json.call(&token, "ReceiveDossier", &other).await.refused();

    let stop = |name: &Value, etag: &str| {
        json!({
            "name": name, "etag": etag, "request_id": fresh_id(),
            "reason": "Canary: hoàng yến hót", "legal_basis": "Canary, khoản 2",
        })
    };
    let name = &received["name"];
    json.call(&token, "StopDossier", &stop(name, "v7"))
        .await
        .refused();
    let stranger = world.token(Role::Leader, OTHER_WARD).await;
    json.call(&stranger, "StopDossier", &stop(name, "v1"))
        .await
        .refused();
    json.call(&token, "StopDossier", &stop(name, "v1"))
        .await
        .good();
    json.call(&token, "StopDossier", &stop(name, "v2"))
        .await
        .refused();

    // Every personal field where it does not belong, and wrong values where it does.
    for (method, body) in [
        ("GetDossier", json!({ "name": "Canary 424242424242" })),
        ("GetDossier", json!({ "Canary": "hoàng yến hót" })),
        ("SearchDossiers", json!({ "query": "Canary 424242424242" })),
        ("SearchDossiers", json!({ "query": "0942424242" })),
        (
            "ListWorklist",
            json!({ "unit": "Canary", "page_token": "424242424242" }),
        ),
        ("ListEvents", json!({ "after": "Canary-0942424242" })),
        (
            "LookupDossier",
            json!({ "code": "Canary", "pin": "424242424242" }),
        ),
        (
            "SubmitRating",
            json!({ "code": "Canary", "pin": "424242424242", "comment": "Canary" }),
        ),
        (
            "ReceiveDossier",
            json!({ "applicant": { "name": 424_242_424_242_u64, "Canary": 1 } }),
        ),
        (
            "ReceiveDossier",
            json!({ "applicant": person(&"Canary".repeat(100)) }),
        ),
        (
            "ReturnResult",
            json!({ "receiver": { "phone": "Canary", "id_number": "Canary?" } }),
        ),
    ] {
        json.call(&token, method, &body).await;
        // The same over a real connection, because the connection logs too.
        crate::calling::Answer::read(port.post(&token, method, &body).await).await;
    }
    json.call(
        "mct_Canary424242424242",
        "GetDossier",
        &json!({ "name": name }),
    )
    .await
    .refused();

    // The database fails in the middle of the day.
    spoil(&world).await;
    let mut late = reception.clone();
    late["request_id"] = json!(fresh_id());
    late["duplicate_intended"] = json!(true);
    let answer = json.call(&token, "ReceiveDossier", &late).await;
    assert!(answer.http.is_server_error(), "{}", answer.json);
    let answer = json
        .call(&token, "GetDossier", &json!({ "name": name }))
        .await;
    assert_eq!(answer.refused().2, "INTERNAL");
}

fn person(name: &str) -> Value {
    json!({
        "name": name,
        "id_number": "424242424242",
        "phone": "0942424242",
        "address": "CANARY, tổ 42",
    })
}

/// Drops the tables that the store reads and writes, but not the tokens.
async fn spoil(world: &World) {
    use sea_orm::ConnectionTrait;
    let database = sea_orm::Database::connect(&world.url).await.unwrap();
    database
        .execute_unprepared("ALTER TABLE dossier RENAME TO gone")
        .await
        .unwrap();
}
