//! A repeated request gets its first answer, byte for byte, however late.

use domain::role::Role;
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::{self, ReceiveDossierRequest};
use prost::Message;
use serde_json::json;

use crate::access::ways::{caller_of, every_write, reception};
use crate::calling::{Answer, Json, fresh_id, methods};
use crate::port::{Port, with_token};
use crate::witness::Witness;
use crate::world::{PROVINCE, WARD, World};

/// What an answer has that is kept nowhere, so that no repeat can tell it.
fn told_once(method: &str) -> Option<&'static str> {
    match method {
        "CreateUser" | "ResetPassword" => Some("password"),
        "IssueToken" | "RotateToken" => Some("secret"),
        _ => None,
    }
}

#[tokio::test]
async fn every_write_repeated_later_gives_the_first_answer_and_writes_nothing() {
    let world = World::at("2026-08-10 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let mut first = Vec::new();
    for (method, body) in every_write(&world).await {
        let token = world.token(caller_of(&method), PROVINCE).await;
        let answer = json.call(&token, &method, &body).await;
        assert_eq!(answer.http, 200, "{method}: {}", answer.json);
        first.push((method, body, answer, token));
    }
    let before = witness.seen().await;
    // A minute later, shortly before the due time, after it, and long after it.
    for later in [
        "2026-08-10 10:01",
        "2026-08-13 11:00",
        "2026-08-17 08:00",
        "2026-08-26 23:00",
    ] {
        world.set(later);
        for (method, body, answer, token) in &first {
            let again = json.call(token, method, body).await;
            if let Some(secret) = told_once(method) {
                let mut first = answer.json.clone();
                assert_ne!(first[secret], "", "{method} tells it the first time");
                first[secret] = json!("");
                assert_eq!(again.json, first, "{method} at {later}");
                continue;
            }
            assert_eq!(again.json, answer.json, "{method} at {later}");
            assert_eq!(again.bytes, answer.bytes, "{method} at {later}");
        }
    }
    assert_eq!(witness.seen().await, before);
}

#[tokio::test]
async fn the_first_answer_stays_the_first_when_the_dossier_has_moved_on() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, PROVINCE).await;
    let reception = reception(WARD);
    let first = json.call(&token, "ReceiveDossier", &reception).await;
    world.set("2026-08-04 09:00");
    let step = json!({
        "name": first.json["name"], "etag": first.json["etag"], "request_id": fresh_id(),
        "step": "appraise",
    });
    let second = json.call(&token, "AdvanceDossier", &step).await;
    world.set("2026-08-04 15:00");
    let stop = json!({
        "name": first.json["name"], "etag": second.json["etag"], "request_id": fresh_id(),
        "reason": "trùng", "legal_basis": "Điều 19",
    });
    json.call(&token, "StopDossier", &stop).await.good();
    for (method, body, answer) in [
        ("ReceiveDossier", &reception, &first),
        ("AdvanceDossier", &step, &second),
    ] {
        let again = json.call(&token, method, body).await;
        assert_eq!(again.json, answer.json, "{method}");
        assert_eq!(again.bytes, answer.bytes, "{method}");
    }
    assert!(first.json["receipt"]["pin"].is_string());
}

#[tokio::test]
async fn a_request_in_json_and_its_repeat_over_grpc_are_one() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Receptionist, WARD).await;
    let body = reception(WARD);
    let in_json = Answer::read(port.post(&token, "ReceiveDossier", &body).await)
        .await
        .good();
    let receive = methods()
        .into_iter()
        .find(|method| method.name() == "ReceiveDossier")
        .unwrap();
    let request: ReceiveDossierRequest =
        prost_reflect::DynamicMessage::deserialize(receive.input(), &body)
            .unwrap()
            .transcode_to()
            .unwrap();
    let mut client = DossierServiceClient::new(port.channel().await);
    let mut over_grpc = Vec::new();
    for _ in 0..2 {
        let answer = client
            .receive_dossier(with_token(&token, request.clone()))
            .await
            .unwrap();
        over_grpc.push(answer.into_inner().encode_to_vec());
    }
    assert_eq!(over_grpc[0], over_grpc[1]);
    let read = prost_reflect::DynamicMessage::deserialize(receive.output(), &in_json).unwrap();
    let expected: proto::Dossier = read.transcode_to().unwrap();
    assert_eq!(
        proto::Dossier::decode(over_grpc[0].as_slice()).unwrap(),
        expected
    );
}

#[tokio::test]
async fn the_same_request_from_many_desks_at_once_is_done_once() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Receptionist, WARD).await;
    let body = reception(WARD);
    let tries = (0..20)
        .map(|_| async { Answer::read(port.post(&token, "ReceiveDossier", &body).await).await });
    let answers = futures::future::join_all(tries).await;
    for answer in &answers {
        assert_eq!(answer.http, 200, "{}", answer.json);
        assert_eq!(answer.bytes, answers[0].bytes);
    }
    let list = Answer::read(port.post(&token, "ListDossiers", &json!({})).await)
        .await
        .good();
    assert_eq!(list["dossiers"].as_array().unwrap().len(), 1);
}
