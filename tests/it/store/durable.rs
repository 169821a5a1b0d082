//! What survives a crash, and who sees which writes when.

use ::store::{Durability, OpenError, Options, SeaStore};
use app::ports::{Batch, CommitError, Scope, Store, StoreError, WriteBatches};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::backend::Backend;

use super::data::{a_dossier, a_store, key, province};

/// A writer that bypasses the store, and holds the lock until it is dropped.
async fn immediate(db: &DatabaseConnection) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    db.begin_with_options(options).await.unwrap()
}

on_every_database!(a_store_is_durable_or_says_what_is_not);

async fn a_store_is_durable_or_says_what_is_not(on: Backend) {
    let store = a_store(on).await;
    store.assert_durable().await.unwrap();
    let scratch = SeaStore::open(
        &store.url,
        Options {
            durability: Durability::Scratch,
            ..Options::default()
        },
    )
    .await
    .unwrap();
    let weak = scratch.assert_durable().await.unwrap_err().to_string();
    let expected = if on.is_postgres() {
        "database setting synchronous_commit is off, expected on or remote_apply"
    } else {
        "database setting synchronous is 1, expected 2"
    };
    assert!(weak.starts_with(expected), "{weak}");
}

#[tokio::test]
async fn only_a_file_or_a_server_is_a_database() {
    for url in [
        "sqlite::memory:",
        "mysql://x/y",
        "sqlite:",
        "motcua.db",
        "postgres://x:port/y",
    ] {
        let refused = SeaStore::open(url, Options::default()).await.err().unwrap();
        assert!(matches!(refused, OpenError::NotADatabase { .. }), "{url}");
    }
}

#[tokio::test]
async fn a_missing_file_is_not_made_by_opening_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nothing.db");
    let url = format!("sqlite:{}", file.display());
    let refused = SeaStore::open(&url, Options::default())
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, OpenError::Missing { .. }));
    assert!(!file.exists());
}

on_every_database!(a_reader_keeps_its_snapshot_while_a_writer_commits);

async fn a_reader_keeps_its_snapshot_while_a_writer_commits(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let before = store.read().await.unwrap();
    assert!(before.dossier(&key(1)).await.unwrap().is_some());
    store.write(vec![a_dossier(2).received_change()]).await;
    assert!(before.dossier(&key(2)).await.unwrap().is_none());
    let everything = before
        .feed(&Scope::Province(province()), 0, u64::MAX, 10)
        .await
        .unwrap();
    assert!(everything.len() <= 1, "nor in the feed");
    let after = store.read().await.unwrap();
    assert!(after.dossier(&key(2)).await.unwrap().is_some());
}

on_every_database!(a_reader_does_not_wait_for_a_writer_in_the_middle_of_its_batch);

async fn a_reader_does_not_wait_for_a_writer_in_the_middle_of_its_batch(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let db = store.raw().await;
    let writing = immediate(&db).await;
    writing
        .execute_unprepared("UPDATE dossier SET version = 77")
        .await
        .unwrap();
    let read = store.read().await.unwrap();
    let held = read.dossier(&key(1)).await.unwrap().unwrap();
    assert_eq!(held.dossier.version, 1, "nothing uncommitted is seen");
    // Dropping without a commit is what a crash leaves.
    drop(writing);
    store.write(vec![a_dossier(2).received_change()]).await;
    let read = store.read().await.unwrap();
    let held = read.dossier(&key(1)).await.unwrap().unwrap();
    assert_eq!(held.dossier.version, 1);
}

on_every_database!(readers_that_are_dropped_early_leave_no_old_snapshot_behind);

async fn readers_that_are_dropped_early_leave_no_old_snapshot_behind(on: Backend) {
    let store = a_store(on).await;
    for number in 0..30 {
        let begun = tokio::time::timeout(std::time::Duration::ZERO, store.read()).await;
        drop(begun);
        store.write(vec![a_dossier(number).received_change()]).await;
        let read = store.read().await.unwrap();
        assert!(read.dossier(&key(number)).await.unwrap().is_some());
    }
}

on_every_database!(a_writer_that_cannot_get_the_lock_says_later_and_has_written_nothing);

async fn a_writer_that_cannot_get_the_lock_says_later_and_has_written_nothing(on: Backend) {
    let store = a_store(on).await;
    let db = store.raw().await;
    let writing = immediate(&db).await;
    if on.is_postgres() {
        let lock = "LOCK TABLE counter IN EXCLUSIVE MODE";
        writing.execute_unprepared(lock).await.unwrap();
    }
    let batch = Batch {
        changes: vec![a_dossier(1).received_change()],
    };
    // Takes as long as the store waits for the lock.
    let refused = store.commit(batch).await.unwrap_err();
    let later = match &refused {
        // The writing lane retries this kind of failure.
        CommitError::Held => on.is_postgres(),
        CommitError::Store(StoreError::Unavailable(_)) => !on.is_postgres(),
        CommitError::Clash { .. } | CommitError::Unknown(_) | CommitError::Store(_) => false,
    };
    assert!(later, "{refused:?}");
    drop(writing);
    store.write(vec![a_dossier(1).received_change()]).await;
}

on_every_database!(all_is_there_after_closing_and_opening_again);

async fn all_is_there_after_closing_and_opening_again(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    store.close().await.unwrap();
    if let Some(file) = store.url.strip_prefix("sqlite:") {
        assert!(
            !std::path::Path::new(&format!("{file}-wal")).exists(),
            "closing leaves one file"
        );
    }
    assert!(matches!(
        store.read().await.err(),
        Some(StoreError::Unavailable(_))
    ));
    let again = SeaStore::open(&store.url, Options::default())
        .await
        .unwrap();
    let read = again.read().await.unwrap();
    assert!(read.dossier(&key(1)).await.unwrap().is_some());
}

/// A database that cannot go on, for example on a full disk, ends the transaction itself. A driver
/// that still believes to be inside that transaction would treat later ones as its parts: they
/// would be answered and never committed.
#[tokio::test]
async fn a_transaction_that_the_database_itself_ended_takes_none_after_it_along() {
    let store = a_store(Backend::Sqlite).await;
    let db = store.raw().await;
    db.execute_unprepared(&format!(
        "CREATE TRIGGER full BEFORE INSERT ON interest WHEN NEW.dossier = '{}' \
         BEGIN SELECT RAISE(ROLLBACK, 'as on a full disk'); END",
        key(1).1
    ))
    .await
    .unwrap();
    store.write(vec![a_dossier(2).received_change()]).await;
    let refused = store.commit(Batch {
        changes: vec![a_dossier(1).received_change()],
    });
    refused.await.unwrap_err();
    // A second failure of another kind, which is rolled back.
    store.clash(vec![a_dossier(2).received_change()]).await;
    store.write(vec![a_dossier(3).received_change()]).await;
    let others = "SELECT count(*) FROM dossier";
    assert_eq!(
        store.number(others).await,
        2,
        "somebody else sees what was answered"
    );
}
