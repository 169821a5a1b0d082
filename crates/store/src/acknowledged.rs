//! What other systems have taken at all.

use std::collections::HashMap;

use app::ports::{Acknowledged, StoreError};
use chrono::TimeDelta;
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct WaitingRow {
    remote: String,
    since: i64,
}

/// Since when dossiers wait that a remote has never taken.
pub(crate) async fn never_taken<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    limit: u32,
) -> Result<Vec<(String, Instant)>, StoreError> {
    let sql = "SELECT p.remote, p.since FROM parcel p LEFT JOIN told t \
             ON t.province = p.province AND t.remote = p.remote AND t.dossier = p.dossier \
         WHERE p.province = ? AND t.dossier IS NULL \
         ORDER BY p.since LIMIT ?";
    let values = vec![province.as_str().into(), i64::from(limit).into()];
    let rows: Vec<WaitingRow> = db.all(sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "parcel",
                id: &row.remote,
            };
            let since = place.instant("since", row.since)?;
            Ok((row.remote.clone(), since))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct NameRow {
    name: String,
}

/// The remotes that had taken a dossier by then.
pub(crate) async fn acknowledging<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    by: Instant,
) -> Result<Vec<String>, StoreError> {
    // Names of remotes have no dot; those of webhooks and notices begin with what they are.
    let sql = "SELECT name FROM remote \
         WHERE province = ? AND first_taken <= ? AND name NOT LIKE '%.%' ORDER BY name";
    let values = vec![province.as_str().into(), by.timestamp_micros().into()];
    let rows: Vec<NameRow> = db.all(sql, values).await.map_err(store_error)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[derive(FromQueryResult)]
struct ToldRow {
    remote: String,
    version: i64,
    status: i64,
    event_at: i64,
    record_at: i64,
    told_at: i64,
    first_at: i64,
    slowest: i64,
}

/// What the portals and ministries have of a dossier, by name.
pub(crate) async fn of_dossier<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossier: DossierId,
) -> Result<Vec<(String, Acknowledged)>, StoreError> {
    let sql = "SELECT t.remote AS remote, CAST(t.version AS bigint) AS version, \
             CAST(t.status AS bigint) AS status, t.event_at AS event_at, t.record_at AS record_at, \
             t.told_at AS told_at, t.first_at AS first_at, t.slowest AS slowest \
         FROM remote r JOIN told t \
             ON t.province = r.province AND t.remote = r.name AND t.dossier = ? \
         WHERE r.province = ? AND r.name NOT LIKE '%.%' ORDER BY t.remote";
    let values = vec![dossier.to_string().into(), province.as_str().into()];
    let rows: Vec<ToldRow> = db.all(sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "told",
                id: &row.remote,
            };
            let acknowledged = Acknowledged {
                version: place.number("version", row.version)?,
                status: place.number("status", row.status)?,
                event_time: place.instant("event_at", row.event_at)?,
                record_time: place.instant("record_at", row.record_at)?,
                at: place.instant("told_at", row.told_at)?,
                first: place.instant("first_at", row.first_at)?,
                slowest: TimeDelta::microseconds(row.slowest),
            };
            Ok((row.remote.clone(), acknowledged))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct TakenRow {
    dossier: String,
    first_at: i64,
}

/// Those of some dossiers that one of some remotes had taken by then, and when one first had.
pub(crate) async fn acknowledged<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remotes: &[String],
    dossiers: &[DossierId],
    by: Instant,
) -> Result<HashMap<DossierId, Instant>, StoreError> {
    let pairs = remotes.iter().flat_map(|remote| {
        let each = dossiers.iter();
        each.map(move |dossier| [json!(remote), json!(dossier.to_string())])
    });
    let pairs: Vec<_> = pairs.collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let given = ValueTable::new(db, "w", ["remote", "dossier"], pairs);
    let sql = format!(
        "SELECT t.dossier, min(t.first_at) AS first_at FROM {} CROSS JOIN told t \
         WHERE t.remote = w.remote AND t.dossier = w.dossier AND t.province = ? AND t.first_at <= ? \
         GROUP BY t.dossier",
        given.table
    );
    let mut values = given.values;
    values.extend([province.as_str().into(), by.timestamp_micros().into()]);
    let rows: Vec<TakenRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "told",
                id: &row.dossier,
            };
            let first = place.instant("first_at", row.first_at)?;
            Ok((place.parse("dossier", &row.dossier)?, first))
        })
        .collect()
}
