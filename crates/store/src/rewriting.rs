//! Moves events that an older version wrote into the table of this one, in pieces: each is a transaction,
//! and whoever is killed between two of them goes on where it was.

use std::sync::atomic::AtomicU64;

use domain::dossier::Record;
use domain::dossier::event::{Frame, digest};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};

use crate::executor::{Dialect, Executor};
use crate::pool::begin_writing;
use crate::request_key;
use crate::row::EventRow;
use crate::value_table::ValueTable;

/// An event whose bytes are not what its columns say.
#[derive(Debug, thiserror::Error)]
#[error(
    "event at place {place}, dossier {dossier} of province {province}: {what}. It and the events after \
     it stay as they are in table event_before, and nothing is lost; restore a backup, or mend the row \
     and run `motcua migrate` again"
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

/// Why events were not moved.
pub(crate) enum RewriteError {
    Damaged(DamagedEvent),
    Database(DbErr),
}

impl From<DbErr> for RewriteError {
    fn from(error: DbErr) -> Self {
        RewriteError::Database(error)
    }
}

/// How many events one transaction moves.
const PIECE: u32 = 500;

/// The province and the place of an event.
type At = (String, i64);

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
}

/// An event as an older version kept it.
#[derive(FromQueryResult)]
struct BeforeRow {
    seq: i64,
    province: String,
    dossier: String,
    version: i64,
    event_time: i64,
    record_time: i64,
    actor: String,
    request_id: String,
    /// None in a row of the oldest form, whose bytes are those of the whole record.
    role: Option<String>,
    unit: Option<String>,
    bytes: Vec<u8>,
    digest: Option<Vec<u8>>,
}

/// What of a moved row its old columns do not say.
struct Moved {
    role: &'static str,
    unit: String,
    request: Vec<u8>,
    event: String,
    digest: [u8; 8],
}

/// How many events a database has in an older form, also one that the migrations have not reached.
pub(crate) async fn left(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let statements = AtomicU64::new(0);
    let db = Executor {
        connection: db,
        statements: &statements,
    };
    let older = match db.dialect() {
        Dialect::Sqlite => {
            "SELECT count(*) AS number FROM pragma_table_info('event') WHERE name = 'request_id'"
        }
        Dialect::Postgres => {
            "SELECT count(*) AS number FROM pg_attribute WHERE attrelid = to_regclass('event') \
             AND attname = 'request_id' AND NOT attisdropped"
        }
    };
    let count = if is_begun(&db).await? {
        number(&db, "SELECT count(*) AS number FROM event_before").await?
    } else if number(&db, older).await? > 0 {
        number(&db, "SELECT count(*) AS number FROM event").await?
    } else {
        0
    };
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Whether the migrations have left events to be moved.
pub(crate) async fn is_needed(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let statements = AtomicU64::new(0);
    is_begun(&Executor {
        connection: db,
        statements: &statements,
    })
    .await
}

async fn is_begun<C: ConnectionTrait>(db: &Executor<'_, C>) -> Result<bool, DbErr> {
    has_table(db, "event_before").await
}

/// Whether a database has a table of ours.
pub(crate) async fn has_table<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    name: &str,
) -> Result<bool, DbErr> {
    let sql = match db.dialect() {
        Dialect::Sqlite => format!(
            "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table' AND name = '{name}'"
        ),
        Dialect::Postgres => format!(
            "SELECT CAST(CASE WHEN to_regclass('{name}') IS NULL THEN 0 ELSE 1 END AS bigint) \
                 AS number"
        ),
    };
    Ok(number(db, &sql).await? > 0)
}

/// The one number that a statement returns.
pub(crate) async fn number<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    sql: &str,
) -> Result<i64, DbErr> {
    let rows: Vec<CountRow> = db.all(sql, Vec::new()).await?;
    Ok(rows.first().map_or(0, |row| row.number))
}

