//! Personal values on their way from a command to their own table.

use super::Decision;
use crate::dossier::event::Event;
use crate::dossier::private::{Commitment, Content, Person, Private, Salt, Words};

/// Collects personal values and hands out commitments to them.
pub(super) struct Vault<'a> {
    salt: &'a Salt,
    version: u32,
    private: Vec<Private>,
}

impl<'a> Vault<'a> {
    pub fn new(salt: &'a Salt, version: u32) -> Self {
        Self {
            salt,
            version,
            private: Vec::new(),
        }
    }

    /// Keeps words under the version and a field, and commits to them.
    pub fn words(&mut self, field: &str, words: &Words) -> Commitment {
        let item = format!("{}.{field}", self.version);
        let commitment = self.salt.commit(&item, words.as_str().as_bytes());
        self.private.push(Private {
            item,
            content: Content::Words(words.clone()),
        });
        commitment
    }

    /// Keeps a person under an item, and commits to them.
    pub fn person(&mut self, item: &str, person: &Person) -> Commitment {
        let commitment = self.salt.commit(item, &person.to_bytes());
        self.private.push(Private {
            item: item.to_owned(),
            content: Content::Person(person.clone()),
        });
        commitment
    }

    /// Keeps a person under the version and a field, and commits to them.
    pub fn own_person(&mut self, field: &str, person: &Person) -> (String, Commitment) {
        let item = format!("{}.{field}", self.version);
        let commitment = self.person(&item, person);
        (item, commitment)
    }

    /// Turns to the event after the present one: what follows is kept under its version.
    pub fn next_event(&mut self) {
        self.version += 1;
    }

    /// The decision that all of it belongs to.
    pub fn decision(self, events: Vec<Event>) -> Decision {
        Decision {
            events,
            private: self.private,
        }
    }
}
