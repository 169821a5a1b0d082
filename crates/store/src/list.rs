//! Lists of dossiers: from which index a page comes, and how much of it is looked at.
//!
//! The planners do not know that ids, times and states lie beside each other: for a filter that few
//! dossiers pass they walk a whole province in the order of the page. So the way is chosen here. No
//! index serves every filter, so a stretch ends after so many dossiers, and the page goes on from there.

#[cfg(test)]
mod work;

use app::ports::{Assignee, DossierFilter, List, ListCount, Scope, StoreError, Stretch};
use domain::dossier::{Channel, Dossier, Status};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, UnitCode};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::page::{
    COLUMNS, IS_OPEN, MUST_ACT, NOT_RETURNED, VISIBLE, Within, dossiers, narrow, number, of_units,
    within,
};

/// Not so many dossiers are looked at for one page.
const LOOKED_AT: u64 = 2_000;

/// Not so many are looked at to count a list.
const COUNTED: u64 = 5_000;

/// A unit with more dossiers is not walked for a stretch of time; the stretch is.
const SMALL_UNIT: u64 = 2_000;

/// More changes are not gathered before the first of them is shown.
const FEW_CHANGES: u64 = 5_000;

/// A filter by more procedures lets most dossiers pass, or is none that anybody asks for.
const FEW_PROCEDURES: usize = 24;

pub(crate) async fn list<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
) -> Result<Vec<Dossier>, StoreError> {
    let way = Way::of(db, list).await?;
    page(db, list, &way, None).await
}

/// The dossiers that pass among the next ones of the way.
pub(crate) async fn stretch<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
) -> Result<Stretch, StoreError> {
    let way = Way::of(db, list).await?;
    let until = match way.is_full(list) {
        true => None,
        false => way.end(db, list, LOOKED_AT).await?,
    };
    Ok(Stretch {
        dossiers: page(db, list, &way, until).await?,
        until,
    })
}

/// The number of dossiers on all pages of a list, or on its beginning.
pub(crate) async fn count<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
) -> Result<ListCount, StoreError> {
    let whole = List {
        after: None,
        limit: u32::MAX,
        ..list.clone()
    };
    let way = Way::of(db, &whole).await?;
    let until = way.end(db, &whole, COUNTED).await?;
    let Within { select, .. } = way.dossiers(db.dialect(), &whole, until);
    Ok(ListCount {
        number: number(db, select).await?,
        at_least: until.is_some(),
    })
}

async fn page<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    list: &List,
    way: &Way,
    until: Option<DossierId>,
) -> Result<Vec<Dossier>, StoreError> {
    let Within { mut select, id } = way.dossiers(db.dialect(), list, until);
    if let Some(time) = time_of(&list.filter) {
        select.order_by(("d", time), Order::Asc);
    }
    select
        .columns(COLUMNS)
        .order_by(id, Order::Asc)
        .limit(list.limit.into());
    dossiers(db, &select).await
}

/// Along which index the dossiers of a list are looked at.
enum Way {
    /// All dossiers of the province, in the order of a time or of ids; if they are to be of a unit that decides
    /// them, only those.
    Province,
    /// All dossiers of a unit.
    Unit(Part),
    /// All dossiers of a small unit, of which those of a stretch of time are looked for.
    SmallUnit,
    /// All open dossiers of a unit, or of the province.
    Open,
    /// All dossiers that changed.
    Changed(Part),
    /// Several stretches of an index.
    Parts(Vec<Part>),
}

/// Ids of dossiers, as an index has them.
#[derive(Clone)]
struct Part {
    ids: SelectStatement,
    key: (&'static str, &'static str),
}

impl Part {
    /// The dossiers of a province.
    fn of_province(province: &ProvinceCode) -> Self {
        let key = ("d", "id");
        let mut ids = Query::select();
        ids.expr_as(Expr::col(key), "id")
            .from_as("dossier", "d")
            .and_where(Expr::col(("d", "province")).eq(province.as_str()));
        Self { ids, key }
    }

    /// The dossiers of a unit.
    fn of_unit(province: &ProvinceCode, unit: &UnitCode) -> Self {
        let key = ("i", "dossier");
        let mut ids = Query::select();
        ids.expr_as(Expr::col(key), "id")
            .from_as("interest", "i")
            .and_where(Expr::col(("i", "province")).eq(province.as_str()))
            .and_where(Expr::col(("i", "unit")).eq(unit.as_str()));
        Self { ids, key }
    }

    fn and(mut self, condition: Expr) -> Self {
        self.ids.and_where(condition);
        self
    }

