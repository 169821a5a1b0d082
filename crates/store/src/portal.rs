//! What is under way to other systems.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use app::ports::{
    Compared, Exchanged, KeptText, Lease, LeaseClaim, Parcel, ParcelCount, ParcelOrder,
    ParcelOutcome, ParcelPage, Posting, ReadPortal, Remote, Settlement, StoreError, There, Walk,
    WalkStep, WritePortal,
};
use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::SeaStore;
use crate::acknowledged;
use crate::executor::Executor;
use crate::fault::{store_error, unfinished};
use crate::kept_sheets;
use crate::pool::Pool;
use crate::read::Reading;
use crate::row::Place;

mod parcels;

use parcels::number;

const REMOTE: &str = "province, name, epoch, holder, lease_until, cursor, walk_after, walk_begun, \
    walk_ended, closed_until, failures, last_success, last_failure, last_words";

const PARCEL: &str = "province, remote, dossier, first, last, epoch, attempts, since, next_at, \
    parked, reason, words, asked";

#[async_trait]
impl WritePortal for SeaStore {
    async fn lease_remote(&self, claim: &LeaseClaim) -> Result<Option<Remote>, StoreError> {
        lease(&self.writing(), claim).await
    }

    async fn post_parcels(&self, lease: &Lease, posting: &Posting) -> Result<bool, StoreError> {
        let (inner, lease, posting) = (Arc::clone(&self.inner), lease.clone(), posting.clone());
        // A task of its own, so that a dropped caller cannot cut the transaction.
        let posted =
            tokio::spawn(
                async move { post(&inner.writer, &inner.statements, &lease, &posting).await },
            );
        posted.await.map_err(unfinished)?
    }

    async fn settle_parcels(
        &self,
        lease: &Lease,
        settled: &Settlement,
    ) -> Result<bool, StoreError> {
        let (inner, lease, settled) = (Arc::clone(&self.inner), lease.clone(), settled.clone());
        let written = tokio::spawn(async move {
            settle(&inner.writer, &inner.statements, &lease, &settled).await
        });
        written.await.map_err(unfinished)?
    }

    async fn unpark(
        &self,
        province: &ProvinceCode,
        remote: &str,
        dossier: Option<DossierId>,
        order: &ParcelOrder,
    ) -> Result<u64, StoreError> {
        unpark(&self.writing(), province, remote, dossier, order).await
    }

    async fn order_walk(
        &self,
        province: &ProvinceCode,
        remote: &str,
        order: &ParcelOrder,
    ) -> Result<(), StoreError> {
        order_walk(&self.writing(), province, remote, order).await
    }

    async fn keep_sheet(&self, kept: &KeptText) -> Result<(), StoreError> {
        kept_sheets::keep(&self.writing(), kept).await
    }
}

#[async_trait]
impl ReadPortal for Reading {
    async fn remotes(&self, province: &ProvinceCode) -> Result<Vec<Remote>, StoreError> {
        remotes(&self.db(), province).await
    }

