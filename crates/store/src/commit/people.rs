//! That nobody has two open dossiers of one procedure who was found to have none when it was decided.
//!
//! On a server another process may have taken one in since. Whoever writes such a dossier holds the
//! person's lock before it looks once more, so of two processes one sees what the other wrote.

use app::ports::{Change, PersonKey};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use super::failure::{Failure, clash_unless};
use crate::bulk::Statement;
use crate::executor::{Dialect, Executor};
use crate::page::VISIBLE;
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct Found {
    at: i64,
}

/// What holds the place of a person and a procedure.
pub(crate) fn lock_name(key: &PersonKey) -> String {
    format!(
        "motcua person {} {} {}",
        key.province, key.procedure, key.person
    )
}

pub(crate) fn keys(changes: &[Change]) -> impl Iterator<Item = &PersonKey> {
    changes.iter().flat_map(|change| &change.alone)
}

/// The columns that know a person: by identity number, and by name and telephone. Each is asked about
/// in a statement of its own, because a condition with `OR` between them uses the index of neither.
pub(crate) const KNOWN_BY: [&str; 2] = ["person", "namesake"];

/// Finds open dossiers of people who were to have none, by a column of [`KNOWN_BY`]; nothing to run
/// where nobody was asked about.
pub(super) fn statement(dialect: Dialect, changes: &[Change], column: &str) -> Option<Statement> {
    let rows: Vec<_> = keys(changes)
        .map(|key| {
            [
                json!(key.province.as_str()),
                json!(key.person),
                json!(key.procedure.as_str()),
                json!(i64::from(key.unnumbered)),
                json!(key.since.timestamp_micros()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let columns = ["province", "person", "procedure", "unnumbered", "since"];
    let given = ValueTable::in_dialect(dialect, "w", columns, rows);
    let sql = format!(
        "SELECT w.at AS at FROM {} CROSS JOIN secret s CROSS JOIN dossier d \
         WHERE s.province = w.province AND s.{column} = w.person \
             AND (w.unnumbered = 0 OR s.person IS NULL) \
             AND d.province = s.province AND d.id = s.dossier \
             AND d.procedure = w.procedure AND d.begun >= w.since \
             AND d.status IN (1, 2, 4, 5, 6) AND {VISIBLE}",
        given.table
    );
    Some(Statement {
        sql,
        values: given.values,
    })
}

/// Fails with the dossiers of people who have another one by now. Before these are written.
pub(super) async fn check<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut found: Vec<Found> = Vec::new();
    for column in KNOWN_BY {
        if let Some(statement) = statement(db.dialect(), changes, column) {
            found.extend(db.all::<Found>(&statement.sql, statement.values).await?);
        }
    }
    let asked: Vec<&PersonKey> = keys(changes).collect();
    let taken: Vec<&PersonKey> = found
        .iter()
        .filter_map(|row| asked.get(usize::try_from(row.at - 1).ok()?).copied())
        .collect();
    clash_unless(changes, |change| {
        let mut keys = change.alone.iter();
        keys.all(|key| !taken.contains(&key))
    })
}