    /// Those behind a dossier and up to another one.
    fn between(&self, after: Option<DossierId>, until: Option<DossierId>) -> Self {
        let mut part = self.clone();
        if let Some(after) = after {
            part = part.and(Expr::col(self.key).gt(after.to_string()));
        }
        if let Some(until) = until {
            part = part.and(Expr::col(self.key).lte(until.to_string()));
        }
        part
    }

    /// The first of them, in the order of ids.
    fn first(mut self, most: u64) -> Self {
        self.ids.order_by(self.key, Order::Asc).limit(most);
        self
    }

    /// All of several parts, each in brackets.
    fn together(parts: impl Iterator<Item = Part>) -> Option<SelectStatement> {
        let bracketed = parts.map(|part| {
            let mut outer = Query::select();
            outer.column(("s", "id")).from_subquery(part.ids, "s");
            outer
        });
        bracketed.reduce(|mut all, part| {
            all.union(UnionType::All, part);
            all
        })
    }
}

impl Way {
    async fn of<C: ConnectionTrait>(db: &Executor<'_, C>, list: &List) -> Result<Self, StoreError> {
        let List { scope, filter, .. } = list;
        let province = scope.province();
        let one = only_unit(scope);
        if time_of(filter).is_some() {
            let Some(unit) = one.filter(|_| stretch_of(filter).decided_by.is_none()) else {
                return Ok(Way::Province);
            };
            let of_unit = Part::of_unit(province, unit);
            return Ok(match exceeds(db, of_unit, SMALL_UNIT).await? {
                true => Way::Province,
                false => Way::SmallUnit,
            });
        }
        if let Some(since) = filter.changed_since {
            let since = Expr::col(("d", "last_record")).gte(since.timestamp_micros());
            let mut changed = Part::of_province(province).and(since);
            // A server that keeps plans does not know how late the time is; the order leads it to the index.
            changed.ids.order_by(("d", "last_record"), Order::Asc);
            if !exceeds(db, changed.clone(), FEW_CHANGES).await? {
                changed.ids.limit(FEW_CHANGES);
                return Ok(Way::Changed(changed));
            }
        }
        let is_open = filter.step.is_some()
            || !filter.statuses.is_empty() && filter.statuses.iter().all(|it| it.is_open());
        Ok(match scope {
            Scope::Units(_, _) if one.is_some() && is_open => Way::Open,
            Scope::Units(_, units) => match one {
                Some(unit) => Way::Unit(Part::of_unit(province, unit)),
                None => Way::Parts(
                    (units.iter())
                        .map(|unit| Part::of_unit(province, unit))
                        .collect(),
                ),
            },
            Scope::Province(_) if is_open && !is_of_states_alone(filter) => Way::Open,
            Scope::Province(_) => match fewest(province, filter) {
                Some(parts) => Way::Parts(parts),
                None => Way::Province,
            },
        })
    }

    /// Whether every dossier of the way passes, so that a page is full at once.
    fn is_full(&self, list: &List) -> bool {
        let filter = &list.filter;
        let none = DossierFilter::default();
        match (self, &list.scope, time_of(filter)) {
            (Way::Open | Way::Changed(_) | Way::SmallUnit, _, _) => false,
            (Way::Unit(_), _, _) | (_, Scope::Units(_, _), None) => *filter == none,
            (_, Scope::Units(_, _), Some(_)) => false,
            (Way::Parts(_), Scope::Province(_), _) => is_alone(filter),
            (Way::Province, Scope::Province(_), _) => *filter == stretch_of(filter),
        }
    }

    /// The last of the dossiers that are looked at, if there are more.
    async fn end<C: ConnectionTrait>(
        &self,
        db: &Executor<'_, C>,
        list: &List,
        most: u64,
    ) -> Result<Option<DossierId>, StoreError> {
        let province = list.scope.province();
        let mut last = match (self, time_of(&list.filter)) {
            // All of them are few.
            (Way::Open | Way::Changed(_) | Way::SmallUnit, _) => return Ok(None),
            (Way::Unit(part), _) => part.between(list.after, None).first(most).ids,
            (Way::Province, None) => {
                let all = Part::of_province(province);
                all.between(list.after, None).first(most).ids
            }
            (Way::Province, Some(time)) => {
                let mut all = Part::of_province(province).ids;
                sift(db.dialect(), &mut all, &stretch_of(&list.filter));
                all.and_where_option(list.after.map(|after| later(province, time, after)))
                    .order_by(("d", time), Order::Asc)
                    .order_by(("d", "id"), Order::Asc);
                all
            }
            (Way::Parts(parts), _) => {
                let parts = parts.iter();
                let firsts = parts.map(|part| part.between(list.after, None).first(most));
                let Some(all) = Part::together(firsts) else {
                    return Ok(None);
                };
                let mut first = Query::select();
                first
                    .column(("w", "id"))
                    .from_subquery(all, "w")
                    .order_by(("w", "id"), Order::Asc);
                first
            }
        };
        last.limit(1).offset(most - 1);
        let rows: Vec<IdRow> = db.select(&last).await.map_err(store_error)?;
        Ok(rows.first().and_then(|row| DossierId::parse(&row.id).ok()))
    }

