//! Runs and counts statements. No other file runs any.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, StatementBuilder, Value,
};
use tracing::Level;

/// A connection or transaction whose statements are counted.
pub(crate) struct Executor<'a, C> {
    pub(crate) connection: &'a C,
    pub(crate) statements: &'a AtomicU64,
}

/// The spelling of a statement, where the databases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl<C: ConnectionTrait> Executor<'_, C> {
    /// What is spoken to the database.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.connection.get_database_backend() {
            DbBackend::Postgres => Dialect::Postgres,
            _ => Dialect::Sqlite,
        }
    }

    /// All rows of a statement, whose values stand as `?`.
    pub(crate) async fn all<R: FromQueryResult>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, DbErr> {
        self.rows(self.statement(sql, values)).await
    }

    /// All rows of a built statement.
    pub(crate) async fn select<R: FromQueryResult>(
        &self,
        select: &SelectStatement,
    ) -> Result<Vec<R>, DbErr> {
        self.rows(StatementBuilder::build(
            select,
            &self.connection.get_database_backend(),
        ))
        .await
    }

    /// Lets this transaction be silent for longer than one of a lane is: it writes so much that making
    /// its statements takes a while.
    pub(crate) async fn take_time(&self) -> Result<(), DbErr> {
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => {
                let set = "SET LOCAL idle_in_transaction_session_timeout = '60s'";
                self.run(set, Vec::new()).await.map(drop)
            }
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let done = self
            .connection
            .execute_raw(self.statement(sql, values))
            .await?;
        Ok(done.rows_affected())
    }

    async fn rows<R: FromQueryResult>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        // Only where somebody looks for what a slow answer waits for.
        let told = tracing::enabled!(Level::TRACE).then(|| (statement.sql.clone(), Instant::now()));
        let rows = self.connection.query_all_raw(statement).await?;
        if let Some((sql, began)) = told {
            let micros = began.elapsed().as_micros();
            tracing::trace!(micros, rows = rows.len(), sql, "read");
        }
        rows.iter()
            .map(|row| R::from_query_result(row, ""))
            .collect()
    }

    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        let backend = self.connection.get_database_backend();
        match self.dialect() {
            Dialect::Sqlite => Statement::from_sql_and_values(backend, sql, values),
            Dialect::Postgres => Statement::from_sql_and_values(backend, numbered(sql), values),
        }
    }
}

/// The placeholders as PostgreSQL wants them: `$1`, `$2` and so on. No statement of ours has a
/// question mark anywhere else.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    for (number, part) in sql.split('?').enumerate() {
        if number > 0 {
            text.push('$');
            text.push_str(&number.to_string());
        }
        text.push_str(part);
    }
    text
}