    async fn due_parcels(
        &self,
        province: &ProvinceCode,
        remote: &str,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<Parcel>, StoreError> {
        due(&self.db(), province, remote, at, limit).await
    }

    async fn parcels(&self, page: &ParcelPage) -> Result<Vec<Parcel>, StoreError> {
        select_page(&self.db(), page).await
    }

    async fn compared(
        &self,
        province: &ProvinceCode,
        remote: &str,
        from: Instant,
        until: Instant,
    ) -> Result<Vec<Compared>, StoreError> {
        compared(&self.db(), province, remote, from, until).await
    }

    async fn never_taken(
        &self,
        province: &ProvinceCode,
        limit: u32,
    ) -> Result<Vec<(String, Instant)>, StoreError> {
        acknowledged::never_taken(&self.db(), province, limit).await
    }

    async fn acknowledging(
        &self,
        province: &ProvinceCode,
        by: Instant,
    ) -> Result<Vec<String>, StoreError> {
        acknowledged::acknowledging(&self.db(), province, by).await
    }

    async fn acknowledged(
        &self,
        province: &ProvinceCode,
        remotes: &[String],
        dossiers: &[DossierId],
        by: Instant,
    ) -> Result<HashMap<DossierId, Instant>, StoreError> {
        acknowledged::acknowledged(&self.db(), province, remotes, dossiers, by).await
    }

    async fn exchanged(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
    ) -> Result<Vec<Exchanged>, StoreError> {
        exchanged(&self.db(), province, dossier).await
    }

    async fn kept_sheets(
        &self,
        province: &ProvinceCode,
        remote: &str,
        before: Option<NaiveDate>,
        limit: u32,
    ) -> Result<Vec<KeptText>, StoreError> {
        kept_sheets::select(&self.db(), province, remote, before, limit).await
    }

    async fn parcel_counts(&self, province: &ProvinceCode) -> Result<Vec<ParcelCount>, StoreError> {
        counts(&self.db(), province).await
    }
}

/// Takes or renews a lease in one statement: whoever comes second finds it taken.
async fn lease<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    claim: &LeaseClaim,
) -> Result<Option<Remote>, StoreError> {
    if !claim.begins {
        return renew(db, claim).await;
    }
    let sql = format!(
        "INSERT INTO remote (province, name, epoch, holder, lease_until, cursor, failures, last_words, \
             walk_request) \
         VALUES (?, ?, 1, ?, ?, '', 0, '', '') \
         ON CONFLICT (province, name) DO UPDATE SET \
             epoch = CASE WHEN remote.holder = excluded.holder THEN remote.epoch \
                 ELSE remote.epoch + 1 END, \
             holder = excluded.holder, lease_until = excluded.lease_until \
         WHERE remote.holder = excluded.holder OR remote.lease_until < ? OR ? = 1 \
         RETURNING {REMOTE}"
    );
    let values = vec![
        claim.province.as_str().into(),
        claim.remote.as_str().into(),
        claim.holder.as_str().into(),
        claim.until.timestamp_micros().into(),
        claim.at.timestamp_micros().into(),
        i64::from(claim.alone).into(),
    ];
    let rows: Vec<RemoteRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().next().map(Remote::try_from).transpose()
}

/// The same for a remote that only somebody else begins.
async fn renew<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    claim: &LeaseClaim,
) -> Result<Option<Remote>, StoreError> {
    let sql = format!(
        "UPDATE remote SET epoch = CASE WHEN holder = ? THEN epoch ELSE epoch + 1 END, \
             holder = ?, lease_until = ? \
         WHERE province = ? AND name = ? AND (holder = ? OR lease_until < ? OR ? = 1) \
         RETURNING {REMOTE}"
    );
    let values = vec![
        claim.holder.as_str().into(),
        claim.holder.as_str().into(),
        claim.until.timestamp_micros().into(),
        claim.province.as_str().into(),
        claim.remote.as_str().into(),
        claim.holder.as_str().into(),
        claim.at.timestamp_micros().into(),
        i64::from(claim.alone).into(),
    ];
    let rows: Vec<RemoteRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().next().map(Remote::try_from).transpose()
}

/// Lays parcels in. One that is under way already is widened, and keeps its place in time.
async fn post(
    writer: &Pool,
    statements: &AtomicU64,
    lease: &Lease,
    posting: &Posting,
) -> Result<bool, StoreError> {
    let (walk_after, walk_begun, walk_ended) = walk_columns(&posting.walk);
    let at = posting.at.timestamp_micros();
    let mut values: Vec<Value> = Vec::new();
    let mut sets: Vec<&str> = Vec::new();
    if let Some(cursor) = &posting.cursor {
        sets.push("cursor = ?");
        values.push(cursor.as_str().into());
    }
    if let Some(after) = walk_after {
        sets.push("walk_after = ?");
        values.push(after.into());
    }
    if let Some(begun) = walk_begun {
        sets.push("walk_begun = ?");
        values.push(begun.then_some(at).into());
    }
    if walk_ended {
        sets.push("walk_ended = ?");
        values.push(at.into());
    }
    if sets.is_empty() {
        // Only to find out whether the lease is still held.
        sets.push("epoch = epoch");
    }
    let update = format!(
        "UPDATE remote SET {} WHERE province = ? AND name = ? AND epoch = ?",
        sets.join(", ")
    );
    values.extend(lease_values(lease));
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    if db.run(&update, values).await.map_err(store_error)? == 0 {
        return Ok(false);
    }
    parcels::lay_in(&db, lease, posting)
        .await
        .map_err(store_error)?;
    transaction.commit().await.map_err(store_error)?;
    Ok(true)
}

