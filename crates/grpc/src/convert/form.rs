//! Forms and lists on paper, as they are asked for and sent.

use app::Error;
use app::RequestIdentity;
use app::forms::{DeskList, FormSheet, Kind, ListSheet};
use app::view::DossierName;
use domain::id::UnitCode;

use super::fields::Fields;
use super::identity::identity;
use super::request_context::RequestContext;
use super::time::timestamp;
use crate::proto;
use crate::proto::{FormKind, ListKind};

/// The longest address of pages.
const LONGEST_SITE: usize = 200;

/// The forms of a dossier, by their names in the contract.
const KINDS: [(FormKind, Kind); 7] = [
    (FormKind::Receipt, Kind::Receipt),
    (FormKind::Supplement, Kind::Supplement),
    (FormKind::Refusal, Kind::Refusal),
    (FormKind::Apology, Kind::Apology),
    (FormKind::Stop, Kind::Stop),
    (FormKind::Control, Kind::Control),
    (FormKind::Result, Kind::Result),
];

/// A form that somebody wants printed.
pub struct WantedForm {
    /// Under which id.
    pub identity: RequestIdentity,
    /// Of which dossier.
    pub name: DossierName,
    /// Which form.
    pub kind: Kind,
    /// The address of the pages that the codes lead to.
    pub site: String,
}

/// Reads which form is wanted, and under which id.
pub fn wanted(request: &proto::PrintFormRequest) -> Result<WantedForm, Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    let name = fields.parse("name", &request.name, DossierName::parse);
    let mut kinds = KINDS.into_iter();
    let kind = kinds.find(|(known, _)| *known as i32 == request.kind);
    if kind.is_none() {
        let names = KINDS.map(|(known, _)| known.as_str_name());
        fields.wrong("kind", format!("expected one of {}", names.join(", ")));
    }
    let site = fields.text("site", &request.site, LONGEST_SITE);
    let is_told = site.chars().count() > LONGEST_SITE || site.chars().any(char::is_control);
    if !site.is_empty() && !is_told && !is_site(&site) {
        fields.wrong(
            "site",
            "expected an address such as https://motcua.example, with its scheme and without a path",
        );
    }
    let all = identity.zip(name).zip(kind);
    let ((identity, name), (_, kind)) = fields.done(all)?;
    Ok(WantedForm {
        identity,
        name,
        kind,
        site,
    })
}

/// Whether citizens can open what stands on paper.
fn is_site(text: &str) -> bool {
    let Ok(address) = text.parse::<http::Uri>() else {
        return false;
    };
    let is_web = matches!(address.scheme_str(), Some("http" | "https"));
    is_web
        && address.host().is_some_and(|host| !host.is_empty())
        && address
            .path_and_query()
            .is_none_or(|rest| rest.as_str() == "/")
}

/// Draws a printed form.
pub fn printed(sheet: &FormSheet) -> proto::PrintedForm {
    let dossier = &sheet.view.dossier;
    let mut kinds = KINDS.into_iter();
    let kind = kinds.find(|(_, kind)| *kind == sheet.form.kind);
    proto::PrintedForm {
        dossier: format!("dossiers/{}", dossier.id),
        code: dossier.label(),
        kind: kind.map_or(0, |(known, _)| known.into()),
        set: sheet.form.set.clone(),
        number: sheet.form.number.clone(),
        title: sheet.form.title.clone(),
        source: sheet.form.source.clone(),
        print_number: sheet.print.number,
        print_time: Some(timestamp(sheet.print.at)),
        page_size: "A5".to_owned(),
        html: sheet.whole_page(),
    }
}

/// Reads which list of which desk is wanted.
pub fn wanted_list(
    request: &proto::PrintListRequest,
    context: &RequestContext,
) -> Result<(UnitCode, DeskList), Error> {
    let mut fields = Fields::default();
    let unit = context.unit(&mut fields, "unit", &request.unit);
    let list = match ListKind::try_from(request.kind) {
        Ok(ListKind::Register) => {
            let day = fields.day("day", &request.day);
            let last = match request.last_day.is_empty() {
                true => day,
                false => fields.day("last_day", &request.last_day),
            };
            day.zip(last)
                .map(|(day, last)| DeskList::Register(day..=last))
        }
        Ok(ListKind::HandOver) => {
            let why = "for a list of what is to be handed over now";
            fields.absent("day", request.day.is_empty(), why);
            fields.absent("last_day", request.last_day.is_empty(), why);
            Some(DeskList::HandOver)
        }
        Ok(ListKind::Unspecified) | Err(_) => {
            let names = [ListKind::Register, ListKind::HandOver].map(|kind| kind.as_str_name());
            fields.wrong("kind", format!("expected one of {}", names.join(", ")));
            None
        }
    };
    fields.done(unit.zip(list))
}

/// Draws a printed list.
pub fn printed_list(sheet: &ListSheet) -> proto::PrintedList {
    let kind = match sheet.form.kind {
        Kind::HandOver => ListKind::HandOver,
        _ => ListKind::Register,
    };
    proto::PrintedList {
        unit: format!("units/{}", sheet.unit),
        kind: kind.into(),
        set: sheet.form.set.clone(),
        number: sheet.form.number.clone(),
        title: sheet.form.title.clone(),
        source: sheet.form.source.clone(),
        dossiers: i32::try_from(sheet.rows).unwrap_or(i32::MAX),
        print_time: Some(timestamp(sheet.at)),
        page_size: "A4 landscape".to_owned(),
        html: sheet.whole_page(),
    }
}
