//! Writes a batch: one transaction, or nothing.
//!
//! Every writer takes locks in one order: counters, dossiers by id, codes, events by request,
//! tallies by key last. If a writer on PostgreSQL still deadlocks with another, the server aborts
//! one of them, and that one begins again.

mod codes;
pub(crate) mod dossiers;
mod events;
mod interest;
pub(crate) mod people;
mod personal;
pub(crate) mod tallies;
mod together;

use std::sync::atomic::AtomicU64;

use app::ports::{Batch, Change, CommitError, Committed, Key, StoreError};
use sea_orm::{ConnectionTrait, DbErr, SqliteTransactionMode, TransactionOptions, Value};

use crate::door::{Dialect, Door};
use crate::fault::{is_deadlock, is_held, is_otherwise, store_error, wrote_nothing};
use crate::line::Line;
use crate::many::Part;
use crate::numbers::Numbering;
use crate::{block, numbers, rating};

/// How often a transaction is begun again after a deadlock.
const TRIES: usize = 5;

/// Writes a batch. It must not be cancelled half-way, so the caller gives it a task of its own.
pub(crate) async fn commit(
    writer: &Line,
    statements: &AtomicU64,
    mut batch: Batch,
) -> Result<Committed, CommitError> {
    if batch.changes.is_empty() {
        return Ok(Committed {
            dossiers: Vec::new(),
        });
    }
    let door = Door {
        connection: writer,
        statements,
    };
    let mut way = match door.dialect() {
        Dialect::Postgres if together::fits(&batch.changes) => Way::Together,
        Dialect::Postgres | Dialect::Sqlite => Way::Stepwise,
    };
    let numbered = batch.changes.iter().any(|change| change.number.is_some());
    // Of a file one process decides all.
    let asked =
        door.dialect() == Dialect::Postgres && people::keys(&batch.changes).next().is_some();
    // A counter rarely reaches a number whose code a dossier already has. So the numbers are
    // checked only after such a clash.
    let mut numbering = Numbering::Trusting;
    let mut tries = 1;
    loop {
        // Sealing puts reserved numbers into the changes. After a rollback those numbers are free
        // for others, so the changes must go back to their unsealed state.
        let unsealed = numbered.then(|| batch.changes.clone());
        let done = match way {
            Way::Together if !numbered && !asked => alone(&door, &batch.changes).await,
            Way::Together | Way::Stepwise => {
                attempt(writer, statements, &mut batch.changes, way, numbering).await
            }
        };
        match done {
            Err(Failure::Otherwise) => {
                tracing::debug!("a batch met something unexpected and is written step by step");
                way = Way::Stepwise;
                numbering = Numbering::Looking;
            }
            Err(Failure::NumberTaken(_)) if numbering == Numbering::Trusting => {
                tracing::debug!("a dossier already has a number of the counter");
                numbering = Numbering::Looking;
            }
            Err(Failure::Deadlock(error)) if tries < TRIES => {
                tracing::debug!(%error, "a batch deadlocked with another one and begins again");
                tries += 1;
            }
            done => return answer(done, batch),
        }
        if let Some(unsealed) = unsealed {
            batch.changes = unsealed;
        }
    }
}

/// No lane writes more at once; who does, such as a benchmark that fills a database, makes statements
/// for longer than a process may be silent.
const MOST_OF_A_LANE: usize = 256;

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In one statement, which fails if anything differs from what the batch expects.
    Together,
    /// In one statement a table, which finds out what clashes.
    Stepwise,
}

/// Writes with one statement that is a transaction by itself, which saves the round trips of begin
/// and commit.
async fn alone(door: &Door<'_, Line>, changes: &[Change]) -> Result<(), Failure> {
    together::write(door, changes).await.map_err(|error| {
        if is_otherwise(&error) {
            Failure::Otherwise
        } else {
            outcome(error)
        }
    })
}

fn answer(done: Result<(), Failure>, batch: Batch) -> Result<Committed, CommitError> {
    done?;
    let dossiers = batch.changes.into_iter().map(|change| change.dossier);
    Ok(Committed {
        dossiers: dossiers.collect(),
    })
}

