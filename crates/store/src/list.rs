//! Lists of dossiers: from which index a page comes.
//!
//! The planners do not know that ids, times and states lie beside each other: for a filter that few
//! dossiers pass they walk a whole province in the order of the page. So the way is chosen here.

use app::ports::{DossierFilter, List, Scope, StoreError};
use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode, UnitCode};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::page::{COLUMNS, VISIBLE, Within, dossiers, narrow, number, of_units, within};

/// A unit with more dossiers is not walked for a stretch of time; the stretch is.
const SMALL_UNIT: u64 = 2_000;

/// More changes are not gathered before the first of them is shown.
const FEW_CHANGES: u64 = 20_000;

pub(crate) async fn list<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
) -> Result<Vec<Dossier>, StoreError> {
    let Within { mut select, id } = listed(db, list, true).await?;
    let time = time_of(&list.filter);
    if let Some(after) = list.after {
        match time {
            None => select.and_where(Expr::col(id).gt(after.to_string())),
            Some(time) => select.and_where(later(list.scope.province(), time, after)),
        };
    }
    if let Some(time) = time {
        select.order_by(("d", time), Order::Asc);
    }
    select
        .columns(COLUMNS)
        .order_by(id, Order::Asc)
        .limit(list.limit.into());
    dossiers(db, &select).await
}

/// The number of dossiers on all pages of a list.
pub(crate) async fn count<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
) -> Result<u64, StoreError> {
    number(db, listed(db, list, false).await?.select).await
}

/// The column by which a list is ordered that asks for a stretch of time; others go by id.
fn time_of(filter: &DossierFilter) -> Option<&'static str> {
    if filter.received_from.or(filter.received_until).is_some() {
        Some("received")
    } else if filter.ended_from.or(filter.ended_until).is_some() {
        Some("ended")
    } else {
        None
    }
}

/// After a dossier in the order of a time. The first condition is where an index begins to read.
fn later(province: &ProvinceCode, time: &str, after: DossierId) -> Expr {
    let of = format!("FROM dossier a WHERE a.province = '{province}' AND a.id = '{after}'");
    Expr::cust(format!(
        "d.{time} >= (SELECT a.{time} {of}) AND (d.{time}, d.id) > (SELECT a.{time}, a.id {of})"
    ))
}

async fn listed<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
    paged: bool,
) -> Result<Within, StoreError> {
    let List { scope, filter, .. } = list;
    let province = scope.province();
    let time = time_of(filter);
    let open_only = filter.step.is_some()
        || !filter.statuses.is_empty() && filter.statuses.iter().all(|status| status.is_open());
    let is_large = match (scope, time) {
        (Scope::Units(_, units), Some(_)) if units.len() == 1 => {
            exceeds(db, of_unit(province, units), SMALL_UNIT).await?
        }
        _ => false,
    };
    let mut within = match scope {
        Scope::Units(_, units) if is_large => in_time(province, units),
        Scope::Units(_, units) if units.len() == 1 => {
            let mut within = within(scope);
            // The open dossiers of one unit stand together in an index of their own.
            if open_only {
                within.select.and_where(Expr::col(("i", "open")).eq(1));
            }
            within
        }
        Scope::Province(_) if time.is_none() => {
            let mut within = within(scope);
            if paged && is_of_states_alone(filter) {
                let first = first_of_states(list);
                within
                    .select
                    .and_where_option(first.map(|first| Expr::col(("d", "id")).in_subquery(first)));
            } else if open_only {
                let open = of_states(province, filter);
                within
                    .select
                    .and_where(Expr::col(("d", "id")).in_subquery(open));
            }
            within
        }
        Scope::Units(_, _) | Scope::Province(_) => within(scope),
    };
    if let (Some(since), None) = (filter.changed_since, time) {
        let mut changed = Query::select();
        changed
            .column(("c", "id"))
            .from_as("dossier", "c")
            .and_where(Expr::col(("c", "province")).eq(province.as_str()))
            .and_where(Expr::col(("c", "last_record")).gte(since.timestamp_micros()));
        if !exceeds(db, changed.clone(), FEW_CHANGES).await? {
            within
                .select
                .and_where(Expr::col(within.id).in_subquery(changed));
        }
    }
    narrow(&mut within.select, filter);
    Ok(within)
}

/// The dossiers of a unit as `d`, looked for among those of a stretch of time.
fn in_time(province: &ProvinceCode, units: &[UnitCode]) -> Within {
    let mut involved = Query::select();
    involved
        .expr(Expr::val(1))
        .from_as("interest", "i")
        .and_where(Expr::col(("i", "province")).equals(("d", "province")))
        .and_where(of_units(("i", "unit"), units))
        .and_where(Expr::col(("i", "dossier")).equals(("d", "id")));
    let mut select = Query::select();
    select
        .from_as("dossier", "d")
        .and_where(Expr::col(("d", "province")).eq(province.as_str()))
        .and_where(Expr::exists(involved))
        .and_where(Expr::cust(VISIBLE));
    Within {
        select,
        id: ("d", "id"),
    }
}

fn of_unit(province: &ProvinceCode, units: &[UnitCode]) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::col("dossier"), "id")
        .from("interest")
        .and_where(Expr::col("province").eq(province.as_str()))
        .and_where(of_units("unit", units));
    select
}

fn is_of_states_alone(filter: &DossierFilter) -> bool {
    let rest = DossierFilter {
        statuses: Vec::new(),
        ..filter.clone()
    };
    !filter.statuses.is_empty() && rest == DossierFilter::default()
}

/// The first dossiers of each state, from an index that has them in the order of the page.
fn first_of_states(list: &List) -> Option<SelectStatement> {
    let province = list.scope.province();
    let parts = list.filter.statuses.iter().map(|status| {
        let mut first = Query::select();
        first
            .column(("d", "id"))
            .from_as("dossier", "d")
            .and_where(Expr::col(("d", "province")).eq(province.as_str()))
            .and_where(Expr::col(("d", "status")).eq(status.code()))
            .and_where_option(
                (list.after).map(|after| Expr::col(("d", "id")).gt(after.to_string())),
            )
            .and_where(Expr::cust(VISIBLE))
            .order_by(("d", "id"), Order::Asc)
            .limit(list.limit.into());
        let mut part = Query::select();
        part.column(("s", "id")).from_subquery(first, "s");
        part
    });
    parts.reduce(|mut all, part| {
        all.union(UnionType::All, part);
        all
    })
}

/// All dossiers of the states of a filter; the open ones without any.
fn of_states(province: &ProvinceCode, filter: &DossierFilter) -> SelectStatement {
    let wanted = filter.statuses.iter().map(|status| status.code());
    let mut codes: Vec<_> = wanted.collect();
    if codes.is_empty() {
        codes = vec![1, 2, 4, 5, 6];
    }
    let mut select = Query::select();
    select
        .column(("s", "id"))
        .from_as("dossier", "s")
        .and_where(Expr::col(("s", "province")).eq(province.as_str()))
        .and_where(Expr::col(("s", "status")).is_in(codes));
    select
}

#[derive(FromQueryResult)]
struct IdRow {
    #[expect(dead_code, reason = "only whether there is a row is asked")]
    id: String,
}

/// Whether a selection of ids has more than so many.
async fn exceeds<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    mut select: SelectStatement,
    most: u64,
) -> Result<bool, StoreError> {
    select.limit(1).offset(most);
    let rows: Vec<IdRow> = db.select(&select).await.map_err(store_error)?;
    Ok(!rows.is_empty())
}
