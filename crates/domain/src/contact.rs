//! Where citizens find a unit, and when: what a receipt prints beside the unit's name.

use std::collections::HashMap;

use crate::id::UnitCode;
use crate::procedure::Mark;

/// Where a unit's desk is, how it is reached, and when it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The address of the desk; empty when it is not known.
    pub address: String,
    /// The telephone number; empty when it is not known.
    pub telephone: String,
    /// When the desk is open, in words; empty when it is not known.
    pub hours: String,
    /// How sure all of that is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

/// The contacts of all units of which any are known.
#[derive(Debug, Clone, Default)]
pub struct Contacts(HashMap<UnitCode, Contact>);

impl Contacts {
    /// Where a unit is found; none when nothing is known of it.
    #[must_use]
    pub fn get(&self, unit: &UnitCode) -> Option<&Contact> {
        self.0.get(unit)
    }

    /// Adds one unit's; false when there was one before.
    pub(crate) fn add(&mut self, unit: UnitCode, contact: Contact) -> bool {
        self.0.insert(unit, contact).is_none()
    }
}
