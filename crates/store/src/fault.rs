//! Classifies the errors of a database.

use std::error::Error;

use app::ports::StoreError;
use sea_orm::sqlx::{self, error::DatabaseError};
use sea_orm::{DbErr, RuntimeErr};

/// What a caller can do about a database error: try later, or report it.
pub(crate) fn store_error(error: DbErr) -> StoreError {
    if is_passing(&error) {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Database(error.into())
    }
}

/// Whether the same statement may succeed later.
fn is_passing(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    match sqlx_error(error) {
        Some(
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed,
        ) => true,
        _ => match code(error) {
            Some(Code::Sqlite(code)) => {
                matches!(code & 0xff, BUSY | LOCKED | IO_ERROR | FULL | CANNOT_OPEN)
            }
            Some(Code::Postgres(code)) => {
                !NEVER.iter().any(|beginning| code.starts_with(beginning))
            }
            None => false,
        },
    }
}

/// Whether a failed COMMIT certainly wrote nothing.
///
/// PostgreSQL may have committed before it reports a shutdown, so only errors that themselves end
/// the transaction count.
pub(crate) fn wrote_nothing(error: &DbErr) -> bool {
    if never_sent(error) {
        return true;
    }
    match code(error) {
        Some(Code::Sqlite(code)) => matches!(code & 0xff, BUSY | LOCKED),
        Some(Code::Postgres(code)) => code.starts_with(INTEGRITY) || code.starts_with(ROLLBACK),
        None => false,
    }
}

/// Whether there was no connection for sending it.
fn never_sent(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(_))
        || matches!(
            sqlx_error(error),
            Some(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
        )
}

/// Whether the database aborted this transaction to resolve a deadlock, so that the same
/// transaction may succeed at once.
pub(crate) fn is_deadlock(error: &DbErr) -> bool {
    match code(error) {
        Some(Code::Sqlite(_)) | None => false,
        Some(Code::Postgres(code)) => code.starts_with(ROLLBACK),
    }
}

/// Whether a lock was not had in time.
pub(crate) fn is_held(error: &DbErr) -> bool {
    match code(error) {
        Some(Code::Sqlite(_)) | None => false,
        Some(Code::Postgres(code)) => code == LOCK_NOT_HAD,
    }
}

/// Whether a trigger of the schema refused a row.
pub(crate) fn is_refused_by_trigger(error: &DbErr) -> bool {
    match code(error) {
        Some(Code::Sqlite(code)) => code == CONSTRAINT_TRIGGER,
        Some(Code::Postgres(code)) => code == OUR_TRIGGER,
        None => false,
    }
}

/// Whether the statement of a whole batch found something other than expected. It does not say what
/// clashes, and nothing was written.
pub(crate) fn is_otherwise(error: &DbErr) -> bool {
    match code(error) {
        Some(Code::Sqlite(_)) | None => false,
        Some(Code::Postgres(code)) => {
            code == NO_NUMBER || code == OUR_TRIGGER || code.starts_with(INTEGRITY)
        }
    }
}

// Source: https://www.sqlite.org/rescode.html. The low byte is the kind of error; the other bytes
// refine it.
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const IO_ERROR: u32 = 10;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const CONSTRAINT_TRIGGER: u32 = 1811;

// Source: https://www.postgresql.org/docs/15/errcodes-appendix.html. The first two letters are the
// class.
const INTEGRITY: &str = "23";
/// A text that is no number stands where a number is needed.
const NO_NUMBER: &str = "22P02";
const ROLLBACK: &str = "40";
const LOCK_NOT_HAD: &str = "55P03";
/// The code that the triggers of the schema raise.
const OUR_TRIGGER: &str = "MC001";

/// Errors that the statement or its values cause, so that it fails again: a feature that the server
/// lacks, values out of range, a broken constraint, a transaction used wrongly, an unknown name, a
/// missing right, our own triggers. Every other error is a state of the server and passes. A full
/// disk alone appears under several classes, also while the server recovers from it.
const NEVER: [&str; 7] = ["0A", "21", "22", INTEGRITY, "25001", "42", OUR_TRIGGER];

enum Code<'a> {
    Sqlite(u32),
    Postgres(std::borrow::Cow<'a, str>),
}

fn code(error: &DbErr) -> Option<Code<'_>> {
    let sqlx::Error::Database(error) = sqlx_error(error)? else {
        return None;
    };
    let error: &dyn DatabaseError = error.as_ref();
    let code = error.code()?;
    if error
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some()
    {
        return Some(Code::Postgres(code));
    }
    code.parse().ok().map(Code::Sqlite)
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// A task ended without an answer: it panicked, or the runtime is shutting down.
pub(crate) fn unfinished(error: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
