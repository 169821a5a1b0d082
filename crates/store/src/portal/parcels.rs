//! Writes many parcels at once: a statement for each would wait for the network as often.

use app::ports::{Fault, Lease, ParcelOutcome, Posting, Settlement, Told};
use domain::id::DossierId;
use domain::time::Instant;
use sea_orm::{DbErr, Value};
use serde_json::{Value as Json, json};

use crate::executor::Executor;
use crate::pool::Transaction;
use crate::value_table::ValueTable;

type Db<'a> = Executor<'a, Transaction>;

/// Lays parcels in. One that is under way already is widened, and keeps its place in time.
pub(super) async fn lay_in(db: &Db<'_>, lease: &Lease, posting: &Posting) -> Result<(), DbErr> {
    if posting.parcels.is_empty() {
        return Ok(());
    }
    let rows = posting
        .parcels
        .iter()
        .map(|(dossier, first, last)| [json!(dossier.to_string()), json!(first), json!(last)]);
    let given = ValueTable::new(db, "w", ["dossier", "first", "last"], rows.collect());
    let at = posting.at.timestamp_micros();
    let epoch = if posting.uncertain { 0 } else { lease.epoch };
    let mut values: Vec<Value> = vec![
        lease.province.as_str().into(),
        lease.remote.as_str().into(),
        number(epoch).into(),
        at.into(),
        at.into(),
    ];
    values.extend(given.values);
    let sql = format!(
        "INSERT INTO parcel (province, remote, dossier, first, last, epoch, attempts, since, \
             next_at, reason, words, asked, retried_by) \
         SELECT CAST(? AS TEXT), CAST(? AS TEXT), w.dossier, w.first, w.last, \
             CAST(? AS BIGINT), 0, CAST(? AS BIGINT), CAST(? AS BIGINT), '', '', '', '' \
         FROM {} WHERE true \
         ON CONFLICT (province, remote, dossier) DO UPDATE SET \
             first = CASE WHEN parcel.first < excluded.first THEN parcel.first \
                 ELSE excluded.first END, \
             last = CASE WHEN parcel.last > excluded.last THEN parcel.last \
                 ELSE excluded.last END, \
             epoch = CASE WHEN excluded.epoch = 0 THEN 0 ELSE parcel.epoch END",
        given.table
    );
    db.run(&sql, values).await.map(drop)
}

/// Writes what the remote has, and what became of parcels.
pub(super) async fn settle(db: &Db<'_>, lease: &Lease, settled: &Settlement) -> Result<(), DbErr> {
    let at = settled.at.timestamp_micros();
    note_told(db, lease, &settled.told, at).await?;
    let mut delivered = Vec::new();
    for (dossier, outcome) in &settled.outcomes {
        match outcome {
            ParcelOutcome::Delivered(until) => {
                delivered.push([json!(dossier.to_string()), json!(until)]);
            }
            ParcelOutcome::Later {
                next,
                counts,
                fault,
            } => put_off(db, lease, *dossier, (*next, *counts), fault).await?,
            ParcelOutcome::Parked(fault) => park(db, lease, *dossier, fault, at).await?,
        }
    }
    take_out(db, lease, delivered, at).await
}

