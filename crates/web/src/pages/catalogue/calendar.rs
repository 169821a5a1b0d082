//! `/calendar`: the year's working days, what a change of them would do, and its proposal.

use std::sync::Arc;

use app::Error;
use app::access::{self, Method};
use app::page::PageQuery;
use app::publication::calendar::{Days, Trial};
use app::publication::new_days::NewDays;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::{Datelike, NaiveDate};
use domain::calendar::DayKind;
use domain::language::Language;
use domain::time;
use http::StatusCode;

use super::changes::{Changes, LISTED};
use super::month::{Month, kind_key, months};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE, LONGEST_TEXT};
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::Markup;

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/calendar", get(show))
        .route("/calendar/try", get(attempt))
        .route("/calendar/propose", post(propose))
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    frame: Frame,
    heading: Markup,
    before: Option<i32>,
    after: Option<i32>,
    official: Markup,
    hours: String,
    months: Vec<(Markup, Month)>,
    weekdays: Vec<String>,
    days: Vec<DayLine>,
    outages: Vec<String>,
    may_try: bool,
}

struct DayLine {
    date: String,
    kind: Markup,
    name: String,
    source: String,
    provisional: bool,
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    access::check_role(staff.caller(), Method::ReadCatalogue)?;
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let today = time::local_day(pages.engine.now());
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let calendar = catalogue.calendars.national();
    let (first, last) = (calendar.first_day().year(), calendar.last_day().year());
    let asked = Fields::of(&staff.visit.uri).get("year").parse::<i32>();
    let year = asked.unwrap_or(today.year()).clamp(first, last);
    let named = year.to_string();
    let heading = words.fill("calendar.heading", &[("year", named.as_str().into())]);
    let official = say.date(calendar.last_official_day());
    let january = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today);
    let hours = calendar.hours_on(january.max(calendar.first_day()));
    let mut days = Vec::new();
    let mut day = january;
    while day.year() == year {
        if let Some(special) = calendar.special(day) {
            days.push(DayLine {
                date: say.day(day),
                kind: words.t(kind_key(special.kind)),
                name: special.name.clone(),
                source: special.source.clone(),
                provisional: special.provisional,
            });
        }
        day = day.succ_opt().unwrap_or(NaiveDate::MAX);
    }
    let outages = catalogue.calendars.all_outages();
    let outages = outages.filter(|outage| time::local_day(outage.from).year() == year);
    let months = months(calendar, year, today, words)
        .into_iter()
        .map(|month| {
            let number = month.number.to_string();
            let name = words.fill("calendar.month", &[("number", number.as_str().into())]);
            (name, month)
        });
    Ok(html(&CalendarPage {
        frame: Frame::staff(&pages, &staff, Section::Catalogue, heading.clone()),
        heading,
        before: (year > first).then_some(year - 1),
        after: (year < last).then_some(year + 1),
        official: words.fill("calendar.official", &[("date", official.as_str().into())]),
        hours: hours_said(&hours),
        months: months.collect(),
        weekdays: weekdays(say),
        days,
        outages: outages
            .map(|outage| {
                let from = say.full_moment(outage.from);
                let until = say.full_moment(outage.until);
                format!("{from} – {until}: {}", outage.document)
            })
            .collect(),
        may_try: staff.caller().may(Method::ListCalendarChanges),
    }))
}

fn hours_said(hours: &[(chrono::NaiveTime, chrono::NaiveTime)]) -> String {
    let parts = hours
        .iter()
        .map(|(from, to)| format!("{}–{}", from.format("%H:%M"), to.format("%H:%M")));
    parts.collect::<Vec<_>>().join(", ")
}

/// The heads of the columns.
fn weekdays(say: Format) -> Vec<String> {
    let names = match say.0 {
        Language::Vietnamese => ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
        Language::English => ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
    };
    names.map(ToOwned::to_owned).to_vec()
}

