//! Without a valid token, no method tells or does anything.

use app::ports::{Store, WriteTokens};
use axum::body::Body;
use chrono::TimeDelta;
use domain::role::Role;
use http::Request;
use serde_json::json;

use crate::calling::{Answer, Json, methods, path_of};
use crate::witness::Witness;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

/// Calls every method with this `authorization` and asserts that each answers "token required".
async fn every_method_asks_for_a_token(world: &World, authorization: Option<&str>) {
    let (json, witness) = (Json::over(world), Witness::of(world).await);
    let before = witness.seen().await;
    for method in methods() {
        if method.parent_service().name() == "LookupService" {
            continue;
        }
        // The second body is invalid, and the answer must not tell: the token is checked first.
        for body in [
            json!({}),
            json!({ "unit": "nowhere", "after": "?", "name": "?" }),
        ] {
            let fits = |name: &str| method.input().get_field_by_name(name).is_some();
            let body: serde_json::Map<_, _> = body
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(k, _)| fits(k))
                .collect();
            let mut request = Request::post(path_of(method.name()))
                .header("content-type", "application/json")
                .body(Body::from(json!(body).to_string()))
                .unwrap();
            if let Some(authorization) = authorization {
                let value = authorization.parse().unwrap();
                request.headers_mut().insert("authorization", value);
            }
            let answer = Answer::read(json.send(request).await).await;
            let place = format!("{} with {authorization:?} and {body:?}", method.name());
            let expected = (401, "UNAUTHENTICATED", "UNAUTHENTICATED");
            assert_eq!(answer.refused(), expected, "{place}: {}", answer.json);
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{place}");
            assert!(answer.vietnamese().contains("đăng nhập"), "{place}");
        }
    }
    assert_eq!(
        witness.seen().await,
        before,
        "somebody without a token wrote something"
    );
}

#[tokio::test]
async fn no_token_or_a_made_up_one_opens_nothing() {
    let world = World::at("2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let good = world.token(Role::Chairman, WARD).await;
    let cut = &good[..good.len() - 1];
    every_method_asks_for_a_token(&world, None).await;
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer mct_0",
        "Basic YTpi",
        "Bearer a b",
    ] {
        every_method_asks_for_a_token(&world, Some(wrong)).await;
    }
    for wrong in [
        good.clone(),
        format!("Bearer {cut}"),
        format!("Bearer {good}0"),
    ] {
        every_method_asks_for_a_token(&world, Some(&wrong)).await;
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing_from_the_moment_it_expires() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, PROVINCE).await;
    let json = Json::over(&world);
    world.pass(TimeDelta::days(400) - TimeDelta::microseconds(1));
    json.call(&token, "ListDossiers", &json!({})).await.good();
    world.pass(TimeDelta::microseconds(1));
    every_method_asks_for_a_token(&world, Some(&format!("Bearer {token}"))).await;
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_and_no_other_token_suffers() {
    let world = World::at("2026-08-03 10:00").await;
    let revoked = world.token(Role::Chairman, PROVINCE).await;
    let kept = world.store.read().await.unwrap().tokens().await.unwrap();
    let other = world.token(Role::Chairman, PROVINCE).await;
    world
        .store
        .revoke_token(&kept[0].id, world.engine.now())
        .await
        .unwrap();
    every_method_asks_for_a_token(&world, Some(&format!("Bearer {revoked}"))).await;
    Json::over(&world)
        .call(&other, "ListDossiers", &json!({}))
        .await
        .good();
}

#[tokio::test]
async fn a_token_that_is_in_use_is_refused_within_a_second_of_its_revocation() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, PROVINCE).await;
    let json = Json::over(&world);
    json.call(&token, "ListDossiers", &json!({})).await.good();
    let kept = world.store.read().await.unwrap().tokens().await.unwrap();
    let now = world.engine.now();
    let revoked = world.store.revoke_token(&kept[0].id, now).await.unwrap();
    assert!(revoked);
    let since = tokio::time::Instant::now();
    let mut last_good = since;
    loop {
        let asked = tokio::time::Instant::now();
        match world.engine.authenticate(&token).await {
            Ok(_caller) => last_good = asked,
            Err(error) => break assert_eq!(error.reason(), "UNAUTHENTICATED"),
        }
    }
    assert!(last_good - since < std::time::Duration::from_secs(1));
}

#[tokio::test]
async fn the_secret_of_a_token_is_kept_nowhere() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, PROVINCE).await;
    let kept = world.store.read().await.unwrap().tokens().await.unwrap();
    assert!(!format!("{kept:?}").contains(&token));
    let file = world.url.strip_prefix("sqlite:").unwrap();
    for part in ["", "-wal"] {
        let bytes = std::fs::read(format!("{file}{part}")).unwrap_or_default();
        let held = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!held, "the database file{part} holds the token");
    }
}
