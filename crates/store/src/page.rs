//! Lists whose conditions vary: built, one statement each, pages by key and never by offset.

use app::ports::{List, Scope, Search, StoreError, WorklistPage};
use domain::dossier::Dossier;
use domain::id::{DossierId, ProcedureCode, UnitCode};
use domain::time::Instant;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait, JoinType, LikeExpr, Order, Query, SelectStatement, UnionType,
};

use crate::door::Door;
use crate::fault::store_error;
use crate::row::DossierRow;

/// Literal and not a parameter, so that the index on open dossiers is recognised.
const IS_OPEN: &str = "d.status IN (1, 2, 4, 5, 6)";

/// What an import brings is seen by nobody before the import is finished.
pub(crate) const VISIBLE: &str = "(d.import IS NULL OR (d.province, d.import) NOT IN \
    (SELECT h.province, h.number FROM import h WHERE h.finished IS NULL))";

/// Literal for the same reason: the index of the search. Only applicants have a name to search.
const IS_APPLICANT: &str = "p.name_key IS NOT NULL";

pub(crate) async fn list<C: ConnectionTrait>(
    door: &Door<'_, C>,
    list: &List,
) -> Result<Vec<Dossier>, StoreError> {
    let Within { mut select, id } = within(&list.scope);
    if !list.statuses.is_empty() {
        let codes = list.statuses.iter().map(|status| status.code());
        select.and_where(Expr::col(("d", "status")).is_in(codes));
    }
    if let Some(procedure) = &list.procedure {
        select.and_where(Expr::col(("d", "procedure")).eq(procedure.as_str()));
    }
    of_procedures(&mut select, list.procedures.as_deref());
    if let Some(channel) = list.channel {
        select.and_where(Expr::col(("d", "channel")).eq(channel.as_str()));
    }
    if let Some(after) = list.after {
        select.and_where(Expr::col(id).gt(after.to_string()));
    }
    select.order_by(id, Order::Asc).limit(list.limit.into());
    dossiers(door, &select).await
}

pub(crate) async fn worklist<C: ConnectionTrait>(
    door: &Door<'_, C>,
    page: &WorklistPage,
) -> Result<Vec<Dossier>, StoreError> {
    let province = page.scope.province().as_str();
    let mut select = Query::select();
    select.columns(COLUMNS);
    let (due, id) = match &page.scope {
        Scope::Province(_) => {
            select
                .from_as("dossier", "d")
                .and_where(Expr::col(("d", "province")).eq(province))
                .and_where(Expr::cust(IS_OPEN));
            (("d", "due"), ("d", "id"))
        }
        // One unit: its index is in the order of the page, and the page ends early.
        Scope::Units(_, units) if units.len() == 1 => {
            select
                .from_as("interest", "i")
                .and_where(Expr::col(("i", "province")).eq(province))
                .and_where(of_units(("i", "unit"), units))
                .and_where(Expr::col(("i", "open")).eq(1));
            join_dossier(&mut select);
            (("i", "due"), ("i", "dossier"))
        }
        // Several: a dossier counts once, with the earliest time that any of them must meet.
        Scope::Units(_, units) => {
            let mut open = Query::select();
            open.expr_as(Expr::col("province").min(), "province")
                .expr_as(Expr::col("dossier").min(), "dossier")
                .expr_as(Expr::col("due").min(), "due")
                .from("interest")
                .and_where(Expr::col("province").eq(province))
                .and_where(of_units("unit", units))
                .and_where(Expr::col("open").eq(1))
                // Not a bare column, so that the units' open rows are read and grouped
                // instead of walking a whole province in the order of the groups.
                .add_group_by([Expr::cust("dossier || ''")]);
            select.from_subquery(open, "i");
            join_dossier(&mut select);
            (("i", "due"), ("i", "dossier"))
        }
    };
    select.and_where(Expr::cust(VISIBLE));
    of_procedures(&mut select, page.procedures.as_deref());
    if let Some((after_due, after)) = page.after {
        let place = Expr::tuple([Expr::col(due), Expr::col(id)]);
        select.and_where(place.gt(Expr::tuple([
            Expr::val(after_due),
            Expr::val(after.to_string()),
        ])));
    }
    select
        .order_by(due, Order::Asc)
        .order_by(id, Order::Asc)
        .limit(page.limit.into());
    dossiers(door, &select).await
}

