//! `/unit`: people who work for several units see them all and choose the one that they work for now.
//! The choice is a cookie; the bar of every page changes it.

use std::sync::Arc;

use app::access::Method;
use app::worklist::{Whose, WorklistFilter};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::SET_COOKIE;

use super::list::unit_of;
use crate::Pages;
use crate::fault::Fault;
use crate::frame::{self, Frame, Section, html};
use crate::visit::{CHOOSE_UNIT, Staff, UNIT};

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route(CHOOSE_UNIT, get(show))
        .route("/unit/{unit}", get(choose))
}

#[derive(Template)]
#[template(path = "unit_choice.html")]
struct UnitChoicePage {
    frame: Frame,
    units: Vec<OwnUnit>,
    counted: bool,
}

/// One of the person's units.
struct OwnUnit {
    code: String,
    name: String,
    pending: String,
    overdue: String,
    is_late: bool,
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let caller = staff.caller();
    let catalogue = pages.engine.catalogue(&caller.province);
    let counted = caller.may(Method::GetWorklistCounts);
    let say = staff.visit.say();
    let mut units = Vec::new();
    for unit in &caller.units {
        let (pending, overdue) = if counted {
            let whose = Whose {
                unit: Some(unit.clone()),
                ..Whose::default()
            };
            let counts = pages.engine.worklist_counts(caller, &whose).await?;
            (counts.open, counts.of(WorklistFilter::Overdue))
        } else {
            (0, 0)
        };
        let known = catalogue.units.get(unit);
        units.push(OwnUnit {
            code: unit.to_string(),
            name: known.map_or_else(|| unit.to_string(), |unit| unit.name.clone()),
            pending: say.count(u64::from(pending)),
            overdue: say.count(u64::from(overdue)),
            is_late: overdue > 0,
        });
    }
    units.sort_by_key(|unit| domain::fold::fold(&unit.name));
    let title = staff.visit.words().t("unit_choice.title");
    Ok(html(&UnitChoicePage {
        frame: Frame::staff(&pages, &staff, Section::Elsewhere, title),
        units,
        counted,
    }))
}

async fn choose(
    State(pages): State<Arc<Pages>>,
    mut staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let (unit, _) = unit_of(&catalogue, &unit)?;
    if !staff.caller().units.contains(&unit) {
        return Err(Fault::NoPage);
    }
    staff.signed_in.caller.first(&unit);
    let secure = if pages.settings.secure {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!("{UNIT}={unit}; Path=/; HttpOnly; SameSite=Lax{secure}");
    let home = frame::home(&staff);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(&home)).into_response())
}
