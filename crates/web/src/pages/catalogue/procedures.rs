//! `/procedures`: all procedures in force, by field.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::access::{self, Method};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::fold::fold;
use domain::procedure::{Kind, Procedure};
use domain::time;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::Markup;

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/procedures", get(show))
}

#[derive(Template)]
#[template(path = "procedures.html")]
struct ProceduresPage {
    frame: Frame,
    text: String,
    field: String,
    fields: Vec<String>,
    count: Markup,
    rows: Vec<ProcedureRow>,
}

struct ProcedureRow {
    code: String,
    name: String,
    field: String,
    limit: String,
    steps: usize,
    version: u16,
    from: String,
    open: usize,
}

/// How many facts of a version no legal text confirms.
pub(super) fn unconfirmed(procedure: &Procedure) -> usize {
    let cells = procedure.cells();
    cells
        .iter()
        .filter(|cell| !cell.mark.is_confirmed())
        .count()
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    access::check_role(staff.caller(), Method::ReadCatalogue)?;
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let asked = Fields::of(&staff.visit.uri);
    let (text, field) = (asked.searched("q"), asked.get("field").to_owned());
    let today = time::local_day(pages.engine.now());
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for procedure in catalogue.procedures.iter_in_force(today) {
        fields.insert(fold(&procedure.field), procedure.field.clone());
    }
    let folded = fold(&text);
    let wanted: Vec<&str> = folded.split_whitespace().collect();
    let found = catalogue.procedures.iter_in_force(today);
    let found = found.filter(|procedure| {
        let name = fold(&format!("{} {}", procedure.name, procedure.code));
        let is_of_field = field.is_empty() || procedure.field == field;
        is_of_field && wanted.iter().all(|word| name.contains(word))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|procedure| {
        let is_petition = procedure.kind == Kind::Petition;
        (is_petition, fold(&procedure.field), fold(&procedure.name))
    });
    let rows: Vec<ProcedureRow> = found
        .into_iter()
        .map(|procedure| ProcedureRow {
            code: procedure.code.to_string(),
            name: procedure.name.clone(),
            field: procedure.field.clone(),
            limit: procedure
                .default_case()
                .limit
                .map_or_else(|| "–".to_owned(), |limit| limit.words(say.0)),
            steps: procedure.steps.len(),
            version: procedure.version,
            from: say.date(procedure.from),
            open: unconfirmed(procedure),
        })
        .collect();
    let count = say.count(rows.len() as u64);
    Ok(html(&ProceduresPage {
        frame: Frame::staff(
            &pages,
            &staff,
            Section::Catalogue,
            words.t("procedures.title"),
        ),
        count: words.fill("procedures.count", &[("count", count.into())]),
        fields: fields.into_values().collect(),
        text,
        field,
        rows,
    }))
}
