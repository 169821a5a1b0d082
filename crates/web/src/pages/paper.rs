//! What all printed pages share: the article on its paper, and a bar that no paper shows.

use app::forms::{FormSheet, ListSheet};
use askama::Template;
use axum::response::Response;
use domain::id::UnitCode;
use http::HeaderMap;
use http::header::HOST;

use crate::Pages;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::Markup;

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    back: String,
    back_words: Markup,
    /// Size of the paper and source of the form.
    about: Markup,
    days: Option<ChosenDays>,
    /// Whether the paper is wider than a telephone, so that it scrolls in a frame of its own.
    is_wide: bool,
    /// None where nothing can be printed.
    article: Option<Markup>,
}

/// The days of a register, as they were asked for.
pub(super) struct ChosenDays {
    /// The address of the page.
    pub(super) action: String,
    /// The first day.
    pub(super) from: String,
    /// The last day.
    pub(super) to: String,
    /// Why nothing can be printed.
    pub(super) wrong: Option<Markup>,
}

/// A page that prints a form of a dossier.
pub(super) fn shown(pages: &Pages, staff: &Staff, sheet: &FormSheet) -> Response {
    let words = staff.visit.words();
    let form = &sheet.form;
    let title = format!("{} – {}", form.title, sheet.view.dossier.label());
    html(&PaperPage {
        frame: Frame::staff(pages, staff, Section::Desk, Markup::of(&title)),
        back: format!("/dossiers/{}", sheet.view.dossier.id),
        back_words: words.t("print.back"),
        about: about(&words.t("print.size"), &form.source),
        days: None,
        is_wide: false,
        article: Some(Markup::made(sheet.article.clone())),
    })
}

/// A page that prints a list of a unit, on A4.
pub(super) fn listed(
    pages: &Pages,
    staff: &Staff,
    sheet: &ListSheet,
    days: Option<ChosenDays>,
) -> Response {
    let words = staff.visit.words();
    let title = format!("{} – {}", sheet.form.title, sheet.unit);
    html(&PaperPage {
        about: about(&words.t("print.size_list"), &sheet.form.source),
        article: Some(Markup::made(sheet.article.clone())),
        ..of_a_desk(pages, staff, &sheet.unit, Markup::of(&title), days)
    })
}

/// A page that says why a list cannot be printed for the chosen days.
pub(super) fn not_listed(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    days: ChosenDays,
) -> Response {
    let words = staff.visit.words();
    let title = format!("{} {}", words.t("form.error"), words.t("print.days"));
    let wrong = Some(words.t("print.days_wrong"));
    let days = ChosenDays { wrong, ..days };
    html(&of_a_desk(
        pages,
        staff,
        unit,
        Markup::made(title),
        Some(days),
    ))
}

fn of_a_desk(
    pages: &Pages,
    staff: &Staff,
    unit: &UnitCode,
    title: Markup,
    days: Option<ChosenDays>,
) -> PaperPage {
    PaperPage {
        frame: Frame::staff(pages, staff, Section::Desk, title),
        back: format!("/desk/{unit}"),
        back_words: staff.visit.words().t("print.back_to_desk"),
        about: Markup::made(String::new()),
        days,
        is_wide: true,
        article: None,
    }
}

fn about(size: &Markup, source: &str) -> Markup {
    Markup::made(format!("{size} · {}", Markup::of(source)))
}

/// The address of the citizens' look-up: the operator's setting, or the host of this request.
pub(super) fn address(pages: &Pages, headers: &HeaderMap) -> String {
    if let Some(address) = &pages.settings.address {
        return address.trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}
