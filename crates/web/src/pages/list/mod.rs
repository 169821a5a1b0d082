//! `/units/{unit}/list`: pending dossiers, filtered and sorted as the address says. Also
//! `/units/{unit}/done` and `/units/{unit}/received`: dossiers that ended or came in on a day.

pub mod day;
pub mod export;
mod filter;

use std::sync::Arc;

use app::Engine;
use app::accounts::Directory;
use app::foresight::Level;
use app::ports::Assignee;
use app::worklist::{Breakdown, Whose, WorklistFilter, WorklistOrder};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Status};
use domain::id::{ProcedureCode, UnitCode};
use domain::time;

pub use filter::{Filter, ROWS};

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::rows::{Column, Row, Rows};
use crate::visit::Staff;
use crate::words::{Markup, Words};

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/units/{unit}/list", get(show))
        .route("/units/{unit}/list.csv", get(export::csv))
        .route("/units/{unit}/list.xlsx", get(export::xlsx))
        .merge(day::routes())
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    unit: String,
    unit_name: String,
    heading: Markup,
    as_of: String,
    total: String,
    only_print: Markup,
    csv: String,
    xlsx: String,
    form: FilterForm,
    chips: Vec<Chip>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    range: Markup,
    pages: Vec<PageLink>,
    next: Option<String>,
    instead: Vec<(String, Markup)>,
}

/// The form that filters a list.
pub struct FilterForm {
    /// The address that gets the form.
    pub action: String,
    /// The search text.
    pub text: String,
    /// The selects that are always visible.
    pub selects: Vec<Select>,
    /// The selects that can be unfolded.
    pub more: Vec<Select>,
    /// Whether any of those has a value, so that they begin unfolded.
    pub open: bool,
    /// Values that the selects cannot show; the form keeps them in hidden fields.
    pub kept: Vec<(&'static str, String)>,
}

/// A select of the form.
pub struct Select {
    /// Its name in the address.
    pub name: &'static str,
    /// The label.
    pub label: Markup,
    /// The options: value, text, and whether it is chosen.
    pub options: Vec<(String, String, bool)>,
}

struct Chip {
    href: String,
    label: Markup,
}

struct PageLink {
    href: String,
    number: u32,
    current: bool,
}

/// The data behind a list.
pub struct ListContext<'a> {
    /// The use cases.
    pub engine: &'a Engine,
    /// The names of people.
    pub directory: &'a Directory,
    /// Units and procedures.
    pub catalogue: &'a Catalogue,
    /// The texts.
    pub words: &'a Words,
}

impl ListContext<'_> {
    /// The text of a chip for a part of the filter.
    fn part(&self, part: &Filter, found: Option<&Breakdown>) -> Markup {
        let words = self.words;
        let said = |key: &str, value: &Markup| words.fill(key, &[("value", value.into())]);
        if let Some(filter) = part.only.first() {
            return only_words(words, *filter);
        }
        if let Some(level) = part.levels.first() {
            return said("chip.level", &words.t(level_key(*level)));
        }
        if let Some(step) = &part.step {
            let named = found.and_then(|found| found.steps.iter().find(|at| at.step == *step));
            let name = named.map_or_else(|| step.to_string(), |at| at.name.clone());
            return said("chip.step", &Markup::of(&name));
        }
        if let Some(holder) = &part.holder {
            return match holder {
                Assignee::Nobody => words.t("chip.nobody"),
                Assignee::Person(who) => {
                    said("chip.holder", &Markup::of(&self.directory.name(who)))
                }
            };
        }
        if let Some(code) = &part.procedure {
            let name = procedure_name(self.catalogue, code);
            return said("chip.procedure", &Markup::of(&name));
        }
        if let Some(channel) = part.channel {
            return said("chip.channel", &words.t(channel_key(channel)));
        }
        if let Some(state) = part.state {
            return said("chip.state", &words.t(state_key(state)));
        }
        said("chip.text", &Markup::of(&part.text))
    }
}

