//! Brings events that an older version wrote into the present form, in pieces: each is a transaction,
//! and whoever is killed between two of them goes on where it was.

use std::sync::atomic::AtomicU64;

use domain::dossier::Record;
use domain::dossier::event::digest;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, FromQueryResult, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use serde_json::{Value as Json, json};

use crate::executor::{Dialect, Executor};
use crate::row::{EventRow, event_columns};
use crate::value_table::ValueTable;

/// An event whose bytes are not what its columns say.
#[derive(Debug, thiserror::Error)]
#[error(
    "event at place {place}, dossier {dossier} of province {province}: {what}. It and the events after \
     it stay as they are, and nothing is lost; restore a backup, or mend the row and run `motcua \
     migrate` again"
)]
pub struct DamagedEvent {
    /// The province.
    pub province: String,
    /// The dossier.
    pub dossier: String,
    /// Its place in the feed; below zero if an import brought it.
    pub place: i64,
    /// What is wrong.
    pub what: &'static str,
}

/// Why events were not rewritten.
pub(crate) enum RewriteError {
    Damaged(DamagedEvent),
    Database(DbErr),
}

impl From<DbErr> for RewriteError {
    fn from(error: DbErr) -> Self {
        RewriteError::Database(error)
    }
}

/// How many events one transaction rewrites.
const PIECE: u32 = 500;

#[derive(FromQueryResult)]
struct WholeRow {
    province: String,
    after: i64,
}

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
}

/// How many events a database has in the older form, also one that the migrations have not reached.
pub(crate) async fn whole(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let statements = AtomicU64::new(0);
    let db = Executor {
        connection: db,
        statements: &statements,
    };
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "SELECT CAST(count(*) AS bigint) AS number FROM pragma_table_info('event') \
             WHERE name IN ('bytes', 'role')"
        }
        Dialect::Postgres => {
            "SELECT count(*) AS number FROM pg_attribute WHERE attrelid = to_regclass('event') \
             AND attname IN ('bytes', 'role') AND NOT attisdropped"
        }
    };
    let sql = match number(&db, sql).await? {
        0 => return Ok(0),
        1 => "SELECT count(*) AS number FROM event",
        // Counted only where any are left, because it reads every event.
        _ => {
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM whole_events) THEN \
                 (SELECT count(*) FROM event WHERE role IS NULL) ELSE 0 END AS number"
        }
    };
    Ok(u64::try_from(number(&db, sql).await?).unwrap_or_default())
}

async fn number<C: ConnectionTrait>(db: &Executor<'_, C>, sql: &str) -> Result<i64, DbErr> {
    let rows: Vec<CountRow> = db.all(sql, Vec::new()).await?;
    Ok(rows.first().map_or(0, |row| row.number))
}

/// Rewrites every event of the older form, and tells how many of how many are done.
///
/// Errors: an event whose bytes are not what its columns say. It and those after it stay as they are.
pub(crate) async fn rewrite(
    db: &DatabaseConnection,
    tell: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), RewriteError> {
    let of = whole(db).await?;
    let mut done = 0;
    while let Some(count) = piece(db).await? {
        done += count;
        tell(done, of);
    }
    // A shorter row alone leaves its page half empty. Who lacks the room for a copy does without.
    if done > 0
        && db.get_database_backend() == DbBackend::Sqlite
        && let Err(error) = db.execute_unprepared("VACUUM").await
    {
        tracing::warn!(%error, "the file stays as large as it was; VACUUM would make it smaller");
    }
    Ok(())
}

