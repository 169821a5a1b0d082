//! The one place where statements are run, counted, and their errors told apart.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use app::ports::StoreError;
use sea_orm::sea_query::SelectStatement;
use sea_orm::sqlx;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, FromQueryResult, RuntimeErr, Statement, StatementBuilder,
    Value,
};

/// A connection or transaction whose statements are counted.
pub(crate) struct Door<'a, C> {
    pub(crate) connection: &'a C,
    pub(crate) statements: &'a AtomicU64,
}

impl<C: ConnectionTrait> Door<'_, C> {
    /// All rows of a statement.
    pub(crate) async fn all<R: FromQueryResult>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, DbErr> {
        self.rows(statement(sql, values)).await
    }

    /// All rows of a built statement.
    pub(crate) async fn select<R: FromQueryResult>(
        &self,
        select: &SelectStatement,
    ) -> Result<Vec<R>, DbErr> {
        self.rows(StatementBuilder::build(select, &DbBackend::Sqlite))
            .await
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let done = self.connection.execute_raw(statement(sql, values)).await?;
        Ok(done.rows_affected())
    }

    async fn rows<R: FromQueryResult>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let rows = self.connection.query_all_raw(statement).await?;
        rows.iter()
            .map(|row| R::from_query_result(row, ""))
            .collect()
    }
}

fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

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
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed,
        ) => true,
        _ => matches!(
            primary_code(error),
            Some(BUSY | LOCKED | IO_ERROR | FULL | CANNOT_OPEN)
        ),
    }
}

/// Whether somebody else holds the lock, so that nothing was done at all.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    matches!(primary_code(error), Some(BUSY | LOCKED))
}

/// Whether a trigger of the schema refused a row.
pub(crate) fn is_refused_by_trigger(error: &DbErr) -> bool {
    extended_code(error) == Some(CONSTRAINT_TRIGGER)
}

// Source: https://www.sqlite.org/rescode.html
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const IO_ERROR: u32 = 10;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const CONSTRAINT_TRIGGER: u32 = 1811;

/// The low byte is the kind of error; the rest says more.
fn primary_code(error: &DbErr) -> Option<u32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &DbErr) -> Option<u32> {
    match sqlx_error(error)? {
        sqlx::Error::Database(error) => error.code()?.parse().ok(),
        _ => None,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// A task that ended without an answer: it panicked, or the runtime is shutting down.
pub(crate) fn unfinished(error: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
