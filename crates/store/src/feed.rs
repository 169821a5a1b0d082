//! The feed: all events in one order in which no reader ever misses one.
//!
//! SQLite has one writer at a time, so the order of writing is the order of committing. On
//! PostgreSQL an event's place is the number of its transaction and its place within it:
//! a transaction that began earlier may commit later, so the feed ends before the oldest
//! one of this database that is still open. Whoever reads looks at that end first, and takes the view after it.

use app::ports::{FeedHead, FeedHolder, Scope, StoreError};
use domain::dossier::Record;
use domain::id::ProvinceCode;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::Value as Json;

use crate::bulk::{BulkInsert, Statement, arrays, unnest};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::page::of_units;
use crate::row::{EVENT_COLUMNS, EventRow, Place};
use crate::value_table::ValueTable;

const EVENT: BulkInsert<13> = BulkInsert {
    table: "event",
    columns: [
        "province",
        "dossier",
        "version",
        "event_time",
        "record_time",
        "actor",
        "role",
        "unit",
        "request",
        "part",
        "content",
        "bytes",
        "digest",
    ],
    nullable: &[],
};

/// How many bits of a place count the events of one transaction.
const BITS: u32 = 20;

/// The first place that a transaction which is still open may use, for whoever takes a view later.
///
/// Transactions are numbered through all databases of a server, and those of another database write
/// nothing here. Those of this one are looked for after the next number was read: whoever has a lower number then is
/// still seen, or has ended before any view that is taken later. So no place below the end is missing there, and no
/// later look finds an earlier end. Whoever is being prepared is still among the sessions or already among the
/// prepared, for these are looked at last; who is of no known database counts as one of this. Only the lower half of
/// a number is shown; it lies within two thousand millions of the next.
const END: &str = "(SELECT (least(n.next, \
         (SELECT min(n.next + ((((a.backend_xid::text::bigint - n.next) & 4294967295) \
                 # 2147483648) - 2147483648)) \
             FROM pg_stat_activity a \
             WHERE a.backend_xid IS NOT NULL AND (a.datname = current_database()) IS NOT FALSE), \
         (SELECT min(n.next + ((((p.transaction::text::bigint - n.next) & 4294967295) \
                 # 2147483648) - 2147483648)) \
             FROM pg_prepared_xacts p WHERE p.database = current_database())) + f.lift) << 20 \
     FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) n)";

/// Who holds the end of the feed up for longer than a batch ever takes: the transaction of this
/// database that has written and is open longest.
const HOLDER: &str = "SELECT CAST(extract(epoch FROM a.xact_start) * 1000000 AS bigint) AS since, \
         concat_ws(', ', 'process ' || a.pid, 'user ' || a.usename, 'program ' || nullif(a.application_name, ''), \
             a.state) AS by \
     FROM pg_stat_activity a \
     WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL \
         AND a.xact_start < clock_timestamp() - interval '2 seconds' \
     UNION ALL \
     SELECT CAST(extract(epoch FROM p.prepared) * 1000000 AS bigint), \
         concat_ws(', ', 'prepared ' || p.gid, 'user ' || p.owner) \
     FROM pg_prepared_xacts p \
     WHERE p.database = current_database() AND p.prepared < clock_timestamp() - interval '2 seconds' \
     ORDER BY since LIMIT 1";

/// The statement that writes events at the end of the feed, in their order; none without events.
pub(crate) fn statements(dialect: Dialect, rows: Vec<[Value; 13]>, tail: &str) -> Vec<Statement> {
    statements_of(&EVENT, dialect, rows, tail)
}

