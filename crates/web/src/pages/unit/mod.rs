//! `/units/{unit}`: what a chairman looks at in the morning.

use std::sync::Arc;

use app::page::PageQuery;
use app::worklist::{Whose, WorklistCounts, WorklistFilter, WorklistQuery};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::id::UnitCode;
use domain::time;

use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Place, html};
use crate::rows::{Column, Row, Rows, columns};
use crate::visit::Staff;
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/units/{unit}", get(show))
}

/// How many rows the page shows before it leads on to the list.
const ROWS: i32 = 25;

#[derive(Template)]
#[template(path = "unit.html")]
struct UnitPage {
    frame: Frame,
    unit: String,
    code: UnitCode,
    day: String,
    clock: String,
    numbers: Vec<Number>,
    caption: Markup,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// A number, which leads to its rows where there is a list of exactly those.
struct Number {
    href: Option<String>,
    class: &'static str,
    count: String,
    what: Markup,
    more: Markup,
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let code = UnitCode::parse(&unit).map_err(|_not_a_unit| Fault::NoPage)?;
    let catalogue = engine.catalogue(&caller.province);
    let named = catalogue.units.get(&code).ok_or(Fault::NoPage)?;
    let whose = Whose {
        unit: Some(code.clone()),
        ..Whose::default()
    };
    let counts = engine.worklist_counts(caller, &whose).await?;
    let query = WorklistQuery {
        whose,
        page: PageQuery {
            size: ROWS,
            token: String::new(),
        },
        ..WorklistQuery::default()
    };
    let page = engine.worklist(caller, query).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let now = engine.now();
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say,
        now,
    };
    let title = words.fill(
        "unit.title",
        &[
            (
                "overdue",
                say.count(counts.of(WorklistFilter::Overdue).into()).into(),
            ),
            (
                "today",
                say.count(counts.of(WorklistFilter::DueToday).into()).into(),
            ),
        ],
    );
    Ok(html(&UnitPage {
        frame: Frame::staff(&pages, &staff, Place::Overview, title),
        unit: named.name.clone(),
        day: say.day(time::local_day(now)),
        clock: say.clock(now),
        numbers: numbers(&staff, &code, &counts),
        caption: words.t("unit.list"),
        code,
        columns: columns(words),
        rows: page.items.iter().map(|view| rows.row(view)).collect(),
    }))
}

/// The numbers of the head. Only what the list below shows is a link: a number that leads to other
/// rows than its own would be worse than none.
fn numbers(staff: &Staff, unit: &UnitCode, counts: &WorklistCounts) -> Vec<Number> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let number = |class, count: u32, key: &str| Number {
        href: None,
        class,
        count: say.count(count.into()),
        what: words.t(key),
        more: Markup::default(),
    };
    let submitted = say.count(counts.of(WorklistFilter::Submitted).into());
    vec![
        Number {
            href: Some(format!("/units/{unit}#list")),
            more: words.fill("unit.open_more", &[("count", submitted.into())]),
            ..number("", counts.open, "unit.open")
        },
        number("k-late", counts.of(WorklistFilter::Overdue), "unit.overdue"),
        number(
            "k-risk",
            counts.of(WorklistFilter::NearDue),
            "unit.near_due",
        ),
        number(
            "k-risk",
            counts.of(WorklistFilter::DueToday),
            "unit.due_today",
        ),
        number(
            "k-wait",
            counts.of(WorklistFilter::WaitingForCitizen),
            "unit.waiting",
        ),
        number("", counts.of(WorklistFilter::Unassigned), "unit.unassigned"),
        number(
            "",
            counts.of(WorklistFilter::NotHandedOver),
            "unit.not_handed_over",
        ),
    ]
}
