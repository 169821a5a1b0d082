//! `/dossiers/{name}/print/…`: the forms that tell an event of a dossier, from the last such event.
//! Printing does not change the dossier; each print is counted.

use std::sync::Arc;

use app::accounts::Directory;
use app::ports::PrintedForm;
use app::receipt_sheet::Desk;
use app::view::{DossierName, HistoryEntry, View};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use documents::apology::Apology;
use documents::control::{ControlRow, ControlSlip};
use documents::forms::Kind;
use documents::refusal::RefusalNotice;
use documents::result::ResultReceipt;
use documents::stop::StopNotice;
use documents::supplement::Supplement;
use documents::{Head, Printed};
use domain::catalogue::Catalogue;
use domain::dossier::custody::Party;
use domain::dossier::{Channel, Dossier, Event, Record};
use domain::id::{ComponentCode, UnitCode};
use domain::indicator::{Finish, is_due_by_day};
use domain::language::Language;
use domain::procedure::OnExpiry;
use domain::time::{self, Instant};
use http::HeaderMap;

use super::paper::{address, agency, fee, form_of, lower_first, place, returned_at, shown};
use crate::Pages;
use crate::fault::Fault;
use crate::say::Format;
use crate::visit::Staff;

/// The routes of these forms.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/dossiers/{name}/print/supplement", get(supplement))
        .route("/dossiers/{name}/print/apology", get(apology))
        .route("/dossiers/{name}/print/refusal", get(refusal))
        .route("/dossiers/{name}/print/stop", get(stop))
        .route("/dossiers/{name}/print/control", get(control))
        .route("/dossiers/{name}/print/result", get(result))
}

/// Whether an event is told by a form of this kind.
pub fn tells(kind: Kind, event: &Event) -> bool {
    match kind {
        Kind::Receipt | Kind::Control => matches!(event, Event::Received(_)),
        Kind::Supplement => matches!(event, Event::SupplementRequested(_)),
        Kind::Apology => matches!(event, Event::Extended(_) | Event::Apologised(_)),
        Kind::Stop => matches!(event, Event::Withdrawn(_)),
        Kind::Refusal => match event {
            Event::Refused(_) | Event::Stopped(_) => true,
            Event::Expired(expired) => expired.ends == OnExpiry::Refuse,
            _ => false,
        },
        Kind::Result => matches!(event, Event::Returned(_)),
        Kind::Register | Kind::HandOver => false,
    }
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
    directory: Arc<Directory>,
    catalogue: Arc<Catalogue>,
}

impl Letter {
    async fn read(
        pages: &Pages,
        staff: &Staff,
        name: &str,
        headers: &HeaderMap,
        kind: Kind,
    ) -> Result<Self, Fault> {
        let (engine, caller) = (&pages.engine, staff.caller());
        let name = DossierName::parse(name).map_err(|_not_a_name| Fault::NoPage)?;
        let view = engine.dossier(caller, &name).await?;
        let history = engine.history(caller, &name).await?;
        let at = history
            .iter()
            .rposition(|entry| tells(kind, &entry.record.event));
        let at = at.ok_or(Fault::NoPage)?;
        let record = &history[at].record;
        let day = time::local_day(record.event_time);
        let form = form_of(pages, staff, kind, &view, day)?;
        let dossier = &view.dossier;
        let catalogue = engine.catalogue(&dossier.province);
        let unit = unit_name(&catalogue, &dossier.receiving);
        let directory = pages.accounts.directory(&caller.province).await?;
        let official = directory.get(&record.actor);
        let position = official.map_or_else(String::new, |it| it.position.to_uppercase());
        let printed = PrintedForm {
            kind: kind.as_str(),
            version: record.version,
        };
        let counted = engine.count_print(caller, &view, printed, engine.request_id());
        let head = Head {
            agency: agency(&unit),
            place: place(&unit).to_owned(),
            day: record.event_time,
            form,
            printed: Printed(counted.await?.number),
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
            directory,
            catalogue,
        })
    }

    fn record(&self) -> &Record {
        &self.history[self.at].record
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

    fn code(&self) -> String {
        let code = self.view.dossier.code.as_ref();
        code.map_or_else(String::new, ToString::to_string)
    }

    /// The desk where the citizen gets papers and results.
    fn desk(&self) -> String {
        let today = time::local_day(self.view.at);
        let returning = &self.view.dossier.returning;
        returned_at(&Desk::of(returning, &self.catalogue, today))
    }

    fn fee(&self) -> String {
        fee(&self.view, Format(Language::Vietnamese))
    }

    /// `trước hạn`, `đúng hạn` or `quá hạn`; empty before the end and without a due time.
    fn outcome(&self) -> String {
        let dossier = &self.view.dossier;
        let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
        let (Some(ended), Some(due)) = (dossier.ended, due) else {
            return String::new();
        };
        match Finish::of(ended, due, is_due_by_day(dossier)) {
            Finish::Early => "trước hạn",
            Finish::OnDue => "đúng hạn",
            Finish::Late => "quá hạn",
        }
        .to_owned()
    }

    fn party(&self, party: &Party) -> String {
        let unit = unit_name(&self.catalogue, &party.unit);
        format!("{}, {unit}", self.directory.name(&party.actor))
    }
}

