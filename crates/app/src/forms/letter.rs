//! The forms that tell an event of a dossier, from the last such event.

use std::sync::Arc;

use documents::apology::Apology;
use documents::control::{ControlRow, ControlSlip};
use documents::forms::{Filled, Form, Kind};
use documents::refusal::RefusalNotice;
use documents::result::ResultReceipt;
use documents::stop::StopNotice;
use documents::supplement::Supplement;
use documents::{Head, Printed};
use domain::catalogue::Catalogue;
use domain::dossier::custody::Party;
use domain::dossier::{Dossier, Event, Record};
use domain::indicator::{Finish, is_due_by_day};
use domain::time::{self, Instant};

use super::names::{
    agency, component_name, fee, lower_first, place, returned_at, tells, unit_name, way_out,
};
use crate::accounts::Directory;
use crate::ports::Print;
use crate::receipt_sheet::Desk;
use crate::view::{HistoryEntry, View};

/// The data of a letter.
pub(super) struct Letter {
    pub(super) view: View,
    history: Vec<HistoryEntry>,
    /// The index of the event that the letter is about.
    at: usize,
    sender: String,
    position: String,
    directory: Directory,
    catalogue: Arc<Catalogue>,
}

impl Letter {
    /// From the last event that a form of this kind tells; none without one.
    pub(super) fn of(
        view: View,
        history: Vec<HistoryEntry>,
        kind: Kind,
        directory: Directory,
        catalogue: Arc<Catalogue>,
    ) -> Option<Self> {
        let mut events = history.iter();
        let at = events.rposition(|entry| tells(kind, &entry.record.event))?;
        let record = &history[at].record;
        let official = directory.get(&record.actor);
        let position = official.map_or_else(String::new, |it| it.position.to_uppercase());
        Some(Self {
            sender: directory.name(&record.actor),
            position,
            at,
            history,
            view,
            directory,
            catalogue,
        })
    }

    pub(super) fn record(&self) -> &Record {
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
        fee(&self.view)
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

/// What every letter has: its heads, and where the citizen looks it up.
struct Paper {
    head: Head,
    lookup: String,
}

impl Letter {
    /// What the form says; none where the event does not have it.
    pub(super) fn filled(&self, form: Form, print: &Print, site: &str) -> Option<Box<dyn Filled>> {
        let unit = unit_name(&self.catalogue, &self.view.dossier.receiving);
        let paper = Paper {
            head: Head {
                agency: agency(&unit),
                place: place(&unit).to_owned(),
                day: self.record().event_time,
                printed: Printed(print.number),
                form,
            },
            lookup: format!("{site}/lookup?code={}", self.view.dossier.label()),
        };
        match paper.head.form.kind {
            Kind::Supplement => self.supplement(paper),
            Kind::Apology => self.apology(paper),
            Kind::Refusal => Some(self.refusal(paper)),
            Kind::Stop => Some(self.stop(paper)),
            Kind::Control => Some(self.control(paper)),
            Kind::Result => self.result(paper),
            Kind::Receipt | Kind::Register | Kind::HandOver => None,
        }
    }

    fn supplement(&self, paper: Paper) -> Option<Box<dyn Filled>> {
        let Event::SupplementRequested(asked) = &self.record().event else {
            return None;
        };
        let items = asked.items.iter().enumerate().map(|(number, item)| {
            let paper = item.component.as_ref();
            let paper = paper.map(|code| component_name(&self.view, code));
            let note = self.text(&format!("items.{number}.note"));
            match paper {
                Some(paper) if note.is_empty() => paper,
                Some(paper) => format!("{paper}: {note}"),
                None => note,
            }
        });
        let before = self.history[..=self.at].iter();
        let round = before
            .filter(|entry| tells(Kind::Supplement, &entry.record.event))
            .count();
        let person = self.view.applicant.clone().unwrap_or_default();
        let form = Supplement {
            items: items.collect(),
            code: self.code(),
            round: u32::try_from(round).unwrap_or(u32::MAX),
            applicant: person.name,
            address: person.address,
            phone: person.phone,
            procedure: self.view.procedure.name.clone(),
            procedure_code: self.view.procedure.code.to_string(),
            reason: self.text("reason"),
            respond_by: asked.respond_by,
            stands: asked.stands,
            lookup: paper.lookup,
            guide: self.sender.clone(),
            head: paper.head,
        };
        Some(Box::new(form))
    }

    fn apology(&self, paper: Paper) -> Option<Box<dyn Filled>> {
        let received = self.view.dossier.received?;
        let old = self.told_until(self.at)?;
        let new = self.told_until(self.at + 1)?;
        let person = self.view.applicant.clone().unwrap_or_default();
        let form = Apology {
            code: self.code(),
            applicant: person.name,
            address: person.address,
            procedure: self.view.procedure.name.clone(),
            received,
            old,
            new,
            reason: self.text("reason"),
            lookup: paper.lookup,
            position: self.position.clone(),
            signatory: self.sender.clone(),
            head: paper.head,
        };
        Some(Box::new(form))
    }

    fn refusal(&self, paper: Paper) -> Box<dyn Filled> {
        let (dossier, procedure) = (&self.view.dossier, &self.view.procedure);
        let (reason, legal_basis, competent) = match &self.record().event {
            Event::Refused(refused) => (self.text("reason"), String::new(), &refused.competent),
            Event::Expired(_) => (
                "quá thời hạn mà không bổ sung giấy tờ; cần nộp hồ sơ mới".to_owned(),
                procedure.expiry_source.clone(),
                &None,
            ),
            _ => (self.text("reason"), self.text("legal_basis"), &None),
        };
        let competent = competent.as_ref();
        let person = self.view.applicant.clone().unwrap_or_default();
        let form = RefusalNotice {
            code: self.code(),
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
                agency(&unit_name(&self.catalogue, unit))
            }),
            contact: self.desk(),
            lookup: paper.lookup,
            position: self.position.clone(),
            signatory: self.sender.clone(),
            head: paper.head,
        };
        Box::new(form)
    }

