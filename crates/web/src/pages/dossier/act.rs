//! `/dossiers/{name}/{act}`: the form of an act, built from the fields that the act needs.
//!
//! The form keeps what was typed when it is refused, whether by a field, by the law, or because
//! somebody else was quicker.

use std::sync::Arc;

use app::view::{DossierName, View};
use app::{Error, RequestIdentity};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::dossier::Action;
use domain::id::RequestId;
use domain::language::Language;
use http::StatusCode;

use super::form::{self, ActForm, Field, Kind};
use super::{label, promise, standing};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::rows::Rows;
use crate::visit::Staff;
use crate::words::Markup;

pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/dossiers/{name}/{act}", get(ask).post(carry_out))
}

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    frame: Frame,
    dossier: String,
    code: String,
    procedure: String,
    heading: String,
    standing: Markup,
    promise: Markup,
    problem: Option<Problem>,
    fields: Vec<Field>,
    etag: String,
    request_id: String,
    note: Option<Markup>,
}

struct Problem {
    heading: Markup,
    lines: Vec<(String, Markup)>,
}

fn action_of(text: &str) -> Result<Action, Fault> {
    let mut actions = Action::ALL.iter().copied();
    actions
        .find(|action| action.method() == text && form::is_there(*action))
        .ok_or(Fault::NoPage)
}

fn page(
    pages: &Pages,
    staff: &Staff,
    view: &View,
    directory: &app::accounts::Directory,
    action: Action,
    typed: &Fields,
) -> ActPage {
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), pages.engine.now());
    let rows = Rows {
        engine: &pages.engine,
        caller: staff.caller(),
        directory,
        words,
        say,
        now,
    };
    let form = ActForm {
        view,
        typed,
        words,
        directory,
        catalogue: &pages.engine.catalogue(&view.dossier.province),
    };
    let heading = label(action, say);
    let title = Markup::of(&format!("{heading} – {}", view.dossier.label()));
    let apology = view.timing.apology_by.filter(|_| action == Action::Extend);
    ActPage {
        frame: Frame::staff(pages, staff, Section::Overview, title),
        dossier: view.dossier.id.to_string(),
        code: view.dossier.label(),
        procedure: view.procedure.name.clone(),
        standing: standing(view, &rows),
        promise: promise(view, &rows),
        problem: None,
        fields: form.fields(action),
        etag: view.dossier.etag(),
        request_id: pages.engine.request_id().to_string(),
        note: match action {
            Action::Extend => Some(match apology {
                Some(by) => words.fill("act.apology_by", &[("date", say.moment(by, now).into())]),
                None => words.t("act.apology_late"),
            }),
            _ => None,
        },
        heading,
    }
}

async fn ask(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((name, act)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let action = action_of(&act)?;
    let name = DossierName::parse(&name).map_err(|_not_a_name| Fault::NoPage)?;
    let view = pages.engine.dossier(staff.caller(), &name).await?;
    let directory = pages.accounts.directory(&staff.caller().province).await?;
    let typed = Fields::default();
    Ok(html(&page(
        &pages, &staff, &view, &directory, action, &typed,
    )))
}

async fn carry_out(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((name, act)): Path<(String, String)>,
    typed: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&typed)?;
    let action = action_of(&act)?;
    let name = DossierName::parse(&name).map_err(|_not_a_name| Fault::NoPage)?;
    let request_id =
        RequestId::parse(typed.get("request_id")).map_err(|_not_ours| Fault::ForeignForm)?;
    let words = staff.visit.words();
    let (status, problem) = match form::command(action, &typed) {
        Ok(command) => {
            let identity = RequestIdentity {
                request_id,
                content: content(&act, &typed),
            };
            let done = pages
                .engine
                .command(staff.caller(), identity, &name, typed.get("etag"), command)
                .await;
            match done {
                Ok(view) => {
                    let to = format!("/dossiers/{}", view.dossier.id);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(error @ Error::Stale { .. }) => {
                    let said = said(&staff, &error);
                    let heading = words.t("act.stale");
                    (
                        StatusCode::CONFLICT,
                        Problem {
                            heading,
                            lines: vec![(String::new(), said)],
                        },
                    )
                }
                Err(Error::RequestReused { .. }) => {
                    let heading = words.t("act.failed");
                    let lines = vec![(String::new(), words.t("form.reused"))];
                    (StatusCode::CONFLICT, Problem { heading, lines })
                }
                Err(error @ (Error::Refused { .. } | Error::Invalid(_))) => {
                    let said = said(&staff, &error);
                    let heading = words.t("act.failed");
                    let lines = vec![(String::new(), said)];
                    (StatusCode::UNPROCESSABLE_ENTITY, Problem { heading, lines })
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(wrong) => {
            let lines = wrong
                .iter()
                .map(|(name, key)| ((*name).to_owned(), words.t(key)));
            let problem = Problem {
                heading: words.t("act.failed"),
                lines: lines.collect(),
            };
            (StatusCode::UNPROCESSABLE_ENTITY, problem)
        }
    };
    let view = pages.engine.dossier(staff.caller(), &name).await?;
    let directory = pages.accounts.directory(&staff.caller().province).await?;
    let mut page = page(&pages, &staff, &view, &directory, action, &typed);
    for field in &mut page.fields {
        let wrong = problem.lines.iter().find(|(name, _)| name == field.name);
        field.wrong = wrong.map(|(_, said)| said.clone());
    }
    let error = words.t("form.error");
    page.frame.title = Markup::made(format!("{error} {}", page.frame.title));
    page.problem = Some(problem);
    let mut answer = html(&page);
    *answer.status_mut() = status;
    Ok(answer)
}

fn said(staff: &Staff, error: &Error) -> Markup {
    Markup::of(&match staff.visit.language {
        Language::Vietnamese => error.vietnamese(),
        Language::English => error.to_string(),
    })
}

/// The content of a form without its technical fields.
pub(in crate::pages) fn content(what: &str, typed: &Fields) -> Vec<u8> {
    let mut content = what.as_bytes().to_vec();
    let carries = ["csrf", "request_id", "etag"];
    for (name, value) in typed.pairs().filter(|(name, _)| !carries.contains(name)) {
        content.extend([0]);
        content.extend(name.as_bytes());
        content.extend([0]);
        content.extend(value.as_bytes());
    }
    content
}