fn unit_name(catalogue: &Catalogue, unit: &UnitCode) -> String {
    let known = catalogue.units.get(unit);
    known.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
}

async fn supplement(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Supplement).await?;
    let Event::SupplementRequested(asked) = &letter.record().event else {
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
        .filter(|entry| tells(Kind::Supplement, &entry.record.event))
        .count();
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = Supplement {
        items: items.collect(),
        code: letter.code(),
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
    shown(&pages, &staff, &letter.view, &form)
}

async fn apology(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Apology).await?;
    let received = letter.view.dossier.received.ok_or(Fault::NoPage)?;
    let old = letter.told_until(letter.at).ok_or(Fault::NoPage)?;
    let new = letter.told_until(letter.at + 1).ok_or(Fault::NoPage)?;
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = Apology {
        code: letter.code(),
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
    shown(&pages, &staff, &letter.view, &form)
}

async fn refusal(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Refusal).await?;
    let (dossier, procedure) = (&letter.view.dossier, &letter.view.procedure);
    let (reason, legal_basis, competent) = match &letter.record().event {
        Event::Refused(refused) => (letter.text("reason"), String::new(), &refused.competent),
        Event::Expired(_) => (
            "quá thời hạn mà không bổ sung giấy tờ; cần nộp hồ sơ mới".to_owned(),
            procedure.expiry_source.clone(),
            &None,
        ),
        _ => (letter.text("reason"), letter.text("legal_basis"), &None),
    };
    let competent = competent.as_ref();
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = RefusalNotice {
        code: letter.code(),
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        procedure: procedure.name.clone(),
        procedure_code: procedure.code.to_string(),
        submitted: dossier.submitted,
        received: dossier.received,
        papers: dossier.components.len(),
        reason,
        legal_basis,
        competent: competent.map_or_else(String::new, |unit| {
            agency(&unit_name(&letter.catalogue, unit))
        }),
        contact: letter.desk(),
        lookup: letter.lookup.clone(),
        position: letter.position.clone(),
        signatory: letter.sender.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &form)
}

async fn stop(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Stop).await?;
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = StopNotice {
        code: letter.code(),
        applicant: person.name,
        address: person.address,
        procedure: letter.view.procedure.name.clone(),
        procedure_code: letter.view.procedure.code.to_string(),
        received: letter.view.dossier.received,
        stopped: letter.record().event_time,
        reason: letter.text("reason"),
        returned_at: letter.desk(),
        fee: letter.fee(),
        lookup: letter.lookup.clone(),
        position: letter.position.clone(),
        signatory: letter.sender.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &form)
}