#[derive(Template)]
#[template(path = "calendar_try.html")]
struct TryPage {
    frame: Frame,
    off: String,
    make_up: String,
    kind: &'static str,
    name: String,
    source: String,
    reason: String,
    wrong: Vec<(&'static str, Markup)>,
    changes: Option<Changes>,
    may_propose: bool,
}

impl TryPage {
    fn wrong(&self, field: &str) -> Option<&Markup> {
        let mut wrong = self.wrong.iter();
        wrong.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

fn kind(fields: &Fields) -> DayKind {
    match fields.get("kind") {
        "holiday" => DayKind::Holiday,
        "compensatory" => DayKind::Compensatory,
        _ => DayKind::SwapOff,
    }
}

/// A day off and the day worked in its place, as far as they are given.
type TwoDays = (Option<NaiveDate>, Option<NaiveDate>);

/// Reads the two days. Errors: the field that is no day.
fn read(fields: &Fields) -> Result<TwoDays, (&'static str, &'static str)> {
    let one = |name: &'static str| match fields.some(name) {
        None => Ok(None),
        Some(_) => fields
            .day(name)
            .map(Some)
            .ok_or((name, "calendar.day_wrong")),
    };
    Ok((one("off")?, one("make_up")?))
}

async fn draw(
    pages: &Pages,
    staff: &Staff,
    fields: &Fields,
    mut wrong: Vec<(&'static str, Markup)>,
) -> Result<TryPage, Fault> {
    let words = staff.visit.words();
    let mut changes = None;
    match read(fields) {
        Err((field, key)) => wrong.push((field, words.t(key))),
        Ok((None, None)) => {}
        Ok((off, make_up)) => {
            let trial = Trial::Days(Days {
                off: off.into_iter().collect(),
                make_up: make_up.into_iter().collect(),
            });
            match effects(pages, staff, &trial).await {
                Ok(found) => changes = Some(found),
                Err(Error::Invalid(fields)) => {
                    wrong.extend(fields.iter().map(|field| {
                        let name = match field.field.split('[').next() {
                            Some("make_up_days") => "make_up",
                            Some(_) | None => "off",
                        };
                        (name, Markup::of(&field.problem))
                    }));
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    let kind = match kind(fields) {
        DayKind::Holiday => "holiday",
        DayKind::Compensatory => "compensatory",
        DayKind::SwapOff | DayKind::MakeUp => "swap_off",
    };
    let mut title = words.t("calendar.try_title");
    if !wrong.is_empty() {
        let error = words.t("form.error");
        title = Markup::made(format!("{error} {title}"));
    }
    Ok(TryPage {
        frame: Frame::staff(pages, staff, Section::Catalogue, title),
        off: fields.get("off").to_owned(),
        make_up: fields.get("make_up").to_owned(),
        kind,
        name: fields.get("name").to_owned(),
        source: fields.get("source").to_owned(),
        reason: fields.get("reason").to_owned(),
        wrong,
        changes,
        may_propose: staff.caller().may(Method::ProposeDocument),
    })
}

/// What a calendar would do to the open dossiers of the province.
pub(super) async fn effects(pages: &Pages, staff: &Staff, trial: &Trial) -> Result<Changes, Error> {
    let caller = staff.caller();
    let page = PageQuery {
        size: LISTED,
        token: String::new(),
    };
    let (effects, page) = pages.engine.calendar_changes(caller, trial, &page).await?;
    let catalogue = pages.engine.catalogue(&caller.province);
    let (words, say) = (staff.visit.words(), staff.visit.say());
    Ok(Changes::of(&effects, &page.items, &catalogue, words, say))
}

async fn attempt(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    access::check_role(staff.caller(), Method::ListCalendarChanges)?;
    let fields = Fields::of(&staff.visit.uri);
    let page = draw(&pages, &staff, &fields, Vec::new()).await?;
    Ok(answered(&page))
}

fn answered(page: &TryPage) -> Response {
    let mut answer = html(page);
    if !page.wrong.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    answer
}

async fn propose(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let words = staff.visit.words();
    let limits = [
        ("name", LONGEST_LINE),
        ("source", LONGEST_LINE),
        ("reason", LONGEST_TEXT),
    ];
    let long = staff.visit.too_long(&fields, &limits);
    let wrong = match read(&fields) {
        Err((field, key)) => vec![(field, words.t(key))],
        Ok(_) if !long.is_empty() => long,
        Ok((off, make_up)) => {
            let days = NewDays {
                off: off.map(|day| (day, kind(&fields))),
                make_up,
                name: fields.get("name").to_owned(),
                source: fields.get("source").to_owned(),
            };
            let reason = fields.get("reason");
            match pages
                .engine
                .propose_days(staff.caller(), &days, reason)
                .await
            {
                Ok(document) => {
                    let to = format!("/documents/{}", document.number);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(Error::Invalid(fields)) => fields
                    .iter()
                    .map(|field| match field.field.as_str() {
                        "source" => ("source", words.t("calendar.source_wrong")),
                        "name" => ("name", words.t("calendar.name_wrong")),
                        "off" => ("off", words.t("calendar.day_wrong")),
                        _ => ("off", Markup::of(&field.problem)),
                    })
                    .collect(),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let page = draw(&pages, &staff, &fields, wrong).await?;
    Ok(answered(&page))
}
