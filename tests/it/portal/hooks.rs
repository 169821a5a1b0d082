//! Other software is told of every event at an address of its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::portal::{NewWebhook, ParcelQuery, SignedWebhook};
use app::ports::Store;
use app::{Caller, Engine};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::role::Role;
use portal::outbound::Process;
use portal::webhook::{follow, verify};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::port::soon;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

/// One delivery, as it came.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: String,
    pub seconds: i64,
    pub signatures: String,
    pub body: Vec<u8>,
}

impl Delivery {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What a receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    Fails,
    Redirects,
    Gone,
}

/// Other software on a port of this machine.
#[derive(Clone)]
pub struct Receiver {
    address: String,
    came: Arc<Mutex<Vec<Delivery>>>,
    mood: Arc<Mutex<Mood>>,
    tried: Arc<Mutex<u32>>,
}

impl Receiver {
    pub async fn listening() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: format!("http://{}/motcua", listener.local_addr().unwrap()),
            came: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            tried: Arc::default(),
        };
        let router = Router::new()
            .route("/motcua", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    fn came(&self) -> Vec<Delivery> {
        self.came.lock().unwrap().clone()
    }

    pub async fn has(&self, count: usize) -> Vec<Delivery> {
        crate::port::soon("the deliveries", async {
            while self.came.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        self.came()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    *receiver.tried.lock().unwrap() += 1;
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mood = *receiver.mood.lock().unwrap();
    match mood {
        Mood::Takes => {
            assert_eq!(
                text("content-type"),
                "application/cloudevents+json; charset=utf-8"
            );
            let delivery = Delivery {
                id: text("webhook-id"),
                seconds: text("webhook-timestamp").parse().unwrap(),
                signatures: text("webhook-signature"),
                body: body.to_vec(),
            };
            receiver.came.lock().unwrap().push(delivery);
            StatusCode::NO_CONTENT.into_response()
        }
        Mood::Fails => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Redirects => Redirect::temporary("http://127.0.0.1:9/").into_response(),
        Mood::Gone => StatusCode::GONE.into_response(),
    }
}

/// Those who tell webhooks, in this process.
pub struct Telling {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Telling {
    pub fn begin(engine: &Arc<Engine>) -> Self {
        let process = Process {
            name: "one".to_owned(),
            alone: true,
        };
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(follow(Arc::clone(engine), process, stopped));
        Self { stop, running }
    }

    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
    }
}

pub fn admin() -> Caller {
    who(Role::Admin, PROVINCE)
}

pub async fn added(world: &World, name: &str, receiver: &Receiver) -> SignedWebhook {
    added_for(world, name, receiver, &[]).await
}

async fn added_for(
    world: &World,
    name: &str,
    receiver: &Receiver,
    kinds: &[&'static str],
) -> SignedWebhook {
    let new = NewWebhook {
        request: world.identity().request_id,
        name: name.to_owned(),
        address: receiver.address.clone(),
        is_inside: true,
        kinds: kinds.to_vec(),
        cursor: None,
    };
    world.engine.add_webhook(&admin(), new).await.unwrap()
}

fn kinds(deliveries: &[Delivery]) -> Vec<String> {
    let kind = |delivery: &Delivery| delivery.json()["data"]["kind"].as_str().unwrap().to_owned();
    deliveries.iter().map(kind).collect()
}

on_both!(every_event_comes_once_in_order_signed_and_without_a_person);

async fn every_event_comes_once_in_order_signed_and_without_a_person(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let receiver = Receiver::listening().await;
    let signed = added(&world, "qlvb", &receiver).await;
    let telling = Telling::begin(&world.engine);
    let received = world.receive(WARD, THREE_DAYS).await;
    let finished = world.finish(received).await;
    let count = finished.dossier.version as usize;
    let came = receiver.has(count).await;
    telling.stop().await;
    assert_eq!(receiver.came().len(), count, "each once");
    let versions: Vec<_> = came
        .iter()
        .map(|one| one.json()["data"]["version"].as_u64().unwrap())
        .collect();
    assert_eq!(versions, (1..=count as u64).collect::<Vec<_>>(), "in order");
    for delivery in &came {
        let right = verify(
            &signed.secret,
            &delivery.id,
            delivery.seconds,
            &delivery.body,
            &delivery.signatures,
        );
        assert!(right, "{delivery:?}");
        let event = delivery.json();
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], delivery.id);
        assert_eq!(event["data"]["code"], finished.dossier.label());
        let text = String::from_utf8(delivery.body.clone()).unwrap();
        assert!(!text.contains("Mẫu"), "{text}");
    }
    assert_eq!(kinds(&came).first().map(String::as_str), Some("received"));
    assert_eq!(came.last().unwrap().json()["data"]["national_status"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_day_two_secrets_count_and_then_only_the_new_one() {
    let world = World::at("2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    let old = added(&world, "qlvb", &receiver).await;
    let request = world.identity().request_id;
    let new = world
        .engine
        .rotate_webhook(&admin(), request.clone(), "qlvb")
        .await
        .unwrap();
    let again = world
        .engine
        .rotate_webhook(&admin(), request, "qlvb")
        .await
        .unwrap();
    assert_eq!(new.secret, again.secret, "the same request rotates once");
    assert_ne!(new.secret, old.secret);
    let telling = Telling::begin(&world.engine);
    world.receive(WARD, THREE_DAYS).await;
    let first = receiver.has(1).await.remove(0);
    let right = |secret: &SignedWebhook, one: &Delivery| {
        verify(
            &secret.secret,
            &one.id,
            one.seconds,
            &one.body,
            &one.signatures,
        )
    };
    assert!(right(&old, &first) && right(&new, &first));
    world.pass(app::portal::OLD_SECRET_LASTS);
    world.receive(WARD, THREE_DAYS).await;
    let second = receiver.has(2).await.remove(1);
    assert!(!right(&old, &second) && right(&new, &second));
    telling.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_parked_and_a_person_sends_it_again() {
    let world = World::at("2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    added(&world, "qlvb", &receiver).await;
    *receiver.mood.lock().unwrap() = Mood::Gone;
    let telling = Telling::begin(&world.engine);
    let received = world.receive(WARD, THREE_DAYS).await;
    let parked = async || {
        let query = ParcelQuery {
            remote: "webhook.qlvb".to_owned(),
            dossier: None,
            parked: true,
            page: app::page::PageQuery {
                size: 10,
                token: String::new(),
            },
        };
        let page = world.engine.portal_parcels(&admin(), query).await.unwrap();
        page.items
    };
    crate::port::soon("the parked parcel", async {
        while parked().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let (parcel, code) = parked().await.remove(0);
    assert_eq!(code, received.dossier.label());
    assert_eq!(
        (parcel.reason.as_str(), parcel.words.as_str()),
        ("REFUSED", "HTTP 410")
    );
    *receiver.mood.lock().unwrap() = Mood::Takes;
    let request = world.identity().request_id;
    let sent = world
        .engine
        .portal_retry(&admin(), request, "webhook.qlvb", None)
        .await;
    assert_eq!(sent.unwrap(), 1);
    receiver.has(1).await;
    telling.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_or_redirects_is_tried_again_and_a_redirect_is_not_followed() {
    let world = World::at("2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    added(&world, "qlvb", &receiver).await;
    let telling = Telling::begin(&world.engine);
    for mood in [Mood::Redirects, Mood::Fails] {
        *receiver.mood.lock().unwrap() = mood;
        let before = *receiver.tried.lock().unwrap();
        world.receive(WARD, THREE_DAYS).await;
        crate::port::soon("a try", async {
            while *receiver.tried.lock().unwrap() == before {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        assert!(receiver.came().is_empty());
        *receiver.mood.lock().unwrap() = Mood::Takes;
        // The pause after a failure is by the clock of the world.
        crate::port::soon("the delivery", async {
            while receiver.came().is_empty() {
                world.pass(chrono::TimeDelta::seconds(5));
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        receiver.came.lock().unwrap().clear();
    }
    telling.stop().await;
}

on_both!(a_webhook_is_told_anew_from_a_cursor_and_nothing_after_it_is_removed);

async fn a_webhook_is_told_anew_from_a_cursor_and_nothing_after_it_is_removed(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    added(&world, "qlvb", &receiver).await;
    let telling = Telling::begin(&world.engine);
    world.receive(WARD, THREE_DAYS).await;
    let first = receiver.has(1).await.remove(0);
    let reader = who(Role::Auditor, PROVINCE);
    let after_first = world.engine.feed(&reader, "", 1).await.unwrap().next;
    world.receive(WARD, THREE_DAYS).await;
    receiver.has(2).await;
    let by = admin();
    let replay = async |cursor: &str| {
        let request = world.identity().request_id;
        let told = world.engine.replay_webhook(&by, request, "qlvb", cursor);
        told.await
    };
    replay(&after_first).await.unwrap();
    let came = receiver.has(3).await;
    assert_eq!(came[2].id, came[1].id, "the event keeps its id");
    replay("").await.unwrap();
    let mut ids: Vec<_> = receiver.has(5).await[3..]
        .iter()
        .map(|one| one.id.clone())
        .collect();
    ids.sort();
    let mut both = [first.id, came[1].id.clone()];
    both.sort();
    assert_eq!(ids, both);
    replay("feed-1-zz").await.unwrap_err();
    world.engine.remove_webhook(&admin(), "qlvb").await.unwrap();
    let gone = async || {
        let status = world.engine.portal_status(&admin()).await.unwrap();
        status.is_empty()
    };
    crate::port::soon("the end of the work", async {
        while !gone().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    world.receive(WARD, THREE_DAYS).await;
    telling.stop().await;
    assert!(
        gone().await,
        "whoever worked for it does not begin it again"
    );
    assert_eq!(receiver.came().len(), 5);
}

on_both!(who_asks_for_some_kinds_of_events_is_told_of_these_alone);

async fn who_asks_for_some_kinds_of_events_is_told_of_these_alone(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    added_for(&world, "qlvb", &receiver, &["received", "returned"]).await;
    let all = Receiver::listening().await;
    added(&world, "tat-ca", &all).await;
    let telling = Telling::begin(&world.engine);
    let received = world.receive(WARD, THREE_DAYS).await;
    let finished = world.finish(received).await;
    all.has(finished.dossier.version as usize).await;
    receiver.has(2).await;
    // What is not told does not wait either.
    let remote = "webhook.qlvb";
    let province = admin().province;
    let waits = async || {
        let read = world.store.read().await.unwrap();
        let counts = read.parcel_counts(&province).await.unwrap();
        let own = counts.iter().find(|count| count.remote == remote);
        own.is_some_and(|own| own.waiting + own.parked > 0)
    };
    soon("the end of what waits", async {
        while waits().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    telling.stop().await;
    assert_eq!(kinds(&receiver.came()), ["received", "returned"]);
    let listed = world.engine.list_webhooks(&admin()).await.unwrap();
    assert_eq!(listed[0].kinds, ["received", "returned"]);
}
