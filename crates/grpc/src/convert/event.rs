//! Events as they are sent: facts in words, texts apart.

use std::collections::BTreeMap;

use app::import::Import;
use app::view::HistoryEntry;
use domain::dossier::clock::Moved;
use domain::dossier::correction::Correction;
use domain::dossier::event::{Received, Submitted, SupplementRequested};
use domain::dossier::mirror::Claim;
use domain::dossier::{Circumstances, Event, Origin, Record, Setting};
use domain::role::Role;
use domain::time::{self, Instant};

use super::correction;
use super::known::{policy_of, unit_name};
use super::time::timestamp;
use crate::proto;

/// An event of a dossier's history, with the texts that the caller may read.
pub fn entry(entry: HistoryEntry) -> proto::DossierEvent {
    proto::DossierEvent {
        texts: entry.texts.into_iter().collect(),
        ..record(&entry.record)
    }
}

/// An event without texts.
pub fn record(record: &Record) -> proto::DossierEvent {
    proto::DossierEvent {
        version: record.version,
        kind: record.event.kind().into(),
        event_time: Some(timestamp(record.event_time)),
        record_time: Some(timestamp(record.record_time)),
        actor: record.actor.to_string(),
        role: record.role.to_string(),
        unit: unit_name(&record.unit),
        details: Details::of(&record.event).0,
        texts: BTreeMap::new(),
    }
}

/// That a whole history came in. It is no event of any dossier.
pub fn import_completed(import: &Import) -> proto::DossierEvent {
    let mut details = Details::default();
    details.put("source", &import.source);
    details.put("dossiers", &import.dossiers);
    details.put("events", &import.events);
    proto::DossierEvent {
        version: 0,
        kind: "import_completed".into(),
        event_time: import.finished.map(timestamp),
        record_time: import.finished.map(timestamp),
        actor: import.actor.to_string(),
        role: Role::Admin.to_string(),
        unit: String::new(),
        details: details.0,
        texts: BTreeMap::new(),
    }
}

/// Facts by name. Commitments to personal values are left out: they tell a reader nothing.
#[derive(Default)]
struct Details(BTreeMap<String, String>);

