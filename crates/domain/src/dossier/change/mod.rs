//! What a job may do to a dossier, when units, calendars or procedures change around it.

pub mod migration;
pub mod parts;
pub mod recalculation;
pub mod replay;
pub mod succession;

use std::sync::Arc;

use self::migration::{StepMap, migrate};
use self::recalculation::{Publication, recalculate};
use self::succession::succeed;
use super::Dossier;
use super::event::{Event, Record};
use super::legal::{Law, Legal};
use crate::id::ProcedureCode;
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
        Rewrite::Succession(succession) => succeed(dossier, succession).map(Event::from),
        Rewrite::Recalculation(published) => {
            let legal = Legal::of(around.history, &around.law).ok()??;
            let recalculated =
                recalculate(dossier, &legal, around.law.calendars, published.approved)?;
            Some(recalculated.fact(published).into())
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
            let to = around.law.procedures.get(procedure, *to)?;
            migrate(dossier, to, map).ok().map(Event::from)
        }
    }
}
