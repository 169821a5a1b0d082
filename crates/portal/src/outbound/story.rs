//! What a dossier has to tell a remote: one milestone for each event that a citizen reads of, and the
//! dossier as it stands. Pure: the same history gives the same milestones.

use std::collections::HashMap;

use domain::catalogue::Catalogue;
use domain::dossier::correction::APPLICANT;
use domain::dossier::private::{Content, Person};
use domain::dossier::{Dossier, Event, PaymentMethod, Record, Reuse, Status};
use domain::procedure::Procedure;
use domain::time::{self, Instant};

use super::card::{Card, Leaf};

/// One row of progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The event, by version: with the code it is the key under which the row is told once.
    pub number: u32,
    /// When it happened.
    pub at: Instant,
    /// The national status since then.
    pub status: Status,
    /// What is sent of it.
    pub card: Card,
}

/// What a history tells up to an event.
#[derive(Debug, Clone)]
pub struct Story {
    /// The code under which the remote knows the dossier.
    pub code: String,
    /// The dossier as it stands.
    pub dossier: Dossier,
    /// The rows of progress, in order.
    pub milestones: Vec<Milestone>,
    /// What is sent of the dossier.
    pub card: Card,
}

/// Why a dossier has nothing to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Its history is not there, or it has no code yet.
    NoCode,
    /// Another system decides it and tells of it.
    Mirrored,
    /// Another system wrote its history and told of it.
    Imported,
    /// The catalogue lacks its procedure.
    NoProcedure,
}

/// Reads a history up to an event.
pub fn tell(
    records: &[Record],
    private: &HashMap<String, Content>,
    catalogue: &Catalogue,
    until: u32,
) -> Result<Story, Silence> {
    let mut dossier: Option<Dossier> = None;
    let mut milestones = Vec::new();
    let mut supplements: Vec<Supplement> = Vec::new();
    for record in records.iter().take_while(|record| record.version <= until) {
        let before = dossier.as_ref().and_then(Dossier::due);
        let after = match dossier.take() {
            Some(dossier) => dossier.apply(record),
            None => Dossier::begin(record).ok_or(Silence::NoCode)?,
        };
        if after.mirrored.is_some() {
            return Err(Silence::Mirrored);
        }
        if after.imported.is_some() {
            return Err(Silence::Imported);
        }
        let procedure = procedure_of(&after, catalogue).ok_or(Silence::NoProcedure)?;
        note_supplement(&mut supplements, record, before, after.due());
        if let Some(told) = record.event.told(procedure) {
            milestones.push(milestone(record, &after, &told.vi, catalogue));
        }
        dossier = Some(after);
    }
    let dossier = dossier.ok_or(Silence::NoCode)?;
    let code = dossier.code.as_ref().ok_or(Silence::NoCode)?.to_string();
    for milestone in &mut milestones {
        let key = format!("{code}/{}", milestone.number);
        let card = std::mem::take(&mut milestone.card);
        milestone.card = card.text("code", &code).text("key", &key);
    }
    let card = card(&dossier, private, catalogue, &supplements, &code);
    Ok(Story {
        code,
        dossier,
        milestones,
        card,
    })
}

/// What the remote has not been told, if it has these rows: those after a common beginning. None if
/// what it has is no beginning of ours.
///
/// Only moment and status are compared, which no later version of a text changes.
#[must_use]
pub fn untold(
    milestones: &[Milestone],
    had: &[(String, String)],
    moment: impl Fn(Instant) -> String,
) -> Option<usize> {
    if had.len() > milestones.len() {
        return None;
    }
    let same = milestones.iter().zip(had).all(|(milestone, (at, status))| {
        moment(milestone.at) == *at && milestone.status.code().to_string() == *status
    });
    same.then_some(had.len())
}

fn procedure_of<'a>(dossier: &Dossier, catalogue: &'a Catalogue) -> Option<&'a Procedure> {
    let version = dossier.procedure_version;
    let found = catalogue.procedures.get(&dossier.procedure, version);
    found.map(AsRef::as_ref)
}

