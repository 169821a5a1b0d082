//! The server keeps query plans once the database has grown, which saves its writers the planning.
//! A plan made for few events must not be kept for many.

use std::time::Duration;

use ::store::{Options, SeaStore};
use sea_orm::ConnectionTrait;

use super::data::{TestStore, a_store};
use crate::backend::Backend;

on_servers!(writers_keep_plans_on_a_database_that_has_grown_and_on_no_other);

async fn writers_keep_plans_on_a_database_that_has_grown_and_on_no_other(on: Backend) {
    let store = a_store(on).await;
    assert!(!new_writers_keep_plans(&store).await);
    knows_of(&store, 1..=9_999).await;
    assert!(!new_writers_keep_plans(&store).await);
    knows_of(&store, 10_000..=10_000).await;
    assert!(new_writers_keep_plans(&store).await);
}

on_servers!(writers_that_came_while_it_was_small_keep_plans_once_they_are_renewed);

async fn writers_that_came_while_it_was_small_keep_plans_once_they_are_renewed(on: Backend) {
    let store = a_store(on).await;
    let lasting = opened(&store, Options::default()).await;
    let renewed = Options {
        renewed_after: Duration::ZERO,
        ..Options::default()
    };
    let renewed = opened(&store, renewed).await;
    assert!(!lasting.keeps_plans().await.unwrap());
    assert!(!renewed.keeps_plans().await.unwrap());
    knows_of(&store, 1..=10_000).await;
    assert!(!lasting.keeps_plans().await.unwrap());
    assert!(renewed.keeps_plans().await.unwrap());
}

async fn new_writers_keep_plans(store: &TestStore) -> bool {
    let opened = opened(store, Options::default()).await;
    opened.keeps_plans().await.unwrap()
}

async fn opened(store: &TestStore, options: Options) -> SeaStore {
    SeaStore::open(&store.url, options).await.unwrap()
}

/// Inserts events with these numbers and no dossiers, and analyses the table, as the server later
/// would.
async fn knows_of(store: &TestStore, numbers: std::ops::RangeInclusive<i64>) {
    let db = store.raw().await;
    let add = format!(
        "SET session_replication_role = replica; INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, \
             role, unit, request, part, content, bytes, digest) \
         SELECT number, '08', lpad(number::text, 26, '0'), 1, 0, 0, 'somebody', 'officer', '02215', \
             convert_to(lpad(number::text, 16, '0'), 'UTF8'), 0, convert_to(lpad('', 16, '0'), 'UTF8'), \
             '', convert_to('12345678', 'UTF8') \
         FROM generate_series({}, {}) number; ANALYZE event",
        numbers.start(),
        numbers.end()
    );
    db.execute_unprepared(&add).await.unwrap();
    db.close().await.unwrap();
}
