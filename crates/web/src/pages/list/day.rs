//! `/units/{unit}/done` and `/units/{unit}/received`: dossiers whose processing ended on a day, and those that
//! the desk took in.

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
    Router::new()
        .route("/units/{unit}/done", get(done))
        .route("/units/{unit}/received", get(received))
}

/// What happened to dossiers on a day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// Their processing ended, and the unit decided them.
    Done,
    /// The desk of the unit took them in.
    Received,
}

impl Happened {
    /// The query for those of a unit.
    pub fn query(self, unit: &UnitCode, day: NaiveDate) -> ListQuery {
        let from = Some(time::day_start(day));
        let until = day.succ_opt().map(time::day_start);
        let (unit, elsewhere) = (Some(unit.clone()), Some(false));
        let filter = match self {
            Happened::Done => DossierFilter {
                decided_by: unit.clone(),
                ended_from: from,
                ended_until: until,
                elsewhere,
                ..DossierFilter::default()
            },
            Happened::Received => DossierFilter {
                received_by: unit.clone(),
                received_from: from,
                received_until: until,
                elsewhere,
                ..DossierFilter::default()
            },
        };
        ListQuery {
            unit,
            filter,
            counted: true,
            ..ListQuery::default()
        }
    }

    /// The address of the list of those of a unit.
    pub fn address(self, unit: &UnitCode, day: NaiveDate) -> String {
        let what = match self {
            Happened::Done => "done",
            Happened::Received => "received",
        };
        format!("/units/{unit}/{what}?day={day}")
    }
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    frame: Frame,
    unit: String,
    heading: Markup,
    as_of: String,
    count: Markup,
    caption: Markup,
    columns: Vec<Column>,
    rows: Vec<Row>,
    nothing: Markup,
    next: Option<String>,
}

async fn done(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    show(&pages, &staff, &unit, Happened::Done).await
}

async fn received(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    show(&pages, &staff, &unit, Happened::Received).await
}

async fn show(
    pages: &Pages,
    staff: &Staff,
    unit: &str,
    happened: Happened,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let catalogue = engine.catalogue(&caller.province);
    let (unit, _) = unit_of(&catalogue, unit)?;
    let fields = Fields::of(&staff.visit.uri);
    let now = engine.now();
    let day = fields.day("day").unwrap_or(time::local_day(now));
    let mut query = happened.query(&unit, day);
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
    let (heading, nothing, section) = match happened {
        Happened::Done => ("done.heading", "done.nothing", Section::Overview),
        Happened::Received => ("received.heading", "received.nothing", Section::Desk),
    };
    let heading = words.fill(heading, &[("day", say.day(day).into())]);
    let count = say.count(page.total.unwrap_or_default());
    let counted = match page.at_least {
        true => "list.count_at_least",
        false => "list.count",
    };
    let count = words.fill(counted, &[("count", count.into())]);
    let next = form_urlencoded::Serializer::new(String::new())
        .append_pair("after", &page.next)
        .finish();
    Ok(html(&DayPage {
        frame: Frame::staff(pages, staff, section, heading.clone()),
        as_of: format!("{}, {}", say.clock(now), say.date(time::local_day(now))),
        count,
        caption: heading.clone(),
        heading,
        nothing: words.t(nothing),
        columns: columns(words),
        rows: page.items.iter().map(|view| rows.row(view)).collect(),
        next: (!page.next.is_empty()).then(|| format!("{}&{next}", happened.address(&unit, day))),
        unit: unit.to_string(),
    }))
}