/// The same for any table that is read as a feed.
pub(crate) fn statements_of<const N: usize>(
    table: &BulkInsert<N>,
    dialect: Dialect,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Vec<Statement> {
    if rows.is_empty() {
        return Vec::new();
    }
    match dialect {
        Dialect::Sqlite => table.statements(dialect, rows, tail),
        Dialect::Postgres => {
            assert!(
                rows.len() < 1 << BITS,
                "a batch fits into its piece of the feed"
            );
            // In order, because the trigger checks each event against its predecessor.
            let sql = format!(
                "INSERT INTO {} (seq, {}) \
                 SELECT ((pg_current_xact_id()::text::bigint + feed.lift) << {BITS}) + w.at, {} \
                 FROM feed CROSS JOIN {} ORDER BY w.at {tail}",
                table.table,
                table.columns.join(", "),
                table.columns.map(|column| table.source(column)).join(", "),
                unnest("w", table.columns),
            );
            let values = arrays(rows);
            vec![Statement { sql, values }]
        }
    }
}

/// Takes a place for an entry that is no event of a dossier. The transaction that takes it writes
/// no events.
pub(crate) async fn take_place<C: ConnectionTrait>(db: &Executor<'_, C>) -> Result<i64, DbErr> {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            let counted = "INSERT INTO sqlite_sequence (name, seq) SELECT 'event', 0 \
                 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'event')";
            db.run(counted, Vec::new()).await?;
            "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'event' RETURNING seq AS place"
                .to_owned()
        }
        Dialect::Postgres => format!(
            "SELECT ((pg_current_xact_id()::text::bigint + lift) << {BITS}) + 1 AS place FROM feed"
        ),
    };
    let rows: Vec<PlaceRow> = db.all(&sql, Vec::new()).await?;
    let row = rows.into_iter().next();
    row.map(|row| row.place)
        .ok_or_else(|| DbErr::RecordNotFound("the feed has no next place".to_owned()))
}

#[derive(FromQueryResult)]
struct PlaceRow {
    place: i64,
}

/// Events after a place and up to another, in order.
pub(crate) async fn between<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    scope: &Scope,
    (after, until): (u64, u64),
    limit: u32,
) -> Result<Vec<(u64, Record)>, StoreError> {
    let Ok(after) = i64::try_from(after) else {
        return Ok(Vec::new());
    };
    let province = scope.province().as_str();
    let mut select = Query::select();
    select
        .columns(EVENT_COLUMNS.map(|column| ("e", column)))
        .from_as("event", "e")
        .and_where(Expr::col(("e", "seq")).gt(after))
        .and_where(Expr::col(("e", "seq")).lte(i64::try_from(until).unwrap_or(i64::MAX)))
        .order_by(("e", "seq"), Order::Asc)
        .limit(limit.into());
    match db.dialect() {
        // An expression instead of the bare column: otherwise SQLite reads the whole province by an
        // index and then sorts, instead of reading the feed in its own order.
        Dialect::Sqlite => select.and_where(Expr::cust("e.province || ''").eq(province)),
        Dialect::Postgres => select.and_where(Expr::col(("e", "province")).eq(province)),
    };
    if let Scope::Units(_, units) = scope {
        let mut involved = Query::select();
        involved
            .expr(Expr::val(1))
            .from_as("interest", "i")
            .and_where(Expr::col(("i", "province")).equals(("e", "province")))
            .and_where(of_units(("i", "unit"), units))
            .and_where(Expr::col(("i", "dossier")).equals(("e", "dossier")));
        select.and_where(Expr::exists(involved));
    }
    let rows: Vec<EventRow> = db.select(&select).await.map_err(store_error)?;
    let placed = |row: &EventRow| Ok((row.place()?, row.record()?));
    rows.iter().map(placed).collect()
}

/// The last event up to a place.
///
/// On a file of all provinces, for its index is by place alone.
pub(crate) async fn last_event<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    until: u64,
) -> Result<Option<(u64, Record)>, StoreError> {
    let mut select = last_up_to("event", until);
    select.columns(EVENT_COLUMNS);
    if db.dialect() == Dialect::Postgres {
        select.and_where(Expr::col("province").eq(province.as_str()));
    }
    let rows: Vec<EventRow> = db.select(&select).await.map_err(store_error)?;
    let placed = |row: &EventRow| Ok((row.place()?, row.record()?));
    rows.first().map(placed).transpose()
}

