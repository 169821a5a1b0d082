//! JSON beside gRPC: the envelope, refusals before any method is reached, streams.

use axum::body::Body;
use domain::role::Role;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{call, detail, post, reason, router, wrong_fields};
use crate::world::{THREE_DAYS, WARD, World};

const REQUEST: &str = "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11";

pub(super) fn reception(world_procedure: &str) -> Value {
    let contents = crate::world::contents(world_procedure);
    let components: Vec<_> = contents
        .components
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "request_id": REQUEST,
        "procedure": format!("procedures/{world_procedure}"),
        "receiving_unit": format!("units/{WARD}"),
        "applicant": {"name": "Nguyễn Văn Mẫu", "phone": "0912 345 678"},
        "components": components,
    })
}

#[tokio::test]
async fn a_reception_in_json_answers_with_the_dossier_and_its_receipt() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Receptionist, WARD).await);
    let method = "DossierService/ReceiveDossier";
    let (status, dossier) = call(&router, &token, method, &reception(THREE_DAYS)).await;
    assert_eq!(status, StatusCode::OK, "{dossier}");
    assert_eq!(dossier["code"], "H60.02215-260803-0001");
    assert_eq!(dossier["state"], "STATE_RECEIVED");
    assert_eq!(dossier["national_code"], 2);
    assert_eq!(dossier["receive_time"], "2026-08-03T03:00:00Z");
    assert_eq!(dossier["effective_due_time"], "2026-08-06T10:00:00Z");
    assert_eq!(dossier["limit"], "3wd");
    assert_eq!(dossier["fee_open_vnd"], json!(null));
    assert_eq!(dossier["end_time"], json!(null));
    assert!(
        dossier["allowed_actions"]
            .as_array()
            .unwrap()
            .contains(&json!("AdvanceDossier"))
    );
    assert!(!dossier["receipt"]["pin"].as_str().unwrap().is_empty());
    assert!(
        dossier["receipt"]["explanation_vi"]
            .as_array()
            .unwrap()
            .len()
            > 2
    );

    // The same request in the other spelling of the fields gets the same answer.
    let mut again = reception(THREE_DAYS);
    let id = again.as_object_mut().unwrap().remove("request_id").unwrap();
    again["requestId"] = id;
    let (status, repeated) = call(&router, &token, method, &again).await;
    assert_eq!((status, &repeated), (StatusCode::OK, &dossier));

    // The same request id for another person is refused.
    again["applicant"]["name"] = json!("Người Khác");
    let (status, error) = call(&router, &token, method, &again).await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::BAD_REQUEST, "REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn a_refusal_carries_state_allowed_actions_and_both_languages() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Chairman, WARD).await);
    let (_, dossier) = call(
        &router,
        &token,
        "DossierService/ReceiveDossier",
        &reception(THREE_DAYS),
    )
    .await;
    let back = json!({
        "name": dossier["code"],
        "etag": dossier["etag"],
        "request_id": "00000000-0000-4000-8000-000000000002",
    });
    let (status, error) = call(&router, &token, "DossierService/ReturnResult", &back).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["code"], "FAILED_PRECONDITION");
    let info = detail(&error, "ErrorInfo");
    assert_eq!(info["reason"], "WRONG_STATE");
    assert_eq!(info["domain"], "motcua");
    assert_eq!(info["metadata"]["state"], "RECEIVED");
    assert!(
        info["metadata"]["allowed"]
            .as_str()
            .unwrap()
            .contains("AdvanceDossier")
    );
    assert_eq!(detail(&error, "LocalizedMessage")["locale"], "vi-VN");

    let mut stale = back;
    stale["etag"] = json!("v0");
    let (status, error) = call(&router, &token, "DossierService/ResolveDossier", &stale).await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::CONFLICT, "STALE_DOSSIER")
    );
    assert_eq!(error["code"], "ABORTED");
}

