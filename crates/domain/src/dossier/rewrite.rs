//! What a job may do to a dossier, when units, calendars or procedures change around it.

use super::Dossier;
use super::event::Event;
use super::status::Status;
use crate::id::UnitCode;

/// A change that comes from outside the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// A unit was merged into another, which takes over all that is open.
    Succession {
        /// The unit that was.
        old: UnitCode,
        /// The unit that is.
        new: UnitCode,
    },
}

/// Decides what a change around a dossier means for it.
///
/// None when it means nothing, also because it was done before: doing it twice is doing it once.
/// A dossier that has ended stays as it ended: of a result that waits at the desk only the
/// desk changes.
#[must_use]
pub fn rewrite(dossier: &Dossier, rewrite: &Rewrite) -> Option<Event> {
    match rewrite {
        Rewrite::Succession { old, new } => {
            (old != new && units(dossier).contains(&old)).then(|| Event::Succeeded {
                old: old.clone(),
                new: new.clone(),
            })
        }
    }
}

/// The units that still have something to do with a dossier.
fn units(dossier: &Dossier) -> Vec<&UnitCode> {
    let holder = dossier.custody.holder.as_ref();
    let holding = holder.map(|holder| &holder.party.unit);
    match dossier.status() {
        Status::Submitted
        | Status::Received
        | Status::Processing
        | Status::SupplementRequested
        | Status::PaymentRequested => {
            let units = [&dossier.receiving, &dossier.resolving, &dossier.returning];
            units.into_iter().chain(holding).collect()
        }
        Status::Resolved => [&dossier.returning].into_iter().chain(holding).collect(),
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => Vec::new(),
    }
}
