//! What a job may do to a dossier, when units, calendars or procedures change around it.

use std::sync::Arc;

use super::Dossier;
use super::event::{Event, Passed};
use super::status::Status;
use crate::id::UnitCode;
use crate::lineage::Succession;

/// A change that comes from outside the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// Units were merged or divided, and their heirs take over all that is open.
    Succession(Arc<Succession>),
}

/// Decides what a change around a dossier means for it.
///
/// None when it means nothing, also because it was done before: doing it twice is doing it once.
/// A dossier that has ended stays as it ended: of a result that waits at the desk only the
/// desk changes.
#[must_use]
pub fn rewrite(dossier: &Dossier, rewrite: &Rewrite) -> Option<Event> {
    match rewrite {
        Rewrite::Succession(succession) => succeed(dossier, succession),
    }
}

fn succeed(dossier: &Dossier, succession: &Succession) -> Option<Event> {
    let since = dossier.units_since();
    let mut passed: Vec<Passed> = Vec::new();
    for old in units(dossier) {
        let new = succession.successor_since(old, since);
        if new != old && !passed.iter().any(|passed| passed.old == *old) {
            passed.push(Passed {
                old: old.clone(),
                new: new.clone(),
            });
        }
    }
    (!passed.is_empty()).then(|| Event::Succeeded {
        day: succession.day(),
        units: passed,
    })
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
            let own = [&dossier.receiving, &dossier.resolving, &dossier.returning];
            let legs = dossier.open_legs().map(|leg| &leg.unit);
            let asked = dossier.open_consultations().map(|asked| &asked.unit);
            own.into_iter()
                .chain(holding)
                .chain(legs)
                .chain(asked)
                .collect()
        }
        Status::Resolved => [&dossier.returning].into_iter().chain(holding).collect(),
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => Vec::new(),
    }
}