/// The name in the newest version of a procedure.
fn procedure_name(catalogue: &Catalogue, code: &ProcedureCode) -> String {
    let newest = catalogue.procedures.versions(code).last();
    newest.map_or_else(|| code.to_string(), |procedure| procedure.name.clone())
}

/// A filter as part of a sentence: `quá hạn`.
pub fn only_words(words: &Words, filter: WorklistFilter) -> Markup {
    words.t(match filter {
        WorklistFilter::Overdue => "only.overdue",
        WorklistFilter::NearDue => "only.near_due",
        WorklistFilter::DueToday => "only.due_today",
        WorklistFilter::AnswerDueToday => "only.answer_due_today",
        WorklistFilter::WaitingForCitizen => "only.waiting_for_citizen",
        WorklistFilter::Submitted => "only.submitted",
        WorklistFilter::Unassigned => "only.unassigned",
        WorklistFilter::NotHandedOver => "only.not_handed_over",
        WorklistFilter::HandOverLate => "only.hand_over_late",
        WorklistFilter::LateLeg => "only.late_leg",
        WorklistFilter::LateConsultation => "only.late_consultation",
        WorklistFilter::InConflict => "only.in_conflict",
        WorklistFilter::Alerted => "only.alerted",
    })
}

fn level_key(level: Level) -> &'static str {
    match level {
        Level::OnTrack => "level.on_track",
        Level::Watch => "level.watch",
        Level::AtRisk => "level.at_risk",
        Level::WillBeLate => "level.will_be_late",
        Level::Overdue => "level.overdue",
    }
}

fn channel_key(channel: Channel) -> &'static str {
    match channel {
        Channel::Desk => "channel.desk",
        Channel::Online => "channel.online",
        Channel::Post => "channel.post",
    }
}

fn state_key(state: Status) -> &'static str {
    match state {
        Status::Submitted => "step.submitted",
        Status::Received => "step.received",
        Status::Processing => "step.processing",
        Status::SupplementRequested => "step.papers",
        Status::PaymentRequested => "step.payment",
        Status::Resolved => "step.resolved",
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => "step.ended",
    }
}

/// The column heads, each with the address of the list sorted by it.
pub fn sorted_columns(words: &Words, filter: &Filter, unit: &UnitCode) -> Vec<Column> {
    let columns = [
        ("row.what", WorklistOrder::Procedure),
        ("row.where", WorklistOrder::Step),
        ("row.due", WorklistOrder::Due),
        ("row.why", WorklistOrder::Urgency),
    ];
    let columns = columns.into_iter().map(|(label, order)| Column {
        label: words.t(label),
        href: Some(filter.sorted_by(order).address(unit)),
        sort: (filter.order == order).then_some(
            // `Urgency` ascending means most urgent first, which reads as descending.
            if filter.descending == (order != WorklistOrder::Urgency) {
                "descending"
            } else {
                "ascending"
            },
        ),
    });
    columns.collect()
}