/// Notes what the remote has. A comparison that finds what was told before changes nothing.
async fn note_told(db: &Db<'_>, lease: &Lease, told: &[Told], at: i64) -> Result<(), DbErr> {
    if told.is_empty() {
        return Ok(());
    }
    let rows = told.iter().map(|told| {
        [
            json!(told.dossier.to_string()),
            json!(told.version),
            json!(told.status),
            json!(told.event_time.timestamp_micros()),
            json!(told.record_time.timestamp_micros()),
            json!(at - told.since.timestamp_micros()),
        ]
    });
    let columns = [
        "dossier",
        "version",
        "status",
        "event_at",
        "record_at",
        "slowest",
    ];
    let given = ValueTable::new(db, "w", columns, rows.collect());
    let mut values: Vec<Value> = vec![
        lease.province.as_str().into(),
        lease.remote.as_str().into(),
        at.into(),
        at.into(),
    ];
    values.extend(given.values);
    let sql = format!(
        "INSERT INTO told (province, remote, dossier, version, status, event_at, record_at, told_at, \
             first_at, slowest) \
         SELECT CAST(? AS TEXT), CAST(? AS TEXT), w.dossier, w.version, w.status, w.event_at, \
             w.record_at, CAST(? AS BIGINT), CAST(? AS BIGINT), w.slowest \
         FROM {} WHERE true \
         ON CONFLICT (province, remote, dossier) DO UPDATE SET \
             version = excluded.version, status = excluded.status, event_at = excluded.event_at, \
             record_at = excluded.record_at, told_at = excluded.told_at, \
             slowest = CASE WHEN told.slowest > excluded.slowest THEN told.slowest \
                 ELSE excluded.slowest END \
         WHERE excluded.version > told.version",
        given.table
    );
    db.run(&sql, values).await.map(drop)
}

/// Takes what was delivered out. What was laid in meanwhile stays, and is as sure as this lease.
async fn take_out(
    db: &Db<'_>,
    lease: &Lease,
    delivered: Vec<[Json; 2]>,
    at: i64,
) -> Result<(), DbErr> {
    if delivered.is_empty() {
        return Ok(());
    }
    let place: [Value; 2] = [lease.province.as_str().into(), lease.remote.as_str().into()];
    let given = ValueTable::new(db, "w", ["dossier", "until"], delivered);
    let table = given.table;
    let mut values = place.to_vec();
    values.extend(given.values.iter().chain(&given.values).cloned());
    // The first condition finds the rows by their key, the second looks at each.
    let end = format!(
        "DELETE FROM parcel WHERE province = ? AND remote = ? \
             AND dossier IN (SELECT w.dossier FROM {table}) \
             AND EXISTS (SELECT 1 FROM {table} \
                 WHERE w.dossier = parcel.dossier AND w.until >= parcel.last)"
    );
    db.run(&end, values).await?;
    let mut values: Vec<Value> = vec![number(lease.epoch).into(), at.into(), at.into()];
    values.extend(given.values);
    values.extend(place);
    let go_on = format!(
        "UPDATE parcel SET first = w.until + 1, epoch = ?, attempts = 0, since = ?, next_at = ?, \
             reason = '', words = '', asked = '' \
         FROM {table} WHERE parcel.province = ? AND parcel.remote = ? AND parcel.dossier = w.dossier"
    );
    db.run(&go_on, values).await.map(drop)
}

async fn put_off(
    db: &Db<'_>,
    lease: &Lease,
    dossier: DossierId,
    (next, counts): (Instant, bool),
    fault: &Fault,
) -> Result<(), DbErr> {
    let values: Vec<Value> = vec![
        i64::from(counts).into(),
        next.timestamp_micros().into(),
        fault.reason.into(),
        fault.words.as_str().into(),
        fault.asked.as_str().into(),
        lease.province.as_str().into(),
        lease.remote.as_str().into(),
        dossier.to_string().into(),
    ];
    let sql = "UPDATE parcel SET epoch = 0, attempts = attempts + ?, next_at = ?, reason = ?, words = ?, \
             asked = ? \
         WHERE province = ? AND remote = ? AND dossier = ?";
    db.run(sql, values).await.map(drop)
}

async fn park(
    db: &Db<'_>,
    lease: &Lease,
    dossier: DossierId,
    fault: &Fault,
    at: i64,
) -> Result<(), DbErr> {
    let values: Vec<Value> = vec![
        at.into(),
        fault.reason.into(),
        fault.words.as_str().into(),
        fault.asked.as_str().into(),
        lease.province.as_str().into(),
        lease.remote.as_str().into(),
        dossier.to_string().into(),
    ];
    let sql = "UPDATE parcel SET epoch = 0, attempts = attempts + 1, parked = ?, reason = ?, words = ?, \
             asked = ? \
         WHERE province = ? AND remote = ? AND dossier = ?";
    db.run(sql, values).await.map(drop)
}

pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
