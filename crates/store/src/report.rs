//! Reads what a report needs: the present state of dossiers to which nothing happened afterwards,
//! histories of the others.

use std::collections::HashMap;

use app::ports::{ReportRow, ReportWanted, Scope, StoreError};
use domain::dossier::{Dossier, Record};
use domain::id::DossierId;
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::{DossierRow, EventRow, Place, event_columns};
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct CandidateRow {
    id: String,
    version: i64,
    fold: String,
    last_event: i64,
    last_record: i64,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
}

/// Two statements, however many dossiers: one reads the dossiers, one the events of those whose
/// present state is not the wanted one.
pub(crate) async fn rows<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
) -> Result<Vec<ReportRow>, StoreError> {
    let until = wanted.until.timestamp_micros();
    let as_of = wanted.as_of.timestamp_micros();
    let mut settled = Vec::new();
    let mut moved = Vec::new();
    for row in candidates(db, wanted).await? {
        if row.last_event < until && row.last_record <= as_of {
            let dossier = Dossier::try_from(DossierRow::new(row.id, row.version, row.fold))?;
            settled.push(ReportRow::Settled(Box::new(dossier)));
        } else {
            moved.push([Json::from(row.id)]);
        }
    }
    let histories = histories(db, wanted, moved).await?;
    settled.extend(
        histories
            .into_iter()
            .map(|(_, records)| ReportRow::History(records)),
    );
    Ok(settled)
}

/// The next dossiers by id: one statement for a province, two for some of its units.
pub(crate) async fn ids<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    after: Option<DossierId>,
    limit: u32,
) -> Result<Vec<DossierId>, StoreError> {
    let mut found = ids_within(db, wanted, after, limit).await?;
    if let Scope::Units(province, _) = &wanted.scope
        && !wanted.only_apart
    {
        let apart = ReportWanted {
            scope: Scope::Province(province.clone()),
            only_apart: true,
            ..wanted.clone()
        };
        found.extend(ids_within(db, &apart, after, limit).await?);
        found.sort_unstable();
        found.dedup();
        found.truncate(limit as usize);
    }
    Ok(found)
}

async fn ids_within<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    after: Option<DossierId>,
    limit: u32,
) -> Result<Vec<DossierId>, StoreError> {
    let mut select = selected(wanted);
    select
        .column(("d", "id"))
        .and_where_option(after.map(|after| Expr::col(("d", "id")).gt(after.to_string())))
        .order_by(("d", "id"), Order::Asc)
        .limit(limit.into());
    let rows: Vec<IdRow> = db.select(&select).await.map_err(store_error)?;
    let place = |id| Place {
        table: "dossier",
        id,
    };
    rows.iter()
        .map(|row| place(&row.id).parse("id", &row.id))
        .collect()
}

/// The histories of some dossiers: one statement however many.
pub(crate) async fn histories_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    dossiers: &[DossierId],
) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError> {
    let ids = dossiers.iter().map(|id| [Json::from(id.to_string())]);
    histories(db, wanted, ids.collect()).await
}

async fn candidates<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
) -> Result<Vec<CandidateRow>, StoreError> {
    let mut select = selected(wanted);
    select
        .columns(crate::page::COLUMNS)
        .columns([("d", "last_event"), ("d", "last_record")]);
    db.select(&select).await.map_err(store_error)
}

/// The dossiers that a report reads, without a column yet.
fn selected(wanted: &ReportWanted) -> SelectStatement {
    let mut select = crate::page::within(&wanted.scope).select;
    let column = |name| Expr::col(("d", name));
    let as_of = wanted.as_of.timestamp_micros();
    select
        // A dossier that had not begun has no state in the period.
        .and_where(column("begun").lt(wanted.until.timestamp_micros()))
        .and_where(column("first_record").lte(as_of))
        .and_where_option(wanted.only_apart.then(|| column("apart").eq(1)))
        .and_where(
            column("ended")
                .gte(wanted.from.timestamp_micros())
                .or(column("last_record").gt(as_of)),
        );
    select
}

async fn histories<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    dossiers: Vec<[Json; 1]>,
) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let given = ValueTable::new(db, "w", ["dossier"], dossiers);
    let sql = format!(
        "SELECT {} FROM {} CROSS JOIN event e \
         WHERE e.dossier = w.dossier AND e.province = ? AND e.record_time <= ? \
         ORDER BY e.dossier, e.version",
        event_columns("e"),
        given.table
    );
    let mut values = given.values;
    values.extend([
        wanted.scope.province().as_str().into(),
        wanted.as_of.timestamp_micros().into(),
    ]);
    let rows: Vec<EventRow> = db.all(&sql, values).await.map_err(store_error)?;
    let mut places: HashMap<DossierId, usize> = HashMap::new();
    let mut histories: Vec<(DossierId, Vec<Record>)> = Vec::new();
    for row in rows {
        let record = row.record()?;
        let place = *places.entry(record.dossier).or_insert_with(|| {
            histories.push((record.dossier, Vec::new()));
            histories.len() - 1
        });
        histories[place].1.push(record);
    }
    Ok(histories)
}
