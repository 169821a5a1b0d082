//! Builds the queries of lists with varying conditions: one statement each, pages by key and never
//! by offset.

use app::ports::{Assignee, DossierFilter, Scope, Search, Sieve, StoreError, WorklistPage};
use domain::dossier::{Dossier, Interest, Status};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, UnitCode};
use domain::time::Instant;
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait, JoinType, LikeExpr, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::DossierRow;

/// A literal and not a parameter, so that the planner uses the index on open dossiers.
pub(crate) const IS_OPEN: &str = "d.status IN (1, 2, 4, 5, 6)";

/// The condition that a unit has something to do with the dossier of interest `i`: literally that of the
/// worklist index, for a planner takes no value in its place.
pub(crate) const MUST_ACT: &str = "i.open = 1";

/// A literal for the same reason: the index of states has no others.
pub(crate) const NOT_RETURNED: &str = "d.status <> 10";

/// Excludes the rows of unfinished imports. Mostly there is none, and then no row has to be fetched
/// for it.
pub(crate) const VISIBLE: &str = "(NOT EXISTS (SELECT 1 FROM import h WHERE h.finished IS NULL) \
    OR d.import IS NULL OR (d.province, d.import) NOT IN \
    (SELECT h.province, h.number FROM import h WHERE h.finished IS NULL))";

/// A literal for the same reason: the index of the search. Only applicants have a searchable name.
const IS_APPLICANT: &str = "p.name_key IS NOT NULL";

/// The dossiers of a province whose citizens were asked for papers.
pub(crate) async fn waiting_for_papers<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    after: Option<DossierId>,
    limit: u32,
) -> Result<Vec<Dossier>, StoreError> {
    let Within { mut select, id } = within(&Scope::Province(province.clone()));
    select
        .and_where(Expr::col(("d", "status")).eq(Status::SupplementRequested.code()))
        .and_where(Expr::cust(NOT_RETURNED))
        .and_where_option(after.map(|after| Expr::col(id).gt(after.to_string())))
        .columns(COLUMNS)
        .order_by(id, Order::Asc)
        .limit(limit.into());
    dossiers(db, &select).await
}

pub(crate) async fn worklist<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    page: &WorklistPage,
) -> Result<Vec<Dossier>, StoreError> {
    let Pending {
        mut select,
        precedence,
        id,
    } = waiting(page);
    if let Some((after_key, after)) = page.after {
        let place = Expr::tuple([Expr::col(precedence), Expr::col(id)]);
        select.and_where(place.gt(Expr::tuple([
            Expr::val(after_key),
            Expr::val(after.to_string()),
        ])));
    }
    select
        .columns(COLUMNS)
        .order_by(precedence, Order::Asc)
        .order_by(id, Order::Asc)
        .limit(page.limit.into());
    dossiers(db, &select).await
}

/// The number of dossiers on all pages of a worklist.
pub(crate) async fn pending<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    page: &WorklistPage,
) -> Result<u64, StoreError> {
    number(db, waiting(page).select).await
}

/// The pending dossiers, as `d`, and the two columns of their order.
struct Pending {
    select: SelectStatement,
    precedence: (&'static str, &'static str),
    id: (&'static str, &'static str),
}