    fn stop(&self, paper: Paper) -> Box<dyn Filled> {
        let person = self.view.applicant.clone().unwrap_or_default();
        let form = StopNotice {
            code: self.code(),
            applicant: person.name,
            address: person.address,
            procedure: self.view.procedure.name.clone(),
            procedure_code: self.view.procedure.code.to_string(),
            received: self.view.dossier.received,
            stopped: self.record().event_time,
            reason: self.text("reason"),
            returned_at: self.desk(),
            fee: self.fee(),
            lookup: paper.lookup,
            position: self.position.clone(),
            signatory: self.sender.clone(),
            head: paper.head,
        };
        Box::new(form)
    }

    fn result(&self, paper: Paper) -> Option<Box<dyn Filled>> {
        let Event::Returned(returned) = &self.record().event else {
            return None;
        };
        let person = self.view.applicant.clone().unwrap_or_default();
        let dossier = &self.view.dossier;
        let documents = dossier.results.iter().map(|result| {
            let number = result.number.as_ref();
            number.map_or_else(
                || "Kết quả điện tử".to_owned(),
                |it| format!("Kết quả số {it}"),
            )
        });
        let form = ResultReceipt {
            code: self.code(),
            applicant: person.name,
            address: person.address,
            procedure: self.view.procedure.name.clone(),
            procedure_code: self.view.procedure.code.to_string(),
            receiver: self.receiver(),
            proxy: returned.proxy,
            channel: way_out(returned.channel).to_owned(),
            documents: documents.collect(),
            returned: self.record().event_time,
            due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
            outcome: self.outcome(),
            fee: self.fee(),
            giver: self.sender.clone(),
            lookup: paper.lookup,
            head: paper.head,
        };
        Some(Box::new(form))
    }

    fn control(&self, paper: Paper) -> Box<dyn Filled> {
        let dossier = &self.view.dossier;
        let person = self.view.applicant.clone().unwrap_or_default();
        let form = ControlSlip {
            code: self.code(),
            applicant: person.name,
            phone: person.phone,
            procedure: self.view.procedure.name.clone(),
            procedure_code: self.view.procedure.code.to_string(),
            received: self.record().event_time,
            due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
            resolving: unit_name(&self.catalogue, &dossier.resolving),
            rows: self.changes(),
            lookup: paper.lookup,
            head: paper.head,
        };
        Box::new(form)
    }

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
