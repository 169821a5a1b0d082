//! Seals a number into a dossier whose reception was decided before its number was known.

use super::{Dossier, Event, Record};
use crate::code::AnyCode;

impl Dossier {
    /// Gives the dossier its code and writes the code into the reception.
    ///
    /// The transaction that writes the reception reserves the number, so that numbers have no gap.
    /// The command was decided before that transaction.
    pub fn seal<'r>(&mut self, records: impl IntoIterator<Item = &'r mut Record>, code: &AnyCode) {
        for record in records {
            if let Event::Received(facts) = &mut record.event
                && facts.code.is_none()
            {
                facts.code = Some(code.clone());
            }
        }
        self.code = Some(code.clone());
    }
}
