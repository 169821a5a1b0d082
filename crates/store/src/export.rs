//! Reads what an export needs, many dossiers at once, and records who exported names.

use std::collections::HashMap;

use app::import::Viewing;
use app::ports::StoreError;
use domain::dossier::private::Content;
use domain::id::{DossierId, ProvinceCode};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::{EventRow, PersonalRow, Place, event_columns};
use crate::value_table::ValueTable;

/// The exact bytes of the histories of dossiers, each in order of version.
pub(crate) async fn histories<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, Vec<Vec<u8>>>, StoreError> {
    let mut found: HashMap<DossierId, Vec<Vec<u8>>> = HashMap::new();
    if dossiers.is_empty() {
        return Ok(found);
    }
    let given = given(db, dossiers);
    let sql = format!(
        "SELECT {} FROM {} CROSS JOIN event e \
         WHERE e.dossier = w.dossier AND e.province = ? ORDER BY e.dossier, e.version",
        event_columns("e"),
        given.table
    );
    let mut values = given.values;
    values.push(province.as_str().into());
    let rows: Vec<EventRow> = db.all(&sql, values).await.map_err(store_error)?;
    for row in rows {
        let id = of("event", &row.dossier)?;
        found.entry(id).or_default().push(row.into_bytes()?);
    }
    Ok(found)
}

/// Every personal value of dossiers, by item.
pub(crate) async fn private_values<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, HashMap<String, Content>>, StoreError> {
    let mut found: HashMap<DossierId, HashMap<String, Content>> = HashMap::new();
    if dossiers.is_empty() {
        return Ok(found);
    }
    let given = given(db, dossiers);
    let sql = format!(
        "SELECT p.dossier, p.item, p.kind, p.value FROM {} CROSS JOIN personal p \
         WHERE p.dossier = w.dossier AND p.province = ?",
        given.table
    );
    let mut values = given.values;
    values.push(province.as_str().into());
    let rows: Vec<PersonalRow> = db.all(&sql, values).await.map_err(store_error)?;
    for row in rows {
        let id = of("personal", &row.dossier)?;
        let content = row.content()?;
        found.entry(id).or_default().insert(row.item, content);
    }
    Ok(found)
}

fn given<C: ConnectionTrait>(db: &Executor<'_, C>, dossiers: &[DossierId]) -> ValueTable {
    let list = dossiers.iter().map(|id| [Json::from(id.to_string())]);
    ValueTable::new(db, "w", ["dossier"], list.collect())
}

fn of(table: &'static str, id: &str) -> Result<DossierId, StoreError> {
    Place { table, id }.parse("dossier", id)
}

/// Records who reads personal values beyond the screens.
pub(crate) async fn record<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    viewing: &Viewing,
) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO viewing (province, number, at, actor, what, reason) \
         SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM viewing WHERE province = ?",
        vec![
            viewing.province.as_str().into(),
            viewing.at.timestamp_micros().into(),
            viewing.actor.as_str().into(),
            viewing.what.as_str().into(),
            viewing.reason.as_str().into(),
            viewing.province.as_str().into(),
        ],
    )
    .await
    .map_err(store_error)?;
    Ok(())
}

#[derive(FromQueryResult)]
struct ViewingRow {
    at: i64,
    actor: String,
    what: String,
    reason: String,
}

/// Who looked, first to last.
pub(crate) async fn viewings<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<Viewing>, StoreError> {
    let rows: Vec<ViewingRow> = db
        .all(
            "SELECT at, actor, what, reason FROM viewing WHERE province = ? ORDER BY number",
            vec![province.as_str().into()],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "viewing",
                id: &row.actor,
            };
            Ok(Viewing {
                province: province.clone(),
                at: place.instant("at", row.at)?,
                actor: place.parse("actor", &row.actor)?,
                what: row.what,
                reason: row.reason,
            })
        })
        .collect()
}
