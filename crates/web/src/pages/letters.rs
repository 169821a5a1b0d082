//! `/dossiers/{name}/print/supplement` and `/apology`: the letters of the last request for papers
//! and of the last apology, from the recorded events. Printing does not change the dossier.

use std::sync::Arc;

use app::view::{DossierName, HistoryEntry, View};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use documents::apology::Apology;
use documents::forms::{Forms, Kind};
use documents::supplement::Supplement;
use documents::{Head, Printed};
use domain::dossier::{Dossier, Event};
use domain::id::ComponentCode;
use domain::time::{self, Instant};
use http::HeaderMap;

use super::paper::{address, agency, place, shown};
use crate::Pages;
use crate::fault::Fault;
use crate::visit::Staff;

/// The routes of these forms.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/dossiers/{name}/print/supplement", get(supplement))
        .route("/dossiers/{name}/print/apology", get(apology))
}

/// Whether an event is a request for papers.
pub fn asks_for_papers(event: &Event) -> bool {
    matches!(event, Event::SupplementRequested(_))
}

/// Whether an event is an apology.
pub fn apologises(event: &Event) -> bool {
    matches!(event, Event::Extended(_) | Event::Apologised(_))
}

/// The data of a letter.
struct Letter {
    view: View,
    history: Vec<HistoryEntry>,
    /// The index of the event that the letter is about.
    at: usize,
    head: Head,
    lookup: String,
    sender: String,
    position: String,
}

impl Letter {
    async fn read(
        pages: &Pages,
        staff: &Staff,
        name: &str,
        headers: &HeaderMap,
        kind: Kind,
        about: fn(&Event) -> bool,
    ) -> Result<Self, Fault> {
        let (engine, caller) = (&pages.engine, staff.caller());
        let name = DossierName::parse(name).map_err(|_not_a_name| Fault::NoPage)?;
        let view = engine.dossier(caller, &name).await?;
        let history = engine.history(caller, &name).await?;
        let at = history.iter().rposition(|entry| about(&entry.record.event));
        let at = at.ok_or(Fault::NoPage)?;
        let record = &history[at].record;
        let forms = Forms::shipped();
        let form = forms.on(kind, time::local_day(record.event_time));
        let form = form.ok_or(Fault::NoPage)?.clone();
        let dossier = &view.dossier;
        let catalogue = engine.catalogue(&dossier.province);
        let unit = catalogue.units.get(&dossier.receiving);
        let unit = unit.map_or_else(|| dossier.receiving.to_string(), |unit| unit.name.clone());
        let directory = pages.accounts.directory(&caller.province).await?;
        let official = directory.get(&record.actor);
        let position = official.map_or_else(String::new, |it| it.position.to_uppercase());
        let head = Head {
            agency: agency(&unit),
            place: place(&unit).to_owned(),
            day: record.event_time,
            form,
            printed: Printed(1),
        };
        let lookup = format!(
            "{}/lookup?code={}",
            address(pages, headers),
            dossier.label()
        );
        Ok(Self {
            head,
            lookup,
            sender: directory.name(&record.actor),
            position,
            at,
            history,
            view,
        })
    }

    /// The text of a field, without its final full stop, because the form sets one.
    fn text(&self, field: &str) -> String {
        let mut texts = self.history[self.at].texts.iter();
        let found = texts.find(|(name, _)| name == field);
        found.map_or_else(String::new, |(_, text)| {
            text.trim().trim_end_matches('.').to_owned()
        })
    }

    /// The date that the citizen was told last, up to an event.
    fn told_until(&self, until: usize) -> Option<Instant> {
        let records = self.history[..until].iter().map(|entry| &entry.record);
        Dossier::fold(records)?.clock?.promised_due
    }
}

async fn supplement(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(
        &pages,
        &staff,
        &name,
        &headers,
        Kind::Supplement,
        asks_for_papers,
    )
    .await?;
    let Event::SupplementRequested(asked) = &letter.history[letter.at].record.event else {
        return Err(Fault::NoPage);
    };
    let items = asked.items.iter().enumerate().map(|(number, item)| {
        let paper = item.component.as_ref();
        let paper = paper.map(|code| component_name(&letter.view, code));
        let note = letter.text(&format!("items.{number}.note"));
        match paper {
            Some(paper) if note.is_empty() => paper,
            Some(paper) => format!("{paper}: {note}"),
            None => note,
        }
    });
    let before = letter.history[..=letter.at].iter();
    let round = before
        .filter(|entry| asks_for_papers(&entry.record.event))
        .count();
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = Supplement {
        items: items.collect(),
        code: letter.view.dossier.label(),
        round: u32::try_from(round).unwrap_or(u32::MAX),
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        procedure: letter.view.procedure.name.clone(),
        procedure_code: letter.view.procedure.code.to_string(),
        reason: letter.text("reason"),
        respond_by: asked.respond_by,
        stands: asked.stands,
        lookup: letter.lookup.clone(),
        guide: letter.sender.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &letter.head.form, form.html())
}

async fn apology(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Apology, apologises).await?;
    let received = letter.view.dossier.received.ok_or(Fault::NoPage)?;
    let old = letter.told_until(letter.at).ok_or(Fault::NoPage)?;
    let new = letter.told_until(letter.at + 1).ok_or(Fault::NoPage)?;
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = Apology {
        code: letter.view.dossier.label(),
        applicant: person.name,
        address: person.address,
        procedure: letter.view.procedure.name.clone(),
        received,
        old,
        new,
        reason: letter.text("reason"),
        lookup: letter.lookup.clone(),
        position: letter.position.clone(),
        signatory: letter.sender.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &letter.head.form, form.html())
}

/// The name of a paper; its code if the procedure does not name it.
pub fn component_name(view: &View, code: &ComponentCode) -> String {
    let mut named = view.procedure.components.iter();
    named
        .find(|component| component.code == *code)
        .map_or_else(|| code.to_string(), |component| component.name.clone())
}
