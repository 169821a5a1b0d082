//! What is kept beside the events, read as it lies in the tables.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use app::ports::{KeptCode, KeptCounter, KeptDossier, KeptEvent, KeptTally, ReadKept, StoreError};
use async_trait::async_trait;
use domain::code::AnyCode;
use domain::id::{DossierId, ProvinceCode};
use domain::tally::Measure;
use sea_orm::{FromQueryResult, Value};
use serde_json::json;

use crate::fault::store_error;
use crate::fold;
use crate::page::VISIBLE;
use crate::read::Reading;
use crate::row::{EventRow, Place, event_columns};
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct SkippedRow {
    unit: String,
    day: i64,
    first: i64,
    last: i64,
}

#[derive(FromQueryResult)]
struct ProvinceRow {
    province: String,
    dossiers: i64,
}

#[derive(FromQueryResult)]
struct DossierRow {
    id: String,
    version: i64,
    status: i64,
    procedure: String,
    channel: String,
    resolving: String,
    begun: i64,
    received: Option<i64>,
    ended: i64,
    due: i64,
    last_event: i64,
    first_record: i64,
    last_record: i64,
    apart: i64,
    overdue_from: i64,
    fold: String,
    precedence: i64,
    step: String,
    assignee: String,
    elsewhere: i64,
    marks: i64,
    rating: Option<i64>,
}

#[derive(FromQueryResult)]
struct DigestRow {
    digest: Vec<u8>,
}

#[derive(FromQueryResult)]
struct InterestRow {
    dossier: String,
    unit: String,
    roles: i64,
    open: i64,
    due: i64,
    precedence: i64,
}

#[derive(FromQueryResult)]
struct CodeRow {
    code: String,
    dossier: String,
    fold: String,
}

#[derive(FromQueryResult)]
struct TallyRow {
    grain: String,
    day: i64,
    unit: String,
    channel: String,
    measure: i64,
    count: i64,
}

#[derive(FromQueryResult)]
struct CounterRow {
    unit: String,
    day: i64,
    last: i64,
    without_dossier: i64,
}

impl DossierRow {
    fn kept(self) -> Result<KeptDossier, StoreError> {
        let place = Place {
            table: "dossier",
            id: &self.id,
        };
        let id = place.parse("id", &self.id)?;
        let received = self.received.map(|at| at.to_string());
        let rating = self.rating.map(|score| score.to_string());
        let columns = vec![
            ("version", self.version.to_string()),
            ("status", self.status.to_string()),
            ("procedure", self.procedure),
            ("channel", self.channel),
            ("resolving", self.resolving),
            ("begun", self.begun.to_string()),
            ("received", received.unwrap_or_else(|| "none".to_owned())),
            ("ended", self.ended.to_string()),
            ("due", self.due.to_string()),
            ("last_event", self.last_event.to_string()),
            ("first_record", self.first_record.to_string()),
            ("last_record", self.last_record.to_string()),
            ("apart", self.apart.to_string()),
            ("overdue_from", self.overdue_from.to_string()),
            ("precedence", self.precedence.to_string()),
            ("step", self.step),
            ("assignee", self.assignee),
            ("elsewhere", self.elsewhere.to_string()),
            ("marks", self.marks.to_string()),
            ("rating", rating.unwrap_or_else(|| "none".to_owned())),
        ];
        Ok(KeptDossier {
            id,
            fold: fold::whole(&self.id, &self.fold).into_owned(),
            columns,
            events: Vec::new(),
            interests: Vec::new(),
        })
    }
}

impl CodeRow {
    fn kept(self) -> Result<KeptCode, StoreError> {
        let place = Place {
            table: "code",
            id: &self.code,
        };
        Ok(KeptCode {
            dossier: place.parse("dossier", &self.dossier)?,
            fold: fold::whole(&self.dossier, &self.fold).into_owned(),
            code: self.code,
        })
    }
}

