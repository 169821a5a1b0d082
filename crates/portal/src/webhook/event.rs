//! Events as CloudEvents 1.0 in JSON, in the structured mode. They hold no personal value.

use domain::dossier::{Dossier, Record};
use domain::time::rfc3339;
use serde_json::{Value, json};

/// An event that is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// Its id: the same at every delivery.
    pub id: String,
    /// The version of the dossier after it.
    pub version: u32,
    /// What happened.
    pub kind: &'static str,
    /// The CloudEvent.
    pub body: Value,
}

/// The events of a history from a version to another.
pub(super) fn of(records: &[Record], first: u32, last: u32) -> Vec<Told> {
    let mut events = Vec::new();
    let mut dossier: Option<Dossier> = None;
    for record in records.iter().take_while(|record| record.version <= last) {
        let after = match dossier.take() {
            Some(dossier) => dossier.apply(record),
            None => match Dossier::begin(record) {
                Some(dossier) => dossier,
                None => return events,
            },
        };
        if record.version >= first {
            events.push(told(record, &after));
        }
        dossier = Some(after);
    }
    events
}

fn told(record: &Record, after: &Dossier) -> Told {
    let id = format!("{}.{}", record.dossier, record.version);
    let kind = record.event.kind();
    let code = after.code.as_ref().map(ToString::to_string);
    let due = after.clock.as_ref().and_then(|clock| clock.effective_due);
    let body = json!({
        "specversion": "1.0",
        "id": id,
        "source": format!("urn:motcua:{}", record.province),
        "type": format!("vn.motcua.dossier.{kind}.v1"),
        "subject": format!("dossiers/{}", record.dossier),
        "time": rfc3339(record.event_time),
        "datacontenttype": "application/json",
        // Extensions of CloudEvents for order: within one dossier, by version.
        "partitionkey": record.dossier.to_string(),
        "sequence": format!("{:010}", record.version),
        "data": {
            "dossier": format!("dossiers/{}", record.dossier),
            "code": code,
            "version": record.version,
            "etag": format!("v{}", record.version),
            "kind": kind,
            "procedure": after.procedure,
            "receiving_unit": after.receiving,
            "resolving_unit": after.resolving,
            "national_status": after.status().code(),
            "due_time": due.map(rfc3339),
            "unit": record.unit,
            "role": record.role.as_str(),
            "event_time": rfc3339(record.event_time),
            "record_time": rfc3339(record.record_time),
        },
    });
    Told {
        id,
        version: record.version,
        kind,
        body,
    }
}
