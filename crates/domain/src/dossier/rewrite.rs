//! What a job may do to a dossier, when units, calendars or procedures change around it.

use std::sync::Arc;

use super::Dossier;
use super::event::{Event, Passed, Record};
use super::legal::{Law, Legal};
use super::migration::{StepMap, migrate};
use super::recalculation::{Publication, recalculate};
use super::status::Status;
use crate::id::{ProcedureCode, UnitCode};
use crate::lineage::Succession;
use crate::time::Instant;

/// A change that comes from outside the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// Units were merged or divided, and their heirs take over all that is open.
    Succession(Arc<Succession>),
    /// A calendar was published.
    Recalculation(Publication),
    /// Running dossiers of a version go over to another one.
    Migration {
        /// The procedure.
        procedure: ProcedureCode,
        /// The version that they are under.
        from: u16,
        /// The version that they go over to.
        to: u16,
        /// Which steps take the place of which.
        map: StepMap,
    },
}

impl Rewrite {
    /// Whether it takes the history of a dossier to decide.
    #[must_use]
    pub fn needs_history(&self) -> bool {
        match self {
            Rewrite::Recalculation(_) => true,
            Rewrite::Succession(_) | Rewrite::Migration { .. } => false,
        }
    }

    /// When it came into effect; none for what is done when it is done.
    #[must_use]
    pub fn effective(&self) -> Option<Instant> {
        match self {
            Rewrite::Recalculation(published) => Some(published.approved),
            Rewrite::Succession(_) | Rewrite::Migration { .. } => None,
        }
    }
}

/// What a rewrite rests on, besides the dossier.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The history; empty where it is not needed.
    pub history: &'a [Record],
    /// The law by the calendar in force.
    pub law: Law<'a>,
}

/// Decides what a change around a dossier means for it.
///
/// None when it means nothing, also because it was done before: doing it twice is doing it once.
/// A dossier that has ended stays as it ended: of a result that waits at the desk only the
/// desk changes. One whose due times lie beyond the calendar, or that the other version has
/// no place for, stays as it is; a dry run lists it.
#[must_use]
pub fn rewrite(dossier: &Dossier, rewrite: &Rewrite, around: &Surroundings<'_>) -> Option<Event> {
    match rewrite {
        Rewrite::Succession(succession) => succeed(dossier, succession),
        Rewrite::Recalculation(published) => {
            let legal = Legal::of(around.history, &around.law).ok()??;
            let recalculated =
                recalculate(dossier, &legal, around.law.calendars, published.approved)?;
            Some(recalculated.event(published))
        }
        Rewrite::Migration {
            procedure,
            from,
            to,
            map,
        } => {
            if (&dossier.procedure, dossier.procedure_version) != (procedure, *from) {
                return None;
            }
            migrate(dossier, around.law.procedures.get(procedure, *to)?, map).ok()
        }
    }
}

/// The units that pass a dossier on to their heirs; none when there is none that does.
#[must_use]
pub fn succeed(dossier: &Dossier, succession: &Succession) -> Option<Event> {
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