/// Moves every event of an older form, and tells after each piece how many it moved.
///
/// Errors: an event whose bytes are not what its columns say. It and those after it stay as they are.
pub(crate) async fn rewrite(
    db: &DatabaseConnection,
    tell: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RewriteError> {
    if !is_needed(db).await? {
        return Ok(());
    }
    let mut after = (String::new(), i64::MIN);
    while let Some((count, last)) = piece(db, &after).await? {
        after = last;
        tell(count);
    }
    db.execute_unprepared("DROP TABLE event_before").await?;
    Ok(())
}

/// Moves the next events behind a place in one transaction, and says how many and which was the last. None
/// if none are left.
///
/// In the order of places, in which an event has its predecessor before it. The place is remembered because
/// a server still walks over the keys of deleted rows.
async fn piece(db: &DatabaseConnection, after: &At) -> Result<Option<(u64, At)>, RewriteError> {
    let statements = AtomicU64::new(0);
    let transaction = begin_writing(db).await?;
    let executor = Executor {
        connection: &transaction,
        statements: &statements,
    };
    let (behind, order, lock, mut values) = match executor.dialect() {
        Dialect::Sqlite => ("seq > ?", "seq", "", Vec::new()),
        Dialect::Postgres => (
            "(province, seq) > (?, ?)",
            "province, seq",
            "FOR UPDATE",
            vec![after.0.as_str().into()],
        ),
    };
    let sql = format!(
        "SELECT seq, province, dossier, version, event_time, record_time, actor, request_id, role, unit, \
             bytes, digest \
         FROM event_before WHERE {behind} ORDER BY {order} LIMIT ? {lock}"
    );
    values.extend([after.1.into(), PIECE.into()]);
    let events: Vec<BeforeRow> = executor.all(&sql, values).await?;
    let Some(last) = events.last() else {
        return Ok(None);
    };
    let last = (last.province.clone(), last.seq);
    let mut rows = Vec::with_capacity(events.len());
    let mut damaged = None;
    for event in &events {
        match moved(event) {
            Ok(moved) => rows.push([
                json!(event.province),
                json!(event.seq),
                json!(moved.role),
                json!(moved.unit),
                json!(domain::digest::hex(&moved.request)),
                json!(moved.event),
                json!(domain::digest::hex(&moved.digest)),
            ]),
            Err(what) => {
                damaged = Some(DamagedEvent {
                    province: event.province.clone(),
                    dossier: event.dossier.clone(),
                    place: event.seq,
                    what,
                });
                break;
            }
        }
    }
    let count = rows.len() as u64;
    if count > 0 {
        write(&executor, rows).await?;
    }
    transaction.commit().await?;
    match damaged {
        None => Ok(Some((count, last))),
        Some(damaged) => Err(RewriteError::Damaged(damaged)),
    }
}

/// What becomes of a row. Its present form gives the bytes of the record again, or it is not moved.
fn moved(row: &BeforeRow) -> Result<Moved, &'static str> {
    let whole = match (&row.role, &row.unit) {
        (Some(role), Some(unit)) => row.frame(role, unit).around(&row.bytes),
        _ => row.bytes.clone(),
    };
    let record = Record::from_bytes(&whole).map_err(|_| "its bytes are no event")?;
    let frame = row.frame(record.role.as_str(), record.unit.as_str());
    let event = frame
        .within(&whole)
        .ok_or("its bytes say otherwise than its columns")?;
    if record.to_bytes() != whole {
        return Err("its bytes are not canonical");
    }
    let digest = digest(&whole);
    if row.digest.as_ref().is_some_and(|kept| *kept != digest) {
        return Err("its digest is not that of its bytes");
    }
    let request = request_key::kept(&row.actor, &row.request_id);
    let present = EventRow::new(row.seq, &record, request.clone(), event.to_vec());
    if present.into_bytes().ok().as_ref() != Some(&whole) {
        return Err("its present form would give other bytes");
    }
    let event = String::from_utf8(event.to_vec()).map_err(|_| "its bytes are no text")?;
    Ok(Moved {
        role: record.role.as_str(),
        unit: record.unit.as_str().to_owned(),
        request,
        event,
        digest,
    })
}

impl BeforeRow {
    fn frame<'a>(&'a self, role: &'a str, unit: &'a str) -> Frame<'a> {
        Frame {
            province: &self.province,
            dossier: &self.dossier,
            version: self.version,
            event_time: self.event_time,
            record_time: self.record_time,
            actor: &self.actor,
            role,
            unit,
            request_id: &self.request_id,
        }
    }
}

async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    rows: Vec<[Json; 7]>,
) -> Result<(), DbErr> {
    let columns = [
        "province", "seq", "role", "unit", "request", "bytes", "digest",
    ];
    let given = ValueTable::new(db, "w", columns, rows);
    let (bytes, unhex, same) = match db.dialect() {
        Dialect::Sqlite => ("CAST(w.bytes AS BLOB)", ["unhex(", ")"], "b.seq = w.seq"),
        Dialect::Postgres => (
            "convert_to(w.bytes, 'UTF8')",
            ["decode(", ", 'hex')"],
            "b.province = w.province AND b.seq = w.seq",
        ),
    };
    let [begin, end] = unhex;
    let insert = format!(
        "INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, role, unit, \
             request, part, content, bytes, digest) \
         SELECT b.seq, b.province, b.dossier, b.version, b.event_time, b.record_time, b.actor, w.role, \
             w.unit, {begin}w.request{end}, b.part, substr(b.content, 1, 16), {bytes}, \
             {begin}w.digest{end} \
         FROM {} CROSS JOIN event_before b WHERE {same} ORDER BY w.at",
        given.table
    );
    db.run(&insert, given.values.clone()).await?;
    let delete = match db.dialect() {
        Dialect::Sqlite => format!(
            "DELETE FROM event_before WHERE seq IN (SELECT w.seq FROM {})",
            given.table
        ),
        Dialect::Postgres => {
            format!(
                "DELETE FROM event_before b USING {} WHERE {same}",
                given.table
            )
        }
    };
    db.run(&delete, given.values).await.map(drop)
}