#[async_trait]
impl ReadKept for Reading {
    async fn provinces(&self) -> Result<Vec<(ProvinceCode, u64)>, StoreError> {
        let sql = format!(
            "SELECT d.province AS province, count(*) AS dossiers FROM dossier d \
             WHERE {VISIBLE} GROUP BY d.province ORDER BY d.province"
        );
        let rows: Vec<ProvinceRow> = self.all(&sql, Vec::new()).await?;
        let place = Place {
            table: "dossier",
            id: "?",
        };
        rows.iter()
            .map(|row| {
                Ok((
                    place.parse("province", &row.province)?,
                    place.number("id", row.dossiers)?,
                ))
            })
            .collect()
    }

    async fn dossiers(
        &self,
        province: &ProvinceCode,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<KeptDossier>, StoreError> {
        let sql = format!(
            "SELECT d.id, d.version, CAST(d.status AS bigint) AS status, d.procedure, d.channel, \
                 d.resolving, d.begun, d.received, d.ended, d.due, d.last_event, d.first_record, \
                 d.last_record, CAST(d.apart AS bigint) AS apart, d.overdue_from, d.fold, \
                 d.precedence, d.step, d.assignee, CAST(d.elsewhere AS bigint) AS elsewhere, \
                 CAST(d.marks AS bigint) AS marks, \
                 CAST((SELECT r.score FROM rating r WHERE r.province = d.province \
                     AND r.dossier = d.id) AS bigint) AS rating \
             FROM dossier d WHERE d.province = ? AND d.id > ? AND {VISIBLE} ORDER BY d.id LIMIT ?"
        );
        let after = after.map_or(String::new(), |id| id.to_string());
        let values = vec![
            province.as_str().into(),
            after.into(),
            i64::from(limit).into(),
        ];
        let rows: Vec<DossierRow> = self.all(&sql, values).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<[_; 1]> = rows.iter().map(|row| [json!(row.id)]).collect();
        let given = ValueTable::new(&self.db(), "w", ["dossier"], ids);
        let beside = |columns: &str, table: &str, order: &str| {
            format!(
                "SELECT {columns} FROM {} CROSS JOIN {table} t \
                 WHERE t.province = ? AND t.dossier = w.dossier ORDER BY t.dossier, {order}",
                given.table
            )
        };
        let mut values = given.values.clone();
        values.push(province.as_str().into());
        let sql = beside(&event_columns("t"), "event", "t.version");
        let events: Vec<EventRow> = self.all(&sql, values.clone()).await?;
        let sql = beside("t.digest AS digest", "event", "t.version");
        let digests: Vec<DigestRow> = self.all(&sql, values.clone()).await?;
        let sql = beside(
            "t.dossier, t.unit, CAST(t.roles AS bigint) AS roles, \
                 CAST(t.open AS bigint) AS open, t.due, t.precedence",
            "interest",
            "t.unit",
        );
        let interests: Vec<InterestRow> = self.all(&sql, values).await?;
        let mut events_of: HashMap<String, Vec<KeptEvent>> = HashMap::new();
        for (row, DigestRow { digest }) in events.into_iter().zip(digests) {
            let dossier = row.dossier.clone();
            let columns = row.columns(&digest)?;
            let bytes = row.into_bytes()?;
            let kept = KeptEvent { bytes, columns };
            events_of.entry(dossier).or_default().push(kept);
        }
        let mut interests_of: HashMap<String, Vec<(String, i64, i64, i64, i64)>> = HashMap::new();
        for row in interests {
            let interest = (row.unit, row.roles, row.open, row.due, row.precedence);
            interests_of.entry(row.dossier).or_default().push(interest);
        }
        rows.into_iter()
            .map(|row| {
                let id = row.id.clone();
                let mut kept = row.kept()?;
                kept.events = events_of.remove(&id).unwrap_or_default();
                kept.interests = interests_of.remove(&id).unwrap_or_default();
                kept.interests.sort();
                Ok(kept)
            })
            .collect()
    }

    async fn codes(
        &self,
        province: &ProvinceCode,
        after: &str,
        limit: u32,
    ) -> Result<Vec<KeptCode>, StoreError> {
        let sql = format!(
            "SELECT c.code, c.dossier, d.fold FROM code c \
             JOIN dossier d ON d.province = c.province AND d.id = c.dossier \
             WHERE c.province = ? AND c.code > ? AND {VISIBLE} ORDER BY c.code LIMIT ?"
        );
        let values: Vec<Value> = vec![
            province.as_str().into(),
            after.into(),
            i64::from(limit).into(),
        ];
        let rows: Vec<CodeRow> = self.all(&sql, values).await?;
        rows.into_iter().map(CodeRow::kept).collect()
    }

    async fn present(
        &self,
        province: &ProvinceCode,
        codes: &[AnyCode],
    ) -> Result<Vec<KeptCode>, StoreError> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let list = codes.iter().map(|code| [json!(code.as_str())]).collect();
        let given = ValueTable::new(&self.db(), "w", ["code"], list);
        let sql = format!(
            "SELECT c.code, c.dossier, '' AS fold FROM {} CROSS JOIN code c \
             WHERE c.province = ? AND c.code = w.code",
            given.table
        );
        let mut values = given.values;
        values.push(province.as_str().into());
        let rows: Vec<CodeRow> = self.all(&sql, values).await?;
        rows.into_iter().map(CodeRow::kept).collect()
    }

