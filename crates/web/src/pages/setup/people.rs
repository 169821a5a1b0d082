//! `/setup/people`: accounts of a province's people.

use std::sync::Arc;

use app::Error;
use app::accounts::people::{NewPerson, ROLES, is_of_province};
use app::ports::Account;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::id::ActorId;
use domain::time;
use http::StatusCode;

use super::{UnitChoice, choices, unit_name};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE};
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/setup/people", get(show).post(add))
        .route("/setup/people/{name}", get(one))
        .route("/setup/people/{name}/password", post(reset))
        .route("/setup/people/{name}/disable", post(disable))
        .route("/setup/people/{name}/units", post(change_units))
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    typed: NewPerson,
    roles: Vec<RoleChoice>,
    /// The choices of each unit field.
    units: Vec<Vec<UnitChoice>>,
    /// Whether the last unit field was just added.
    one_more: bool,
    wrong: Vec<(&'static str, Markup)>,
    people: Vec<PersonRow>,
}

/// The most units that one form gives a person; the page of the account gives more.
const MOST_UNITS: usize = 20;

struct RoleChoice {
    value: &'static str,
    label: Markup,
    chosen: bool,
}

struct PersonRow {
    name: String,
    full_name: String,
    position: String,
    role: Markup,
    units: String,
    state: &'static str,
    class: &'static str,
}