fn milestone(record: &Record, after: &Dossier, words: &str, catalogue: &Catalogue) -> Milestone {
    let status = after.status();
    let unit = catalogue.units.get(&record.unit);
    let day = time::local_day(record.event_time);
    let card = Card::default()
        .text("actor", record.actor.as_str())
        .text("title", record.role.name_vi())
        .time("at", Some(record.event_time))
        .text("unit", unit.map_or("", |unit| unit.name_on(day)))
        .text("words", words)
        .with("status", Leaf::Number(status.code().into()))
        .time("begun", after.received)
        .time("due", due(after));
    Milestone {
        number: record.version,
        at: record.event_time,
        status,
        card,
    }
}

/// The time told to the citizen; none before reception.
fn due(dossier: &Dossier) -> Option<Instant> {
    dossier.clock.as_ref().and_then(|clock| clock.effective_due)
}

struct Supplement {
    number: u32,
    asked_by: String,
    asked: Instant,
    due_before: Option<Instant>,
    done: Option<(String, Instant, Option<Instant>)>,
}

fn note_supplement(
    supplements: &mut Vec<Supplement>,
    record: &Record,
    before: Option<Instant>,
    after: Option<Instant>,
) {
    if let Event::SupplementRequested(_) = &record.event {
        supplements.push(Supplement {
            number: record.version,
            asked_by: record.actor.to_string(),
            asked: record.event_time,
            due_before: before,
            done: None,
        });
    } else if let Event::SupplementRecorded(_) = &record.event
        && let Some(open) = supplements.last_mut().filter(|open| open.done.is_none())
    {
        open.done = Some((record.actor.to_string(), record.event_time, after));
    }
}

fn card(
    dossier: &Dossier,
    private: &HashMap<String, Content>,
    catalogue: &Catalogue,
    supplements: &[Supplement],
    code: &str,
) -> Card {
    let applicant = match private.get(dossier.corrections.applicant_item()) {
        Some(Content::Person(person)) => Some(person),
        Some(Content::Words(_)) | None => match private.get(APPLICANT) {
            Some(Content::Person(person)) => Some(person),
            Some(Content::Words(_)) | None => None,
        },
    };
    let procedure = procedure_of(dossier, catalogue);
    let name = |unit| {
        let unit = catalogue.units.get(unit);
        unit.map_or("", |unit| unit.name_on(time::local_day(dossier.last)))
    };
    let status = dossier.status();
    let refused = dossier.ended.filter(|_| status == Status::Refused);
    Card::default()
        .text("code", code)
        .text("procedure", dossier.procedure.as_str())
        .text("procedure_name", procedure.map_or("", |found| &found.name))
        .text("field", procedure.map_or("", |found| &found.field))
        .with("channel", Leaf::Word(dossier.corrected_channel().as_str()))
        .with(
            "place",
            Leaf::Word(if dossier.submitted.is_some() {
                "portal"
            } else {
                "here"
            }),
        )
        .text(
            "applicant.name",
            applicant.map_or("", |person| &person.name),
        )
        .text(
            "applicant.phone",
            applicant.map_or("", |person| &person.phone),
        )
        .text(
            "applicant.address",
            applicant.map_or("", |person| &person.address),
        )
        .maybe("identities", applicant.and_then(identities))
        .time("submitted", dossier.submitted)
        .time("received", dossier.received)
        .time("answer_due", dossier.answer_due)
        .time("due", due(dossier))
        .with("status", Leaf::Number(status.code().into()))
        .time(
            "ended",
            dossier.corrected_end().filter(|_| refused.is_none()),
        )
        .time("refused", refused)
        .time("returned", dossier.returned)
        .text("receiving_unit", dossier.receiving.as_str())
        .text("resolving_unit", name(&dossier.resolving))
        .maybe("papers", papers(dossier))
        .maybe("databases", databases(dossier))
        .with("digitised", Leaf::Flag(dossier.digitised() > 0))
        .maybe("payments", payments(dossier))
        .with("paid_online", Leaf::Word(paid_online(dossier)))
        .maybe("supplements", supplement_rows(private, supplements, code))
        .maybe("results", results(dossier))
}

/// An identity number by its kind, where its length tells it; other papers are left out.
fn identities(person: &Person) -> Option<Leaf> {
    let number = &person.id_number;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kind = match number.len() {
        12 => "citizen",
        9 => "old",
        _ => return None,
    };
    let row = Card::default()
        .with("kind", Leaf::Word(kind))
        .text("number", number);
    Some(Leaf::Rows(vec![row]))
}