/// Dossiers that units decide, by their own due time.
pub(crate) async fn due_between<C: ConnectionTrait>(
    door: &Door<'_, C>,
    units: &Scope,
    due: (Instant, Instant),
    after: Option<DossierId>,
    limit: u32,
) -> Result<Vec<Dossier>, StoreError> {
    let (from, until) = (due.0.timestamp_micros(), due.1.timestamp_micros());
    let after = after.map(|after| after.to_string());
    let mut select = Query::select();
    select
        .columns(COLUMNS)
        .from_as("dossier", "d")
        .and_where(Expr::col(("d", "province")).eq(units.province().as_str()))
        .and_where(Expr::col(("d", "due")).gte(from))
        .and_where(Expr::col(("d", "due")).lt(until))
        .and_where(Expr::cust(VISIBLE));
    match units {
        // All pages together walk it once, in order of id.
        Scope::Province(_) => {
            if let Some(after) = after {
                select.and_where(Expr::col(("d", "id")).gt(after));
            }
        }
        Scope::Units(province, of) => {
            let rows = |open: i32| {
                let mut rows = Query::select();
                rows.column("dossier")
                    .from("interest")
                    .and_where(Expr::col("province").eq(province.as_str()))
                    .and_where(of_units("unit", of))
                    .and_where(Expr::col("open").eq(open))
                    .and_where(Expr::col("due").lt(until));
                // In here, lest what is the province's is walked behind it.
                if let Some(after) = &after {
                    rows.and_where(Expr::col("dossier").gt(after.as_str()));
                }
                rows
            };
            let mut within = rows(0);
            within.and_where(Expr::col("due").gte(from));
            // While a unit has a part of its own dossier to do, its row bears the part's time.
            within.union(UnionType::Distinct, rows(1));
            select
                .and_where(Expr::col(("d", "id")).in_subquery(within))
                .and_where(of_units(("d", "resolving"), of));
        }
    }
    select.order_by(("d", "id"), Order::Asc).limit(limit.into());
    dossiers(door, &select).await
}

pub(crate) async fn search<C: ConnectionTrait>(
    door: &Door<'_, C>,
    search: &Search,
) -> Result<Vec<Dossier>, StoreError> {
    let found = [by_code(search), by_person(search)];
    let mut found = found.into_iter().flatten();
    let Some(mut any) = found.next() else {
        return Ok(Vec::new());
    };
    for more in found {
        any.union(UnionType::Distinct, more);
    }
    let mut select = Query::select();
    select
        .columns(COLUMNS)
        .from_as("dossier", "d")
        .and_where(Expr::col(("d", "province")).eq(search.scope.province().as_str()))
        .and_where(Expr::col(("d", "id")).in_subquery(any))
        .and_where(Expr::cust(VISIBLE))
        .order_by(("d", "id"), Order::Desc)
        .limit(search.limit.into());
    dossiers(door, &select).await
}

/// A selection of dossiers within a scope, and the column by which it is read in order of id.
pub(crate) struct Within {
    pub(crate) select: SelectStatement,
    id: (&'static str, &'static str),
}

/// All dossiers of a scope, as `d`.
pub(crate) fn within(scope: &Scope) -> Within {
    let mut select = Query::select();
    select.columns(COLUMNS);
    let id = match scope {
        Scope::Province(province) => {
            select
                .from_as("dossier", "d")
                .and_where(Expr::col(("d", "province")).eq(province.as_str()));
            ("d", "id")
        }
        Scope::Units(province, units) if units.len() == 1 => {
            select
                .from_as("interest", "i")
                .and_where(Expr::col(("i", "province")).eq(province.as_str()))
                .and_where(of_units(("i", "unit"), units));
            join_dossier(&mut select);
            ("i", "dossier")
        }
        Scope::Units(province, _) => {
            select
                .from_as("dossier", "d")
                .and_where(Expr::col(("d", "province")).eq(province.as_str()))
                .and_where_option(involves(("d", "id"), scope));
            ("d", "id")
        }
    };
    select.and_where(Expr::cust(VISIBLE));
    Within { select, id }
}

const COLUMNS: [(&str, &str); 3] = [("d", "id"), ("d", "version"), ("d", "fold")];

