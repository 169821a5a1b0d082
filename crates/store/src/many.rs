//! Writing many rows with one statement.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::door::Door;

/// How many values one statement may carry; SQLite's own bound is 32,766.
const VALUES: usize = 30_000;

/// Runs `head VALUES (..), (..) tail` for all rows, in as few statements as they fit in.
///
/// Returns the rows of its RETURNING, if it has one. Runs nothing when there are no rows.
pub(crate) async fn insert<C: ConnectionTrait, R: FromQueryResult, const N: usize>(
    door: &Door<'_, C>,
    head: &str,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Result<Vec<R>, DbErr> {
    let mut returned = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<[Value; N]> = rows.by_ref().take(VALUES / N).collect();
        let sql = format!("{head} VALUES {} {tail}", places(N, chunk.len()));
        let values = chunk.into_iter().flatten().collect();
        returned.extend(door.all(&sql, values).await?);
    }
    Ok(returned)
}

/// `(?,?), (?,?)`: places for so many rows of so many columns.
pub(crate) fn places(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; rows].join(",")
}

/// What a statement without RETURNING returns.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Nothing {}
