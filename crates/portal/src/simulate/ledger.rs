//! What a simulated portal has been told.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map as Json, Value, json};

use super::faults::Fault;

/// What the portal has of one dossier.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// Its fields, as they were last sent.
    pub fields: Json<String, Value>,
    /// Its rows of progress, in the order in which they came.
    pub rows: Vec<Json<String, Value>>,
    /// How often it was sent as a new one and taken.
    pub created: u32,
}

/// What happened to requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All requests.
    pub requests: u64,
    /// Sign-ins that succeeded.
    pub sessions: u64,
    /// Calls that changed something.
    pub taken: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls whose key had been taken before.
    pub repeated: u64,
    /// Faults, by their word.
    pub faults: BTreeMap<&'static str, u64>,
}

impl Counts {
    pub(super) fn note(&mut self, fault: Fault) {
        *self.faults.entry(fault.as_str()).or_default() += 1;
    }
}

/// All that the portal has.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Dossiers, by code.
    pub dossiers: BTreeMap<String, Kept>,
    /// What happened to requests.
    pub counts: Counts,
    pub(super) sessions: HashSet<String>,
    /// The answers by key: the same call twice is one call.
    pub(super) answers: HashMap<String, Value>,
}

impl Ledger {
    pub(super) fn hand_in(&mut self, code: &str) {
        self.dossiers.entry(code.to_owned()).or_default();
    }

    /// As `GET /ledger` shows it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let dossiers: Json<String, Value> = self
            .dossiers
            .iter()
            .map(|(code, kept)| {
                let shown =
                    json!({"fields": kept.fields, "rows": kept.rows, "created": kept.created});
                (code.clone(), shown)
            })
            .collect();
        let Counts {
            requests,
            sessions,
            taken,
            refused,
            repeated,
            faults,
        } = &self.counts;
        json!({
            "dossiers": dossiers,
            "counts": {
                "requests": requests, "sessions": sessions, "taken": taken, "refused": refused,
                "repeated": repeated, "faults": faults,
            },
        })
    }
}
