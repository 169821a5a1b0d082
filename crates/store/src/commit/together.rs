//! Writes the whole batch as one statement on a server, where a round trip costs more than the
//! writing.
//!
//! The statement succeeds only if every row was written as expected. Otherwise the server undoes
//! it, and the steps of [`super`] find out what was in the way; that is rare.

use app::ports::Change;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{beside, codes, dossiers, events, people};
use crate::bulk::Statement;
use crate::executor::{Dialect, Executor};

/// Whether one statement can write the batch. Numbers of blocks, portal codes in our number space
/// and freed codes are rare, and need an order that one statement does not have.
pub(super) fn fits(changes: &[Change]) -> bool {
    let plain = |change: &Change| {
        change.block_number.is_none()
            && change.portal_number.is_none()
            && change.released.is_empty()
    };
    changes.iter().all(plain)
}

/// Writes the whole batch, or fails with [`crate::fault::is_otherwise`] if a row was not as
/// expected.
pub(super) async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), DbErr> {
    let whole = whole(changes);
    let _one: Vec<Done> = db.all(&whole.sql, whole.values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Done {}

/// Builds the statement as a list of WITH. The statements with an expected row count come first: CASE
/// evaluates them in this order. The other statements only touch rows that belong to dossiers written by
/// then, with the tallies last. So the order of locks equals that of the steps.
fn whole(changes: &[Change]) -> Statement {
    let dialect = Dialect::Postgres;
    let wanted = codes::wanted(changes);
    let entries = changes.iter().map(|change| change.entries.len());
    let people_by = |column| {
        people::statement(dialect, changes, column)
            .into_iter()
            .collect()
    };
    let counted = [
        (
            "dossiers",
            vec![dossiers::statement(dialect, &dossiers::by_id(changes))],
            changes.len(),
        ),
        ("people", people_by("person"), 0),
        ("namesakes", people_by("namesake"), 0),
        ("codes", codes::statements(dialect, &wanted), wanted.len()),
        (
            "events",
            events::statements(dialect, changes),
            entries.sum(),
        ),
    ];
    let mut with = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut cases = Vec::new();
    let mut counts: Vec<Value> = Vec::new();
    for (name, statements, count) in counted {
        for statement in statements {
            with.push(format!("{name} AS ({})", statement.sql));
            values.extend(statement.values);
            cases.push(format!(
                "WHEN (SELECT count(*) FROM {name}) <> ? THEN '{name}'"
            ));
            counts.push(i64::try_from(count).expect("a batch fits in memory").into());
        }
    }
    // PostgreSQL runs the statements without a count in reverse order, so they are listed in reverse.
    for (at, statement) in beside::statements(dialect, changes)
        .into_iter()
        .rev()
        .enumerate()
    {
        with.push(format!("rest{at} AS ({})", statement.sql));
        values.extend(statement.values);
    }
    values.extend(counts);
    let sql = format!(
        "WITH {} SELECT CAST(CASE {} ELSE '1' END AS integer)",
        with.join(", "),
        cases.join(" ")
    );
    Statement { sql, values }
}
