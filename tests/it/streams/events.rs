//! The feed of events: each once and in order, whatever happens to the connection.

use std::collections::{HashMap, HashSet};

use domain::dossier::acts::Resolve;
use domain::role::Role;
use futures::future::join_all;
use grpc::proto::event_service_client::EventServiceClient;
use grpc::proto::{FeedEvent, ListEventsRequest};
use serde_json::{Value, json};

use super::listener::{BOTH, Listener, Tongue, event_of};
use crate::calling::Json;
use crate::port::{Port, with_token};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};

/// Six events of two dossiers.
async fn two_dossiers(world: &World) {
    let first = world.receive(WARD, THREE_DAYS).await;
    let first = world.advance(&first, Role::Receptionist).await;
    let second = world.receive(OTHER_WARD, THREE_DAYS).await;
    let first = world.advance(&first, Role::Officer).await;
    world.advance(&second, Role::Receptionist).await;
    world
        .act(
            &first,
            Role::Leader,
            domain::dossier::Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        )
        .await
        .unwrap();
}

const THERE: usize = 6;

fn kinds(events: &[FeedEvent]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event.event.as_ref().unwrap().kind.as_str())
        .collect()
}

fn last_cursor(events: &[FeedEvent]) -> &str {
    events.last().map_or("", |event| event.cursor.as_str())
}

#[tokio::test]
async fn whoever_hangs_up_at_any_point_goes_on_without_a_gap_or_a_double() {
    let world = World::at("2026-08-03 10:00").await;
    two_dossiers(&world).await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Auditor, PROVINCE).await;
    for tongue in BOTH {
        let whole = Listener::after(&port, tongue, &token, "")
            .await
            .unwrap()
            .take(THERE)
            .await;
        let expected = [
            "received", "advanced", "received", "advanced", "advanced", "resolved",
        ];
        assert_eq!(kinds(&whole), expected, "{tongue:?}");
        for cut in 0..=THERE {
            let mut heard = Listener::after(&port, tongue, &token, "")
                .await
                .unwrap()
                .take(cut)
                .await;
            let again = Listener::after(&port, tongue, &token, last_cursor(&heard)).await;
            heard.extend(again.unwrap().take(THERE - cut).await);
            assert_eq!(heard, whole, "{tongue:?} cut after {cut}");
        }
        // Cut the connection after each event.
        let mut heard: Vec<FeedEvent> = Vec::new();
        while heard.len() < THERE {
            let next = Listener::after(&port, tongue, &token, last_cursor(&heard)).await;
            heard.extend(next.unwrap().take(1).await);
        }
        assert_eq!(heard, whole, "{tongue:?} cut after each");
    }
}

#[tokio::test]
async fn what_happens_while_nobody_listens_is_told_on_return() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Auditor, PROVINCE).await;
    for tongue in BOTH {
        let mut cursor = "now".to_owned();
        let mut listener = Listener::after(&port, tongue, &token, &cursor)
            .await
            .unwrap();
        let mut dossiers = Vec::new();
        for _ in 0..3 {
            let heard = world.receive(WARD, THREE_DAYS).await;
            let event = listener.next().await.unwrap();
            assert_eq!(
                event.dossier,
                format!("dossiers/{}", heard.dossier.id),
                "{tongue:?}"
            );
            cursor = event.cursor;
            drop(listener);
            dossiers.clear();
            for ward in [WARD, OTHER_WARD] {
                dossiers.push(format!(
                    "dossiers/{}",
                    world.receive(ward, THREE_DAYS).await.dossier.id
                ));
            }
            listener = Listener::after(&port, tongue, &token, &cursor)
                .await
                .unwrap();
            let missed = listener.take(2).await;
            let told: Vec<&str> = missed.iter().map(|event| event.dossier.as_str()).collect();
            assert_eq!(told, dossiers, "{tongue:?}");
        }
    }
}

#[tokio::test]
async fn many_writers_at_once_are_heard_once_each_and_every_dossier_in_its_order() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Auditor, PROVINCE).await;
    let mut listeners = Vec::new();
    for tongue in BOTH {
        listeners.push(Listener::after(&port, tongue, &token, "").await.unwrap());
    }
    let writing = join_all((0..30).map(|number| {
        let world = &world;
        async move {
            let ward = if number % 2 == 0 { WARD } else { OTHER_WARD };
            let received = world.receive(ward, THREE_DAYS).await;
            world.advance(&received, Role::Receptionist).await
        }
    }));
    let hearing = join_all(listeners.iter_mut().map(|listener| listener.take(60)));
    let (_, heard) = tokio::join!(writing, hearing);
    assert_eq!(heard[0], heard[1], "over gRPC and in JSON");
    let cursors: HashSet<&str> = heard[0].iter().map(|event| event.cursor.as_str()).collect();
    assert_eq!(cursors.len(), 60, "each once");
    let mut versions: HashMap<&str, u32> = HashMap::new();
    for event in &heard[0] {
        let version = versions.entry(&event.dossier).or_default();
        *version += 1;
        assert_eq!(
            event.event.as_ref().unwrap().version,
            *version,
            "of {}",
            event.dossier
        );
    }
    assert_eq!(versions.len(), 30);
}

