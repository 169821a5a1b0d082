//! The values of a notice: what the event and the dossier after it say. Pure.

use std::collections::HashMap;

use domain::catalogue::Catalogue;
use domain::dossier::{Dossier, Event, Record};
use domain::id::ActorId;
use domain::role::Role;
use domain::time::{self, Instant};

/// An event of which a citizen may be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The event, by version.
    pub version: u32,
    /// Its kind.
    pub kind: &'static str,
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// The dossier's code.
    pub code: String,
    /// What words may name.
    pub values: HashMap<&'static str, String>,
}

/// The events of a history from a version to another. Dossiers that another system decides or whose
/// history another system wrote are that system's to tell.
#[must_use]
pub fn notes(records: &[Record], catalogue: &Catalogue, first: u32, last: u32) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut dossier: Option<Dossier> = None;
    for record in records.iter().take_while(|record| record.version <= last) {
        let before = dossier.as_ref().and_then(due);
        let after = match dossier.take() {
            Some(dossier) => dossier.apply(record),
            None => match Dossier::begin(record) {
                Some(dossier) => dossier,
                None => return notes,
            },
        };
        if after.mirrored.is_some() || after.imported.is_some() {
            return Vec::new();
        }
        if record.version >= first {
            notes.push(note(record, &after, before, catalogue));
        }
        dossier = Some(after);
    }
    notes
}

fn due(dossier: &Dossier) -> Option<Instant> {
    dossier.clock.as_ref().and_then(|clock| clock.effective_due)
}

fn note(record: &Record, after: &Dossier, before: Option<Instant>, catalogue: &Catalogue) -> Note {
    let day = time::local_day(record.event_time);
    let unit = catalogue.units.get(&record.unit);
    let version = after.procedure_version;
    let procedure = catalogue.procedures.get(&after.procedure, version);
    let answer_by = match &record.event {
        Event::SupplementRequested(asked) => asked.respond_by,
        _ => after.answer_due.filter(|_| after.received.is_none()),
    };
    let mut values = HashMap::new();
    let code = after.code.as_ref().map(ToString::to_string);
    let mut put = |name: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            values.insert(name, value);
        }
    };
    let moment = |at: Instant| time::local(at).format("%H:%M %d/%m/%Y").to_string();
    put("code", code.clone());
    put("procedure", procedure.map(|found| found.name.clone()));
    put("agency", unit.map(|unit| unit.name_on(day).to_owned()));
    put("received", after.received.map(moment));
    put("processed", Some(moment(record.event_time)));
    put("due", due(after).map(moment));
    put("old_due", before.map(moment));
    put("ended", after.corrected_end().map(moment));
    put("returned", after.returned.map(moment));
    put("answer_by", answer_by.map(moment));
    Note {
        version: record.version,
        kind: record.event.kind(),
        at: record.event_time,
        actor: record.actor.clone(),
        role: record.role,
        code: code.unwrap_or_default(),
        values,
    }
}
