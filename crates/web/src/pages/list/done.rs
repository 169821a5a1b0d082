//! `/units/{unit}/done`: dossiers whose processing ended on a day.

use std::sync::Arc;

use app::page::PageQuery;
use app::ports::DossierFilter;
use app::read::ListQuery;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use domain::id::UnitCode;
use domain::time;

use super::unit_of;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::rows::{Column, Row, Rows, columns};
use crate::visit::Staff;
use crate::words::Markup;

pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/units/{unit}/done", get(show))
}

/// The query for dossiers that ended on a day and that a unit decided.
pub fn query(unit: &UnitCode, day: NaiveDate) -> ListQuery {
    ListQuery {
        unit: Some(unit.clone()),
        filter: DossierFilter {
            decided_by: Some(unit.clone()),
            ended_from: Some(time::day_start(day)),
            ended_until: day.succ_opt().map(time::day_start),
            elsewhere: Some(false),
            ..DossierFilter::default()
        },
        counted: true,
        ..ListQuery::default()
    }
}

/// The address of the list of dossiers that ended at a unit on a day.
pub fn address(unit: &UnitCode, day: NaiveDate) -> String {
    format!("/units/{unit}/done?day={day}")
}

#[derive(Template)]
#[template(path = "done.html")]
struct DonePage {
    frame: Frame,
    unit: String,
    heading: Markup,
    as_of: String,
    count: Markup,
    caption: Markup,
    columns: Vec<Column>,
    rows: Vec<Row>,
    next: Option<String>,
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let catalogue = engine.catalogue(&caller.province);
    let (unit, _) = unit_of(&catalogue, &unit)?;
    let fields = Fields::of(&staff.visit.uri);
    let now = engine.now();
    let day = fields.day("day").unwrap_or(time::local_day(now));
    let mut query = query(&unit, day);
    query.page = PageQuery {
        size: 0,
        token: fields.get("after").to_owned(),
    };
    let page = engine.list(caller, query).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say,
        now,
    };
    let heading = words.fill("done.heading", &[("day", say.day(day).into())]);
    let count = say.count(page.total.unwrap_or_default());
    let count = words.fill("list.count", &[("count", count.into())]);
    let next = form_urlencoded::Serializer::new(String::new())
        .append_pair("after", &page.next)
        .finish();
    Ok(html(&DonePage {
        frame: Frame::staff(&pages, &staff, Section::Overview, heading.clone()),
        as_of: format!("{}, {}", say.clock(now), say.date(time::local_day(now))),
        count,
        caption: heading.clone(),
        heading,
        columns: columns(words),
        rows: page.items.iter().map(|view| rows.row(view)).collect(),
        next: (!page.next.is_empty()).then(|| format!("{}&{next}", address(&unit, day))),
        unit: unit.to_string(),
    }))
}
