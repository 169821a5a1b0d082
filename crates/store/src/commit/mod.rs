//! Writing a batch: one transaction, or nothing.
//!
//! Locks are taken in one order by every writer: counters, dossiers by id, tallies by key last. A
//! writer on PostgreSQL that still meets another crosswise is broken off by the server and
//! begins again.

mod codes;
pub(crate) mod dossiers;
mod events;
mod interest;
mod personal;
pub(crate) mod tallies;

use std::sync::atomic::AtomicU64;

use app::ports::{Batch, Change, CommitError, Committed, Key, StoreError};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait, Value,
};

use crate::door::Door;
use crate::fault::{is_deadlock, store_error, wrote_nothing};
use crate::{block, numbers, rating};

/// How often a transaction is begun that the server broke off for others.
const TRIES: usize = 5;

/// Writes a batch. Not to be cancelled half-way: the caller gives it a task of its own.
pub(crate) async fn commit(
    writer: &DatabaseConnection,
    statements: &AtomicU64,
    mut batch: Batch,
) -> Result<Committed, CommitError> {
    if batch.changes.is_empty() {
        return Ok(Committed {
            dossiers: Vec::new(),
        });
    }
    for _ in 1..TRIES {
        let unsealed = batch.changes.clone();
        match attempt(writer, statements, &mut batch.changes).await {
            Err(Failure::Deadlock(error)) => {
                tracing::debug!(%error, "a batch met another one crosswise and begins again");
                batch.changes = unsealed;
            }
            done => return answer(done, batch),
        }
    }
    let done = attempt(writer, statements, &mut batch.changes).await;
    answer(done, batch)
}

fn answer(done: Result<(), Failure>, batch: Batch) -> Result<Committed, CommitError> {
    done?;
    let dossiers = batch.changes.into_iter().map(|change| change.dossier);
    Ok(Committed {
        dossiers: dossiers.collect(),
    })
}

/// For writing. On SQLite a deferred transaction that has read cannot wait for the lock; it
/// fails.
pub(crate) fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// One transaction: it has written everything, or failed and written nothing.
async fn attempt(
    writer: &DatabaseConnection,
    statements: &AtomicU64,
    changes: &mut [Change],
) -> Result<(), Failure> {
    let transaction = writer.begin_with_options(immediate()).await?;
    let door = Door {
        connection: &transaction,
        statements,
    };
    match write(&door, changes).await {
        Ok(()) => transaction.commit().await.map_err(outcome),
        Err(failure) => {
            if let Err(error) = transaction.rollback().await {
                // Dropping it has asked for the same again; the commit failed either way.
                tracing::warn!(%error, "a batch could not be rolled back at once");
            }
            Err(failure)
        }
    }
}

/// What a failed COMMIT means: some errors say that nothing was written, all others leave
/// it open.
fn outcome(error: DbErr) -> Failure {
    if wrote_nothing(&error) {
        error.into()
    } else {
        Failure::Unknown(store_error(error))
    }
}

/// Why a batch was not written, or may not have been.
pub(crate) enum Failure {
    Clash(Vec<Key>),
    Deadlock(DbErr),
    Unknown(StoreError),
    Store(StoreError),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        if is_deadlock(&error) {
            Failure::Deadlock(error)
        } else {
            Failure::Store(store_error(error))
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Clash(dossiers) => CommitError::Clash { dossiers },
            Failure::Deadlock(error) => CommitError::Store(store_error(error)),
            Failure::Unknown(error) => CommitError::Unknown(error),
            Failure::Store(error) => CommitError::Store(error),
        }
    }
}

async fn write<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &mut [Change],
) -> Result<(), Failure> {
    numbers::reserve(door, changes).await?;
    let changes: &[Change] = changes;
    dossiers::write(door, changes).await?;
    block::take(door, changes).await?;
    codes::write(door, changes).await?;
    events::write(door, changes).await?;
    interest::write(door, changes).await?;
    personal::write(door, changes).await?;
    personal::write_secrets(door, changes).await?;
    rating::write(door, changes).await?;
    tallies::write(door, changes).await?;
    Ok(())
}

fn key_columns(change: &Change) -> (Value, Value) {
    (
        change.dossier.province.as_str().into(),
        change.dossier.id.to_string().into(),
    )
}

/// Fails with the dossiers of the changes that were not written.
pub(crate) fn clash_unless(
    changes: &[Change],
    written: impl Fn(&Change) -> bool,
) -> Result<(), Failure> {
    let clashing: Vec<Key> = changes
        .iter()
        .filter(|change| !written(change))
        .map(|change| (change.dossier.province.clone(), change.dossier.id))
        .collect();
    if clashing.is_empty() {
        Ok(())
    } else {
        Err(Failure::Clash(clashing))
    }
}
