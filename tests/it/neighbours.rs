//! The feed on a server whose other databases are busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::role::Role;
use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;

use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

/// How many transactions of the other database are open at a time. Each outlives some readings.
const AT_ONCE: usize = 16;

/// How often the feed is read while they come and go.
const READINGS: usize = 1_000;

/// After how many readings something happens here.
const HAPPENS: usize = 100;

on_servers!(
    a_reader_goes_on_from_its_cursor_while_transactions_of_another_database_come_and_go,
    flavor = "multi_thread",
    worker_threads = 4
);

async fn a_reader_goes_on_from_its_cursor_while_transactions_of_another_database_come_and_go(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let elsewhere = on.database().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut busy = JoinSet::new();
    for _ in 0..AT_ONCE {
        let db = sea_orm::Database::connect(&elsewhere.url).await.unwrap();
        let stop = Arc::clone(&stop);
        busy.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let write = "BEGIN; SELECT pg_current_xact_id(), pg_sleep(random() * 0.02); COMMIT";
                db.execute_unprepared(write).await.unwrap();
            }
            db.close().await.unwrap();
        });
    }
    let province = who(Role::Province, PROVINCE);
    let mut cursor = String::new();
    let mut seen = 0;
    for reading in 0..READINGS {
        if reading % HAPPENS == 0 {
            world.receive(WARD, THREE_DAYS).await;
        }
        let page = world.engine.feed(&province, &cursor, 0).await;
        let page = page.unwrap_or_else(|error| panic!("reading {reading}: {error}"));
        seen += page.entries.len();
        cursor = page.next;
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = busy.join_next().await {
        ended.unwrap();
    }
    world.feed_settles(READINGS / HAPPENS).await;
    let rest = world.engine.feed(&province, &cursor, 0).await.unwrap();
    assert_eq!(
        seen + rest.entries.len(),
        READINGS / HAPPENS,
        "each event once"
    );
}
