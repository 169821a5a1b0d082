//! Jobs over many dossiers, and their progress.

use app::ports::{Job, StoreError};
use domain::id::ProvinceCode;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;

/// Stores a job's progress. Progress never goes back, and an end stays: if two processes run the
/// same job, the one behind changes nothing.
pub(crate) async fn keep<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    job: &Job,
) -> Result<(), StoreError> {
    let place = job.place.map(|id| id.to_string()).unwrap_or_default();
    db.run(
        "INSERT INTO job \
         (province, id, kind, spec, actor, role, begun, place, seen, changed, ended) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (province, id) DO UPDATE SET \
         place = excluded.place, seen = excluded.seen, changed = excluded.changed, \
         ended = excluded.ended \
         WHERE job.ended IS NULL AND job.place <= excluded.place",
        vec![
            job.province.as_str().into(),
            job.id.as_str().into(),
            job.kind.as_str().into(),
            job.spec.as_str().into(),
            job.actor.as_str().into(),
            job.role.as_str().into(),
            job.begun.timestamp_micros().into(),
            place.into(),
            i64::try_from(job.seen).unwrap_or(i64::MAX).into(),
            i64::try_from(job.changed).unwrap_or(i64::MAX).into(),
            job.ended.map(|at| at.timestamp_micros()).into(),
        ],
    )
    .await
    .map_err(store_error)?;
    Ok(())
}

pub(crate) async fn job<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    id: &str,
) -> Result<Option<Job>, StoreError> {
    let found = select(
        db,
        "WHERE province = ? AND id = ?",
        vec![province.as_str().into(), id.into()],
    );
    Ok(found.await?.into_iter().next())
}

pub(crate) async fn jobs<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<Job>, StoreError> {
    select(
        db,
        "WHERE province = ? ORDER BY begun DESC, id",
        vec![province.as_str().into()],
    )
    .await
}

pub(crate) async fn unfinished<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<Vec<Job>, StoreError> {
    select(db, "WHERE ended IS NULL ORDER BY begun, id", Vec::new()).await
}

async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    which: &str,
    values: Vec<Value>,
) -> Result<Vec<Job>, StoreError> {
    let sql = format!(
        "SELECT province, id, kind, spec, actor, role, begun, place, seen, changed, ended \
         FROM job {which}"
    );
    let rows: Vec<JobRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Job::try_from).collect()
}

#[derive(Debug, FromQueryResult)]
struct JobRow {
    province: String,
    id: String,
    kind: String,
    spec: String,
    actor: String,
    role: String,
    begun: i64,
    place: String,
    seen: i64,
    changed: i64,
    ended: Option<i64>,
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "job",
            id: &row.id,
        };
        Ok(Job {
            province: place.parse("province", &row.province)?,
            actor: place.parse("actor", &row.actor)?,
            role: place.parse("role", &row.role)?,
            begun: place.instant("begun", row.begun)?,
            place: match row.place.as_str() {
                "" => None,
                id => Some(place.parse("place", id)?),
            },
            seen: place.number("seen", row.seen)?,
            changed: place.number("changed", row.changed)?,
            ended: row.ended.map(|at| place.instant("ended", at)).transpose()?,
            kind: row.kind,
            spec: row.spec,
            id: row.id.clone(),
        })
    }
}
