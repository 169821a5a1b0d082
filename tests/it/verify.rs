//! `verify` finds every difference between the query tables and the events, and any edit in the
//! file.

use std::net::IpAddr;

use app::ports::{Scope, Store, Verifiable};
use app::receipt::Opinion;
use app::verify::verify;
use domain::code::AnyCode;
use domain::dossier::acts::Correct;
use domain::dossier::correction::Corrected;
use domain::dossier::private::Words;
use domain::dossier::{Command, Score};
use domain::number::VoidReason;
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

use crate::backend::Backend;
use crate::import::command::motcua;
use crate::import::hidden::Desk;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World, unit, who};

/// The differences, in words.
pub async fn differences(world: &World) -> Vec<String> {
    let read = world.store.snapshot().await.unwrap();
    let mut found = Vec::new();
    let mut differs = |one: app::verify::Difference| found.push(one.to_string());
    let looked = verify(read.as_ref(), &mut differs, &mut |_, _| {}).await;
    assert!(looked.unwrap() > 0);
    found
}

/// A small office with dossiers of several kinds.
pub async fn office(on: Backend) -> World {
    let world = World::on(on, "2026-08-21 08:00").await;
    Desk::beside(&world).await.run(30).await;
    let done = world.receive(WARD, THREE_DAYS).await;
    world
        .submit(WARD, THREE_DAYS, "H60.02215-260821-0003")
        .await;
    world.submit(WARD, THREE_DAYS, "G22.99-260821-000001").await;
    let clerk = who(Role::Receptionist, WARD);
    let day = "2026-08-21".parse().unwrap();
    let (engine, ward) = (&world.engine, unit(WARD));
    let block = engine.reserve_numbers(&clerk, world.identity(), &ward, day, 3);
    assert_eq!(block.await.unwrap().numbers.len(), 3);
    let void = engine.void_numbers(&clerk, &ward, day, vec![4], VoidReason::Lost, None);
    void.await.unwrap();
    let other = world.receive(OTHER_WARD, THREE_DAYS).await;
    let corrected = Corrected::ExternalCode {
        old: None,
        new: Some(AnyCode::parse("G22.99-260821-000009").unwrap()),
    };
    let reason = Words::new("nhập nhầm");
    let command = Command::Correct(Correct { corrected, reason });
    world.act(&other, Role::Officer, command).await.unwrap();
    world.set("2026-08-24 09:00");
    let (code, pin) = (done.dossier.label(), done.receipt.clone().unwrap().pin);
    world.finish(done).await;
    let opinion = Opinion {
        score: Score::new(5).unwrap(),
        comment: Words::new(""),
    };
    let code = AnyCode::parse(&code).unwrap();
    let peer = IpAddr::from([203, 0, 113, 7]);
    let rated = world
        .engine
        .rate_by_receipt(world.identity(), &code, &pin, peer, opinion);
    rated.await.unwrap();
    world.receive(WARD, "1.013225").await;
    world
}

on_every_database!(an_office_that_nobody_touched_is_as_its_events_say);

async fn an_office_that_nobody_touched_is_as_its_events_say(on: Backend) {
    let world = office(on).await;
    assert_eq!(differences(&world).await, Vec::<String>::new());
    // Also those of a citizen, who has no token.
    let read = world.store.read().await.unwrap();
    let province = Scope::Province(who(Role::Leader, WARD).province);
    let events = read.feed(&province, 0, u64::MAX, 1_000).await.unwrap();
    assert!(
        events
            .iter()
            .any(|(_, record)| record.role == Role::Citizen)
    );
    motcua(&["verify", "--database", &world.url]).await.unwrap();
}

/// Runs statements on events without the trigger that forbids it.
pub async fn unguarded(world: &World, on: Backend, statements: &[String]) -> DatabaseConnection {
    let db = Database::connect(&world.url).await.unwrap();
    let (schema, table) = if on.is_postgres() {
        (migrations::POSTGRES, " ON event")
    } else {
        (migrations::SQLITE, "")
    };
    let guard = schema
        .split(migrations::BETWEEN_OBJECTS)
        .find(|object| object.starts_with("CREATE TRIGGER event_is_never_changed"));
    let without = format!("DROP TRIGGER event_is_never_changed{table}");
    db.execute_unprepared(&without).await.unwrap();
    for statement in statements {
        db.execute_unprepared(statement).await.unwrap();
    }
    db.execute_unprepared(guard.unwrap()).await.unwrap();
    db
}

on_both!(every_hand_in_the_file_is_named);

async fn every_hand_in_the_file_is_named(on: Backend) {
    let world = office(on).await;
    let db = Database::connect(&world.url).await.unwrap();
    for (hand, named) in [
        (
            "UPDATE dossier SET due = due + 1 WHERE due < 4000000000000000 AND id = \
             (SELECT min(id) FROM dossier WHERE import IS NULL)",
            "column due",
        ),
        (
            "UPDATE dossier SET fold = replace(fold, '1.013225', '1.013226')",
            "fold",
        ),
        (
            "UPDATE dossier SET assignee = 'someone' WHERE id = (SELECT max(id) FROM dossier)",
            "column assignee is someone, by the events ",
        ),
        (
            "UPDATE interest SET precedence = precedence + 1 WHERE unit = 'H60.02215'",
            "interests",
        ),
        (
            "UPDATE rating SET score = 1",
            "column rating is 1, by the events 5",
        ),
        (
            "UPDATE tally SET late = late + 1 WHERE grain = 'month'",
            "tally late of H60.02215",
        ),
        ("DELETE FROM interest WHERE unit = 'H60.02212'", "interests"),
        (
            "DELETE FROM code WHERE code = 'G22.99-260821-000001'",
            "code G22.99-260821-000001 is nobody's",
        ),
        (
            "INSERT INTO code (province, code, dossier) \
             SELECT province, 'G22.99-260821-777777', id FROM dossier LIMIT 1",
            "code G22.99-260821-777777 is dossier",
        ),
        (
            "UPDATE counter SET last = last + 2 WHERE day = 20260821 AND unit = 'H60.02212'",
            "counter of H60.02212 on 20260821 is at 3, by the events 1 numbers",
        ),
        (
            "UPDATE counter SET last = 1 WHERE day = 20260824 AND unit = 'H60.02215'",
            "",
        ),
    ] {
        let before = differences(&world).await;
        db.execute_unprepared(hand).await.unwrap();
        let found = differences(&world).await;
        if named.is_empty() {
            assert_eq!(found, before, "{hand}");
        } else {
            let new: Vec<_> = found.iter().filter(|one| !before.contains(one)).collect();
            assert!(!new.is_empty(), "{hand}");
            assert!(new.iter().any(|one| one.contains(named)), "{hand}: {new:?}");
        }
    }
    let moved = "UPDATE event SET unit = 'H60.02212' WHERE version = 1 AND unit = 'H60.02215'";
    unguarded(&world, on, &[moved.to_owned()]).await;
    let found = differences(&world).await;
    let named = "event 1: column digest is ";
    assert!(found.iter().any(|one| one.contains(named)), "{found:?}");
    let refused = motcua(&["verify", "--database", &world.url]).await;
    assert_eq!(refused, Err("it ended with a number".to_owned()));
}