fn waiting(page: &WorklistPage) -> Pending {
    let province = page.scope.province().as_str();
    let mut select = Query::select();
    let (precedence, id) = match &page.scope {
        Scope::Province(_) => {
            select
                .from_as("dossier", "d")
                .and_where(Expr::col(("d", "province")).eq(province))
                .and_where(Expr::cust(IS_OPEN))
                // All of them. A count has no order, and without this SQLite walks the province for it.
                .and_where(Expr::col(("d", "precedence")).gt(i64::MIN));
            (("d", "precedence"), ("d", "id"))
        }
        // One unit: its index has the order of the page, and the read stops at the page's end.
        Scope::Units(_, units) if units.len() == 1 => {
            select
                .from_as("interest", "i")
                .and_where(Expr::col(("i", "province")).eq(province))
                .and_where(of_units(("i", "unit"), units))
                .and_where(Expr::cust(MUST_ACT));
            join_dossier(&mut select);
            (("i", "precedence"), ("i", "dossier"))
        }
        // Several units: a dossier counts once, with the most urgent thing which any of them has to
        // do.
        Scope::Units(_, units) => {
            let mut open = Query::select();
            open.expr_as(Expr::col("province").min(), "province")
                .expr_as(Expr::col("dossier").min(), "dossier")
                .expr_as(Expr::col("precedence").min(), "precedence")
                .from_as("interest", "i")
                .and_where(Expr::col("province").eq(province))
                .and_where(of_units("unit", units))
                .and_where(Expr::cust(MUST_ACT))
                // An expression instead of the bare column: otherwise the planner walks a whole
                // province in the order of the groups, instead of reading the units' open rows and
                // grouping them.
                .add_group_by([Expr::cust("dossier || ''")]);
            select.from_subquery(open, "i");
            join_dossier(&mut select);
            (("i", "precedence"), ("i", "dossier"))
        }
    };
    select.and_where(Expr::cust(VISIBLE));
    narrow(&mut select, &page.filter);
    sift(&mut select, &page.sieves);
    if let Some((from, until)) = page.between {
        select
            .and_where(Expr::col(precedence).gte(from))
            .and_where(Expr::col(precedence).lt(until));
    }
    Pending {
        select,
        precedence,
        id,
    }
}

/// Dossiers that units decide, by the dossiers' own due time.
pub(crate) async fn due_between<C: ConnectionTrait>(
    db: &Executor<'_, C>,
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
        // All pages together walk the province once, in order of id.
        Scope::Province(_) => {
            if let Some(after) = after {
                select.and_where(Expr::col(("d", "id")).gt(after));
            }
        }
        Scope::Units(province, of) => {
            let mut within = Query::select();
            within
                .column("dossier")
                .from("interest")
                .and_where(Expr::col("province").eq(province.as_str()))
                .and_where(of_units("unit", of))
                .cond_where(
                    Condition::any()
                        // If nothing is open, the precedence is the due time.
                        .add(
                            Expr::col("open")
                                .eq(0)
                                .and(Expr::col("precedence").gte(from))
                                .and(Expr::col("precedence").lt(until)),
                        )
                        // While a unit has an open part in its own dossier, its row holds the part's
                        // time.
                        .add(Expr::col("open").eq(1).and(Expr::col("due").lt(until))),
                );
            // Filter inside the subquery; otherwise the planner scans every dossier of the province.
            if let Some(after) = &after {
                within.and_where(Expr::col("dossier").gt(after.as_str()));
            }
            select
                .and_where(Expr::col(("d", "id")).in_subquery(within))
                .and_where(of_units(("d", "resolving"), of));
        }
    }
    select.order_by(("d", "id"), Order::Asc).limit(limit.into());
    dossiers(db, &select).await
}

pub(crate) async fn search<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    search: &Search,
) -> Result<Vec<Dossier>, StoreError> {
    let found = [
        by_code(search),
        by_tail(search),
        by_case(search),
        by_person(search),
    ];
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
    dossiers(db, &select).await
}

/// A selection of dossiers within a scope, and the column that gives the order of id.
pub(crate) struct Within {
    pub(crate) select: SelectStatement,
    pub(crate) id: (&'static str, &'static str),
}