    /// The dossiers of the way that pass, behind the place of the page and up to an end.
    fn dossiers(&self, on: Dialect, list: &List, until: Option<DossierId>) -> Within {
        let List {
            scope,
            filter,
            after,
            limit,
        } = list;
        let province = scope.province();
        let mut within = match self {
            Way::Unit(_) | Way::SmallUnit => within(scope),
            Way::Open => opened(on, scope, filter),
            Way::Province | Way::Changed(_) | Way::Parts(_) => over_dossiers(scope),
        };
        let id = within.id;
        let of_these = match self {
            Way::Unit(_) | Way::SmallUnit | Way::Open | Way::Province => None,
            Way::Changed(changed) => Some(changed.ids.clone()),
            Way::Parts(parts) => Part::together(parts.iter().map(|part| {
                let part = part.between(*after, until);
                // Nothing else must hold, so no part has to give more than the page has.
                match self.is_full(list) {
                    true => part.first((*limit).into()),
                    false => part,
                }
            })),
        };
        let select = &mut within.select;
        select.and_where_option(of_these.map(|ids| Expr::col(id).in_subquery(ids)));
        match time_of(filter) {
            None => {
                let until = until.map(|until| Expr::col(id).lte(until.to_string()));
                select
                    .and_where_option(after.map(|after| Expr::col(id).gt(after.to_string())))
                    .and_where_option(until);
            }
            Some(time) => {
                let until = until.map(|until| not_later(province, time, until));
                select
                    .and_where_option(after.map(|after| later(province, time, after)))
                    .and_where_option(until);
            }
        }
        sift(on, select, filter);
        within
    }
}

