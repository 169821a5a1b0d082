//! `/documents`: texts of the catalogue that one person proposes and a second one approves.

use std::collections::HashSet;
use std::sync::Arc;

use app::Error;
use app::access::{self, Method};
use app::page::PageQuery;
use app::ports::{Document, DocumentState};
use app::publication::calendar::Trial;
use app::publication::procedure::Target;
use app::publication::{Draft, Subject};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::catalogue::Catalogue;
use domain::dossier::change::migration::StepMap;
use domain::time::{self, Instant};
use http::StatusCode;

use super::calendar::effects;
use super::changes::Changes;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE, LONGEST_TEXT};
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/documents", get(list))
        .route("/documents/new", get(begin).post(propose))
        .route("/documents/{number}", get(show))
        .route("/documents/{number}/approve", post(approve))
        .route("/documents/{number}/reject", post(reject))
}

/// How many texts the list shows.
const LISTED: i32 = 100;

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    frame: Frame,
    rows: Vec<DocumentRow>,
    may_propose: bool,
}

struct DocumentRow {
    number: u64,
    what: Markup,
    reason: String,
    author: String,
    at: String,
    state: Markup,
    class: &'static str,
}

/// What a path is about, in words.
fn subject(path: &str, catalogue: &Catalogue, words: &Words) -> Markup {
    let stem = path.strip_prefix("procedures/");
    let Some(stem) = stem.and_then(|name| name.strip_suffix(".toml")) else {
        return words.t(match path {
            "calendar/national.csv" => "documents.national",
            "calendar/hours.csv" => "documents.hours",
            "calendar/outages.csv" => "documents.outages",
            _ => "documents.units",
        });
    };
    let code = domain::id::ProcedureCode::parse(stem).ok();
    let latest = code.and_then(|code| catalogue.procedures.versions(&code).last().cloned());
    let name = latest.map_or_else(|| stem.to_owned(), |it| format!("{} ({stem})", it.name));
    words.fill("documents.procedure", &[("name", name.as_str().into())])
}

fn state(state: &DocumentState) -> (&'static str, &'static str) {
    match state {
        DocumentState::Proposed => ("documents.proposed", "f-risk"),
        DocumentState::Published { .. } => ("documents.published", "f-ok"),
        DocumentState::Rejected { .. } => ("documents.rejected", ""),
    }
}

fn moment(at: Instant, say: Format) -> String {
    format!("{} {}", say.clock(at), say.date(time::local_day(at)))
}

async fn list(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let caller = staff.caller();
    let page = PageQuery {
        size: LISTED,
        token: String::new(),
    };
    let found = pages.engine.documents(caller, &page).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let catalogue = pages.engine.catalogue(&caller.province);
    let rows = found.items.iter().map(|document| {
        let (key, class) = state(&document.state);
        DocumentRow {
            number: document.number,
            what: subject(&document.proposal.path, &catalogue, words),
            reason: document.proposal.reason.clone(),
            author: directory.name(&document.proposal.author),
            at: moment(document.proposal.at, say),
            state: words.t(key),
            class,
        }
    });
    Ok(html(&DocumentsPage {
        rows: rows.collect(),
        frame: Frame::staff(
            &pages,
            &staff,
            Section::Catalogue,
            words.t("documents.title"),
        ),
        may_propose: caller.may(Method::ProposeDocument),
    }))
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    number: u64,
    heading: Markup,
    path: String,
    state: Markup,
    class: &'static str,
    reason: String,
    proposed: Markup,
    decided: Option<Markup>,
    added: Vec<String>,
    removed: Vec<String>,
    changes: Option<Changes>,
    breaks: Option<Markup>,
    outdated: Option<String>,
    job: Option<Markup>,
    waits: bool,
    may_approve: bool,
    may_reject: bool,
}