/// The place of a walk, whether it runs, and whether it has just ended; none to leave a column.
fn walk_columns(step: &WalkStep) -> (Option<Option<String>>, Option<bool>, bool) {
    match step {
        WalkStep::Stays => (None, None, false),
        WalkStep::Begins => (Some(None), Some(true), false),
        WalkStep::Reached(dossier) => (Some(Some(dossier.to_string())), None, false),
        WalkStep::Ends => (Some(None), Some(false), true),
    }
}

/// Writes what became of parcels. What was laid in meanwhile stays.
async fn settle(
    writer: &Pool,
    statements: &AtomicU64,
    lease: &Lease,
    settled: &Settlement,
) -> Result<bool, StoreError> {
    let at = settled.at.timestamp_micros();
    let failed = settled
        .outcomes
        .iter()
        .rev()
        .find_map(|(_, outcome)| match outcome {
            ParcelOutcome::Delivered(_) => None,
            ParcelOutcome::Later { fault, .. } | ParcelOutcome::Parked(fault) => {
                Some(fault.words.as_str())
            }
        });
    let succeeded = (settled.outcomes.iter())
        .any(|(_, outcome)| matches!(outcome, ParcelOutcome::Delivered(_)));
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    let mut values: Vec<Value> = vec![
        settled.closed_until.map(|at| at.timestamp_micros()).into(),
        i64::from(settled.failures).into(),
        succeeded.then_some(at).into(),
        failed.map(|_| at).into(),
        failed.into(),
        (!settled.told.is_empty()).then_some(at).into(),
    ];
    values.extend(lease_values(lease));
    let own = db
        .run(
            "UPDATE remote SET closed_until = ?, failures = ?, \
                 last_success = coalesce(?, last_success), \
                 last_failure = coalesce(?, last_failure), \
                 last_words = coalesce(?, last_words), first_taken = coalesce(first_taken, ?) \
             WHERE province = ? AND name = ? AND epoch = ?",
            values,
        )
        .await
        .map_err(store_error)?;
    if own == 0 {
        return Ok(false);
    }
    parcels::settle(&db, lease, settled)
        .await
        .map_err(store_error)?;
    transaction.commit().await.map_err(store_error)?;
    Ok(true)
}

async fn compared<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remote: &str,
    from: Instant,
    until: Instant,
) -> Result<Vec<Compared>, StoreError> {
    let from = from.timestamp_micros();
    let values: Vec<Value> = vec![
        remote.into(),
        province.as_str().into(),
        // By the index of the last record, which is never before the reception.
        from.into(),
        from.into(),
        until.timestamp_micros().into(),
    ];
    let sql = "SELECT d.id AS id, d.resolving AS unit, d.received AS received, \
             CAST(d.status AS bigint) AS status, \
             t.status AS there, t.first_at AS first_at, t.slowest AS slowest \
         FROM dossier d LEFT JOIN told t \
             ON t.province = d.province AND t.remote = ? AND t.dossier = d.id \
         WHERE d.province = ? AND d.last_record >= ? AND d.received >= ? AND d.received < ? \
             AND d.elsewhere = 0 AND d.import IS NULL \
         ORDER BY d.resolving, d.received, d.id";
    let rows: Vec<ComparedRow> = db.all(sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Compared::try_from).collect()
}

async fn exchanged<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossier: DossierId,
) -> Result<Vec<Exchanged>, StoreError> {
    let told = acknowledged::of_dossier(db, province, dossier).await?;
    let sql = format!(
        "SELECT {PARCEL} FROM parcel WHERE province = ? AND dossier = ? AND remote IN \
             (SELECT name FROM remote WHERE province = ? AND name NOT LIKE '%.%')"
    );
    let province = province.as_str();
    let values = vec![province.into(), dossier.to_string().into(), province.into()];
    let under_way = select(db, &sql, values).await?;
    let nothing = |remote: &str| Exchanged {
        remote: remote.to_owned(),
        acknowledged: None,
        parcel: None,
    };
    let mut all: BTreeMap<String, Exchanged> = BTreeMap::new();
    for (remote, acknowledged) in told {
        let one = nothing(&remote);
        all.entry(remote).or_insert(one).acknowledged = Some(acknowledged);
    }
    for parcel in under_way {
        let one = nothing(&parcel.remote);
        let one = all.entry(parcel.remote.clone()).or_insert(one);
        one.parcel = Some(parcel);
    }
    Ok(all.into_values().collect())
}