/// The form that filters a list, with the values to choose from.
pub fn form(
    ground: &ListContext<'_>,
    filter: &Filter,
    found: &Breakdown,
    unit: &UnitCode,
) -> FilterForm {
    let words = ground.words;
    let all = || {
        (
            String::new(),
            words.t("list.all").as_str().to_owned(),
            false,
        )
    };
    let select = |name, label: &str, options: Vec<(String, String, bool)>| Select {
        name,
        label: words.t(label),
        options: std::iter::once(all()).chain(options).collect(),
    };
    let only = WorklistFilter::ALL.into_iter().map(|one| {
        let chosen = filter.only.first() == Some(&one);
        let said = only_words(words, one).as_str().to_owned();
        (filter::word(one).to_owned(), said, chosen)
    });
    let levels = [
        Level::WillBeLate,
        Level::AtRisk,
        Level::Watch,
        Level::OnTrack,
    ];
    let levels = levels.into_iter().map(|level| {
        let chosen = filter.levels.first() == Some(&level);
        let said = words.t(level_key(level)).as_str().to_owned();
        (level.name().to_owned(), said, chosen)
    });
    let steps = found.steps.iter().map(|at| {
        let chosen = filter.step.as_ref() == Some(&at.step);
        (at.step.to_string(), at.name.clone(), chosen)
    });
    let nobody = (
        "-".to_owned(),
        words.t("chip.nobody").as_str().to_owned(),
        filter.holder == Some(Assignee::Nobody),
    );
    let holders = found.holders.keys().flatten().map(|who| {
        let chosen = filter.holder == Some(Assignee::Person(who.clone()));
        (who.to_string(), ground.directory.name(who), chosen)
    });
    let mut holders: Vec<_> = holders.collect();
    holders.sort_by(|one, other| one.1.cmp(&other.1));
    let procedures = found.procedures.keys().map(|code| {
        let name = procedure_name(ground.catalogue, code);
        (
            code.to_string(),
            name,
            filter.procedure.as_ref() == Some(code),
        )
    });
    let mut procedures: Vec<_> = procedures.collect();
    procedures.sort_by(|one, other| one.1.cmp(&other.1));
    let channels = Channel::ALL.into_iter().map(|channel| {
        let said = words.t(channel_key(channel)).as_str().to_owned();
        (
            channel.as_str().to_owned(),
            said,
            filter.channel == Some(channel),
        )
    });
    let states = Status::ALL.into_iter().filter(|state| state.is_open());
    let states = states.map(|state| {
        let said = words.t(state_key(state)).as_str().to_owned();
        (state.as_str().to_owned(), said, filter.state == Some(state))
    });
    let mut kept = Vec::new();
    kept.extend(
        filter
            .only
            .iter()
            .skip(1)
            .map(|it| ("only", filter::word(*it).to_owned())),
    );
    kept.extend(
        filter
            .levels
            .iter()
            .skip(1)
            .map(|it| ("level", it.name().to_owned())),
    );
    if filter.order != WorklistOrder::default() || filter.descending {
        let sign = if filter.descending { "-" } else { "" };
        kept.push((
            "sort",
            format!("{sign}{}", filter::order_word(filter.order)),
        ));
    }
    FilterForm {
        action: format!("/units/{unit}/list"),
        text: filter.text.clone(),
        selects: vec![
            select("only", "list.only", only.collect()),
            select("level", "list.level", levels.collect()),
            select("step", "list.step", steps.collect()),
            select(
                "who",
                "list.holder",
                std::iter::once(nobody).chain(holders).collect(),
            ),
        ],
        more: vec![
            select("procedure", "list.procedure", procedures),
            select("channel", "list.channel", channels.collect()),
            select("state", "list.state", states.collect()),
        ],
        open: filter.procedure.is_some() || filter.channel.is_some() || filter.state.is_some(),
        kept,
    }
}

