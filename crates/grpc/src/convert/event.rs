//! Events for the wire: facts in words, texts apart.

use std::collections::BTreeMap;

use app::import::Import;
use app::view::HistoryEntry;
use domain::dossier::Record;
use domain::role::Role;

use super::request_context::unit_name;
use super::time::timestamp;
use crate::acts::Details;
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
        details: Details::of(&record.event).into_map(),
        texts: BTreeMap::new(),
    }
}

/// The completion of an import. It is no event of any dossier.
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
        details: details.into_map(),
        texts: BTreeMap::new(),
    }
}
