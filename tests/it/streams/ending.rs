//! The server stops: streams end with a status, health reports it, and calls in flight finish.

use axum::body::Body;
use domain::role::Role;
use grpc::serve::SERVICES;
use http::Request;
use serde_json::{Value, json};

use super::listener::{BOTH, Listener, next_line};
use crate::calling::{Answer, Json};
use crate::port::{Port, Settings, Site, soon};
use crate::world::{THREE_DAYS, WARD, World};

#[tokio::test]
async fn open_streams_end_with_unavailable_and_the_server_with_them() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    for tongue in BOTH {
        let port = Port::open(&world.engine).await;
        let mut listener = Listener::after(&port, tongue, &token, "now").await.unwrap();
        world.receive(WARD, THREE_DAYS).await;
        let heard = listener.next().await.unwrap();
        let ended = port.begin_to_stop();
        let (code, reason) = listener.next().await.unwrap_err();
        assert_eq!(
            (code.as_str(), reason.as_str()),
            ("UNAVAILABLE", "UNAVAILABLE"),
            "{tongue:?}"
        );
        drop(listener);
        soon("the end of the server", ended).await.unwrap().unwrap();

        // On another server the stream continues from where it was.
        let next = Port::open(&world.engine).await;
        let mut listener = Listener::after(&next, tongue, &token, &heard.cursor)
            .await
            .unwrap();
        let later = world.receive(WARD, THREE_DAYS).await.dossier.id;
        assert_eq!(
            listener.next().await.unwrap().dossier,
            format!("dossiers/{later}")
        );
    }
}

fn health(method: &str, service: &str) -> Request<Body> {
    Request::post(format!("/grpc.health.v1.Health/{method}"))
        .header("content-type", "application/json")
        .body(Body::from(json!({ "service": service }).to_string()))
        .unwrap()
}

#[tokio::test]
async fn health_turns_before_the_door_is_closed() {
    let world = World::at("2026-08-03 10:00").await;
    let Site { router, gate } = Site::over(&world.engine, &Settings::default());
    let json = Json(router);
    let watched = json.send(health("Watch", "motcua.v1.DossierService")).await;
    let (mut body, mut rest) = (watched.into_body(), Vec::new());
    let mut turns = async || -> Value { soon("a turn", next_line(&mut body, &mut rest)).await };
    assert_eq!(turns().await["status"], "SERVING");
    for service in ["", "grpc.health.v1.Health"].iter().chain(&SERVICES) {
        let answer = Answer::read(json.send(health("Check", service)).await)
            .await
            .good();
        assert_eq!(answer["status"], "SERVING", "{service}");
    }
    gate.close();
    assert_eq!(turns().await["status"], "NOT_SERVING");
    for service in ["", "grpc.health.v1.Health"].iter().chain(&SERVICES) {
        let answer = Answer::read(json.send(health("Check", service)).await)
            .await
            .good();
        assert_eq!(answer["status"], "NOT_SERVING", "{service}");
    }
    // A connected client is still answered, but no new stream begins.
    let token = world.token(Role::Chairman, WARD).await;
    json.call(&token, "ListDossiers", &json!({})).await.good();
    let stream = json.open(&token, "WatchEvents", &json!({})).await;
    let (mut body, mut rest) = (stream.into_body(), Vec::new());
    let end = soon("the end", next_line(&mut body, &mut rest)).await;
    let code = end.get("error").unwrap_or(&end)["code"].clone();
    assert_eq!(code, "UNAVAILABLE", "{end}");
}

#[tokio::test]
async fn a_service_that_does_not_exist_has_no_health() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let answer = json.send(health("Check", "motcua.v1.NoService")).await;
    assert_eq!(answer.status(), 404);
}
