//! Reads what a report needs: the present state of dossiers to which nothing happened afterwards,
//! histories of the others.

use app::ports::{ReportRow, ReportWanted, Scope, StoreError};
use domain::dossier::{Dossier, Record};
use domain::id::{DossierId, UnitCode};
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;

use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::history::{HistoriesWanted, histories};
use crate::row::{DossierRow, Place};
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

/// One statement reads these dossiers; a few read the events of those whose present state is not the wanted
/// one.
pub(crate) async fn rows<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    dossiers: &[DossierId],
) -> Result<Vec<ReportRow>, StoreError> {
    let until = wanted.until.timestamp_micros();
    let as_of = wanted.as_of.timestamp_micros();
    let mut settled = Vec::with_capacity(dossiers.len());
    let mut moved = Vec::new();
    for row in candidates(db, wanted, dossiers).await? {
        if row.last_event < until && row.last_record <= as_of {
            let dossier = Dossier::try_from(DossierRow::new(row.id, row.version, row.fold))?;
            settled.push(ReportRow::Settled(Box::new(dossier)));
        } else {
            moved.push(row.id);
        }
    }
    let histories = histories(db, &all_events(wanted), moved).await?;
    settled.extend(
        histories
            .into_iter()
            .map(|(_, records)| ReportRow::History(records)),
    );
    Ok(settled)
}

/// The next dossiers by id. Those of some units, and those apart, are not paged: all are found at once.
pub(crate) async fn ids<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    after: Option<DossierId>,
    limit: u32,
) -> Result<Vec<DossierId>, StoreError> {
    let mut select = chosen(db, wanted, |select| {
        select.column(ID).and_where_option(later_than(after));
    })
    .await?;
    // Of some units an order would let a planner walk the whole province by id; those apart are few.
    if let (Scope::Province(_), false) = (&wanted.scope, wanted.only_apart) {
        select.order_by(ID, Order::Asc).limit(limit.into());
    }
    let rows: Vec<IdRow> = db.select(&select).await.map_err(store_error)?;
    let place = |id| Place {
        table: "dossier",
        id,
    };
    let ids = rows.iter().map(|row| place(&row.id).parse("id", &row.id));
    let mut ids: Vec<DossierId> = ids.collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(limit as usize);
    Ok(ids)
}

const ID: (&str, &str) = ("d", "id");

fn later_than(after: Option<DossierId>) -> Option<Expr> {
    after.map(|after| Expr::col(ID).gt(after.to_string()))
}

/// The histories of some dossiers.
pub(crate) async fn histories_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    dossiers: &[DossierId],
    without: &[&str],
) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError> {
    let wanted = HistoriesWanted {
        without,
        ..all_events(wanted)
    };
    histories(
        db,
        &wanted,
        dossiers.iter().map(DossierId::to_string).collect(),
    )
    .await
}

fn all_events(wanted: &ReportWanted) -> HistoriesWanted<'_> {
    HistoriesWanted {
        province: wanted.scope.province(),
        as_of: wanted.as_of,
        without: &[],
    }
}

async fn candidates<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    dossiers: &[DossierId],
) -> Result<Vec<CandidateRow>, StoreError> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let ids = dossiers.iter().map(|id| [Json::from(id.to_string())]);
    let given = ValueTable::new(db, "w", ["dossier"], ids.collect());
    let mut values = given.values;
    values.push(wanted.scope.province().as_str().into());
    // One that nobody moved since counts at the unit that decides it now.
    let here = match &wanted.scope {
        Scope::Province(_) => String::new(),
        Scope::Units(_, units) => {
            values.extend(units.iter().map(|unit| unit.as_str().into()));
            values.push(wanted.until.timestamp_micros().into());
            values.push(wanted.as_of.timestamp_micros().into());
            let units = vec!["?"; units.len()].join(", ");
            format!(" AND (d.resolving IN ({units}) OR d.last_event >= ? OR d.last_record > ?)")
        }
    };
    let sql = format!(
        "SELECT d.id, d.version, d.fold, d.last_event, d.last_record FROM {} CROSS JOIN dossier d \
         WHERE d.id = w.dossier AND d.province = ?{here}",
        given.table
    );
    db.all(&sql, values).await.map_err(store_error)
}

/// The dossiers that a report reads, each completed by `with`. Of some units one may come twice.
///
/// Those that ended before the period are as a rule many times the others, so nothing here looks at them:
/// each part has an index that begins behind them. A planner uses one for each part of a union, but none
/// for an *or*.
async fn chosen<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
    with: impl Fn(&mut SelectStatement),
) -> Result<SelectStatement, StoreError> {
    let mut parts = Vec::new();
    match &wanted.scope {
        _ if wanted.only_apart => parts.extend(apart(wanted)),
        Scope::Province(_) => parts.push(all(wanted)),
        Scope::Units(_, units) => {
            match &wanted.counts {
                Some(unit) => {
                    let kin: Vec<UnitCode> =
                        units.iter().filter(|one| *one != unit).cloned().collect();
                    parts.push(decided(wanted, std::slice::from_ref(unit)));
                    if !kin.is_empty() {
                        parts.push(inherited(wanted, &kin, db.dialect()));
                    }
                }
                None => parts.push(decided(wanted, units)),
            }
            parts.push(received(wanted, units));
            if is_looked_back(db, wanted).await? {
                parts.push(recorded_since(wanted));
            }
            parts.extend(apart(wanted));
        }
    }
    let mut parts = parts.into_iter().map(|mut part| {
        there(&mut part, wanted);
        with(&mut part);
        part
    });
    let mut select = parts.next().unwrap_or_default();
    for part in parts {
        select.union(UnionType::All, part);
    }
    Ok(select)
}