/// The lines that one text has and another lacks.
fn lines_beyond(text: &str, other: &str) -> Vec<String> {
    let known: HashSet<&str> = other.lines().collect();
    let beyond = text.lines().filter(|line| !known.contains(line));
    beyond.map(ToOwned::to_owned).collect()
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    let number: u64 = number.parse().map_err(|_not_a_number| Fault::NoPage)?;
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let caller = staff.caller();
    let document = pages.engine.document(caller, number).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let catalogue = pages.engine.catalogue(&caller.province);
    let waits = document.state == DocumentState::Proposed;
    let proposal = &document.proposal;
    let told = |key: &str, who: &domain::id::ActorId, at: Instant| {
        let (name, at) = (directory.name(who), moment(at, say));
        let values = [("name", name.as_str().into()), ("time", at.as_str().into())];
        words.fill(key, &values)
    };
    let decided = match &document.state {
        DocumentState::Proposed => None,
        DocumentState::Published { by, at } => Some(told("documents.published_by", by, *at)),
        DocumentState::Rejected { by, at } => Some(told("documents.rejected_by", by, *at)),
    };
    let (folder, name) = proposal.path.split_once('/').unwrap_or_default();
    let before = catalogue.text(folder, name).unwrap_or_default();
    let (added, removed) = if waits {
        let added = lines_beyond(&proposal.text, before);
        (added, lines_beyond(before, &proposal.text))
    } else {
        (Vec::new(), Vec::new())
    };
    let tried = if waits {
        attempt(&pages, &staff, &document).await?
    } else {
        Tried::default()
    };
    let job = match document.state {
        DocumentState::Published { .. } => job(&pages, &staff, number).await?,
        DocumentState::Proposed | DocumentState::Rejected { .. } => None,
    };
    let heading = subject(&proposal.path, &catalogue, words);
    let (key, class) = state(&document.state);
    let is_own = proposal.author == caller.actor;
    Ok(html(&DocumentPage {
        frame: Frame::staff(&pages, &staff, Section::Catalogue, heading.clone()),
        number,
        heading,
        path: proposal.path.clone(),
        state: words.t(key),
        class,
        reason: proposal.reason.clone(),
        proposed: told("documents.proposed_by", &proposal.author, proposal.at),
        decided,
        added,
        removed,
        may_approve: waits
            && !is_own
            && tried.outdated.is_none()
            && caller.may(Method::ApproveDocument),
        may_reject: waits && caller.may(Method::RejectDocument),
        changes: tried.changes,
        breaks: tried.breaks,
        outdated: tried.outdated,
        job,
        waits,
    }))
}

/// What a proposed text would do.
#[derive(Default)]
struct Tried {
    changes: Option<Changes>,
    breaks: Option<Markup>,
    /// Why it cannot be published any more.
    outdated: Option<String>,
}

async fn attempt(pages: &Pages, staff: &Staff, document: &Document) -> Result<Tried, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let outdated = |error: Error| match error {
        Error::Publication(_) => Ok(Tried {
            outdated: Some(match staff.visit.language {
                domain::language::Language::Vietnamese => error.vietnamese(),
                domain::language::Language::English => error.to_string(),
            }),
            ..Tried::default()
        }),
        other => Err(Fault::App(other)),
    };
    match Subject::of(&document.proposal.path) {
        Some(Subject::Calendar) => {
            let trial = Trial::Document(document.number);
            match effects(pages, staff, &trial).await {
                Ok(changes) => Ok(Tried {
                    changes: Some(changes),
                    ..Tried::default()
                }),
                Err(error) => outdated(error),
            }
        }
        Some(Subject::Procedure) => {
            let target = Target::Document(document.number);
            let page = PageQuery {
                size: 1,
                token: String::new(),
            };
            let map = StepMap::default();
            let tried = pages
                .engine
                .procedure_breaks(staff.caller(), &target, &map, &page)
                .await;
            match tried {
                Ok((replayed, _)) => {
                    let (seen, barred) = (say.count(replayed.seen), say.count(replayed.barred));
                    let places = [
                        ("seen", seen.as_str().into()),
                        ("barred", barred.as_str().into()),
                    ];
                    Ok(Tried {
                        breaks: Some(words.fill("documents.breaks", &places)),
                        ..Tried::default()
                    })
                }
                Err(error) => outdated(error),
            }
        }
        None => Ok(Tried::default()),
    }
}