/// Adds the conditions of a filter to a way, which has its index already. SQLite keeps no statistics here and
/// would rather read all dossiers that changed since a time, or all of a procedure; so these conditions are
/// written so that no index answers them. A server knows better.
fn sift(on: Dialect, select: &mut SelectStatement, filter: &DossierFilter) {
    if on == Dialect::Postgres {
        narrow(select, filter);
        return;
    }
    let procedure = || Expr::cust("d.procedure || ''");
    let of_one = filter.procedure.as_ref();
    let of_several = filter.procedures.as_ref();
    let since = filter.changed_since.map(|since| since.timestamp_micros());
    let decided_by = filter.decided_by.as_ref().map(|unit| {
        let condition = match stretch_of(filter).decided_by {
            // Without statistics SQLite takes one unit of a province for most of it.
            Some(_) => "likelihood(d.resolving = ?, 0.001)",
            None => "d.resolving || '' = ?",
        };
        Expr::cust_with_values(condition, [unit.as_str()])
    });
    select
        .and_where_option(decided_by)
        .and_where_option(of_one.map(|one| procedure().eq(one.as_str())))
        .and_where_option(
            of_several.map(|all| procedure().is_in(all.iter().map(ProcedureCode::as_str))),
        )
        .and_where_option(since.map(|since| Expr::cust("d.last_record + 0").gte(since)));
    let rest = DossierFilter {
        procedure: None,
        procedures: None,
        changed_since: None,
        decided_by: None,
        ..filter.clone()
    };
    narrow(select, &rest);
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

/// The stretch of time by which a list is ordered, with what else its index begins with, and nothing else of the
/// filter.
fn stretch_of(filter: &DossierFilter) -> DossierFilter {
    let none = DossierFilter::default();
    match time_of(filter) {
        None => none,
        Some("received") => DossierFilter {
            received_from: filter.received_from,
            received_until: filter.received_until,
            ..none
        },
        Some(_) => DossierFilter {
            decided_by: filter.decided_by.clone(),
            ended_from: filter.ended_from,
            ended_until: filter.ended_until,
            ..none
        },
    }
}

/// After a dossier in the order of a time. The first condition is where an index begins to read.
fn later(province: &ProvinceCode, time: &str, after: DossierId) -> Expr {
    let of = format!("FROM dossier a WHERE a.province = '{province}' AND a.id = '{after}'");
    Expr::cust(format!(
        "d.{time} >= (SELECT a.{time} {of}) AND (d.{time}, d.id) > (SELECT a.{time}, a.id {of})"
    ))
}

/// Up to a dossier in the order of a time. The first condition is where an index ends to read.
fn not_later(province: &ProvinceCode, time: &str, until: DossierId) -> Expr {
    let of = format!("FROM dossier z WHERE z.province = '{province}' AND z.id = '{until}'");
    Expr::cust(format!(
        "d.{time} <= (SELECT z.{time} {of}) AND (d.{time}, d.id) <= (SELECT z.{time}, z.id {of})"
    ))
}

/// The dossiers of a scope as `d`, each asked whether it is one of the units'.
fn over_dossiers(scope: &Scope) -> Within {
    let mut select = Query::select();
    select
        .from_as("dossier", "d")
        .and_where(Expr::col(("d", "province")).eq(scope.province().as_str()));
    if let Scope::Units(_, units) = scope {
        let mut involved = Query::select();
        involved
            .expr(Expr::val(1))
            .from_as("interest", "i")
            .and_where(Expr::col(("i", "province")).equals(("d", "province")))
            .and_where(of_units(("i", "unit"), units))
            .and_where(Expr::col(("i", "dossier")).equals(("d", "id")));
        select.and_where(Expr::exists(involved));
    }
    select.and_where(Expr::cust(VISIBLE));
    Within {
        select,
        id: ("d", "id"),
    }
}

/// The unit of a scope of one unit.
fn only_unit(scope: &Scope) -> Option<&UnitCode> {
    match scope {
        Scope::Units(_, units) if units.len() == 1 => units.first(),
        Scope::Units(_, _) | Scope::Province(_) => None,
    }
}

/// The open dossiers of a unit or of the province. An index holds them, the province's with all that they
/// are filtered by; the planner takes it if the order of ids is not asked of the same query.
fn opened(on: Dialect, scope: &Scope, filter: &DossierFilter) -> Within {
    let province = scope.province();
    let open = match only_unit(scope) {
        Some(unit) => {
            let of_unit = Part::of_unit(province, unit);
            of_unit.and(Expr::cust(MUST_ACT)).ids
        }
        None => {
            let mut open = Part::of_province(province).and(Expr::cust(IS_OPEN)).ids;
            sift(on, &mut open, filter);
            open
        }
    };
    let mut within = over_dossiers(&Scope::Province(province.clone()));
    within
        .select
        .and_where(Expr::col(("d", "id")).in_subquery(open));
    within
}

/// Stretches of an index that have everything which passes, if it is an index of few dossiers.
fn fewest(province: &ProvinceCode, filter: &DossierFilter) -> Option<Vec<Part>> {
    let all = Part::of_province(province);
    // Literals, so that the planner takes the indexes with these conditions.
    if let Some(Assignee::Person(person)) = &filter.assignee {
        let of_person = all.and(Expr::cust("d.assignee <> ''"));
        return Some(vec![
            of_person.and(Expr::col(("d", "assignee")).eq(person.as_str())),
        ]);
    }
    if !filter.statuses.is_empty() && !filter.statuses.contains(&Status::Returned) {
        let all = all.and(Expr::cust(NOT_RETURNED));
        let parts = filter.statuses.iter().map(|status| {
            let of_state = Expr::col(("d", "status")).eq(status.code());
            all.clone().and(of_state)
        });
        return Some(parts.collect());
    }
    let procedures: Vec<_> = match &filter.procedure {
        Some(one) => vec![one],
        None => filter.procedures.iter().flatten().collect(),
    };
    if !procedures.is_empty() && procedures.len() <= FEW_PROCEDURES {
        let parts = procedures.into_iter().map(|procedure| {
            let of_procedure = Expr::col(("d", "procedure")).eq(procedure.as_str());
            all.clone().and(of_procedure)
        });
        return Some(parts.collect());
    }
    let by_post = filter.channel == Some(Channel::Post);
    by_post.then(|| vec![all.and(Expr::cust("d.channel = 'post'"))])
}

/// Whether a list of a province asks for nothing but what its way has.
fn is_alone(filter: &DossierFilter) -> bool {
    let asked = [
        filter.assignee.is_some(),
        !filter.statuses.is_empty(),
        filter.procedure.is_some(),
        filter.procedures.is_some(),
        filter.channel.is_some(),
    ];
    let rest = DossierFilter {
        assignee: None,
        statuses: Vec::new(),
        procedure: None,
        procedures: None,
        channel: None,
        ..filter.clone()
    };
    asked.into_iter().filter(|it| *it).count() == 1 && rest == DossierFilter::default()
}

fn is_of_states_alone(filter: &DossierFilter) -> bool {
    !filter.statuses.is_empty() && is_alone(filter)
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
}

/// Whether there are more than so many.
async fn exceeds<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    part: Part,
    most: u64,
) -> Result<bool, StoreError> {
    let mut beyond = part.ids;
    beyond.limit(1).offset(most);
    let rows: Vec<IdRow> = db.select(&beyond).await.map_err(store_error)?;
    Ok(!rows.is_empty())
}