/// Selects the last row up to a place of a table that is read as a feed. What an import brought has
/// places below zero.
pub(crate) fn last_up_to(table: &'static str, until: u64) -> SelectStatement {
    let mut select = Query::select();
    select
        .from(table)
        .and_where(Expr::col("seq").gt(0))
        .and_where(Expr::col("seq").lte(i64::try_from(until).unwrap_or(i64::MAX)))
        .order_by("seq", Order::Desc)
        .limit(1);
    select
}

#[derive(FromQueryResult)]
struct ProvinceRow {
    province: String,
}

/// Those of the given provinces that have events after a place in the feed.
pub(crate) async fn moved_since<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    provinces: &[ProvinceCode],
    after: u64,
) -> Result<Vec<ProvinceCode>, StoreError> {
    let Ok(after) = i64::try_from(after) else {
        return Ok(Vec::new());
    };
    if provinces.is_empty() {
        return Ok(Vec::new());
    }
    let list = provinces.iter().map(|one| [Json::from(one.as_str())]);
    let given = ValueTable::new(db, "w", ["province"], list.collect());
    let event = match db.dialect() {
        // The same: read by place, not by the index of the province.
        Dialect::Sqlite => "e.province || ''",
        Dialect::Postgres => "e.province",
    };
    let sql = format!(
        "SELECT w.province FROM {} WHERE \
         EXISTS (SELECT 1 FROM event e WHERE {event} = w.province AND e.seq > ?) \
         OR EXISTS (SELECT 1 FROM import i WHERE i.province = w.province AND i.place > ?)",
        given.table
    );
    let mut values = given.values;
    values.extend([after.into(), after.into()]);
    let rows: Vec<ProvinceRow> = db.all(&sql, values).await.map_err(store_error)?;
    let place = Place {
        table: "event",
        id: "?",
    };
    rows.iter()
        .map(|row| place.parse("province", &row.province))
        .collect()
}

#[derive(FromQueryResult)]
struct HeadRow {
    id: String,
    last: i64,
    since: Option<i64>,
    by: Option<String>,
}

/// The feed's identity, and the place up to which it is complete. Outside of a transaction, for within one the
/// server shows its sessions as they were at the first look.
pub(crate) async fn head<C: ConnectionTrait>(db: &Executor<'_, C>) -> Result<FeedHead, StoreError> {
    // An entry that is no event has a place too, but no row among the events.
    let last = "(SELECT max(coalesce((SELECT max(seq) FROM event), 0), \
         coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)))";
    head_of(db, last).await
}

/// The same for another table that is read as a feed; `last` is its last place on SQLite.
pub(crate) async fn head_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    last: &str,
) -> Result<FeedHead, StoreError> {
    let sql = match db.dialect() {
        // Whoever writes to a file is alone with it.
        Dialect::Sqlite => {
            format!("SELECT id, {last} AS last, NULL AS since, NULL AS by FROM feed")
        }
        Dialect::Postgres => format!(
            "SELECT f.id, {END} - 1 AS last, h.since, h.by \
             FROM feed f LEFT JOIN LATERAL ({HOLDER}) h ON true"
        ),
    };
    let rows: Vec<HeadRow> = db.all(&sql, Vec::new()).await.map_err(store_error)?;
    let place = Place {
        table: "feed",
        id: "1",
    };
    let row = rows.into_iter().next().ok_or_else(|| place.wrong("id"))?;
    let held = match (row.since, row.by) {
        (Some(since), Some(by)) => Some(FeedHolder {
            since: place.instant("since", since)?,
            by,
        }),
        _ => None,
    };
    Ok(FeedHead {
        feed: row.id,
        last: place.number("last", row.last)?,
        held,
    })
}