/// All dossiers of a scope, as `d`.
pub(crate) fn within(scope: &Scope) -> Within {
    let mut select = Query::select();
    let id = match scope {
        Scope::Province(province) => {
            select
                .from_as("dossier", "d")
                .and_where(Expr::col(("d", "province")).eq(province.as_str()));
            ("d", "id")
        }
        Scope::Units(_, units) if units.len() == 1 => {
            let mut select = involving(scope);
            select.and_where(of_units(("i", "unit"), units));
            return Within {
                select,
                id: ("i", "dossier"),
            };
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

/// The interests of units of a province as `i`, each with its dossier as `d`.
pub(crate) fn involving(scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    select
        .from_as("interest", "i")
        .and_where(Expr::col(("i", "province")).eq(scope.province().as_str()));
    join_dossier(&mut select);
    select.and_where(Expr::cust(VISIBLE));
    select
}

pub(crate) const COLUMNS: [(&str, &str); 3] = [("d", "id"), ("d", "version"), ("d", "fold")];

/// Looks each dossier of `i` up. The cross join keeps SQLite from walking all dossiers.
fn join_dossier(select: &mut SelectStatement) {
    select
        .join_as(JoinType::CrossJoin, "dossier", "d", Condition::all())
        .and_where(Expr::col(("d", "province")).equals(("i", "province")))
        .and_where(Expr::col(("d", "id")).equals(("i", "dossier")));
}

/// Adds the conditions of a filter.
pub(crate) fn narrow(select: &mut SelectStatement, filter: &DossierFilter) {
    let DossierFilter {
        statuses,
        procedure,
        procedures,
        channel,
        step,
        assignee,
        received_from,
        received_until,
        received_by,
        decided_by,
        ended_from,
        ended_until,
        changed_since,
        elsewhere,
    } = filter;
    if !statuses.is_empty() {
        let codes = statuses.iter().map(|status| status.code());
        select.and_where(Expr::col(("d", "status")).is_in(codes));
    }
    if let Some(procedure) = procedure {
        select.and_where(Expr::col(("d", "procedure")).eq(procedure.as_str()));
    }
    if let Some(procedures) = procedures {
        let codes = procedures.iter().map(ProcedureCode::as_str);
        select.and_where(Expr::col(("d", "procedure")).is_in(codes));
    }
    if let Some(channel) = channel {
        select.and_where(Expr::col(("d", "channel")).eq(channel.as_str()));
    }
    if let Some(step) = step {
        // Whatever has a step is open; this leads a server to the index of those.
        select
            .and_where(Expr::cust(IS_OPEN))
            .and_where(Expr::col(("d", "step")).eq(step.as_str()));
    }
    match assignee {
        Some(Assignee::Nobody) => {
            select.and_where(Expr::col(("d", "assignee")).eq(""));
        }
        Some(Assignee::Person(person)) => {
            select.and_where(Expr::col(("d", "assignee")).eq(person.as_str()));
        }
        None => {}
    }
    if let Some(from) = received_from {
        select.and_where(Expr::col(("d", "received")).gte(from.timestamp_micros()));
    }
    if let Some(until) = received_until {
        select.and_where(Expr::col(("d", "received")).lt(until.timestamp_micros()));
    }
    if let Some(unit) = received_by {
        let its_desk = format!("(r.roles & {}) <> 0", Interest::RECEIVING);
        let mut took_it = Query::select();
        took_it
            .expr(Expr::val(1))
            .from_as("interest", "r")
            .and_where(Expr::col(("r", "province")).equals(("d", "province")))
            .and_where(Expr::col(("r", "unit")).eq(unit.as_str()))
            .and_where(Expr::col(("r", "dossier")).equals(("d", "id")))
            .and_where(Expr::cust(its_desk));
        select.and_where(Expr::exists(took_it));
    }
    if let Some(unit) = decided_by {
        select.and_where(Expr::col(("d", "resolving")).eq(unit.as_str()));
    }
    if let Some(from) = ended_from {
        select.and_where(Expr::col(("d", "ended")).gte(from.timestamp_micros()));
        // What has not ended is said to end at the end of time.
        select.and_where(Expr::col(("d", "ended")).lt(i64::MAX));
    }
    if let Some(until) = ended_until {
        select.and_where(Expr::col(("d", "ended")).lt(until.timestamp_micros()));
    }
    if let Some(since) = changed_since {
        select.and_where(Expr::col(("d", "last_record")).gte(since.timestamp_micros()));
    }
    if let Some(elsewhere) = elsewhere {
        select.and_where(Expr::col(("d", "elsewhere")).eq(i32::from(*elsewhere)));
    }
}

/// Adds the conditions of sieves.
fn sift(select: &mut SelectStatement, sieves: &[Sieve]) {
    for sieve in sieves {
        let Sieve {
            statuses,
            channel,
            unassigned,
            mark,
        } = sieve;
        let filter = DossierFilter {
            statuses: statuses.to_vec(),
            channel: *channel,
            assignee: unassigned.then_some(Assignee::Nobody),
            ..DossierFilter::default()
        };
        narrow(select, &filter);
        if let Some(mark) = mark {
            // The condition of the index of those few, word by word.
            let bit = mark.bit();
            select.and_where(Expr::cust(format!("d.marks > 0 AND d.marks & {bit} > 0")));
        }
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

/// Ids of dossiers with a code that begins with a text.
fn by_code(search: &Search) -> Option<SelectStatement> {
    let beginning = search.code.as_deref().filter(|code| !code.is_empty())?;
    let mut select = Query::select();
    select
        .column(("c", "dossier"))
        .from_as("code", "c")
        .and_where(Expr::col(("c", "province")).eq(search.scope.province().as_str()))
        // A range and not LIKE, which the index cannot serve. A tilde sorts after every character
        // of a code, and no code has one.
        .and_where(Expr::col(("c", "code")).gte(beginning))
        .and_where(Expr::col(("c", "code")).lt(format!("{beginning}~")))
        .and_where_option(involves(("c", "dossier"), &search.scope));
    Some(newest(select, ("c", "dossier"), search.limit))
}

/// The digits with which a code ends, as an index has them.
const TAIL: &str = "substr(c.code, length(rtrim(c.code, '0123456789')) + 1)";

/// Ids of dossiers with a code that ends so.
fn by_tail(search: &Search) -> Option<SelectStatement> {
    let tail = search.tail.as_deref()?;
    let digits = tail.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let digits = digits
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()?;
    let mut select = Query::select();
    select
        .column(("c", "dossier"))
        .from_as("code", "c")
        .and_where(Expr::col(("c", "province")).eq(search.scope.province().as_str()))
        .and_where(Expr::cust(TAIL).eq(digits))
        .and_where(Expr::col(("c", "code")).like(like("%", tail, "")))
        .and_where_option(involves(("c", "dossier"), &search.scope));
    Some(newest(select, ("c", "dossier"), search.limit))
}

/// Ids of dossiers that another system calls so, or that it calls something which begins so.
fn by_case(search: &Search) -> Option<SelectStatement> {
    let case = search.case.as_deref()?;
    let mut select = Query::select();
    select
        .column(("o", "dossier"))
        .from_as("origin", "o")
        .and_where(Expr::col(("o", "province")).eq(search.scope.province().as_str()))
        .and_where(Expr::cust("upper(o.name)").gte(case))
        // Beyond every character that a name has.
        .and_where(Expr::cust("upper(o.name)").lt(format!("{case}\u{10ffff}")))
        .and_where_option(involves(("o", "dossier"), &search.scope));
    Some(newest(select, ("o", "dossier"), search.limit))
}

/// Ids of dossiers whose applicant has a name or telephone.
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
    let province = search.scope.province().as_str();
    let mut people = Query::select();
    people
        .from_as("personal", "p")
        .and_where(Expr::col(("p", "province")).eq(province))
        .and_where(Expr::cust(IS_APPLICANT))
        .cond_where(either);
    let Scope::Units(_, units) = &search.scope else {
        people.column(("p", "dossier"));
        return Some(newest(people, ("p", "dossier"), search.limit));
    };
    // From what the units have to do with, newest first, until a page is full.
    let mut own = Query::select();
    own.column("dossier")
        .from("interest")
        .and_where(Expr::col("province").eq(province))
        .and_where(of_units("unit", units))
        .order_by("dossier", Order::Desc)
        .limit(u64::from(u32::MAX));
    if units.len() > 1 {
        own.distinct();
    }
    // A server that thinks a name rare would look through the names of the whole province first. An
    // offset, even of nothing, makes it ask for each dossier.
    people
        .expr(Expr::val(1))
        .and_where(Expr::col(("p", "dossier")).equals(("i", "dossier")))
        .limit(1)
        .offset(0);
    let mut select = Query::select();
    select
        .column(("i", "dossier"))
        .from_subquery(own, "i")
        .and_where(Expr::exists(people));
    Some(newest(select, ("i", "dossier"), search.limit))
}

/// The newest of a selection, in parentheses for use in a union.
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

#[derive(FromQueryResult)]
struct Counted {
    number: i64,
}

pub(crate) async fn number<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    mut select: SelectStatement,
) -> Result<u64, StoreError> {
    select.expr_as(Expr::cust("count(*)"), "number");
    let rows: Vec<Counted> = db.select(&select).await.map_err(store_error)?;
    let number = rows.first().map_or(0, |counted| counted.number);
    Ok(u64::try_from(number).unwrap_or_default())
}

pub(crate) async fn dossiers<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    select: &SelectStatement,
) -> Result<Vec<Dossier>, StoreError> {
    let rows: Vec<DossierRow> = db.select(select).await.map_err(store_error)?;
    rows.into_iter().map(Dossier::try_from).collect()
}
