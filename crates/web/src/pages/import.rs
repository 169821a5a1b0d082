//! `/import`: an administrator sends a list, sees what was found row by row, and confirms.

use std::sync::Arc;

use app::access;
use app::import::uploads::{ChosenMap, Findings, Upload, UploadStage, UploadedFile, Uploads};
use askama::Template;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::import::in_vietnamese;
use domain::language::Language;
use http::StatusCode;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::{Markup, Words};

/// The most bytes of an upload: some three hundred thousand rows.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// How many rows with reasons the page lists.
const LISTED: usize = 100;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    let whole = DefaultBodyLimit::max(MOST_BYTES);
    Router::new()
        .route("/import", get(show).merge(post(send).layer(whole)))
        .route("/import/{id}", get(look).post(confirm))
}

fn uploads(pages: &Pages) -> Option<&Arc<Uploads>> {
    pages.settings.uploads.as_ref()
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    away: bool,
    maps: Vec<String>,
    size: usize,
    wrong: Option<Markup>,
}

fn form(pages: &Pages, staff: &Staff, wrong: Option<Markup>) -> ImportPage {
    let words = staff.visit.words();
    let uploads = uploads(pages);
    let mut title = words.t("import.title");
    if wrong.is_some() {
        title = Markup::made(format!("{} {title}", words.t("form.error")));
    }
    ImportPage {
        frame: Frame::staff(pages, staff, Section::Setup, title),
        away: uploads.is_none(),
        maps: uploads.map_or_else(Vec::new, |uploads| uploads.maps()),
        size: MOST_BYTES / 1024 / 1024,
        wrong,
    }
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    access::check_administrator(staff.caller(), "ImportDossiers")?;
    Ok(html(&form(&pages, &staff, None)))
}

/// What a browser sends with the form.
#[derive(Default)]
struct Sent {
    csrf: String,
    map: String,
    own_map: String,
    update: bool,
    files: Vec<UploadedFile>,
}

fn unreadable(error: &MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::NotAForm
    }
}

async fn read(mut body: Multipart) -> Result<Sent, Fault> {
    let mut sent = Sent::default();
    while let Some(field) = body
        .next_field()
        .await
        .map_err(|wrong| unreadable(&wrong))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|wrong| unreadable(&wrong))?;
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "csrf" => sent.csrf = text(),
            "map" => sent.map = text(),
            "own_map" => sent.own_map = text(),
            "update" => sent.update = true,
            // A browser sends an empty file for a field that nobody filled.
            "file" | "second" if !bytes.is_empty() => {
                let name: String = file.chars().filter(|it| !it.is_control()).collect();
                sent.files.push(UploadedFile {
                    name,
                    bytes: bytes.to_vec(),
                });
            }
            _ => {}
        }
    }
    Ok(sent)
}

