//! `/dossiers/{name}/print/{form}`: the forms of a dossier on paper.

use std::sync::Arc;

use app::view::DossierName;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use documents::forms::Kind;
use http::HeaderMap;

use super::paper::{address, shown};
use crate::Pages;
use crate::fault::Fault;
use crate::visit::Staff;

/// The routes of these forms.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/dossiers/{name}/print/{form}", get(print))
}

async fn print(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path((name, form)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut kinds = Kind::OF_A_DOSSIER.into_iter();
    let kind = kinds.find(|kind| kind.as_str() == form);
    let kind = kind.ok_or(Fault::NoPage)?;
    let name = DossierName::parse(&name).map_err(|_not_a_name| Fault::NoPage)?;
    let (engine, site) = (&pages.engine, address(&pages, &headers));
    let sheet = engine
        .print_form(staff.caller(), &name, kind, &site, engine.request_id())
        .await?;
    Ok(shown(&pages, &staff, &sheet))
}
