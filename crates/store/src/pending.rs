//! What is pending at each unit of a province.

use std::collections::HashMap;

use app::ports::{StoreError, UnitPending};
use domain::dossier::Interest;
use domain::id::{ProvinceCode, UnitCode};
use domain::time::{self, Instant};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::page::VISIBLE;
use crate::row::Place;

/// The roles of a unit to which a dossier is more than a leg or a question.
const OWN: u8 = Interest::RECEIVING | Interest::RESOLVING | Interest::RETURNING | Interest::HOLDING;

pub(crate) async fn by_unit<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    now: Instant,
) -> Result<HashMap<UnitCode, UnitPending>, StoreError> {
    let tomorrow = time::local_day(now).succ_opt().map(time::day_start);
    let (now, tomorrow) = (
        now.timestamp_micros(),
        tomorrow.unwrap_or(now).timestamp_micros(),
    );
    // The order of a worklist is by what each unit has to meet, so it tells what has passed.
    let sql = format!(
        "SELECT i.unit AS unit, count(*) AS open, \
             sum(CASE WHEN i.precedence < ? THEN 1 ELSE 0 END) AS overdue, \
             sum(CASE WHEN i.precedence >= ? AND i.precedence < ? THEN 1 ELSE 0 END) AS due_today, \
             sum(CASE WHEN d.status IN (5, 6) AND (i.roles & {OWN}) <> 0 THEN 1 ELSE 0 END) \
                 AS waiting, \
             max(d.last_record) AS latest \
         FROM interest i \
         JOIN dossier d ON d.province = i.province AND d.id = i.dossier \
         WHERE i.province = ? AND i.open = 1 AND d.elsewhere = 0 AND {VISIBLE} \
         GROUP BY i.unit"
    );
    let values = vec![
        now.into(),
        now.into(),
        tomorrow.into(),
        province.as_str().into(),
    ];
    let rows: Vec<UnitRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.iter()
        .map(|row| {
            let place = Place {
                table: "interest",
                id: &row.unit,
            };
            let pending = UnitPending {
                open: place.number("open", row.open)?,
                overdue: place.number("overdue", row.overdue)?,
                due_today: place.number("due_today", row.due_today)?,
                waiting: place.number("waiting", row.waiting)?,
                latest: Instant::from_timestamp_micros(row.latest),
            };
            Ok((place.parse("unit", &row.unit)?, pending))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct UnitRow {
    unit: String,
    open: i64,
    overdue: i64,
    due_today: i64,
    waiting: i64,
    latest: i64,
}
