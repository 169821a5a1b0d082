//! Each night's comparison of a remote with what is here.

use app::ports::{KeptText, StoreError};
use chrono::NaiveDate;
use domain::id::ProvinceCode;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;

/// Keeps a sheet. One that is there stays.
pub(crate) async fn keep<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    kept: &KeptText,
) -> Result<(), StoreError> {
    let values = vec![
        kept.province.as_str().into(),
        kept.remote.as_str().into(),
        kept.night.to_string().into(),
        kept.made.timestamp_micros().into(),
        kept.text.as_str().into(),
    ];
    let sql = "INSERT INTO kept_sheet (province, remote, night, made, sheet) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (province, remote, night) DO NOTHING";
    db.run(sql, values).await.map_err(store_error)?;
    Ok(())
}

#[derive(FromQueryResult)]
struct KeptRow {
    night: String,
    made: i64,
    sheet: String,
}

/// The sheets of a remote before a night, the latest first.
pub(crate) async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    remote: &str,
    before: Option<NaiveDate>,
    limit: u32,
) -> Result<Vec<KeptText>, StoreError> {
    let mut values: Vec<Value> = vec![province.as_str().into(), remote.into()];
    let earlier = match before {
        Some(before) => {
            values.push(before.to_string().into());
            " AND night < ?"
        }
        None => "",
    };
    values.push(i64::from(limit).into());
    let sql = format!(
        "SELECT night, made, sheet FROM kept_sheet WHERE province = ? AND remote = ?{earlier} \
         ORDER BY night DESC LIMIT ?"
    );
    let rows: Vec<KeptRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "kept_sheet",
                id: &row.night,
            };
            Ok(KeptText {
                province: province.clone(),
                remote: remote.to_owned(),
                night: place.parse("night", &row.night)?,
                made: place.instant("made", row.made)?,
                text: row.sheet,
            })
        })
        .collect()
}
