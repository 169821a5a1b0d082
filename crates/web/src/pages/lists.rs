//! `/units/{unit}/register` and `/units/{unit}/hand-over`: the lists of a desk on A4.

use std::sync::Arc;

use app::Error;
use app::forms::DeskList;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::time;
use http::StatusCode;

use super::list::unit_of;
use super::paper::{ChosenDays, listed, not_listed};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::visit::Staff;

/// The routes of these lists.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/units/{unit}/register", get(register))
        .route("/units/{unit}/hand-over", get(hand_over))
}

async fn register(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let engine = &pages.engine;
    let (unit, _) = unit_of(&engine.catalogue(&staff.caller().province), &unit)?;
    let fields = Fields::of(&staff.visit.uri);
    let or = |name: &str, otherwise| match fields.get(name) {
        "" => otherwise,
        _ => fields.day(name),
    };
    let to = or("to", Some(time::local_day(engine.now())));
    let from = or("from", to);
    let printed = match from.zip(to) {
        Some((from, to)) => {
            let list = DeskList::Register(from..=to);
            engine.print_list(staff.caller(), &unit, &list).await
        }
        None => Err(Error::invalid("day", "expected a day such as 2026-08-31")),
    };
    let said = |name: &str, day: Option<chrono::NaiveDate>| match day {
        Some(day) => day.to_string(),
        None => fields.get(name).to_owned(),
    };
    let days = ChosenDays {
        action: format!("/units/{unit}/register"),
        from: said("from", from),
        to: said("to", to),
        wrong: None,
    };
    match printed {
        Ok(sheet) => Ok(listed(&pages, &staff, &sheet, Some(days))),
        Err(Error::Invalid(_)) => {
            let mut answer = not_listed(&pages, &staff, &unit, days);
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(other) => Err(other.into()),
    }
}

async fn hand_over(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let engine = &pages.engine;
    let (unit, _) = unit_of(&engine.catalogue(&staff.caller().province), &unit)?;
    let sheet = engine
        .print_list(staff.caller(), &unit, &DeskList::HandOver)
        .await?;
    Ok(listed(&pages, &staff, &sheet, None))
}