    async fn tallies(&self, province: &ProvinceCode) -> Result<Vec<KeptTally>, StoreError> {
        // A row a measure, so that the names of the measures are said once.
        let measures = Measure::ALL.iter().zip(0..).map(|(measure, at)| {
            format!(
                "SELECT grain, CAST(day AS bigint) AS day, unit, channel, \
                     CAST({at} AS bigint) AS measure, CAST(sum({}) AS bigint) AS count \
                 FROM tally WHERE province = ? AND shard >= 0 GROUP BY grain, day, unit, channel",
                measure.as_str()
            )
        });
        let sql: Vec<String> = measures.collect();
        let values = vec![Value::from(province.as_str()); sql.len()];
        let sql = format!(
            "{} ORDER BY grain, day, unit, channel, measure",
            sql.join(" UNION ALL ")
        );
        let rows: Vec<TallyRow> = self.all(&sql, values).await?;
        let mut tallies: Vec<KeptTally> = Vec::new();
        for row in rows {
            if row.measure == 0 {
                tallies.push(KeptTally {
                    grain: row.grain,
                    day: row.day,
                    unit: row.unit,
                    channel: row.channel,
                    counts: Vec::with_capacity(Measure::ALL.len()),
                });
            }
            if let Some(tally) = tallies.last_mut() {
                tally.counts.push(row.count);
            }
        }
        Ok(tallies)
    }

    async fn counters(&self, province: &ProvinceCode) -> Result<Vec<KeptCounter>, StoreError> {
        let sql = "SELECT c.unit, CAST(c.day AS bigint) AS day, CAST(c.last AS bigint) AS last, \
                 (SELECT count(*) FROM block_number n WHERE n.province = c.province \
                     AND n.unit = c.unit AND n.day = c.day AND n.number <= c.last \
                     AND n.state <> 'used') AS without_dossier \
             FROM counter c WHERE c.province = ? ORDER BY c.unit, c.day";
        let values = vec![province.as_str().into()];
        let rows: Vec<CounterRow> = self.db().all(sql, values).await.map_err(store_error)?;
        let sql = "SELECT unit, CAST(day AS bigint) AS day, CAST(first AS bigint) AS first, \
                 CAST(last AS bigint) AS last FROM skipped WHERE province = ?";
        let values = vec![province.as_str().into()];
        let ranges: Vec<SkippedRow> = self.db().all(sql, values).await.map_err(store_error)?;
        let mut skipped: HashMap<(String, i64), Vec<RangeInclusive<i64>>> = HashMap::new();
        for row in ranges {
            let day = skipped.entry((row.unit, row.day)).or_default();
            day.push(row.first..=row.last);
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let key = (row.unit, row.day);
                let skipped = skipped.remove(&key).unwrap_or_default();
                KeptCounter {
                    unit: key.0,
                    day: key.1,
                    last: row.last,
                    without_dossier: row.without_dossier,
                    skipped,
                }
            })
            .collect())
    }
}