/// The unit in an address. Errors: no page, if the unit is unknown.
pub fn unit_of(catalogue: &Catalogue, text: &str) -> Result<(UnitCode, String), Fault> {
    let code = UnitCode::parse(text).map_err(|_not_a_unit| Fault::NoPage)?;
    let unit = catalogue.units.get(&code).ok_or(Fault::NoPage)?;
    Ok((code, unit.name.clone()))
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let catalogue = engine.catalogue(&caller.province);
    let (unit, unit_name) = unit_of(&catalogue, &unit)?;
    let filter = Filter::read(&Fields::of(&staff.visit.uri));
    let whose = Whose {
        unit: Some(unit.clone()),
        ..Whose::default()
    };
    let page = engine
        .worklist(caller, filter.worklist(whose.clone()))
        .await?;
    let total = page.total.unwrap_or_default();
    let last_page = u32::try_from(total.div_ceil(u64::from(ROWS))).unwrap_or(u32::MAX);
    // The list has become shorter since its address was kept.
    if filter.page > last_page && last_page > 0 {
        let to = filter.on_page(last_page).address(&unit);
        return Ok(Redirect::to(&to).into_response());
    }
    let (counts, found) = engine.worklist_survey(caller, &whose).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), engine.now());
    let ground = ListContext {
        engine,
        directory: &directory,
        catalogue: &catalogue,
        words,
    };
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say,
        now,
    };
    let parts = filter.parts();
    let said: Vec<Markup> = parts
        .iter()
        .map(|part| ground.part(part, Some(&found)))
        .collect();
    let heading = heading(words, &said);
    let mut instead = Vec::new();
    if page.items.is_empty() {
        if parts.len() > 1 {
            for (part, said) in parts.iter().zip(&said) {
                let mut query = part.worklist(whose.clone());
                query.page.size = 1;
                let found = engine
                    .worklist(caller, query)
                    .await?
                    .total
                    .unwrap_or_default();
                // An empty list leads nobody on.
                if found == 0 {
                    continue;
                }
                let count = say.count(found);
                let text = words.fill(
                    "list.instead",
                    &[("what", said.into()), ("count", count.into())],
                );
                instead.push((part.address(&unit), text));
            }
        }
        let count = say.count(counts.open.into());
        let text = words.fill("list.instead_all", &[("count", count.into())]);
        instead.push((Filter::default().address(&unit), text));
    }
    let chips = parts.iter().zip(&said).map(|(part, said)| Chip {
        href: filter.without(part).address(&unit),
        label: said.clone(),
    });
    let count = say.count(total);
    let title = words.fill(
        "list.title",
        &[
            ("what", (&heading).into()),
            ("count", count.clone().into()),
            ("page", say.count(filter.page.into()).into()),
        ],
    );
    let first = u64::from(filter.page - 1) * u64::from(ROWS);
    let shown = page.items.len() as u64;
    let address = filter.on_page(1).address(&unit);
    let as_of = format!("{}, {}", say.clock(now), say.date(time::local_day(now)));
    Ok(html(&ListPage {
        only_print: words.fill(
            "list.only_print",
            &[
                ("unit", (&unit_name).into()),
                ("what", (&heading).into()),
                ("time", (&as_of).into()),
            ],
        ),
        frame: Frame::staff(&pages, &staff, Section::Overview, title),
        unit: unit.to_string(),
        unit_name,
        heading,
        as_of,
        total: count.clone(),
        csv: address.replacen("/list", "/list.csv", 1),
        xlsx: address.replacen("/list", "/list.xlsx", 1),
        form: form(&ground, &filter, &found, &unit),
        chips: chips.collect(),
        columns: sorted_columns(words, &filter, &unit),
        rows: page.items.iter().map(|view| rows.row(view)).collect(),
        range: words.fill(
            "list.range",
            &[
                ("from", say.count(first + 1).into()),
                ("to", say.count(first + shown).into()),
                ("count", count.into()),
            ],
        ),
        pages: numbers(filter.page, last_page)
            .into_iter()
            .map(|number| PageLink {
                href: filter.on_page(number).address(&unit),
                number,
                current: number == filter.page,
            })
            .collect(),
        next: (filter.page < last_page).then(|| filter.on_page(filter.page + 1).address(&unit)),
        instead,
    }))
}

/// `Hồ sơ đang giải quyết · quá hạn, kênh nộp: trực tuyến`; without a filter, that the list shows all.
fn heading(words: &Words, said: &[Markup]) -> Markup {
    if said.is_empty() {
        return words.t("list.heading_all");
    }
    let said: Vec<&str> = said.iter().map(Markup::as_str).collect();
    let what = Markup::made(said.join(", "));
    words.fill("list.heading", &[("what", (&what).into())])
}

/// The page numbers to show: the first, the last, and those around the present one.
fn numbers(page: u32, last: u32) -> Vec<u32> {
    let near = page.saturating_sub(2)..=page.saturating_add(2);
    let mut numbers: Vec<u32> = near.filter(|number| (1..=last).contains(number)).collect();
    for edge in [1, last] {
        if last > 0 && !numbers.contains(&edge) {
            numbers.push(edge);
        }
    }
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_near_by_and_at_both_ends_are_named() {
        assert_eq!(numbers(1, 1), [1]);
        assert_eq!(numbers(1, 6), [1, 2, 3, 6]);
        assert_eq!(numbers(5, 10), [1, 3, 4, 5, 6, 7, 10]);
        assert!(numbers(1, 0).is_empty());
    }
}