async fn send(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    body: Multipart,
) -> Result<Response, Fault> {
    access::check_administrator(staff.caller(), "ImportDossiers")?;
    let sent = read(body).await?;
    staff.check_token(&sent.csrf)?;
    let words = staff.visit.words();
    let Some(uploads) = uploads(&pages) else {
        return Err(Fault::NoPage);
    };
    if sent.files.is_empty() {
        let wrong = words.t("import.file_missing");
        let mut answer = html(&form(&pages, &staff, Some(wrong)));
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    }
    let map = if sent.own_map.is_empty() {
        ChosenMap::Shipped(sent.map)
    } else {
        ChosenMap::Own(sent.own_map)
    };
    let upload = Upload {
        map,
        files: sent.files,
        update: sent.update,
    };
    let id = uploads.look(staff.caller(), upload)?;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

#[derive(Template)]
#[template(path = "import_found.html")]
struct FoundPage {
    frame: Frame,
    id: String,
    heading: Markup,
    text: Option<Markup>,
    /// Lines of a reason that stops everything.
    said: Vec<String>,
    /// Whether the page should load itself again.
    waits: bool,
    sums: Vec<(String, Markup)>,
    refusals: Vec<Refusal>,
    more: Option<Markup>,
    otherwise: Vec<(String, String, String)>,
    confirm: Option<Markup>,
    is_done: bool,
}

struct Refusal {
    line: usize,
    reason: String,
}

async fn look(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let stage = match uploads(&pages) {
        Some(uploads) => uploads.stage(staff.caller(), &id)?,
        None => return Err(Fault::NoPage),
    };
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let heading = |key: &str| (words.t(key), Vec::new());
    let mut page = FoundPage {
        frame: Frame::staff(&pages, &staff, Section::Setup, words.t("import.title")),
        id,
        heading: Markup::default(),
        text: None,
        said: Vec::new(),
        waits: false,
        sums: Vec::new(),
        refusals: Vec::new(),
        more: None,
        otherwise: Vec::new(),
        confirm: None,
        is_done: false,
    };
    (page.heading, page.said) = match &stage {
        None => {
            page.text = Some(words.t("import.gone"));
            heading("import.failed")
        }
        Some(UploadStage::Reading) => {
            page.waits = true;
            page.text = Some(words.t("import.reading_text"));
            heading("import.reading")
        }
        Some(UploadStage::Running(progress)) => {
            page.waits = true;
            let places = [
                ("done", say.count(progress.done).into()),
                ("of", say.count(progress.of).into()),
                ("events", say.count(progress.events).into()),
            ];
            page.text = Some(words.fill("import.running_text", &places));
            heading("import.running")
        }
        Some(UploadStage::Wrong(why)) => (words.t("import.failed"), lines(why)),
        Some(UploadStage::Stopped(why)) => {
            page.confirm = Some(words.t("import.go_on"));
            (words.t("import.stopped"), lines(why))
        }
        Some(UploadStage::Found(findings)) => {
            page.text = Some(words.t("import.nothing_yet"));
            let brings = findings.outcome.dossiers + findings.outcome.updated;
            let count = say.count(brings);
            page.confirm = (brings > 0)
                .then(|| words.fill("import.confirm", &[("count", count.as_str().into())]));
            page.tell(findings, words, say);
            heading("import.found")
        }
        Some(UploadStage::Done(findings)) => {
            page.is_done = true;
            page.tell(findings, words, say);
            heading("import.done")
        }
    };
    page.frame.title = page.heading.clone();
    Ok(html(&page))
}

fn lines(why: &str) -> Vec<String> {
    why.lines().map(ToOwned::to_owned).collect()
}

impl FoundPage {
    fn tell(&mut self, found: &Findings, words: &Words, say: Format) {
        let outcome = &found.outcome;
        let sums = [
            (found.rows, "import.rows", true),
            (outcome.dossiers, "import.dossiers", true),
            (outcome.events, "import.events", true),
            (outcome.updated, "import.updated", outcome.is_update),
            (outcome.known, "import.known", false),
            (outcome.changed.len() as u64, "import.changed", false),
            (outcome.left.len() as u64, "import.left", false),
            (found.passed_over, "import.passed", false),
            (outcome.odd_dossiers, "import.odd", false),
            (found.refused, "import.refused", true),
        ];
        let sums = sums.into_iter();
        let sums = sums.filter(|(number, _, always)| *always || *number > 0);
        self.sums = sums
            .map(|(number, key, _)| (say.count(number), words.t(key)))
            .collect();
        let left = outcome.left.iter().map(|left| &left.fault);
        let all = found.refusals.iter().chain(left);
        self.refusals = all
            .take(LISTED)
            .map(|fault| Refusal {
                line: fault.line,
                reason: reason(&fault.reason, say.0),
            })
            .collect();
        let all = found.refused + outcome.left.len() as u64;
        let beyond = all.saturating_sub(self.refusals.len() as u64);
        let count = say.count(beyond);
        self.more = (beyond > 0)
            .then(|| words.fill("import.more_rows", &[("count", count.as_str().into())]));
        let otherwise = found.otherwise.iter().take(LISTED);
        self.otherwise = otherwise
            .map(|(value, taken, rows)| {
                let shown = if value.is_empty() { "–" } else { value };
                (shown.to_owned(), taken.clone(), say.count(*rows))
            })
            .collect();
    }
}

fn reason(reason: &str, language: Language) -> String {
    match language {
        Language::Vietnamese => in_vietnamese(reason),
        Language::English => reason.to_owned(),
    }
}

async fn confirm(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let Some(uploads) = uploads(&pages) else {
        return Err(Fault::NoPage);
    };
    // An unknown upload is explained by its own page.
    let _known = uploads.confirm(staff.caller(), &id)?;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}
