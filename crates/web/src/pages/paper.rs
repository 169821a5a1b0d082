//! What all printed pages share: the article on its paper, and a bar that no paper shows.

use app::forms::FormSheet;
use askama::Template;
use axum::response::Response;
use documents::forms::{Filled, Form, Forms};
use domain::id::UnitCode;
use http::HeaderMap;
use http::header::HOST;

use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::Markup;

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    back: String,
    back_words: Markup,
    size: Markup,
    article: Markup,
    source: String,
}

/// The forms of the catalogue in use. The server refuses to start with others.
pub(super) fn forms(pages: &Pages, staff: &Staff) -> Result<Forms, Fault> {
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    Forms::of(&catalogue).map_err(|fault| Fault::App(app::Error::Internal(Box::new(fault))))
}

/// A page that prints a form of a dossier.
pub(super) fn shown(pages: &Pages, staff: &Staff, sheet: &FormSheet) -> Response {
    let back = format!("/dossiers/{}", sheet.view.dossier.id);
    let words = staff.visit.words();
    let shared = (back, words.t("print.back"), words.t("print.size"));
    let of = sheet.view.dossier.label();
    drawn(
        pages,
        staff,
        &of,
        shared,
        (&sheet.form, sheet.article.clone()),
    )
}

/// A page that prints a list of a unit, on A4.
pub(super) fn listed(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    filled: &dyn Filled,
) -> Result<Response, Fault> {
    let back = format!("/desk/{unit}");
    let words = staff.visit.words();
    let shared = (
        back,
        words.t("print.back_to_desk"),
        words.t("print.size_list"),
    );
    let article = forms(pages, staff)?.drawn(filled);
    let article = article.map_err(|error| Fault::App(app::Error::Internal(Box::new(error))))?;
    let drawn = drawn(
        pages,
        staff,
        unit.as_str(),
        shared,
        (filled.form(), article),
    );
    Ok(drawn)
}

fn drawn(
    pages: &Pages,
    staff: &Staff,
    of: &str,
    (back, back_words, size): (String, Markup, Markup),
    (form, article): (&Form, String),
) -> Response {
    let title = Markup::of(&format!("{} – {of}", form.title));
    html(&PaperPage {
        frame: Frame::staff(pages, staff, Section::Desk, title),
        back,
        back_words,
        size,
        article: Markup::made(article),
        source: form.source.clone(),
    })
}

/// The address of the citizens' look-up: the operator's setting, or the host of this request.
pub(super) fn address(pages: &Pages, headers: &HeaderMap) -> String {
    if let Some(address) = &pages.settings.address {
        return address.trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}