/// How far the recalculation has come that a published calendar ordered.
async fn job(pages: &Pages, staff: &Staff, number: u64) -> Result<Option<Markup>, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let found = pages
        .engine
        .job(staff.caller(), &format!("calendar-{number}"))
        .await;
    let job = match found {
        Ok(job) => job,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let (seen, changed) = (say.count(job.seen), say.count(job.changed));
    let places = [
        ("seen", seen.as_str().into()),
        ("changed", changed.as_str().into()),
    ];
    let key = match job.ended {
        Some(_) => "documents.job_done",
        None => "documents.job_runs",
    };
    Ok(Some(words.fill(key, &places)))
}

async fn approve(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(number): Path<u64>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    pages
        .engine
        .approve_document(staff.caller(), number)
        .await?;
    Ok(Redirect::to(&format!("/documents/{number}")).into_response())
}

async fn reject(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(number): Path<u64>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    pages.engine.reject_document(staff.caller(), number).await?;
    Ok(Redirect::to(&format!("/documents/{number}")).into_response())
}

#[derive(Template)]
#[template(path = "document_new.html")]
struct NewPage {
    frame: Frame,
    path: String,
    text: String,
    reason: String,
    wrong: Vec<String>,
    /// The fields that are too long, with the words to say at them.
    long: Vec<(&'static str, Markup)>,
}

impl NewPage {
    fn long(&self, field: &str) -> Option<&Markup> {
        let mut long = self.long.iter();
        long.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

async fn begin(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    access::check_role(staff.caller(), Method::ProposeDocument)?;
    let words = staff.visit.words();
    let path = Fields::of(&staff.visit.uri).get("path").to_owned();
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let text = catalogue.text(folder, name).unwrap_or_default().to_owned();
    Ok(html(&NewPage {
        frame: Frame::staff(&pages, &staff, Section::Catalogue, words.t("documents.new")),
        path,
        text,
        reason: String::new(),
        wrong: Vec::new(),
        long: Vec::new(),
    }))
}

async fn propose(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let draft = Draft {
        path: fields.get("path").to_owned(),
        text: fields.raw("text").to_owned(),
        reason: fields.get("reason").to_owned(),
    };
    let limits = [("path", LONGEST_LINE), ("reason", LONGEST_TEXT)];
    let long = staff.visit.too_long(&fields, &limits);
    if !long.is_empty() {
        return Ok(not_proposed(&pages, &staff, draft, Vec::new(), long));
    }
    match pages
        .engine
        .propose_document(staff.caller(), draft.clone())
        .await
    {
        Ok(document) => {
            Ok(Redirect::to(&format!("/documents/{}", document.number)).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            let wrong = wrong.into_iter().map(|field| field.problem).collect();
            Ok(not_proposed(&pages, &staff, draft, wrong, Vec::new()))
        }
        Err(other) => Err(other.into()),
    }
}

fn not_proposed(
    pages: &Pages,
    staff: &Staff,
    draft: Draft,
    wrong: Vec<String>,
    long: Vec<(&'static str, Markup)>,
) -> Response {
    let words = staff.visit.words();
    let (title, error) = (words.t("documents.new"), words.t("form.error"));
    let title = Markup::made(format!("{error} {title}"));
    let page = NewPage {
        frame: Frame::staff(pages, staff, Section::Catalogue, title),
        path: draft.path,
        text: draft.text,
        reason: draft.reason,
        wrong,
        long,
    };
    let mut answer = html(&page);
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_shows_the_lines_that_differ() {
        let (old, new) = ("a\nb\nc\n", "a\nx\nc\n");
        assert_eq!(lines_beyond(new, old), ["x"]);
        assert_eq!(lines_beyond(old, new), ["b"]);
    }
}
