//! Numbers that are skipped after a backup was put back, and sessions that end.

use std::sync::atomic::AtomicU64;

use app::ports::{BeginAgain, Numbering, StoreError};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::numbers::number_of;
use crate::pool::Pool;
use crate::row::Place;
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct ProvinceRow {
    province: String,
}

#[derive(FromQueryResult)]
struct UnitRow {
    province: String,
    unit: String,
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: Option<i64>,
}

/// How the units of a database number.
pub(crate) async fn numbering<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<Numbering, StoreError> {
    let place = Place {
        table: "counter",
        id: "?",
    };
    let provinces: Vec<ProvinceRow> = db
        .all(
            "SELECT province FROM counter UNION SELECT province FROM token \
             UNION SELECT province FROM account ORDER BY province",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    let units = |rows: Vec<UnitRow>| {
        let parsed = rows.into_iter().map(|row| {
            let province = place.parse("province", &row.province)?;
            Ok::<_, StoreError>((province, place.parse("unit", &row.unit)?))
        });
        parsed.collect::<Result<Vec<_>, _>>()
    };
    let counting: Vec<UnitRow> = db
        .all(
            "SELECT DISTINCT province, unit FROM counter ORDER BY province, unit",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    let reserving: Vec<UnitRow> = db
        .all(
            "SELECT DISTINCT province, unit FROM block ORDER BY province, unit",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    // What an earlier restoration skipped was given to nobody.
    let busiest = "SELECT CAST(max(c.last - coalesce((SELECT sum(s.last - s.first + 1) FROM skipped s \
             WHERE s.province = c.province AND s.unit = c.unit AND s.day = c.day), 0)) AS bigint) \
         AS number FROM counter c";
    let newest = "SELECT CAST(max(last_record) AS bigint) AS number FROM dossier";
    let busiest = first(db, busiest).await?.unwrap_or(0);
    let newest = first(db, newest).await?;
    Ok(Numbering {
        provinces: provinces
            .iter()
            .map(|row| place.parse("province", &row.province))
            .collect::<Result<_, _>>()?,
        busiest: place.number("last", busiest)?,
        units: units(counting)?,
        reserving: units(reserving)?,
        newest: newest.and_then(Instant::from_timestamp_micros),
    })
}

/// What time it is on the database's server.
pub(crate) async fn server_time<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<Option<Instant>, StoreError> {
    match db.dialect() {
        Dialect::Sqlite => Ok(None),
        Dialect::Postgres => {
            let now =
                "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS number";
            let micros = first(db, now).await?;
            Ok(micros.and_then(Instant::from_timestamp_micros))
        }
    }
}

async fn first<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    sql: &str,
) -> Result<Option<i64>, StoreError> {
    let rows: Vec<NumberRow> = db.all(sql, Vec::new()).await.map_err(store_error)?;
    Ok(rows.first().and_then(|row| row.number))
}

/// Skips numbers and ends the sessions, in one transaction.
pub(crate) async fn begin_again(
    writer: &Pool,
    statements: &AtomicU64,
    again: &BeginAgain,
) -> Result<u64, StoreError> {
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let inside = Executor {
        connection: &transaction,
        statements,
    };
    let at = again.at.timestamp_micros();
    let mut rows = Vec::new();
    for (province, unit, days) in &again.units {
        for day in days.start().iter_days().take_while(|day| day <= days.end()) {
            rows.push([
                json!(province.as_str()),
                json!(unit.as_str()),
                json!(number_of(day)),
                json!(again.numbers),
            ]);
        }
    }
    if again.numbers > 0 && !rows.is_empty() {
        let columns = ["province", "unit", "day", "numbers"];
        let given = ValueTable::new(&inside, "w", columns, rows);
        let noted = format!(
            "INSERT INTO skipped (province, unit, day, first, last, restored) \
             SELECT w.province, w.unit, w.day, coalesce(c.last, 0) + 1, coalesce(c.last, 0) + w.numbers, ? \
             FROM {} LEFT JOIN counter c \
                 ON c.province = w.province AND c.unit = w.unit AND c.day = w.day",
            given.table
        );
        let mut values = vec![at.into()];
        values.extend(given.values.clone());
        inside.run(&noted, values).await.map_err(store_error)?;
        // No dossier has one of these numbers, so a day ahead has not begun. WHERE true, because
        // without it SQLite reads ON as the ON of a join.
        let raised = format!(
            "INSERT INTO counter (province, unit, day, last, begun) \
             SELECT w.province, w.unit, w.day, w.numbers, 0 FROM {} WHERE true \
             ON CONFLICT (province, unit, day) DO UPDATE SET last = counter.last + excluded.last",
            given.table
        );
        inside
            .run(&raised, given.values)
            .await
            .map_err(store_error)?;
    }
    let ended = inside
        .run(
            "UPDATE session SET ended = ? WHERE ended IS NULL",
            vec![at.into()],
        )
        .await
        .map_err(store_error)?;
    transaction.commit().await.map_err(store_error)?;
    Ok(ended)
}