/// Begins for writing. On SQLite a transaction that begins with a read cannot wait for the write
/// lock later; it fails.
pub(crate) fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// Runs one transaction: it writes everything, or fails and writes nothing.
async fn attempt(
    writer: &Line,
    statements: &AtomicU64,
    changes: &mut [Change],
    way: Way,
    numbering: Numbering,
) -> Result<(), Failure> {
    let transaction = writer.begin_with_options(immediate()).await?;
    let door = Door {
        connection: &transaction,
        statements,
    };
    if changes.len() > MOST_OF_A_LANE {
        door.take_time().await?;
    }
    match write(&door, changes, way, numbering).await {
        Ok(()) => transaction.commit().await.map_err(outcome),
        Err(failure) => {
            if let Err(error) = transaction.rollback().await {
                // Dropping the transaction has already requested the rollback; the commit failed
                // either way.
                tracing::warn!(%error, "a batch could not be rolled back at once");
            }
            Err(failure)
        }
    }
}

/// What a failed COMMIT means. Some errors prove that nothing was written, all others leave it
/// open.
fn outcome(error: DbErr) -> Failure {
    if wrote_nothing(&error) || is_held(&error) {
        error.into()
    } else {
        Failure::Unknown(store_error(error))
    }
}

/// Why a batch was not written, or may not have been.
pub(crate) enum Failure {
    Clash(Vec<Key>),
    /// These dossiers got numbers that other dossiers have.
    NumberTaken(Vec<Key>),
    /// Something clashes, and the statement cannot say what.
    Otherwise,
    Deadlock(DbErr),
    /// Somebody holds a lock.
    Held,
    Unknown(StoreError),
    Store(StoreError),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        if is_deadlock(&error) {
            Failure::Deadlock(error)
        } else if is_held(&error) {
            Failure::Held
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
            Failure::Clash(dossiers) | Failure::NumberTaken(dossiers) => {
                CommitError::Clash { dossiers }
            }
            Failure::Otherwise => CommitError::Clash {
                dossiers: Vec::new(),
            },
            Failure::Deadlock(error) => CommitError::Store(store_error(error)),
            Failure::Held => CommitError::Held,
            Failure::Unknown(error) => CommitError::Unknown(error),
            Failure::Store(error) => CommitError::Store(error),
        }
    }
}

async fn write<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &mut [Change],
    way: Way,
    numbering: Numbering,
) -> Result<(), Failure> {
    numbers::reserve(door, changes, numbering).await?;
    let changes: &[Change] = changes;
    match way {
        Way::Together => together::write(door, changes).await.map_err(|error| {
            if is_otherwise(&error) {
                Failure::Otherwise
            } else {
                error.into()
            }
        }),
        Way::Stepwise => {
            if door.dialect() == Dialect::Postgres {
                people::check(door, changes).await?;
            }
            dossiers::write(door, changes).await?;
            block::take(door, changes).await?;
            codes::write(door, changes).await?;
            block::leave(door, changes).await?;
            events::write(door, changes).await?;
            for part in the_rest(door.dialect(), changes) {
                door.run(&part.sql, part.values).await?;
            }
            Ok(())
        }
    }
}

/// The rows beside the dossiers. They are written after the dossiers and cannot clash.
fn the_rest(dialect: Dialect, changes: &[Change]) -> Vec<Part> {
    let mut parts = interest::parts(dialect, changes);
    parts.extend(personal::parts(dialect, changes));
    parts.extend(personal::secrets(dialect, changes));
    parts.extend(rating::parts(dialect, changes));
    parts.extend(tallies::parts(dialect, changes));
    parts
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
    let clashing = keys_of(changes, |change| !written(change));
    if clashing.is_empty() {
        Ok(())
    } else {
        Err(Failure::Clash(clashing))
    }
}

/// The dossiers of some of the changes.
fn keys_of(changes: &[Change], which: impl Fn(&Change) -> bool) -> Vec<Key> {
    let chosen = changes.iter().filter(|change| which(change));
    chosen
        .map(|change| (change.dossier.province.clone(), change.dossier.id))
        .collect()
}