impl PeoplePage {
    fn wrong(&self, field: &str) -> Option<&Markup> {
        let mut wrong = self.wrong.iter();
        wrong.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

/// What an account is in: in use, never used, or out of use.
fn state(account: &Account) -> (&'static str, &'static str) {
    match (account.disabled, account.one_time) {
        (Some(_), _) => ("people.disabled", ""),
        (None, true) => ("people.not_yet", "f-risk"),
        (None, false) => ("people.in_use", "f-ok"),
    }
}

async fn draw(pages: &Pages, staff: &Staff, typed: NewPerson) -> Result<PeoplePage, Fault> {
    let words = staff.visit.words();
    let caller = staff.caller();
    let mut accounts = pages.accounts.people(caller).await?;
    accounts.sort_by_key(|account| {
        let unit = account.units.first().cloned();
        (account.disabled.is_some(), unit, account.role)
    });
    let catalogue = pages.engine.catalogue(&caller.province);
    let rows = accounts.iter().map(|account| {
        let units = account.units.iter();
        let units: Vec<String> = units.map(|unit| unit_name(&catalogue, unit)).collect();
        let (state, class) = state(account);
        PersonRow {
            name: account.actor.to_string(),
            full_name: account.full_name.clone(),
            position: account.position.clone(),
            role: words.t(&format!("role.{}", account.role)),
            units: units.join(", "),
            state,
            class,
        }
    });
    let roles = ROLES.iter().map(|role| RoleChoice {
        value: role.as_str(),
        label: words.t(&format!("role.{role}")),
        chosen: role.as_str() == typed.role,
    });
    let chosen = typed.units.iter().map(String::as_str);
    Ok(PeoplePage {
        people: rows.collect(),
        roles: roles.collect(),
        units: chosen.map(|unit| choices(pages, staff, unit)).collect(),
        one_more: false,
        frame: Frame::staff(pages, staff, Section::Setup, words.t("people.title")),
        wrong: Vec::new(),
        typed,
    })
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let fields = Fields::of(&staff.visit.uri);
    let typed = NewPerson {
        units: vec![fields.get("unit").to_owned()],
        role: "receptionist".to_owned(),
        ..NewPerson::default()
    };
    Ok(html(&draw(&pages, &staff, typed).await?))
}

async fn add(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let words = staff.visit.words();
    let mut typed = NewPerson {
        name: fields.get("name").to_owned(),
        full_name: fields.get("full_name").to_owned(),
        position: fields.get("position").to_owned(),
        role: fields.get("role").to_owned(),
        units: fields.all("unit").map(ToOwned::to_owned).collect(),
    };
    if typed.units.is_empty() {
        typed.units.push(String::new());
    }
    typed.units.truncate(MOST_UNITS);
    if fields.has("more") {
        typed.units.push(String::new());
        let mut page = draw(&pages, &staff, typed).await?;
        page.one_more = true;
        return Ok(html(&page));
    }
    let limits = [
        ("full_name", LONGEST_LINE),
        ("name", ActorId::LONGEST),
        ("position", LONGEST_LINE),
    ];
    let long = staff.visit.too_long(&fields, &limits);
    if !long.is_empty() {
        return Ok(refused(words, draw(&pages, &staff, typed).await?, long));
    }
    let password = match pages.accounts.add_person(staff.caller(), &typed).await {
        Ok(password) => password,
        Err(Error::Invalid(wrong)) => {
            let page = draw(&pages, &staff, typed).await?;
            let wrong = wrong
                .iter()
                .filter_map(|wrong| {
                    let (field, key) = match wrong.field.as_str() {
                        "name" if wrong.problem.starts_with("must be a name that nobody") => {
                            ("name", "people.taken")
                        }
                        "name" => ("name", "people.name_wrong"),
                        "full_name" => ("full_name", "people.full_name_wrong"),
                        "role" => ("role", "people.role_wrong"),
                        "unit" => ("unit", "people.unit_wrong"),
                        _ => return None,
                    };
                    Some((field, words.t(key)))
                })
                .collect();
            return Ok(refused(words, page, wrong));
        }
        Err(other) => return Err(other.into()),
    };
    let actor = actor(&typed.name.to_lowercase())?;
    let page = person_page(&pages, &staff, &actor, Some(password)).await?;
    Ok(html(&page))
}

fn refused(words: &Words, mut page: PeoplePage, wrong: Vec<(&'static str, Markup)>) -> Response {
    page.wrong = wrong;
    let error = words.t("form.error");
    page.frame.title = Markup::made(format!("{error} {}", page.frame.title));
    let mut answer = html(&page);
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    answer
}

fn actor(name: &str) -> Result<ActorId, Fault> {
    ActorId::parse(name).map_err(|_not_a_name| Fault::NoPage)
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    heading: String,
    name: String,
    position: String,
    role: Markup,
    units: Vec<(String, String)>,
    /// The units that may be added; none for a role of the province.
    more: Vec<UnitChoice>,
    wrong: Option<Markup>,
    state: Markup,
    since: String,
    is_own: bool,
    is_disabled: bool,
    /// Shown in this answer only.
    password: Option<String>,
}

async fn person_page(
    pages: &Pages,
    staff: &Staff,
    actor: &ActorId,
    password: Option<String>,
) -> Result<PersonPage, Fault> {
    let words = staff.visit.words();
    let account = pages.accounts.person(staff.caller(), actor).await?;
    let catalogue = pages.engine.catalogue(&account.province);
    let units = account.units.iter();
    let units = units.map(|unit| (unit.to_string(), unit_name(&catalogue, unit)));
    let is_own = account.actor == staff.caller().actor;
    let may_change = !is_own && !is_of_province(account.role);
    let mut more = match may_change {
        true => choices(pages, staff, ""),
        false => Vec::new(),
    };
    let has = |code: &str| account.units.iter().any(|unit| unit.as_str() == code);
    let whole = catalogue.units.province(&account.province);
    let is_whole = |code: &str| whole.is_some_and(|whole| whole.code.as_str() == code);
    more.retain(|unit| !has(&unit.code) && !is_whole(&unit.code));
    let (state, _) = state(&account);
    let title = Markup::of(&account.full_name);
    Ok(PersonPage {
        frame: Frame::staff(pages, staff, Section::Setup, title),
        heading: account.full_name.clone(),
        name: account.actor.to_string(),
        position: account.position.clone(),
        role: words.t(&format!("role.{}", account.role)),
        units: units.collect(),
        more,
        wrong: None,
        state: words.t(state),
        since: staff.visit.say().date(time::local_day(account.created)),
        is_own,
        is_disabled: account.disabled.is_some(),
        password,
    })
}

async fn one(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let page = person_page(&pages, &staff, &actor(&name)?, None).await?;
    Ok(html(&page))
}

async fn change_units(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let (actor, caller) = (actor(&name)?, staff.caller());
    let changed = match fields.get("remove") {
        "" => {
            let unit = fields.get("unit");
            pages.accounts.add_unit(caller, &actor, unit).await
        }
        unit => pages.accounts.remove_unit(caller, &actor, unit).await,
    };
    match changed {
        Ok(()) => Ok(Redirect::to(&format!("/setup/people/{actor}")).into_response()),
        Err(Error::Invalid(_)) => {
            let words = staff.visit.words();
            let mut page = person_page(&pages, &staff, &actor, None).await?;
            page.wrong = Some(words.t("people.units_wrong"));
            let error = words.t("form.error");
            page.frame.title = Markup::made(format!("{error} {}", page.frame.title));
            let mut answer = html(&page);
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(other) => Err(other.into()),
    }
}

async fn reset(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let actor = actor(&name)?;
    let password = pages.accounts.reset_person(staff.caller(), &actor).await?;
    if actor == staff.caller().actor {
        // Their own session is over with all others of the account; the new password is needed at once.
        return Ok(shown_apart(&pages, &staff, &actor, password));
    }
    let page = person_page(&pages, &staff, &actor, Some(password)).await?;
    Ok(html(&page))
}

fn shown_apart(pages: &Pages, staff: &Staff, actor: &ActorId, password: String) -> Response {
    let words = staff.visit.words();
    let official = &staff.signed_in.official;
    html(&PersonPage {
        frame: Frame::staff(
            pages,
            staff,
            Section::Setup,
            Markup::of(&official.full_name),
        ),
        heading: official.full_name.clone(),
        name: actor.to_string(),
        position: official.position.clone(),
        role: words.t(&format!("role.{}", staff.caller().role)),
        units: Vec::new(),
        more: Vec::new(),
        wrong: None,
        state: words.t("people.not_yet"),
        since: String::new(),
        is_own: true,
        is_disabled: false,
        password: Some(password),
    })
}

async fn disable(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let actor = actor(&name)?;
    pages
        .accounts
        .disable_person(staff.caller(), &actor)
        .await?;
    Ok(Redirect::to(&format!("/setup/people/{actor}")).into_response())
}
