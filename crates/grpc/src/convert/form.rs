//! Forms on paper, as they are asked for and sent.

use app::Error;
use app::RequestIdentity;
use app::forms::{FormSheet, Kind};
use app::view::DossierName;

use super::fields::Fields;
use super::identity::identity;
use super::time::timestamp;
use crate::proto;
use crate::proto::FormKind;

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
    let all = identity.zip(name).zip(kind);
    let ((identity, name), (_, kind)) = fields.done(all)?;
    Ok(WantedForm {
        identity,
        name,
        kind,
        site,
    })
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