#[tokio::test]
async fn listing_and_watching_tell_the_same() {
    let world = World::at("2026-08-03 10:00").await;
    two_dossiers(&world).await;
    let port = Port::open(&world.engine).await;
    let json = Json::over(&world);
    for (unit, count) in [(PROVINCE, THERE), (WARD, 4), (OTHER_WARD, 2)] {
        let token = world.token(Role::Chairman, unit).await;
        let watch = |tongue| Listener::after(&port, tongue, &token, "");
        let watched = watch(Tongue::Grpc).await.unwrap().take(count).await;
        assert_eq!(
            watch(Tongue::Json).await.unwrap().take(count).await,
            watched
        );
        for limit in [1, 2, 5, 200] {
            let (mut listed, mut after) = (Vec::new(), String::new());
            loop {
                let body = json!({ "after": after, "limit": limit });
                let page = json.call(&token, "ListEvents", &body).await.good();
                listed.extend(page["events"].as_array().unwrap().iter().map(event_of));
                assert!(
                    listed.len() <= count,
                    "{unit} by {limit} does not come to an end"
                );
                after = page["next_cursor"].as_str().unwrap().to_owned();
                if page["done"] == true {
                    break;
                }
            }
            assert_eq!(listed, watched, "{unit} by {limit}");
            let end = json
                .call(&token, "ListEvents", &json!({ "after": after }))
                .await
                .good();
            assert_eq!((&end["events"], &end["done"]), (&json!([]), &json!(true)));
        }
        let mut client = EventServiceClient::new(port.channel().await);
        let asked = with_token(&token, ListEventsRequest::default());
        assert_eq!(
            client.list_events(asked).await.unwrap().into_inner().events,
            watched
        );
    }
}

#[tokio::test]
async fn a_cursor_of_elsewhere_is_an_error_and_never_a_silent_beginning() {
    let world = World::at("2026-08-03 10:00").await;
    let elsewhere = World::at("2026-08-03 10:00").await;
    two_dossiers(&world).await;
    two_dossiers(&elsewhere).await;
    let port = Port::open(&world.engine).await;
    let json = Json::over(&world);
    let token = world.token(Role::Auditor, PROVINCE).await;
    let their_token = elsewhere.token(Role::Auditor, PROVINCE).await;
    let cursor_of = |page: &Value| page["next_cursor"].as_str().unwrap().to_owned();
    let empty = json!({});
    let ours = cursor_of(&json.call(&token, "ListEvents", &empty).await.good());
    let theirs = Json::over(&elsewhere)
        .call(&their_token, "ListEvents", &empty)
        .await
        .good();
    let parts: Vec<&str> = ours.split('-').collect();
    let [feed, place, digest] = parts[..] else {
        panic!("{ours}")
    };
    let beyond = format!("{feed}-{}-{digest}", place.parse::<u64>().unwrap() + 1);
    let expired = ("OUT_OF_RANGE", "CURSOR_EXPIRED");
    let garbage = ("INVALID_ARGUMENT", "INVALID_FIELDS");
    for (cursor, expected) in [
        (cursor_of(&theirs), expired),
        (beyond, expired),
        (format!("{feed}-18446744073709551615-{digest}"), expired),
        (format!("{feed}x-{place}-{digest}"), expired),
        (format!("-{place}-{digest}"), expired),
        (format!("{feed}-{place}-{digest}0"), expired),
        (format!("{feed}-{place}-"), expired),
        // A cursor in the form of an earlier version.
        (format!("{feed}-{place}"), expired),
        (format!("{feed}-"), garbage),
        (format!("{feed}--{digest}"), garbage),
        (format!("{feed}-18446744073709551616-{digest}"), garbage),
        (feed.to_owned(), garbage),
        ("NOW".into(), garbage),
        ("' OR 1=1 --".into(), garbage),
    ] {
        let answer = json
            .call(&token, "ListEvents", &json!({ "after": cursor }))
            .await;
        let (_, code, reason) = answer.refused();
        assert_eq!((code, reason), expected, "{cursor}");
        for tongue in BOTH {
            let refused = Listener::after(&port, tongue, &token, &cursor).await;
            let Err((code, reason)) = refused else {
                panic!("{tongue:?} took {cursor}")
            };
            assert_eq!(
                (code.as_str(), reason.as_str()),
                expected,
                "{tongue:?} {cursor}"
            );
        }
    }
    // The present end is a cursor like any other.
    let mut listener = Listener::after(&port, Tongue::Json, &token, &ours)
        .await
        .unwrap();
    world.receive(WARD, THREE_DAYS).await;
    assert_eq!(kinds(&[listener.next().await.unwrap()]), ["received"]);
}

#[tokio::test]
async fn a_refused_command_is_heard_by_nobody() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Auditor, PROVINCE).await;
    let mut listener = Listener::after(&port, Tongue::Grpc, &token, "")
        .await
        .unwrap();
    let received = world.receive(WARD, THREE_DAYS).await;
    world
        .act(
            &received,
            Role::Leader,
            domain::dossier::Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        )
        .await
        .unwrap_err();
    world.advance(&received, Role::Receptionist).await;
    assert_eq!(kinds(&listener.take(2).await), ["received", "advanced"]);
}
