//! `/dossiers/{name}/print/…`: the forms on paper. Printing changes nothing of a dossier.

use std::sync::Arc;

use app::view::DossierName;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use documents::forms::{Forms, Kind};
use documents::slip::{Paper, Slip};
use documents::{Head, Printed};
use domain::dossier::{FeeState, PaperCopy};
use domain::language::Language;
use domain::time;
use http::HeaderMap;
use http::header::HOST;

use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Place, html};
use crate::say::Say;
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
    dossier: String,
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
    let view = engine.dossier(caller, &name).await?;
    let receipt = engine.receipt_again(caller, &view)?;
    let dossier = &view.dossier;
    let received = dossier.received.ok_or(Fault::NoPage)?;
    let forms = Forms::shipped();
    let form = forms.on(Kind::Slip, time::local_day(received));
    let form = form.ok_or(Fault::NoPage)?.clone();
    let catalogue = engine.catalogue(&dossier.province);
    let unit_name = |code: &domain::id::UnitCode| {
        let unit = catalogue.units.get(code);
        unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
    };
    let receiving = unit_name(&dossier.receiving);
    let directory = pages.accounts.directory(&caller.province).await?;
    let history = engine.history(caller, &name).await?;
    let received_by = history
        .iter()
        .find(|entry| entry.record.event.kind() == "received")
        .map_or_else(String::new, |entry| directory.name(&entry.record.actor));
    let address = address(&pages, &headers);
    let person = view.applicant.clone().unwrap_or_default();
    let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
    let code = dossier.label();
    let say = Say(Language::Vietnamese);
    let slip = Slip {
        head: Head {
            agency: agency(&receiving),
            place: place(&receiving).to_owned(),
            day: received,
            form: form.clone(),
            printed: Printed(1),
        },
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        procedure: view.procedure.name.clone(),
        procedure_code: view.procedure.code.to_string(),
        papers: papers(&view),
        fee: fee(&view, say),
        limit: limit.map_or_else(String::new, |limit| limit.words(Language::Vietnamese)),
        received,
        due: dossier.clock.as_ref().and_then(|clock| clock.original_due),
        arithmetic: receipt.explanation.map_or_else(Vec::new, |explained| {
            let lines = explained.lines(Language::Vietnamese);
            // The first says the rule, which stands above; the last the moment itself.
            let inner = lines.len().saturating_sub(2);
            lines.into_iter().skip(1).take(inner).collect()
        }),
        returned_at: format!(
            "Bộ phận Một cửa {}",
            lower_first(&unit_name(&dossier.returning))
        ),
        lookup: format!("{address}/lookup?code={code}"),
        lookup_words: format!("{}/lookup", address.split("://").nth(1).unwrap_or_default()),
        pin: receipt.pin,
        receiver: received_by,
        code: code.clone(),
    };
    let article = slip
        .html()
        .map_err(|error| Fault::App(app::Error::Internal(Box::new(error))))?;
    let title = Markup::of(&format!("{} – {code}", form.title));
    Ok(html(&PaperPage {
        frame: Frame::staff(&pages, &staff, Place::Desk, title),
        dossier: dossier.id.to_string(),
        article: Markup::made(article),
        source: form.source,
    }))
}

/// `Ủy ban nhân dân phường Minh Xuân`; a centre is an agency of its own.
fn agency(unit: &str) -> String {
    let is_commune = ["Phường", "Xã", "Đặc khu"]
        .iter()
        .any(|kind| unit.starts_with(kind));
    if is_commune {
        format!("Ủy ban nhân dân {}", lower_first(unit))
    } else {
        unit.to_owned()
    }
}

/// What stands before the day: the name without its kind.
fn place(unit: &str) -> &str {
    let kinds = ["Phường ", "Xã ", "Đặc khu "];
    let mut named = kinds.iter().filter_map(|kind| unit.strip_prefix(kind));
    named.next().unwrap_or(unit)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn papers(view: &app::view::View) -> Vec<Paper> {
    let dossier = &view.dossier;
    let papers = dossier.components.iter().map(|code| {
        let of = |copy: &dyn Fn(PaperCopy) -> bool| {
            let papers = dossier.papers.iter();
            let counted = papers.filter(|paper| paper.component == *code && copy(paper.copy));
            counted.map(|paper| u32::from(paper.count)).sum::<u32>()
        };
        let named = view.procedure.components.iter().find(|it| it.code == *code);
        Paper {
            name: named.map_or_else(|| code.to_string(), |it| it.name.clone()),
            original: of(&|copy| copy == PaperCopy::Original),
            certified: of(&|copy| copy == PaperCopy::Certified),
            plain: of(&|copy| matches!(copy, PaperCopy::Plain | PaperCopy::Electronic)),
        }
    });
    papers.collect()
}

fn fee(view: &app::view::View, say: Say) -> String {
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

/// Where citizens find the look-up: as the operator says, or as this request came.
fn address(pages: &Pages, headers: &HeaderMap) -> String {
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