impl Details {
    fn of(event: &Event) -> Self {
        let mut details = Self::default();
        match event {
            Event::Submitted(facts) => details.submitted(facts),
            Event::Received(facts) => details.received(facts),
            Event::Refused {
                reason: _,
                competent,
            } => {
                details.some("competent_unit", competent.as_ref().map(unit_name).as_ref());
            }
            Event::SupplementRequested(facts) => details.supplement(facts),
            Event::SupplementRecorded {
                components,
                papers,
                answer_due,
                moved,
            } => {
                details.list("components", components);
                details.list("papers", papers);
                details.time("answer_due_time", *answer_due);
                details.moved(moved.as_ref());
            }
            Event::Advanced { step, assignee } => {
                details.some("step", step.as_ref());
                details.some("assignee", assignee.as_ref());
            }
            Event::Assigned { assignee } => details.put("assignee", assignee),
            Event::Transferred(facts) => {
                details.put("from_unit", &unit_name(&facts.from));
                details.put("resolving_unit", &unit_name(&facts.to));
                let returning = facts.returning.as_ref().map(unit_name);
                details.some("returning_unit", returning.as_ref());
                details.time("hand_over_by_time", facts.hand_over_by);
            }
            Event::HandedOver(facts) => {
                details.put("giver", &facts.from.actor);
                details.put("giver_unit", &unit_name(&facts.from.unit));
                details.put("receiver", &facts.to.actor);
                details.put("receiver_unit", &unit_name(&facts.to.unit));
                details.list("components", &facts.components);
                details.list("originals", &facts.originals);
                details.put("on_paper", &facts.on_paper);
                details.put("late", &facts.late);
            }
            Event::PaymentRequested {
                amount_vnd,
                reason: _,
                stands,
            } => {
                details.put("amount_vnd", amount_vnd);
                details.put("clock_standing", stands);
            }
            Event::FeePaid { amount_vnd, method } => {
                details.put("amount_vnd", amount_vnd);
                details.some("method", method.as_ref());
            }
            Event::Refunded {
                amount_vnd,
                reason: _,
            } => details.put("amount_vnd", amount_vnd),
            Event::PaymentRecorded {
                amount_vnd,
                method,
                moved,
            } => {
                details.put("amount_vnd", amount_vnd);
                details.some("method", method.as_ref());
                details.moved(moved.as_ref());
            }
            Event::Extended { reason: _, moved } => details.moved(Some(moved)),
            Event::Apologised {
                reason: _,
                proposed,
            } => {
                details.time("proposed_due_time", Some(*proposed));
            }
            Event::VerificationBegun { reason: _, moved }
            | Event::Withdrawn { reason: _, moved }
            | Event::Stopped {
                reason: _,
                legal_basis: _,
                moved,
            } => {
                details.moved(moved.as_ref());
            }
            Event::LegOpened(facts) => {
                details.put("number", &facts.number);
                details.put("unit", &unit_name(&facts.unit));
                details.put("lead", &facts.lead);
                details.some("leg_id", facts.planned.as_ref());
                if !facts.agency.is_empty() {
                    details.put("agency", &facts.agency);
                }
                details.some("limit", facts.limit.as_ref());
                details.time("due_time", Some(facts.due));
                details.put("due_provisional", &facts.provisional);
            }
            Event::ConsultationOpened(facts) => {
                details.put("number", &facts.number);
                details.put("unit", &unit_name(&facts.unit));
                details.some("limit", facts.limit.as_ref());
                details.time("due_time", Some(facts.due));
                details.put("due_provisional", &facts.provisional);
            }
            Event::LegClosed { number, result: _ }
            | Event::ConsultationClosed { number, answer: _ } => details.put("number", number),
            Event::Resolved { results } => details.list("results", results),
            Event::MirroredStatus(claim) => details.claim(claim),
            Event::Conflicted(facts) => {
                details.put("conflict", &facts.number);
                details.put("contradiction", &facts.why.as_str());
                details.claim(&facts.claim);
            }
            Event::ConflictSettled {
                number,
                reason: _,
                applied,
            } => {
                details.put("conflict", number);
                details.put("applied", applied);
            }
            Event::Returned {
                receiver,
                proxy,
                channel,
            } => {
                details.put("by_applicant", &receiver.is_none());
                details.put("proxy", proxy);
                details.put("channel", channel);
            }
            Event::Rated {
                score,
                method,
                comment: _,
            } => {
                details.put("score", score);
                details.put("method", method);
            }
            Event::Succeeded { day, units } => {
                details.put("day", day);
                let old: Vec<_> = units.iter().map(|unit| unit_name(&unit.old)).collect();
                let new: Vec<_> = units.iter().map(|unit| unit_name(&unit.new)).collect();
                details.list("old_units", &old);
                details.list("new_units", &new);
            }
            Event::Recalculated(facts) => {
                details.put("document", &facts.document);
                details.time("answer_due_time", facts.answer_due);
                details.moved(facts.moved.as_ref());
                details.time("legal_due_time", facts.legal_due);
                for leg in &facts.parts.legs {
                    details.time(&format!("leg_{}_due_time", leg.number), Some(leg.due));
                }
                for asked in &facts.parts.consultations {
                    let name = format!("consultation_{}_due_time", asked.number);
                    details.time(&name, Some(asked.due));
                }
                details.time("hand_over_by_time", facts.parts.hand_over_by);
            }
            Event::Migrated {
                procedure_version,
                step,
            } => {
                details.put("procedure_version", procedure_version);
                details.some("step", step.as_ref());
            }
            Event::CorrectionProposed(correction) => details.correction(correction),
            Event::CorrectionApproved(decided) | Event::CorrectionRejected(decided) => {
                details.correction(&decided.correction);
                details.put("approver", &decided.approver);
            }
        }
        details
    }

