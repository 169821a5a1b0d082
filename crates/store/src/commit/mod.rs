//! Writes a batch: one transaction, or nothing.
//!
//! Every writer takes locks in one order: counters, dossiers by id, codes, events by request,
//! tallies by key last. If a writer on PostgreSQL still deadlocks with another, the server aborts
//! one of them, and that one begins again.

mod beside;
mod codes;
pub(crate) mod dossiers;
mod events;
pub(crate) mod failure;
mod interest;
mod key;
pub(crate) mod people;
mod personal;
pub(crate) mod tallies;
mod together;

use std::sync::atomic::AtomicU64;

use app::ports::{Batch, Change, CommitError, Committed};
use sea_orm::{ConnectionTrait, DbErr};

use failure::Failure;

use crate::executor::{Dialect, Executor};
use crate::fault::{is_held, is_otherwise, store_error, wrote_nothing};
use crate::numbers::Numbering;
use crate::pool::Pool;
use crate::{number_block, numbers};

/// How often a transaction is begun again after a deadlock.
const TRIES: usize = 5;

/// Writes a batch. It must not be cancelled half-way, so the caller gives it a task of its own.
pub(crate) async fn commit(
    writer: &Pool,
    statements: &AtomicU64,
    mut batch: Batch,
) -> Result<Committed, CommitError> {
    if batch.changes.is_empty() {
        return Ok(Committed {
            dossiers: Vec::new(),
        });
    }
    let db = Executor {
        connection: writer,
        statements,
    };
    let mut way = match db.dialect() {
        Dialect::Postgres if together::fits(&batch.changes) => Way::Together,
        Dialect::Postgres | Dialect::Sqlite => Way::Stepwise,
    };
    let numbered = batch.changes.iter().any(|change| change.number.is_some());
    // Of a file one process decides all.
    let asked = db.dialect() == Dialect::Postgres && people::keys(&batch.changes).next().is_some();
    // A counter rarely reaches a number whose code a dossier already has. So the numbers are
    // checked only after such a clash.
    let mut numbering = Numbering::Trusting;
    let mut tries = 1;
    loop {
        // Sealing puts reserved numbers into the changes. After a rollback those numbers are free
        // for others, so the changes must go back to their unsealed state.
        let unsealed = numbered.then(|| batch.changes.clone());
        let done = match way {
            Way::Together if !numbered && !asked => alone(&db, &batch.changes).await,
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
async fn alone(db: &Executor<'_, Pool>, changes: &[Change]) -> Result<(), Failure> {
    together::write(db, changes).await.map_err(|error| {
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

/// Runs one transaction: it writes everything, or fails and writes nothing.
async fn attempt(
    writer: &Pool,
    statements: &AtomicU64,
    changes: &mut [Change],
    way: Way,
    numbering: Numbering,
) -> Result<(), Failure> {
    let transaction = writer.begin_writing().await?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    if changes.len() > MOST_OF_A_LANE {
        db.take_time().await?;
    }
    match write(&db, changes, way, numbering).await {
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

async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &mut [Change],
    way: Way,
    numbering: Numbering,
) -> Result<(), Failure> {
    numbers::reserve(db, changes, numbering).await?;
    let changes: &[Change] = changes;
    match way {
        Way::Together => together::write(db, changes).await.map_err(|error| {
            if is_otherwise(&error) {
                Failure::Otherwise
            } else {
                error.into()
            }
        }),
        Way::Stepwise => {
            if db.dialect() == Dialect::Postgres {
                people::check(db, changes).await?;
            }
            dossiers::write(db, changes).await?;
            number_block::take(db, changes).await?;
            codes::write(db, changes).await?;
            number_block::leave(db, changes).await?;
            events::write(db, changes).await?;
            for statement in beside::statements(db.dialect(), changes) {
                db.run(&statement.sql, statement.values).await?;
            }
            Ok(())
        }
    }
}
