//! A list of values that a statement reads as a table.

use sea_orm::{ConnectionTrait, Value};
use serde_json::Value as Json;

use crate::bulk::unnest;
use crate::executor::{Dialect, Executor};

/// Rows that a statement reads as a table. The text of the statement does not depend on their
/// number, so each connection parses it once.
pub(crate) struct ValueTable {
    /// The table, with its name. Besides the given columns it has `at`, which counts from 1.
    pub(crate) table: String,
    /// The values of its places.
    pub(crate) values: Vec<Value>,
}

impl ValueTable {
    /// Rows of texts and whole numbers; each column has one type.
    pub(crate) fn new<C: ConnectionTrait, const N: usize>(
        db: &Executor<'_, C>,
        name: &str,
        columns: [&str; N],
        rows: Vec<[Json; N]>,
    ) -> Self {
        Self::in_dialect(db.dialect(), name, columns, rows)
    }

    /// The same, for a statement that runs later.
    pub(crate) fn in_dialect<const N: usize>(
        dialect: Dialect,
        name: &str,
        columns: [&str; N],
        rows: Vec<[Json; N]>,
    ) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let columns: Vec<String> = columns
                    .iter()
                    .enumerate()
                    .map(|(place, column)| format!("value ->> {place} AS {column}"))
                    .collect();
                let rows = rows.into_iter().map(|row| Json::Array(row.into()));
                ValueTable {
                    table: format!(
                        "(SELECT key + 1 AS at, {} FROM json_each(?)) AS {name}",
                        columns.join(", ")
                    ),
                    values: vec![Json::Array(rows.collect()).to_string().into()],
                }
            }
            Dialect::Postgres => {
                let mut given: [Vec<Json>; N] = std::array::from_fn(|_| Vec::new());
                for row in rows {
                    for (column, value) in given.iter_mut().zip(row) {
                        column.push(value);
                    }
                }
                ValueTable {
                    table: unnest(name, columns),
                    values: given.into_iter().map(array).collect(),
                }
            }
        }
    }
}

fn array(column: Vec<Json>) -> Value {
    let numbers: Option<Vec<i64>> = column.iter().map(Json::as_i64).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() => numbers.into(),
        Some(_) | None => column
            .into_iter()
            .map(|value| match value {
                Json::String(text) => text,
                other => unreachable!("no list of ours holds {other}"),
            })
            .collect::<Vec<String>>()
            .into(),
    }
}
