//! Writing many rows with one statement.

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::executor::{Dialect, Executor};

/// How many values one statement may carry on SQLite. SQLite's own bound is 32,766.
const VALUES: usize = 30_000;

/// A statement, to run alone or, on PostgreSQL, together with others.
pub(crate) struct Statement {
    pub(crate) sql: String,
    /// What stands in it as `?`.
    pub(crate) values: Vec<Value>,
}

/// A table, and the columns that a statement writes.
pub(crate) struct BulkInsert<const N: usize> {
    pub(crate) table: &'static str,
    pub(crate) columns: [&'static str; N],
    /// Which of them may be null.
    pub(crate) nullable: &'static [&'static str],
}

impl<const N: usize> BulkInsert<N> {
    /// Inserts all rows in as few statements as possible.
    ///
    /// `tail` follows the rows, such as RETURNING; its rows are returned. Without rows no statement
    /// runs.
    pub(crate) async fn insert<C: ConnectionTrait, R: FromQueryResult>(
        &self,
        db: &Executor<'_, C>,
        rows: Vec<[Value; N]>,
        tail: &str,
    ) -> Result<Vec<R>, DbErr> {
        let mut returned = Vec::new();
        for statement in self.statements(db.dialect(), rows, tail) {
            returned.extend(db.all(&statement.sql, statement.values).await?);
        }
        Ok(returned)
    }

    /// The statements that insert all rows: one on PostgreSQL, as few as possible on SQLite, none
    /// without rows.
    pub(crate) fn statements(
        &self,
        dialect: Dialect,
        rows: Vec<[Value; N]>,
        tail: &str,
    ) -> Vec<Statement> {
        let at_once = match dialect {
            Dialect::Sqlite => VALUES / N,
            Dialect::Postgres => usize::MAX,
        };
        let mut statements = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk = rows.by_ref().take(at_once).collect();
            statements.push(self.statement::<0>(dialect, chunk, tail, Vec::new()));
        }
        statements
    }

    /// One statement for rows that fit into one, whose `tail` has rows of its own.
    pub(crate) fn statement<const M: usize>(
        &self,
        dialect: Dialect,
        rows: Vec<[Value; N]>,
        tail: &str,
        more: Vec<[Value; M]>,
    ) -> Statement {
        let head = format!("INSERT INTO {} ({})", self.table, self.columns.join(", "));
        match dialect {
            Dialect::Sqlite => Statement {
                sql: format!("{head} VALUES {} {tail}", places(N, rows.len())),
                values: rows
                    .into_iter()
                    .flatten()
                    .chain(more.into_iter().flatten())
                    .collect(),
            },
            Dialect::Postgres => {
                let source = self.columns.map(|column| self.source(column)).join(", ");
                let table = unnest("w", self.columns);
                let mut values = arrays(rows);
                values.extend(arrays(more));
                Statement {
                    sql: format!("{head} SELECT {source} FROM {table} {tail}"),
                    values,
                }
            }
        }
    }

    /// The expression that reads a column of the arrays back; the placeholder for null becomes
    /// null.
    pub(crate) fn source(&self, column: &str) -> String {
        if self.nullable.contains(&column) {
            format!("nullif(w.{column}, {NULL})")
        } else {
            format!("w.{column}")
        }
    }
}

/// The rows as one array a column. The text of the statement does not depend on their number, so
/// each connection parses it once.
pub(crate) fn arrays<const N: usize>(rows: Vec<[Value; N]>) -> Vec<Value> {
    let mut columns: [Vec<Value>; N] = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns.into_iter().map(array).collect()
}

/// Rows from one array a column; `at` counts them from 1.
pub(crate) fn unnest<const N: usize>(name: &str, columns: [&str; N]) -> String {
    format!(
        "unnest({}) WITH ORDINALITY AS {name} ({}, at)",
        vec!["?"; N].join(", "),
        columns.join(", ")
    )
}

/// The placeholder for null in an array, because the driver cannot put nulls there: a text that no
/// column holds, `-1`, and no bytes. As an untyped literal it fits each type.
const NULL: &str = "'-1'";
const NULL_TEXT: &str = "-1";
const NULL_NUMBER: i64 = -1;

/// One column of the rows. Numbers are widened, because all elements of an array have one type.
fn array(column: Vec<Value>) -> Value {
    let mut kind = ArrayType::String;
    let values = column
        .into_iter()
        .map(|value| {
            let value = match value {
                Value::String(text) => {
                    Value::String(Some(text.unwrap_or_else(|| NULL_TEXT.to_owned())))
                }
                Value::BigInt(number) => Value::BigInt(Some(number.unwrap_or(NULL_NUMBER))),
                Value::Int(Some(number)) => Value::BigInt(Some(number.into())),
                Value::TinyUnsigned(Some(number)) => Value::BigInt(Some(number.into())),
                Value::SmallUnsigned(Some(number)) => Value::BigInt(Some(number.into())),
                Value::Unsigned(Some(number)) => Value::BigInt(Some(number.into())),
                Value::Bytes(Some(bytes)) => Value::Bytes(Some(bytes)),
                other => unreachable!("no column of ours holds {other:?}"),
            };
            kind = value.array_type();
            value
        })
        .collect();
    Value::Array(kind, Some(Box::new(values)))
}

/// `(?,?), (?,?)`: placeholders for this many rows of this many columns.
pub(crate) fn places(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; rows].join(",")
}

/// What a statement without RETURNING returns.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Nothing {}