/// Looks each dossier of `i` up; the cross join keeps SQLite from walking all dossiers.
fn join_dossier(select: &mut SelectStatement) {
    select
        .join_as(JoinType::CrossJoin, "dossier", "d", Condition::all())
        .and_where(Expr::col(("d", "province")).equals(("i", "province")))
        .and_where(Expr::col(("d", "id")).equals(("i", "dossier")));
}

fn of_procedures(select: &mut SelectStatement, procedures: Option<&[ProcedureCode]>) {
    if let Some(procedures) = procedures {
        let codes = procedures.iter().map(ProcedureCode::as_str);
        select.and_where(Expr::col(("d", "procedure")).is_in(codes));
    }
}

/// Whether a column names one of the units.
pub(crate) fn of_units(column: impl sea_orm::sea_query::IntoColumnRef, units: &[UnitCode]) -> Expr {
    match units {
        [only] => Expr::col(column).eq(only.as_str()),
        // No unit at all sees nothing.
        several => Expr::col(column).is_in(several.iter().map(UnitCode::as_str)),
    }
}

/// The condition that a dossier involves the units of a scope; none for a whole province.
fn involves(dossier: (&'static str, &'static str), scope: &Scope) -> Option<Expr> {
    match scope {
        Scope::Province(_) => None,
        Scope::Units(province, units) => {
            let mut involved = Query::select();
            involved
                .column("dossier")
                .from("interest")
                .and_where(Expr::col("province").eq(province.as_str()))
                .and_where(of_units("unit", units));
            Some(Expr::col(dossier).in_subquery(involved))
        }
    }
}

/// Ids of dossiers with a code that begins so.
fn by_code(search: &Search) -> Option<SelectStatement> {
    let beginning = search.code.as_deref().filter(|code| !code.is_empty())?;
    let mut select = Query::select();
    select
        .column(("c", "dossier"))
        .from_as("code", "c")
        .and_where(Expr::col(("c", "province")).eq(search.scope.province().as_str()))
        // A range and not LIKE, which the index cannot serve. No code has a tilde, which
        // sorts after all that codes have.
        .and_where(Expr::col(("c", "code")).gte(beginning))
        .and_where(Expr::col(("c", "code")).lt(format!("{beginning}~")))
        .and_where_option(involves(("c", "dossier"), &search.scope));
    Some(newest(select, ("c", "dossier"), search.limit))
}

/// Ids of dossiers whose applicant has such a name or telephone.
fn by_person(search: &Search) -> Option<SelectStatement> {
    let mut either = Condition::any();
    if let Some(name) = &search.name {
        let mut words = name.split_whitespace().peekable();
        if words.peek().is_some() {
            either = either.add(words.fold(Condition::all(), |all, word| {
                all.add(Expr::col(("p", "name_key")).like(like("%", word, "%")))
            }));
        }
    }
    if let Some(phone) = search.phone.as_deref().filter(|digits| !digits.is_empty()) {
        either = either
            .add(Expr::col(("p", "phone_key")).like(like("", phone, "%")))
            .add(Expr::col(("p", "phone_key")).like(like("%", phone, "")));
    }
    if either.is_empty() {
        return None;
    }
    let mut select = Query::select();
    select
        .column(("p", "dossier"))
        .from_as("personal", "p")
        .and_where(Expr::col(("p", "province")).eq(search.scope.province().as_str()))
        .and_where(Expr::cust(IS_APPLICANT))
        .cond_where(either)
        .and_where_option(involves(("p", "dossier"), &search.scope));
    Some(newest(select, ("p", "dossier"), search.limit))
}

/// The newest of a selection, in parentheses so that it can stand in a union.
fn newest(
    mut select: SelectStatement,
    id: (&'static str, &'static str),
    limit: u32,
) -> SelectStatement {
    select.order_by(id, Order::Desc).limit(limit.into());
    let mut outer = Query::select();
    outer.column(("n", "dossier")).from_subquery(select, "n");
    outer
}

fn like(before: &str, text: &str, after: &str) -> LikeExpr {
    let mut pattern = before.to_owned();
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push_str(after);
    LikeExpr::new(pattern).escape('\\')
}

async fn dossiers<C: ConnectionTrait>(
    door: &Door<'_, C>,
    select: &SelectStatement,
) -> Result<Vec<Dossier>, StoreError> {
    let rows: Vec<DossierRow> = door.select(select).await.map_err(store_error)?;
    rows.into_iter().map(Dossier::try_from).collect()
}