#[tokio::test]
async fn what_reaches_no_method_is_refused_with_a_reason() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Receptionist, WARD).await);
    let get = "DossierService/GetDossier";
    let (status, error) = post(&router, &token, get, "text/plain", "{}").await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
    );
    let (status, error) = post(&router, &token, get, "application/json", "{\"name\"").await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::BAD_REQUEST, "MALFORMED_JSON")
    );
    let huge = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let (status, error) = post(&router, &token, get, "application/json", huge).await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE")
    );
    for nowhere in ["DossierService/DeleteDossier", "NoService/GetDossier"] {
        let (status, error) = call(&router, &token, nowhere, &json!({})).await;
        assert_eq!(
            (status, reason(&error)),
            (StatusCode::NOT_FOUND, "METHOD_UNKNOWN"),
            "{nowhere}"
        );
    }
    let (status, error) = call(&router, "mct_wrong", get, &json!({"name": "x"})).await;
    assert_eq!(
        (status, reason(&error)),
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
    );
    let (status, error) = call(&router, &token, get, &json!({"nam": "x", "name": 3})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong_fields(&error), ["nam", "name"]);

    let request = Request::get(format!("/motcua.v1.{get}"))
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let request = Request::get("/").body(Body::empty()).unwrap();
    assert_eq!(
        router.clone().oneshot(request).await.unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn health_answers_without_a_token_and_in_json_too() {
    let world = World::at("2026-08-03 10:00").await;
    let router = router(&world);
    for service in ["", "motcua.v1.DossierService"] {
        let request = Request::post("/grpc.health.v1.Health/Check")
            .header("content-type", "application/json; charset=utf-8")
            .body(Body::from(json!({ "service": service }).to_string()))
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], br#"{"status":"SERVING"}"#);
    }
}

#[tokio::test]
async fn a_stream_is_one_answer_a_line() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Chairman, WARD).await);
    world.receive(WARD, THREE_DAYS).await;
    let request = |after: &str| {
        Request::post("/motcua.v1.EventService/WatchEvents")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(json!({ "after": after }).to_string()))
            .unwrap()
    };
    let response = router.clone().oneshot(request("")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut lines = response.into_body();
    let first = line(&mut lines).await;
    assert_eq!(first["event"]["kind"], "received");
    assert_eq!(first["event"]["version"], 1);
    assert_eq!(first["event"]["details"]["limit"], "3wd");

    // Events during the stream come through it, and none comes twice.
    world.receive(WARD, "1.001193").await;
    let second = line(&mut lines).await;
    assert_ne!(second["cursor"], first["cursor"]);
    drop(lines);

    let response = router
        .clone()
        .oneshot(request(first["cursor"].as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(
        line(&mut response.into_body()).await,
        second,
        "resumed without a gap"
    );

    let response = router
        .clone()
        .oneshot(request("elsewhere-7"))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let error = response.into_body().collect().await.unwrap().to_bytes();
    let error: Value = serde_json::from_slice(&error).unwrap();
    assert_eq!(
        (error["code"].as_str(), reason(&error)),
        (Some("OUT_OF_RANGE"), "CURSOR_EXPIRED")
    );
}

async fn line(body: &mut Body) -> Value {
    let frame = body.frame().await.expect("a line comes").unwrap();
    serde_json::from_slice(&frame.into_data().unwrap()).unwrap()
}

#[tokio::test]
async fn rates_have_exactly_the_keys_of_the_report() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Chairman, WARD).await);
    world.receive(WARD, THREE_DAYS).await;
    let body = json!({"unit": WARD, "from": "2026-08-01", "to": "2026-08-31"});
    let (status, rates) = call(&router, &token, "ReportService/GetRates", &body).await;
    assert_eq!(status, StatusCode::OK, "{rates}");
    let caller = crate::world::who(Role::Chairman, WARD);
    let query = app::report::RatesQuery {
        units: app::report::RateUnits::One(crate::world::unit(WARD)),
        from: chrono::NaiveDate::from_ymd_opt(2026, 8, 1).unwrap(),
        to: chrono::NaiveDate::from_ymd_opt(2026, 8, 31).unwrap(),
        as_of: None,
        basis: app::report::UnitBasis::Recorded,
    };
    let report = world.engine.rates(&caller, query).await.unwrap();
    assert_eq!(rates, serde_json::to_value(report).unwrap());
    assert_eq!(rates["total"]["in_time_rate"]["rate"], json!(null));
}
