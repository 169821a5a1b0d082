//! The facts of an event by name, as they are sent.

use std::collections::BTreeMap;

use domain::dossier::clock::Moved;
use domain::time::{self, Instant};

/// Facts by name. Commitments to personal values are left out, because they tell a reader nothing.
#[derive(Default)]
pub struct Details(BTreeMap<String, String>);

impl Details {
    pub fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }

    pub fn moved(&mut self, moved: Option<&Moved>) {
        let Some(moved) = moved else { return };
        self.time("effective_due_time", Some(moved.effective_due));
        self.time("promised_due_time", moved.promised_due);
        self.time("legal_due_time", moved.legal_due);
        self.time("restart_time", moved.restarted);
        self.put("due_provisional", &moved.provisional);
    }

    pub fn put(&mut self, name: &str, value: &impl ToString) {
        self.0.insert(name.to_owned(), value.to_string());
    }

    pub fn some(&mut self, name: &str, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    pub fn time(&mut self, name: &str, value: Option<Instant>) {
        self.some(name, value.map(time::rfc3339).as_ref());
    }

    pub fn list<T: ToString>(&mut self, name: &str, values: &[T]) {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            self.put(name, &values.join(", "));
        }
    }
}