    fn submitted(&mut self, facts: &Submitted) {
        self.put("code", &facts.code);
        self.list("external_codes", &facts.external_codes);
        self.put("procedure", &facts.procedure);
        self.put("procedure_version", &facts.procedure_version);
        self.put("case_id", &facts.case);
        self.some("mirrored_from", facts.mirrored.as_ref());
        self.put("channel", &facts.channel);
        self.some("assisted_by", facts.assisted_by.as_ref());
        self.circumstances(&facts.circumstances);
        self.list("components", &facts.components);
        self.list("papers", &facts.papers);
        self.put("receiving_unit", &unit_name(&facts.receiving));
        self.put("resolving_unit", &unit_name(&facts.resolving));
        self.put("returning_unit", &unit_name(&facts.returning));
        self.time("answer_due_time", facts.answer_due);
    }

    fn received(&mut self, facts: &Received) {
        self.some("code", facts.code.as_ref());
        self.list("external_codes", &facts.external_codes);
        self.put("procedure", &facts.procedure);
        self.put("procedure_version", &facts.procedure_version);
        self.put("case_id", &facts.case);
        self.put("channel", &facts.channel);
        self.some("assisted_by", facts.assisted_by.as_ref());
        self.circumstances(&facts.circumstances);
        self.list("components", &facts.components);
        self.list("papers", &facts.papers);
        self.put("receiving_unit", &unit_name(&facts.receiving));
        self.put("resolving_unit", &unit_name(&facts.resolving));
        self.put("returning_unit", &unit_name(&facts.returning));
        self.some("limit", facts.limit.as_ref());
        self.put("clock_policy", &policy_of(facts.policy).as_str_name());
        self.time("due_time", facts.due);
        self.put("due_provisional", &facts.provisional);
        self.time("hand_over_by_time", facts.hand_over_by);
        self.some("offline_number", facts.offline_number.as_ref());
        if let Some(imported) = &facts.imported {
            self.put("import_name", &format!("imports/{}", imported.import));
            self.put("import_case", &imported.case);
            self.list("import_oddities", &imported.oddities);
        }
    }

    fn circumstances(&mut self, facts: &Circumstances) {
        self.some("queue_ticket", facts.queue_ticket.as_ref());
        let incident = facts.incident.as_ref();
        let area = incident.and_then(|incident| incident.area.as_ref());
        self.some("incident_area", area.map(unit_name).as_ref());
        match facts.origin {
            Origin::Citizen => {}
            Origin::Agency => self.put("origin", &"agency"),
        }
        match facts.setting {
            Setting::Usual => {}
            Setting::Mobile | Setting::OnSite => self.put("setting", &facts.setting.as_str()),
        }
    }

    fn claim(&mut self, claim: &Claim) {
        self.put("system", &claim.system);
        self.put("reference", &claim.reference);
        self.put("state", &claim.status.as_str());
        self.time("status_time", Some(claim.at));
        self.time("due_time", claim.due);
    }

    fn supplement(&mut self, facts: &SupplementRequested) {
        let components: Vec<_> = facts
            .items
            .iter()
            .filter_map(|item| item.component.clone())
            .collect();
        self.list("components", &components);
        self.put("items", &facts.items.len());
        self.time("respond_by_time", facts.respond_by);
        self.put("notice_late", &facts.notice_late);
        self.put("exception", &facts.exception.is_some());
        self.put("clock_standing", &facts.stands);
    }

    fn correction(&mut self, correction: &Correction) {
        self.put("number", &correction.number);
        self.put("author", &correction.author);
        self.put("field", &correction.change.field());
        let (old, new) = correction::values(&correction.change);
        self.some("old_value", old.as_ref());
        self.some("new_value", new.as_ref());
    }

    fn moved(&mut self, moved: Option<&Moved>) {
        let Some(moved) = moved else { return };
        self.time("effective_due_time", Some(moved.effective_due));
        self.time("promised_due_time", moved.promised_due);
        self.time("legal_due_time", moved.legal_due);
        self.time("restart_time", moved.restarted);
        self.put("due_provisional", &moved.provisional);
    }

    fn put(&mut self, name: &str, value: &impl ToString) {
        self.0.insert(name.to_owned(), value.to_string());
    }

    fn some(&mut self, name: &str, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn time(&mut self, name: &str, value: Option<Instant>) {
        self.some(name, value.map(time::rfc3339).as_ref());
    }

    fn list<T: ToString>(&mut self, name: &str, values: &[T]) {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            self.put(name, &values.join(", "));
        }
    }
}
