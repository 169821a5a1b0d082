//! `/units/{unit}`: the page that a chairman opens in the morning.

mod first;
mod month;
mod numbers;

use std::sync::Arc;

use app::access::Method;
use app::foresight::HORIZON_DAYS;
use app::overview::OverviewQuery;
use app::worklist::WorklistFilter;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::time;

use self::first::First;
use self::month::{Months, RecordBox};
use self::numbers::{Number, Piled};
use super::list::{self, Filter, FilterForm, ListContext, ROWS};
use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::rows::{Column, Row, Rows};
use crate::visit::Staff;
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/units/{unit}", get(show))
}

#[derive(Template)]
#[template(path = "unit.html")]
struct UnitPage {
    frame: Frame,
    unit: String,
    unit_name: String,
    day: String,
    clock: String,
    since: i64,
    sentence: Markup,
    signing: Option<(String, Markup)>,
    numbers: Vec<Number>,
    first: Vec<First>,
    months: Option<Months>,
    record: Option<RecordBox>,
    piled: Vec<Piled>,
    steps: Vec<Markup>,
    caption: Markup,
    only_print: Markup,
    csv: String,
    xlsx: String,
    form: FilterForm,
    columns: Vec<Column>,
    rows: Vec<Row>,
    range: Markup,
    rest: Option<String>,
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let catalogue = engine.catalogue(&caller.province);
    let (unit, unit_name) = list::unit_of(&catalogue, &unit)?;
    let today = time::local_day(engine.now());
    let query = OverviewQuery {
        unit: unit.clone(),
        rows: ROWS as usize,
        horizon_days: HORIZON_DAYS,
        target: pages.settings.target,
        periods: month::periods(today),
    };
    let overview = engine.overview(caller, &query).await?;
    let (counts, found, outlook) = (overview.counts, overview.breakdown, overview.outlook);
    let (now, first) = (counts.as_of, overview.first);
    let opens = |method: Method| caller.may(method);
    let record = match month::before(today).filter(|_| opens(Method::GetFlagRecord)) {
        Some(month) => Some(engine.flag_record(caller, Some(&unit), Some(month)).await?),
        None => None,
    };
    let done = list::day::Happened::Done.query(&unit, today);
    let done = engine.count(caller, &done).await?.number;
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
    let ground = ListContext {
        engine,
        directory: &directory,
        catalogue: &catalogue,
        words,
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
    let longest = first.first().filter(|view| view.timing.overdue);
    let longest = longest.map(|view| rows.left(view));
    let all = Filter {
        page: 1,
        ..Filter::default()
    };
    let address = all.address(&unit);
    let shown = first.len() as u64;
    let as_of = format!("{}, {}", say.clock(now), say.date(today));
    Ok(html(&UnitPage {
        sentence: numbers::sentence(words, say, &counts, &found),
        signing: numbers::signing(words, say, caller, &found, &unit),
        numbers: numbers::seven(
            words,
            say,
            &numbers::Counted {
                unit: &unit,
                counts: &counts,
                found: &found,
                longest,
                done,
                today,
            },
        ),
        first: outlook
            .as_ref()
            .map_or_else(Vec::new, |outlook| first::first(outlook, &rows)),
        months: month::months(
            words,
            say,
            &overview.rates,
            &query.periods,
            outlook.as_ref(),
            pages.settings.target,
        ),
        record: record
            .as_ref()
            .map(|record| month::record(words, say, record)),
        piled: numbers::piled(say, &rows, &found, &unit),
        steps: outlook
            .as_ref()
            .map_or_else(Vec::new, |outlook| month::steps(say, outlook)),
        caption: words.t("unit.list"),
        only_print: words.fill(
            "list.only_print",
            &[
                ("unit", (&unit_name).into()),
                ("what", (&words.t("list.heading_all")).into()),
                ("time", as_of.into()),
            ],
        ),
        csv: address.replacen("/list", "/list.csv", 1),
        xlsx: address.replacen("/list", "/list.xlsx", 1),
        form: list::form(&ground, &all, &found, &unit),
        columns: list::sorted_columns(words, &all, &unit),
        rows: first.iter().map(|view| rows.row(view)).collect(),
        range: words.fill(
            "list.range",
            &[
                ("from", say.count(u64::from(shown > 0)).into()),
                ("to", say.count(shown).into()),
                ("count", say.count(counts.open.into()).into()),
            ],
        ),
        rest: (shown < u64::from(counts.open)).then(|| all.on_page(2).address(&unit)),
        frame: Frame::staff(&pages, &staff, Section::Overview, title),
        unit: unit.to_string(),
        unit_name,
        day: say.day(today),
        clock: say.clock(now),
        since: now.timestamp_micros(),
    }))
}