/// Sends parked parcels again, each once by the same request.
async fn unpark<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remote: &str,
    dossier: Option<DossierId>,
    order: &ParcelOrder,
) -> Result<u64, StoreError> {
    let request = order.request.as_str();
    let mut values: Vec<Value> = vec![
        order.at.timestamp_micros().into(),
        request.into(),
        province.as_str().into(),
        remote.into(),
        request.into(),
    ];
    let mut sql = "UPDATE parcel SET parked = NULL, attempts = 0, next_at = ?, retried_by = ? \
        WHERE province = ? AND remote = ? AND parked IS NOT NULL AND retried_by <> ?"
        .to_owned();
    if let Some(dossier) = dossier {
        sql.push_str(" AND dossier = ?");
        values.push(dossier.to_string().into());
    }
    db.run(&sql, values).await.map_err(store_error)
}

/// Orders a comparison, once by the same request.
async fn order_walk<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remote: &str,
    order: &ParcelOrder,
) -> Result<(), StoreError> {
    let request = order.request.as_str();
    db.run(
        "UPDATE remote SET walk_begun = ?, walk_after = NULL, walk_request = ? \
         WHERE province = ? AND name = ? AND walk_request <> ?",
        vec![
            order.at.timestamp_micros().into(),
            request.into(),
            province.as_str().into(),
            remote.into(),
            request.into(),
        ],
    )
    .await
    .map_err(store_error)?;
    Ok(())
}

async fn remotes<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<Remote>, StoreError> {
    let sql = format!("SELECT {REMOTE} FROM remote WHERE province = ? ORDER BY name");
    let rows: Vec<RemoteRow> = db
        .all(&sql, vec![province.as_str().into()])
        .await
        .map_err(store_error)?;
    rows.into_iter().map(Remote::try_from).collect()
}

async fn due<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remote: &str,
    at: Instant,
    limit: u32,
) -> Result<Vec<Parcel>, StoreError> {
    let sql = format!(
        "SELECT {PARCEL} FROM parcel WHERE province = ? AND remote = ? AND parked IS NULL \
         AND next_at <= ? ORDER BY next_at, dossier LIMIT ?"
    );
    let values = vec![
        province.as_str().into(),
        remote.into(),
        at.timestamp_micros().into(),
        i64::from(limit).into(),
    ];
    select(db, &sql, values).await
}

async fn select_page<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    page: &ParcelPage,
) -> Result<Vec<Parcel>, StoreError> {
    let mut sql = format!("SELECT {PARCEL} FROM parcel WHERE province = ? AND remote = ?");
    let mut values: Vec<Value> = vec![page.province.as_str().into(), page.remote.as_str().into()];
    if page.parked {
        sql.push_str(" AND parked IS NOT NULL");
    }
    if let Some(dossier) = page.dossier {
        sql.push_str(" AND dossier = ?");
        values.push(dossier.to_string().into());
    }
    if let Some(after) = page.after {
        sql.push_str(" AND dossier > ?");
        values.push(after.to_string().into());
    }
    sql.push_str(" ORDER BY dossier LIMIT ?");
    values.push(i64::from(page.limit).into());
    select(db, &sql, values).await
}

async fn counts<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<ParcelCount>, StoreError> {
    let sql = "SELECT remote, \
             count(CASE WHEN parked IS NULL THEN 1 END) AS waiting, \
             count(parked) AS parked, \
             min(CASE WHEN parked IS NULL THEN since END) AS oldest \
         FROM parcel WHERE province = ? GROUP BY remote ORDER BY remote";
    let rows: Vec<CountRow> = db
        .all(sql, vec![province.as_str().into()])
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "parcel",
                id: &row.remote,
            };
            Ok(ParcelCount {
                waiting: place.number("waiting", row.waiting)?,
                parked: place.number("parked", row.parked)?,
                oldest: row
                    .oldest
                    .map(|at| place.instant("since", at))
                    .transpose()?,
                remote: row.remote.clone(),
            })
        })
        .collect()
}