fn rows(rows: Vec<Card>) -> Option<Leaf> {
    (!rows.is_empty()).then_some(Leaf::Rows(rows))
}

fn papers(dossier: &Dossier) -> Option<Leaf> {
    let card = |paper: &domain::dossier::Paper| {
        let from_store = match &paper.reuse {
            Some(Reuse::PersonalStore { .. }) => true,
            Some(Reuse::Database { .. } | Reuse::EarlierDossier { .. }) | None => false,
        };
        let replaced = match &paper.reuse {
            Some(Reuse::PersonalStore { result } | Reuse::EarlierDossier { result }) => {
                result.as_ref()
            }
            Some(Reuse::Database { .. }) | None => None,
        };
        Card::default()
            .text("component", paper.component.as_str())
            .with("digitised", Leaf::Flag(paper.is_digitised()))
            .with("reused", Leaf::Flag(paper.reuse.is_some()))
            .with("from_store", Leaf::Flag(from_store))
            .maybe(
                "replaced_by",
                replaced.map(|code| Leaf::Text(code.to_string())),
            )
            .maybe(
                "sha256",
                paper.file.map(|file| Leaf::Text(file.sha256.to_string())),
            )
    };
    rows(dossier.papers.iter().map(card).collect())
}

fn databases(dossier: &Dossier) -> Option<Leaf> {
    let mut codes: Vec<String> = Vec::new();
    for paper in &dossier.papers {
        if let Some(Reuse::Database { database }) = &paper.reuse {
            let code = database.to_string();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    let card = |code: String| Card::default().text("database", &code);
    rows(codes.into_iter().map(card).collect())
}

fn payments(dossier: &Dossier) -> Option<Leaf> {
    let card = |payment: &domain::dossier::fee::Payment| {
        Card::default()
            .with("amount", Leaf::Number(payment.amount_vnd))
            .text("reference", &payment.reference.to_string())
    };
    rows(dossier.payments.iter().map(card).collect())
}

/// Which platform took the payment. Only a payment through a portal's platform is one through it:
/// that something was paid does not say how.
fn paid_online(dossier: &Dossier) -> &'static str {
    match dossier.fee_method {
        Some(PaymentMethod::Portal) => "portal",
        Some(
            PaymentMethod::Cash
            | PaymentMethod::Card
            | PaymentMethod::Qr
            | PaymentMethod::MobileMoney,
        )
        | None => "no",
    }
}

fn supplement_rows(
    private: &HashMap<String, Content>,
    supplements: &[Supplement],
    code: &str,
) -> Option<Leaf> {
    let card = |supplement: &Supplement| {
        let words = match private.get(&format!("{}.reason", supplement.number)) {
            Some(Content::Words(words)) => words.as_str(),
            Some(Content::Person(_)) | None => "",
        };
        let done = supplement.done.as_ref();
        Card::default()
            .text("key", &format!("{code}/{}", supplement.number))
            .text("asked_by", &supplement.asked_by)
            .text("words", words)
            .time("asked", Some(supplement.asked))
            .text("taken_by", done.map_or("", |(actor, _, _)| actor))
            .time("taken", done.map(|(_, at, _)| *at))
            .with(
                "state",
                Leaf::Word(if done.is_some() { "done" } else { "open" }),
            )
            .time("due_before", supplement.due_before)
            .time("due_after", done.and_then(|(_, _, due)| *due))
    };
    rows(supplements.iter().map(card).collect())
}

/// Only files that were given as results; an attachment of the applicant is none.
fn results(dossier: &Dossier) -> Option<Leaf> {
    let card = |result: &domain::dossier::ElectronicResult| {
        Card::default()
            .maybe(
                "code",
                result
                    .code
                    .as_ref()
                    .map(|code| Leaf::Text(code.to_string())),
            )
            .maybe(
                "number",
                result
                    .number
                    .as_ref()
                    .map(|number| Leaf::Text(number.to_string())),
            )
            .text("sha256", &result.file.sha256.to_string())
    };
    rows(dossier.results.iter().map(card).collect())
}
