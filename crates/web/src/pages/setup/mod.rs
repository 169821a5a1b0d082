//! `/setup`: what an administrator prepares until a desk can receive its first dossier.

mod people;
mod units;

use std::collections::BTreeMap;
use std::sync::Arc;

use app::ports::Account;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::catalogue::Catalogue;
use domain::id::UnitCode;
use domain::role::Role;
use domain::time;
use domain::unit::UnitKind;

use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::Markup;

/// The routes of these pages.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/setup", get(show))
        .merge(people::routes())
        .merge(units::routes())
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    frame: Frame,
    sentence: Markup,
    steps: Vec<SetupStep>,
    units: Vec<WorkingUnit>,
}

/// One thing to prepare.
struct SetupStep {
    class: &'static str,
    state: Markup,
    title: Markup,
    text: Markup,
    href: &'static str,
    act: Markup,
}

/// A unit that somebody works for.
struct WorkingUnit {
    code: String,
    name: String,
    desk: u32,
    office: u32,
    sign: u32,
    ready: bool,
    missing: Markup,
}

/// How many people of each kind a unit has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Staffing {
    desk: u32,
    office: u32,
    sign: u32,
}

impl Staffing {
    /// Whether dossiers can come in and results be signed.
    fn is_ready(self) -> bool {
        self.desk > 0 && self.sign > 0
    }

    /// What is missing, as the key of a text.
    fn missing(self) -> &'static str {
        match (self.desk, self.sign) {
            (0, 0) => "setup.missing_both",
            (0, _) => "setup.missing_desk",
            (_, 0) => "setup.missing_sign",
            (_, _) => "setup.ready",
        }
    }
}

/// The units with people, each with how many of each kind. Whoever works for the whole province
/// works for no unit.
fn staffing(accounts: &[Account]) -> BTreeMap<UnitCode, Staffing> {
    let mut found: BTreeMap<UnitCode, Staffing> = BTreeMap::new();
    for account in accounts.iter().filter(|it| it.disabled.is_none()) {
        for unit in &account.units {
            if unit.as_str() == unit.level_one() {
                continue;
            }
            let staffing = found.entry(unit.clone()).or_default();
            match account.role {
                Role::Receptionist => staffing.desk += 1,
                Role::Officer => staffing.office += 1,
                Role::Leader | Role::Chairman => staffing.sign += 1,
                Role::Province | Role::Portal | Role::Auditor | Role::Admin | Role::Citizen => {}
            }
        }
    }
    found
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let caller = staff.caller();
    let accounts = pages.accounts.people(caller).await?;
    let catalogue = pages.engine.catalogue(&caller.province);
    let today = time::local_day(pages.engine.now());
    let found = staffing(&accounts);
    let ready = found.values().filter(|it| it.is_ready()).count() as u64;
    let people = accounts.iter().filter(|it| it.disabled.is_none()).count() as u64;
    let procedures = catalogue.procedures.iter_in_force(today).count() as u64;
    let official = catalogue.calendars.national().last_official_day();
    let step = |done: bool, key: &str, text: Markup, href, act: &str| SetupStep {
        class: if done { "f-ok" } else { "f-risk" },
        state: words.t(if done { "setup.done" } else { "setup.to_do" }),
        title: words.t(key),
        text,
        href,
        act: words.t(act),
    };
    let count = |key: &str, number: u64| words.fill(key, &[("count", say.count(number).into())]);
    let steps = vec![
        step(
            !found.is_empty(),
            "setup.units",
            count("setup.units_text", found.len() as u64),
            "/setup/units",
            "setup.units_act",
        ),
        step(
            ready > 0,
            "setup.people",
            count("setup.people_text", people),
            "/setup/people",
            "setup.people_act",
        ),
        step(
            official >= today,
            "setup.calendar",
            words.fill(
                "setup.calendar_text",
                &[("date", say.date(official).into())],
            ),
            "/calendar",
            "setup.calendar_act",
        ),
        step(
            procedures > 0,
            "setup.procedures",
            count("setup.procedures_text", procedures),
            "/procedures",
            "setup.procedures_act",
        ),
    ];
    let units = found.iter().map(|(code, staffing)| WorkingUnit {
        code: code.to_string(),
        name: unit_name(&catalogue, code),
        desk: staffing.desk,
        office: staffing.office,
        sign: staffing.sign,
        ready: staffing.is_ready(),
        missing: words.t(staffing.missing()),
    });
    let sentence = match ready {
        0 => words.t("setup.none_ready"),
        ready => count("setup.some_ready", ready),
    };
    Ok(html(&SetupPage {
        units: units.collect(),
        frame: Frame::staff(&pages, &staff, Section::Setup, words.t("setup.title")),
        sentence,
        steps,
    }))
}

fn unit_name(catalogue: &Catalogue, code: &UnitCode) -> String {
    let unit = catalogue.units.get(code);
    unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
}

/// A unit to choose.
struct UnitChoice {
    code: String,
    name: String,
    chosen: bool,
}

/// The province itself and its units, by name.
fn choices(pages: &Pages, staff: &Staff, chosen: &str) -> Vec<UnitChoice> {
    let province = &staff.caller().province;
    let catalogue = pages.engine.catalogue(province);
    let today = time::local_day(pages.engine.now());
    let mut units: Vec<_> = catalogue.units.in_province(province).collect();
    units.retain(|unit| unit.exists_on(today));
    units.sort_by_key(|unit| {
        let place = match unit.kind {
            UnitKind::Province => 0,
            UnitKind::ProvincialCentre => 1,
            UnitKind::Commune => 2,
        };
        (place, domain::fold::fold(&unit.name))
    });
    let mut units: Vec<UnitChoice> = units
        .into_iter()
        .map(|unit| UnitChoice {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            chosen: unit.code.as_str() == chosen,
        })
        .collect();
    if let Some(whole) = catalogue.units.province(province)
        && !units.iter().any(|unit| unit.code == whole.code.as_str())
    {
        let whole = UnitChoice {
            code: whole.code.to_string(),
            name: whole.name.clone(),
            chosen: whole.code.as_str() == chosen,
        };
        units.insert(0, whole);
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_ready_when_somebody_receives_and_somebody_signs() {
        let staffed = |desk, sign| Staffing {
            desk,
            office: 1,
            sign,
        };
        assert!(staffed(1, 1).is_ready());
        assert_eq!(staffed(0, 0).missing(), "setup.missing_both");
        assert_eq!(staffed(0, 1).missing(), "setup.missing_desk");
        assert_eq!(staffed(2, 0).missing(), "setup.missing_sign");
    }
}
