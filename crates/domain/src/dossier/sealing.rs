//! Sealing a number into a dossier that was received before its number was known.

use super::{Dossier, Event, Record};
use crate::code::AnyCode;

impl Dossier {
    /// Gives the dossier its code, and writes it into its reception, which does not know it yet.
    ///
    /// Numbers are reserved in the transaction that writes the reception, so that they are gapless;
    /// the command was decided before.
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