/// Rewrites the next events, in one transaction. None if none are left.
async fn piece(db: &DatabaseConnection) -> Result<Option<u64>, RewriteError> {
    let statements = AtomicU64::new(0);
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(immediate).await?;
    let executor = Executor {
        connection: &transaction,
        statements: &statements,
    };
    let next = "SELECT province, after FROM whole_events ORDER BY province LIMIT 1";
    let rows: Vec<WholeRow> = executor.all(next, Vec::new()).await?;
    let Some(WholeRow { province, after }) = rows.into_iter().next() else {
        return Ok(None);
    };
    let of_province = match executor.dialect() {
        // Read by place, not by an index of the province.
        Dialect::Sqlite => "e.province || ''",
        Dialect::Postgres => "e.province",
    };
    let sql = format!(
        "SELECT {} FROM event e WHERE {of_province} = ? AND e.seq > ? AND e.role IS NULL \
         ORDER BY e.seq LIMIT ?",
        event_columns("e")
    );
    let values = vec![province.as_str().into(), after.into(), PIECE.into()];
    let events: Vec<EventRow> = executor.all(&sql, values).await?;
    let Some(last) = events.last() else {
        let gone = "DELETE FROM whole_events WHERE province = ?";
        executor.run(gone, vec![province.into()]).await?;
        transaction.commit().await?;
        return Ok(Some(0));
    };
    let last = last.seq();
    let mut rewritten = Vec::with_capacity(events.len());
    let mut damaged = None;
    for event in &events {
        match framed(event) {
            Ok(row) => rewritten.push(row),
            Err(what) => {
                damaged = Some(DamagedEvent {
                    province: province.clone(),
                    dossier: event.dossier.clone(),
                    place: event.seq(),
                    what,
                });
                break;
            }
        }
    }
    let until = match &damaged {
        None => last,
        Some(_) => events
            .get(rewritten.len().wrapping_sub(1))
            .map_or(after, EventRow::seq),
    };
    let count = rewritten.len() as u64;
    if count > 0 {
        write(&executor, &province, rewritten).await?;
        let values = vec![until.into(), province.into()];
        let moved = "UPDATE whole_events SET after = ? WHERE province = ?";
        executor.run(moved, values).await?;
    }
    transaction.commit().await?;
    match damaged {
        None => Ok(Some(count)),
        Some(damaged) => Err(RewriteError::Damaged(damaged)),
    }
}

/// The row of an event in the present form: place, role, unit, bytes, digest. It gives the same bytes
/// of the record again, or the event is not rewritten.
fn framed(event: &EventRow) -> Result<[Json; 5], &'static str> {
    let bytes = event.kept_bytes();
    let record = Record::from_bytes(bytes).map_err(|_| "its bytes are no event")?;
    let frame = event.frame_by(record.role.as_str(), record.unit.as_str());
    let inner = frame.within(bytes);
    let inner = inner.ok_or("its bytes say otherwise than its columns")?;
    let text = std::str::from_utf8(inner).map_err(|_| "its bytes are no text")?;
    if record.to_bytes() != bytes {
        return Err("its bytes are not canonical");
    }
    Ok([
        json!(event.seq()),
        json!(record.role.as_str()),
        json!(record.unit.as_str()),
        json!(text),
        json!(domain::digest::hex(&digest(bytes))),
    ])
}

async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &str,
    rows: Vec<[Json; 5]>,
) -> Result<(), DbErr> {
    let columns = ["seq", "role", "unit", "bytes", "digest"];
    let given = ValueTable::new(db, "w", columns, rows);
    let (bytes, digest) = match db.dialect() {
        Dialect::Sqlite => ("CAST(wanted.bytes AS BLOB)", "unhex(wanted.digest)"),
        Dialect::Postgres => (
            "convert_to(wanted.bytes, 'UTF8')",
            "decode(wanted.digest, 'hex')",
        ),
    };
    let sql = format!(
        "WITH wanted AS MATERIALIZED (SELECT seq, role, unit, bytes, digest FROM {}) \
         UPDATE event SET role = wanted.role, unit = wanted.unit, bytes = {bytes}, digest = {digest} \
         FROM wanted WHERE event.province = ? AND event.seq = wanted.seq",
        given.table
    );
    let mut values = given.values;
    values.push(province.into());
    db.run(&sql, values).await.map(drop)
}
