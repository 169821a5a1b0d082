//! A database restored from a backup, and readers who had seen later events.

use std::sync::Arc;

use app::{Engine, Error};
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database};

use crate::backend::Backend;
use crate::several::{Process, receive};
use crate::world::{OTHER_WARD, PROVINCE, World, feed_settles, who};

/// A copy of a database that nobody has open.
pub async fn back_up(on: Backend, url: &str) {
    match on {
        Backend::Sqlite => {
            let file = file(url);
            std::fs::copy(file, format!("{file}.backup")).unwrap();
        }
        Backend::Postgres | Backend::Partitioned => {
            let (server, name) = url.rsplit_once('/').unwrap();
            let copy = format!("CREATE DATABASE {name}_backup TEMPLATE {name}");
            run(&format!("{server}/postgres"), &copy).await;
        }
    }
}

/// Puts the copy in the place of the database, as the same one to whoever opens it: on a server under
/// the identity that it had.
pub async fn restore(on: Backend, url: &str) {
    match on {
        Backend::Sqlite => {
            let file = file(url);
            std::fs::copy(format!("{file}.backup"), file).unwrap();
        }
        Backend::Postgres | Backend::Partitioned => {
            let (server, name) = url.rsplit_once('/').unwrap();
            let server = format!("{server}/postgres");
            run(
                &server,
                &format!("ALTER DATABASE {name} RENAME TO {name}_lost"),
            )
            .await;
            run(
                &server,
                &format!("CREATE DATABASE {name} TEMPLATE {name}_backup"),
            )
            .await;
            let same = "UPDATE feed SET home = (SELECT oid::bigint FROM pg_database \
                        WHERE datname = current_database())";
            run(url, same).await;
        }
    }
}

fn file(url: &str) -> &str {
    url.strip_prefix("sqlite:").unwrap()
}

async fn run(url: &str, sql: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

/// Every cursor that a reader may have kept by now; `behind` events lie after the last.
async fn cursors(engine: &Arc<Engine>, behind: usize) -> Vec<String> {
    let mut kept = Vec::new();
    for caller in [
        who(Role::Province, PROVINCE),
        who(Role::Chairman, OTHER_WARD),
    ] {
        let page = engine.feed(&caller, "", 0).await.unwrap();
        kept.extend(page.entries.into_iter().skip(behind).map(|one| one.cursor));
        kept.push(page.next);
    }
    kept
}

on_both!(a_reader_who_knows_more_than_a_restored_database_is_told_however_far_it_has_grown);

async fn a_reader_who_knows_more_than_a_restored_database_is_told_however_far_it_has_grown(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let province = who(Role::Province, PROVINCE);
    for _ in 0..2 {
        receive(&world.engine, &world, "").await.unwrap();
    }
    world.feed_settles(2).await;
    let known = world.engine.feed(&province, "", 0).await.unwrap();
    world.store.close().await.unwrap();
    back_up(on, &world.url).await;

    let before = Process::beside(&world, "2026-08-03 10:05").await;
    for _ in 0..2 {
        receive(&before.engine, &world, "").await.unwrap();
    }
    feed_settles(&before.store, 4).await;
    let kept = cursors(&before.engine, 2).await;
    before.store.close().await.unwrap();
    restore(on, &world.url).await;

    let after = Process::beside(&world, "2026-08-03 10:10").await;
    for grown in 0..4 {
        feed_settles(&after.store, 2 + grown).await;
        for cursor in &kept {
            for caller in [&province, &who(Role::Chairman, OTHER_WARD)] {
                let read = after.engine.feed(caller, cursor, 0).await;
                assert!(
                    matches!(read, Err(Error::CursorExpired)),
                    "{cursor} after {grown} new ones: {read:?}"
                );
            }
        }
        // A reader who had read no further than the backup misses nothing.
        let entry = &known.entries[1];
        let news = after.engine.feed(&province, &entry.cursor, 0).await;
        assert_eq!(news.unwrap().entries.len(), grown);
        receive(&after.engine, &world, "").await.unwrap();
    }
}
