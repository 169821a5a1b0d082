//! `/dossiers/{name}/print/slip`: the receipt on paper, and what all printed pages share. Printing
//! does not change the dossier. A separate log counts the prints of each form, so that a repeated
//! print says so.

use std::sync::Arc;

use app::receipt_sheet::{Desk, SheetPaper};
use app::view::{DossierName, View};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use documents::forms::{Filled, Form, Forms, Kind};
use documents::slip::{Paper, Receipt};
use documents::{Head, Printed};
use domain::dossier::FeeState;
use domain::id::UnitCode;
use domain::language::Language;
use domain::time;
use http::HeaderMap;
use http::header::HOST;

use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/dossiers/{name}/print/slip", get(slip))
}

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

async fn slip(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let name = DossierName::parse(&name).map_err(|_not_a_name| Fault::NoPage)?;
    let sheet = engine.print_receipt(caller, &name, engine.request_id());
    let sheet = sheet.await?;
    let (view, dossier) = (&sheet.view, &sheet.view.dossier);
    let received = dossier.received.ok_or(Fault::NoPage)?;
    let form = form_of(
        &pages,
        &staff,
        Kind::Receipt,
        view,
        time::local_day(received),
    )?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let received_by = sheet.received_by.as_ref();
    let address = address(&pages, &headers);
    let person = view.applicant.clone().unwrap_or_default();
    let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
    let code = dossier.label();
    let say = Format(Language::Vietnamese);
    let slip = Receipt {
        head: Head {
            agency: agency(&sheet.receiving.name),
            place: place(&sheet.receiving.name).to_owned(),
            day: received,
            form,
            printed: Printed(sheet.print.number),
        },
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        procedure: view.procedure.name.clone(),
        procedure_code: view.procedure.code.to_string(),
        papers: sheet.papers.iter().map(paper).collect(),
        fee: fee(view, say),
        limit: limit.map_or_else(String::new, |limit| limit.words(Language::Vietnamese)),
        received,
        due: dossier.clock.as_ref().and_then(|clock| clock.original_due),
        arithmetic: sheet
            .receipt
            .explanation
            .map_or_else(Vec::new, |explained| {
                let lines = explained.lines(Language::Vietnamese);
                // The first line states the rule, which the form prints above; the last states the
                // moment.
                let inner = lines.len().saturating_sub(2);
                lines.into_iter().skip(1).take(inner).collect()
            }),
        returned_at: returned_at(&sheet.returning),
        lookup: match sheet.lookup_token.as_str() {
            "" => format!("{address}/lookup?code={code}"),
            token => format!("{address}/lookup?code={code}&token={token}"),
        },
        lookup_words: format!("{}/lookup", address.split("://").nth(1).unwrap_or_default()),
        pin: sheet.receipt.pin,
        receiver: received_by.map_or_else(String::new, |actor| directory.name(actor)),
        code: code.clone(),
    };
    shown(&pages, &staff, view, &slip)
}

/// The version of a form for a dossier on a day.
pub(super) fn form_of(
    pages: &Pages,
    staff: &Staff,
    kind: Kind,
    view: &View,
    day: NaiveDate,
) -> Result<Form, Fault> {
    let forms = forms(pages, staff)?;
    let form = forms.on(kind, Some(&view.dossier.procedure), day);
    Ok(form.ok_or(Fault::NoPage)?.clone())
}

/// The forms of the catalogue in use. The server refuses to start with others.
pub(super) fn forms(pages: &Pages, staff: &Staff) -> Result<Forms, Fault> {
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    Forms::of(&catalogue).map_err(|fault| Fault::App(app::Error::Internal(Box::new(fault))))
}

/// A page that prints a form of a dossier.
pub(super) fn shown(
    pages: &Pages,
    staff: &Staff,
    view: &View,
    filled: &dyn Filled,
) -> Result<Response, Fault> {
    let back = format!("/dossiers/{}", view.dossier.id);
    let words = staff.visit.words();
    let shared = (back, words.t("print.back"), words.t("print.size"));
    drawn(pages, staff, &view.dossier.label(), shared, filled)
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
    drawn(pages, staff, unit.as_str(), shared, filled)
}

fn drawn(
    pages: &Pages,
    staff: &Staff,
    of: &str,
    (back, back_words, size): (String, Markup, Markup),
    filled: &dyn Filled,
) -> Result<Response, Fault> {
    let article = forms(pages, staff)?.drawn(filled);
    let article = article.map_err(|error| Fault::App(app::Error::Internal(Box::new(error))))?;
    let form = filled.form();
    let title = Markup::of(&format!("{} – {of}", form.title));
    Ok(html(&PaperPage {
        frame: Frame::staff(pages, staff, Section::Desk, title),
        back,
        back_words,
        size,
        article: Markup::made(article),
        source: form.source.clone(),
    }))
}

/// `Ủy ban nhân dân phường Minh Xuân`. A centre is an agency of its own and keeps its name.
pub(super) fn agency(unit: &str) -> String {
    let is_commune = ["Phường", "Xã", "Đặc khu"]
        .iter()
        .any(|kind| unit.starts_with(kind));
    if is_commune {
        format!("Ủy ban nhân dân {}", lower_first(unit))
    } else {
        unit.to_owned()
    }
}

/// The place before the day: the unit's name without its kind.
pub(super) fn place(unit: &str) -> &str {
    let kinds = ["Phường ", "Xã ", "Đặc khu "];
    let mut named = kinds.iter().filter_map(|kind| unit.strip_prefix(kind));
    named.next().unwrap_or(unit)
}

pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// `Bộ phận Một cửa phường Minh Xuân, Số 1 đường Mẫu, điện thoại 0200 000 0000`.
pub(super) fn returned_at(desk: &Desk) -> String {
    let mut place = format!("Bộ phận Một cửa {}", lower_first(&desk.name));
    if !desk.address.is_empty() {
        place = format!("{place}, {}", desk.address);
    }
    if !desk.telephone.is_empty() {
        place = format!("{place}, điện thoại {}", desk.telephone);
    }
    place
}

fn paper(paper: &SheetPaper) -> Paper {
    Paper {
        name: paper.name.clone(),
        original: paper.originals,
        certified: paper.certified,
        plain: paper.plain + paper.electronic,
    }
}

pub(super) fn fee(view: &View, say: Format) -> String {
    let dossier = &view.dossier;
    match dossier.fee_state() {
        FeeState::Exempt => "được miễn".to_owned(),
        FeeState::Paid => format!("đã nộp {}", say.money(dossier.fee_paid_vnd)),
        FeeState::Refunded => "đã hoàn trả".to_owned(),
        FeeState::Due => {
            let open = dossier.fee_open_vnd.unwrap_or_default();
            format!("{}, chưa nộp", say.money(open))
        }
        FeeState::Nothing => "chưa thu".to_owned(),
    }
}

/// The address of the citizens' look-up: the operator's setting, or the host of this request.
pub(super) fn address(pages: &Pages, headers: &HeaderMap) -> String {
    if let Some(address) = &pages.settings.address {
        return address.trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_named_as_letterheads_name_them() {
        assert_eq!(
            agency("Phường Minh Xuân"),
            "Ủy ban nhân dân phường Minh Xuân"
        );
        assert_eq!(place("Xã Yên Thành"), "Yên Thành");
        let centre = "Trung tâm Phục vụ hành chính công tỉnh Tuyên Quang";
        assert_eq!(agency(centre), centre);
    }
}
