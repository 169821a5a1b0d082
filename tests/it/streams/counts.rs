//! The counts of a worklist come at once, and again whenever they change.

use std::time::Duration;

use axum::body::Body;
use chrono::TimeDelta;
use domain::dossier::Command;
use domain::dossier::acts::{Assign, Withdraw};
use domain::role::Role;
use futures::future::join_all;
use serde_json::{Value, json};

use super::listener::next_line;
use crate::port::{Port, Settings, soon};
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

/// A screen that shows the counts of a ward.
struct Screen {
    body: Body,
    rest: Vec<u8>,
}

impl Screen {
    async fn of(port: &Port, token: &str, unit: &str) -> Self {
        let answer = port
            .post(token, "WatchWorklist", &json!({ "unit": unit }))
            .await;
        assert_eq!(answer.status(), 200);
        Self {
            body: answer.into_body(),
            rest: Vec::new(),
        }
    }

    async fn next(&mut self) -> Value {
        soon("a count", next_line(&mut self.body, &mut self.rest)).await
    }

    /// Reads until the counts are these, and returns everything that came until then.
    async fn until(&mut self, wanted: &Value) -> Vec<Value> {
        let mut seen = Vec::new();
        while seen.len() < 50 {
            let counts = self.next().await;
            let there = wanted
                .as_object()
                .unwrap()
                .iter()
                .all(|(name, n)| counts[name] == *n);
            seen.push(counts);
            if there {
                return seen;
            }
        }
        panic!("{wanted} did not come, but {seen:?}")
    }
}

/// Settings with frequent looks, so that the passing of time shows soon.
fn watchful() -> Settings {
    Settings {
        services: grpc::serve::Settings {
            poll: Duration::from_millis(20),
            ..grpc::serve::Settings::default()
        },
        ..Settings::default()
    }
}

#[tokio::test]
async fn the_first_counts_come_at_once_and_others_when_something_changes() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Chairman, WARD).await;
    let mut screen = Screen::of(&port, &token, WARD).await;
    let first = screen.next().await;
    assert_eq!(
        (&first["open"], &first["submitted"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(first["as_of_time"], "2026-08-03T03:00:00Z");

    world
        .submit(WARD, THREE_DAYS, "G22.99.08-260803-000001")
        .await;
    screen.until(&json!({ "open": 1, "submitted": 1 })).await;
    let received = world.receive(WARD, THREE_DAYS).await;
    screen
        .until(&json!({ "open": 2, "submitted": 1, "unassigned": 1 }))
        .await;
    let assignee = domain::id::ActorId::parse("nv-an").unwrap();
    let assigned = world
        .act(
            &received,
            Role::Leader,
            Command::Assign(Assign { assignee }),
        )
        .await
        .unwrap();
    screen.until(&json!({ "open": 2, "unassigned": 0 })).await;
    let withdraw = Command::Withdraw(Withdraw {
        reason: domain::dossier::private::Words::new(""),
    });
    world
        .act(&assigned, Role::Chairman, withdraw)
        .await
        .unwrap();
    screen.until(&json!({ "open": 1, "submitted": 1 })).await;
}

#[tokio::test]
async fn the_passing_of_time_alone_changes_the_counts() {
    let world = World::at("2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let port = Port::with(&world.engine, watchful(), |router| router).await;
    let token = world.token(Role::Chairman, WARD).await;
    let mut screen = Screen::of(&port, &token, WARD).await;
    let first = screen.next().await;
    assert_eq!(
        (&first["open"], &first["near_due"], &first["overdue"]),
        (&json!(1), &json!(0), &json!(0))
    );
    // The dossier is due on Thursday at 17:00.
    world.set("2026-08-06 08:00");
    let seen = screen
        .until(&json!({ "near_due": 1, "due_today": 1 }))
        .await;
    assert_eq!(
        seen.len(),
        1,
        "a look that finds nothing new says nothing: {seen:?}"
    );
    world.set("2026-08-06 17:01");
    let seen = screen
        .until(&json!({ "overdue": 1, "near_due": 0, "due_today": 0 }))
        .await;
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn what_happens_in_another_ward_is_not_shown() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::with(&world.engine, watchful(), |router| router).await;
    let token = world.token(Role::Chairman, WARD).await;
    let mut screen = Screen::of(&port, &token, "").await;
    screen.next().await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    world.receive(WARD, THREE_DAYS).await;
    assert_eq!(
        screen.next().await["open"],
        1,
        "nothing came for the other ward"
    );
}

#[tokio::test]
async fn a_stream_ends_with_the_token_it_was_opened_with() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::with(&world.engine, watchful(), |router| router).await;
    let token = world.token(Role::Chairman, WARD).await;
    let mut screen = Screen::of(&port, &token, WARD).await;
    screen.next().await;
    world.pass(TimeDelta::days(400));
    let end = screen.until(&json!({ "open": null })).await.remove(0);
    assert_eq!(end["error"]["code"], "UNAUTHENTICATED", "{end}");
}

/// How many statements it takes until all screens have been told of three receptions.
async fn statements_for(roles: &[Role], screens: usize) -> u64 {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let mut tokens = Vec::new();
    for role in roles {
        tokens.push(world.token(*role, WARD).await);
    }
    let opened = (0..screens).map(|at| Screen::of(&port, &tokens[at % tokens.len()], WARD));
    let mut screens = join_all(opened).await;
    for screen in &mut screens {
        screen.until(&json!({ "open": 0 })).await;
    }
    let before = world.store.statements();
    for open in 1..=3 {
        world.receive(WARD, THREE_DAYS).await;
        for screen in &mut screens {
            screen.until(&json!({ "open": open })).await;
        }
    }
    world.store.statements() - before
}

#[tokio::test]
async fn the_screens_of_a_ward_share_a_look_whatever_the_roles_of_its_people() {
    let people = [
        Role::Receptionist,
        Role::Officer,
        Role::Leader,
        Role::Chairman,
    ];
    let one = statements_for(&people[..1], 1).await;
    let many = statements_for(&people, 40).await;
    assert!(
        many < 2 * one,
        "{many} statements for forty screens, {one} for one"
    );
}
