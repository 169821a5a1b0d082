//! What came of asking other systems which dossiers they have: one row a system.

use app::ports::{ReadReadings, StoreError, SystemReading, WriteReadings};
use async_trait::async_trait;
use domain::id::ProvinceCode;
use sea_orm::{FromQueryResult, Value};

use crate::SeaStore;
use crate::fault::store_error;
use crate::read::Reading;
use crate::row::Place;

const COLUMNS: &str = "province, system, begun, ended, next_at, whole, row_count, added, updated, known, \
     failed, findings";

#[async_trait]
impl WriteReadings for SeaStore {
    async fn note_reading(&self, reading: &SystemReading) -> Result<(), StoreError> {
        let count = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
        let findings = serde_json::to_string(&reading.findings)
            .map_err(|error| StoreError::Database(error.into()))?;
        let values = vec![
            reading.province.as_str().into(),
            reading.system.as_str().into(),
            reading.begun.timestamp_micros().into(),
            reading.ended.timestamp_micros().into(),
            reading.next.timestamp_micros().into(),
            reading.whole.map(|at| at.timestamp_micros()).into(),
            count(reading.rows),
            count(reading.added),
            count(reading.updated),
            count(reading.known),
            count(reading.failed),
            findings.into(),
        ];
        let sql = format!(
            "INSERT INTO reading ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (province, system) DO UPDATE SET begun = excluded.begun, \
                 ended = excluded.ended, next_at = excluded.next_at, whole = excluded.whole, \
                 row_count = excluded.row_count, added = excluded.added, \
                 updated = excluded.updated, known = excluded.known, failed = excluded.failed, \
                 findings = excluded.findings"
        );
        self.writing()
            .run(&sql, values)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

#[async_trait]
impl ReadReadings for Reading {
    async fn readings(&self, province: &ProvinceCode) -> Result<Vec<SystemReading>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM reading WHERE province = ? ORDER BY system");
        let values = vec![province.as_str().into()];
        let rows: Vec<ReadingRow> = self.db().all(&sql, values).await.map_err(store_error)?;
        rows.into_iter().map(SystemReading::try_from).collect()
    }
}

#[derive(Debug, FromQueryResult)]
struct ReadingRow {
    province: String,
    system: String,
    begun: i64,
    ended: i64,
    next_at: i64,
    whole: Option<i64>,
    row_count: i64,
    added: i64,
    updated: i64,
    known: i64,
    failed: i64,
    findings: String,
}

impl TryFrom<ReadingRow> for SystemReading {
    type Error = StoreError;

    fn try_from(row: ReadingRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "reading",
            id: &row.system,
        };
        let whole = row.whole.map(|at| place.instant("whole", at));
        Ok(SystemReading {
            province: place.parse("province", &row.province)?,
            begun: place.instant("begun", row.begun)?,
            ended: place.instant("ended", row.ended)?,
            next: place.instant("next_at", row.next_at)?,
            whole: whole.transpose()?,
            rows: place.number("row_count", row.row_count)?,
            added: place.number("added", row.added)?,
            updated: place.number("updated", row.updated)?,
            known: place.number("known", row.known)?,
            failed: place.number("failed", row.failed)?,
            findings: serde_json::from_str(&row.findings)
                .map_err(|_not_ours| place.wrong("findings"))?,
            system: row.system.clone(),
        })
    }
}
