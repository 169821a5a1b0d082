//! `/setup/units`: the units of the catalogue, and new ones.

use std::sync::Arc;

use app::Error;
use app::publication::units::NewUnit;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::fold::fold;
use domain::id::UnitCode;
use domain::unit::UnitKind;
use http::StatusCode;

use super::{choices, staffing};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE};
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/setup/units", get(show).post(add))
}

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    frame: Frame,
    text: String,
    count: Markup,
    units: Vec<CatalogueUnit>,
    typed: NewUnit,
    wrong: Vec<(&'static str, Markup)>,
}

struct CatalogueUnit {
    code: String,
    name: String,
    people: u32,
}

impl UnitsPage {
    fn wrong(&self, field: &str) -> Option<&Markup> {
        let mut wrong = self.wrong.iter();
        wrong.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

async fn draw(pages: &Pages, staff: &Staff, typed: NewUnit) -> Result<UnitsPage, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let accounts = pages.accounts.people(staff.caller()).await?;
    let staffed = staffing(&accounts);
    let fields = Fields::of(&staff.visit.uri);
    let text = fields.searched("q");
    let wanted = fold(&text);
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let is_whole = |code: &str| {
        let unit = UnitCode::parse(code).ok();
        let unit = unit.and_then(|code| catalogue.units.get(&code).map(|unit| unit.kind));
        unit == Some(UnitKind::Province)
    };
    let mut units = choices(pages, staff, "");
    units.retain(|unit| !is_whole(&unit.code));
    units.retain(|unit| fold(&format!("{} {}", unit.name, unit.code)).contains(&wanted));
    let people = |code: &str| {
        let staffing = staffed.iter().find(|(unit, _)| unit.as_str() == code);
        staffing.map_or(0, |(_, it)| it.desk + it.office + it.sign)
    };
    let count = say.count(units.len() as u64);
    Ok(UnitsPage {
        count: words.fill("units.count", &[("count", count.into())]),
        units: units
            .into_iter()
            .map(|unit| CatalogueUnit {
                people: people(&unit.code),
                code: unit.code,
                name: unit.name,
            })
            .collect(),
        frame: Frame::staff(pages, staff, Section::Setup, words.t("units.title")),
        text,
        typed,
        wrong: Vec::new(),
    })
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    Ok(html(&draw(&pages, &staff, NewUnit::default()).await?))
}

async fn add(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let words = staff.visit.words();
    let typed = NewUnit {
        code: fields.get("code").to_owned(),
        statistics_code: fields.get("statistics_code").to_owned(),
        name: fields.get("name").to_owned(),
        from: None,
    };
    let limits = [("name", LONGEST_LINE)];
    let long = staff.visit.too_long(&fields, &limits);
    if !long.is_empty() {
        return Ok(refused(words, draw(&pages, &staff, typed).await?, long));
    }
    match pages.engine.add_unit(staff.caller(), &typed).await {
        Ok(unit) => Ok(Redirect::to(&format!("/setup/people?unit={unit}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let page = draw(&pages, &staff, typed).await?;
            let wrong = wrong
                .iter()
                .map(|wrong| match wrong.field.as_str() {
                    "statistics_code" => ("statistics_code", words.t("units.statistics_wrong")),
                    "name" if wrong.problem.contains("already") => {
                        ("name", words.t("units.name_taken"))
                    }
                    "name" => ("name", words.t("units.name_wrong")),
                    _ if wrong.problem.contains("already") => ("code", words.t("units.code_taken")),
                    _ if wrong.problem.contains("of the province") => {
                        ("code", words.t("units.code_elsewhere"))
                    }
                    _ => ("code", words.t("units.code_wrong")),
                })
                .collect();
            Ok(refused(words, page, wrong))
        }
        Err(other) => Err(other.into()),
    }
}

fn refused(words: &Words, mut page: UnitsPage, wrong: Vec<(&'static str, Markup)>) -> Response {
    page.wrong = wrong;
    let error = words.t("form.error");
    page.frame.title = Markup::made(format!("{error} {}", page.frame.title));
    let mut answer = html(&page);
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    answer
}