fn d(name: &'static str) -> Expr {
    Expr::col(("d", name))
}

fn open_or_ended_since(wanted: &ReportWanted) -> Expr {
    d("ended").gte(wanted.from.timestamp_micros())
}

/// Ended before the period, but something was recorded after the moment that the report looks from, so it
/// may not have been known to have ended.
fn ended_and_recorded_since(wanted: &ReportWanted) -> Expr {
    d("ended")
        .lt(wanted.from.timestamp_micros())
        .and(d("last_record").gt(wanted.as_of.timestamp_micros()))
}

/// Of a whole province.
fn all(wanted: &ReportWanted) -> SelectStatement {
    let mut select = crate::page::within(&wanted.scope).select;
    select.and_where(
        open_or_ended_since(wanted).or(d("last_record").gt(wanted.as_of.timestamp_micros())),
    );
    select
}

/// Dossiers of the whole province, for a part that an index of its own finds.
fn of_the_province(wanted: &ReportWanted) -> SelectStatement {
    crate::page::within(&Scope::Province(wanted.scope.province().clone())).select
}

/// Those that units decide.
fn decided(wanted: &ReportWanted, units: &[UnitCode]) -> SelectStatement {
    let mut select = of_the_province(wanted);
    select
        .and_where(crate::page::of_units(("d", "resolving"), units))
        .and_where(open_or_ended_since(wanted));
    select
}

/// Those that units decide and have something of from another (`Dossier::succeeded`): one that changed hands
/// stands apart, but the unit that received a dossier may have passed on without it.
fn inherited(wanted: &ReportWanted, units: &[UnitCode], dialect: Dialect) -> SelectStatement {
    let mut select = decided(wanted, units);
    // The condition of the index of those few, word by word.
    select.and_where(Expr::cust(match dialect {
        Dialect::Sqlite => r#"instr(d.fold, '"succeeded":') > 0"#,
        Dialect::Postgres => r#"strpos(d.fold, '"succeeded":') > 0"#,
    }));
    select
}

/// Those that units received and others decide.
fn received(wanted: &ReportWanted, units: &[UnitCode]) -> SelectStatement {
    let mut select = crate::page::involving(&wanted.scope);
    select
        .and_where(crate::page::of_units(("i", "unit"), units))
        .and_where(Expr::cust(RECEIVED_FOR_ANOTHER))
        .and_where(open_or_ended_since(wanted));
    select
}

/// `Interest::RECEIVING` and not `Interest::RESOLVING`: the condition of the index of those, word by word.
const RECEIVED_FOR_ANOTHER: &str = "i.roles % 4 = 1";

/// Whether the report looks from a moment after which something was recorded.
async fn is_looked_back<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &ReportWanted,
) -> Result<bool, StoreError> {
    let mut select = of_the_province(wanted);
    select
        .column(ID)
        .and_where(d("last_record").gt(wanted.as_of.timestamp_micros()))
        .order_by(("d", "last_record"), Order::Desc)
        .limit(1);
    let rows: Vec<IdRow> = db.select(&select).await.map_err(store_error)?;
    Ok(!rows.is_empty())
}

/// Those of units that had ended before the period, as is known now.
fn recorded_since(wanted: &ReportWanted) -> SelectStatement {
    let mut select = crate::page::within(&wanted.scope).select;
    select.and_where(ended_and_recorded_since(wanted));
    select
}

/// Those of the whole province that stand apart: a unit that handed a dossier on need not be involved in it
/// any longer. They are few; a planner knows their indexes by the literal, not by a parameter.
fn apart(wanted: &ReportWanted) -> [SelectStatement; 2] {
    [
        open_or_ended_since(wanted),
        ended_and_recorded_since(wanted),
    ]
    .map(|when| {
        let mut select = of_the_province(wanted);
        select.and_where(Expr::cust("d.apart = 1")).and_where(when);
        if let Scope::Units(_, units) = &wanted.scope {
            let here = crate::page::of_units(("d", "resolving"), units);
            select.and_where(here.or(Expr::cust(CHANGED_HANDS)));
        }
        select
    })
}

/// `Dossier::moved`, in the text of the row; a wrong hit would only cost the time to read the history.
const CHANGED_HANDS: &str = r#"d.fold LIKE '%"moved":true%'"#;

/// A dossier that had not begun has no state in the period.
fn there(select: &mut SelectStatement, wanted: &ReportWanted) {
    select
        .and_where(Expr::col(("d", "begun")).lt(wanted.until.timestamp_micros()))
        .and_where(Expr::col(("d", "first_record")).lte(wanted.as_of.timestamp_micros()));
}