async fn result(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Result).await?;
    let Event::Returned(returned) = &letter.record().event else {
        return Err(Fault::NoPage);
    };
    let person = letter.view.applicant.clone().unwrap_or_default();
    let dossier = &letter.view.dossier;
    let documents = dossier.results.iter().map(|result| {
        let number = result.number.as_ref();
        number.map_or_else(
            || "Kết quả điện tử".to_owned(),
            |it| format!("Kết quả số {it}"),
        )
    });
    let form = ResultReceipt {
        code: letter.code(),
        applicant: person.name,
        address: person.address,
        procedure: letter.view.procedure.name.clone(),
        procedure_code: letter.view.procedure.code.to_string(),
        receiver: letter.receiver(),
        proxy: returned.proxy,
        channel: way_out(returned.channel).to_owned(),
        documents: documents.collect(),
        returned: letter.record().event_time,
        due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
        outcome: letter.outcome(),
        fee: letter.fee(),
        giver: letter.sender.clone(),
        lookup: letter.lookup.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &form)
}

/// How a result reaches the citizen.
pub(super) fn way_out(channel: Channel) -> &'static str {
    match channel {
        Channel::Desk => "tại quầy",
        Channel::Post => "qua bưu chính",
        Channel::Online => "trực tuyến",
    }
}

async fn control(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let letter = Letter::read(&pages, &staff, &name, &headers, Kind::Control).await?;
    let dossier = &letter.view.dossier;
    let person = letter.view.applicant.clone().unwrap_or_default();
    let form = ControlSlip {
        code: letter.code(),
        applicant: person.name,
        phone: person.phone,
        procedure: letter.view.procedure.name.clone(),
        procedure_code: letter.view.procedure.code.to_string(),
        received: letter.record().event_time,
        due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
        resolving: unit_name(&letter.catalogue, &dossier.resolving),
        rows: letter.changes(),
        lookup: letter.lookup.clone(),
        head: letter.head.clone(),
    };
    shown(&pages, &staff, &letter.view, &form)
}

impl Letter {
    /// Who collected the result; empty if the applicant did.
    fn receiver(&self) -> String {
        let mut named = self.history[self.at].named.iter();
        let receiver = named.find(|(field, _)| field == "receiver");
        receiver.map_or_else(String::new, |(_, name)| name.clone())
    }

    /// Who gave the dossier to whom.
    fn changes(&self) -> Vec<ControlRow> {
        let desk = format!(
            "Bộ phận Một cửa {}",
            lower_first(&unit_name(&self.catalogue, &self.view.dossier.receiving))
        );
        let rows = self.history.iter().filter_map(|entry| {
            let record = &entry.record;
            let by = self.directory.name(&record.actor);
            let (giver, taker, outcome, note) = match &record.event {
                Event::Received(_) => (
                    "người nộp hồ sơ".to_owned(),
                    format!("{by}, {desk}"),
                    String::new(),
                    String::new(),
                ),
                Event::HandedOver(change) => (
                    self.party(&change.from),
                    self.party(&change.to),
                    if change.late { "giao muộn" } else { "" }.to_owned(),
                    if change.on_paper {
                        "bản giấy"
                    } else {
                        "bản điện tử"
                    }
                    .to_owned(),
                ),
                Event::Advanced(advanced) => {
                    let step = advanced.step.as_ref();
                    let step = step.and_then(|id| self.view.procedure.step(id));
                    let taker = advanced.assignee.as_ref().map(|it| self.directory.name(it));
                    let step = step.map(|step| step.name.clone());
                    let taker: Vec<String> = taker.into_iter().chain(step).collect();
                    if taker.is_empty() {
                        return None;
                    }
                    (
                        by,
                        taker.join(", "),
                        String::new(),
                        "trên hệ thống".to_owned(),
                    )
                }
                Event::Resolved(_) => (by, desk.clone(), self.outcome(), "kết quả".to_owned()),
                Event::Returned(_) => (
                    format!("{by}, {desk}"),
                    "người nhận kết quả".to_owned(),
                    String::new(),
                    String::new(),
                ),
                _ => return None,
            };
            Some(ControlRow {
                giver,
                taker,
                at: record.event_time,
                outcome,
                note,
            })
        });
        rows.collect()
    }
}

/// The name of a paper; its code if the procedure does not name it.
pub fn component_name(view: &View, code: &ComponentCode) -> String {
    let mut named = view.procedure.components.iter();
    named
        .find(|component| component.code == *code)
        .map_or_else(|| code.to_string(), |component| component.name.clone())
}