async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Parcel>, StoreError> {
    let rows: Vec<ParcelRow> = db.all(sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Parcel::try_from).collect()
}

fn lease_values(lease: &Lease) -> [Value; 3] {
    [
        lease.province.as_str().into(),
        lease.remote.as_str().into(),
        number(lease.epoch).into(),
    ]
}

#[derive(Debug, FromQueryResult)]
struct CountRow {
    remote: String,
    waiting: i64,
    parked: i64,
    oldest: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct ComparedRow {
    id: String,
    unit: String,
    received: i64,
    status: i64,
    there: Option<i64>,
    first_at: Option<i64>,
    slowest: Option<i64>,
}

impl TryFrom<ComparedRow> for Compared {
    type Error = StoreError;

    fn try_from(row: ComparedRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "told",
            id: &row.id,
        };
        let there = match (row.there, row.first_at, row.slowest) {
            (Some(status), Some(first), Some(slowest)) => Some(There {
                status: place.number("status", status)?,
                first: place.instant("first_at", first)?,
                slowest: TimeDelta::microseconds(slowest),
            }),
            _ => None,
        };
        Ok(Compared {
            dossier: place.parse("id", &row.id)?,
            unit: place.parse("resolving", &row.unit)?,
            received: place.instant("received", row.received)?,
            status: place.number("status", row.status)?,
            there,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct RemoteRow {
    province: String,
    name: String,
    epoch: i64,
    holder: String,
    lease_until: i64,
    cursor: String,
    walk_after: Option<String>,
    walk_begun: Option<i64>,
    walk_ended: Option<i64>,
    closed_until: Option<i64>,
    failures: i64,
    last_success: Option<i64>,
    last_failure: Option<i64>,
    last_words: String,
}

impl TryFrom<RemoteRow> for Remote {
    type Error = StoreError;

    fn try_from(row: RemoteRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "remote",
            id: &row.name,
        };
        let moment = |column, at: Option<i64>| at.map(|at| place.instant(column, at)).transpose();
        let after = row.walk_after.as_deref();
        let after = after.map(|id| place.parse("walk_after", id)).transpose()?;
        Ok(Remote {
            province: place.parse("province", &row.province)?,
            epoch: place.number("epoch", row.epoch)?,
            lease_until: place.instant("lease_until", row.lease_until)?,
            walk: moment("walk_begun", row.walk_begun)?.map(|begun| Walk { begun, after }),
            walked: moment("walk_ended", row.walk_ended)?,
            closed_until: moment("closed_until", row.closed_until)?,
            failures: place.number("failures", row.failures)?,
            last_success: moment("last_success", row.last_success)?,
            last_failure: moment("last_failure", row.last_failure)?,
            name: row.name.clone(),
            holder: row.holder,
            cursor: row.cursor,
            last_words: row.last_words,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct ParcelRow {
    province: String,
    remote: String,
    dossier: String,
    first: i64,
    last: i64,
    epoch: i64,
    attempts: i64,
    since: i64,
    next_at: i64,
    parked: Option<i64>,
    reason: String,
    words: String,
    asked: String,
}

impl TryFrom<ParcelRow> for Parcel {
    type Error = StoreError;

    fn try_from(row: ParcelRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "parcel",
            id: &row.dossier,
        };
        let parked = row.parked;
        Ok(Parcel {
            province: place.parse("province", &row.province)?,
            dossier: place.parse("dossier", &row.dossier)?,
            first: place.number("first", row.first)?,
            last: place.number("last", row.last)?,
            epoch: place.number("epoch", row.epoch)?,
            attempts: place.number("attempts", row.attempts)?,
            since: place.instant("since", row.since)?,
            next: place.instant("next_at", row.next_at)?,
            parked: parked.map(|at| place.instant("parked", at)).transpose()?,
            remote: row.remote,
            reason: row.reason,
            words: row.words,
            asked: row.asked,
        })
    }
}
