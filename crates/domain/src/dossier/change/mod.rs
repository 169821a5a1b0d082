//! What a job may do to a dossier when units, calendars or procedures change around it.

pub mod expiry;
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
use super::acts::consultation::consent_by_silence;
use super::event::{Event, Record};
use super::legal::{Law, Legal};
use crate::id::ProcedureCode;
use crate::lineage::Succession;
use crate::time::Instant;

/// A change that comes from outside the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// Units were merged or divided, and their successors take over all open dossiers.
    Succession(Arc<Succession>),
    /// A calendar was published.
    Recalculation(Publication),
    /// A moment has come by which citizens had to answer, or agencies that were asked.
    Expiry {
        /// The moment.
        now: Instant,
    },
    /// Running dossiers of one version move to another.
    Migration {
        /// The procedure.
        procedure: ProcedureCode,
        /// The version that they are under.
        from: u16,
        /// The version to which they move.
        to: u16,
        /// The new step for each old one.
        map: StepMap,
    },
}

impl Rewrite {
    /// Whether the decision needs the dossier's history.
    #[must_use]
    pub fn needs_history(&self) -> bool {
        match self {
            Rewrite::Recalculation(_) => true,
            Rewrite::Succession(_) | Rewrite::Expiry { .. } | Rewrite::Migration { .. } => false,
        }
    }

    /// When the change took effect; none if it takes effect when the job applies it.
    #[must_use]
    pub fn effective(&self) -> Option<Instant> {
        match self {
            Rewrite::Recalculation(published) => Some(published.approved),
            Rewrite::Succession(_) | Rewrite::Expiry { .. } | Rewrite::Migration { .. } => None,
        }
    }
}

/// What a rewrite needs besides the dossier.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The history; empty if [`Rewrite::needs_history`] says no.
    pub history: &'a [Record],
    /// The law by the calendar in force.
    pub law: Law<'a>,
}

/// Decides what a change around a dossier means for it.
///
/// None if it means nothing. Applying a rewrite twice therefore changes nothing the second time. An
/// ended dossier stays as it ended; if its result waits at the desk, only the desk changes. A
/// dossier stays unchanged too if its due times lie beyond the calendar, or if the other version
/// has no place for it; a dry run lists such dossiers.
#[must_use]
pub fn rewrite(dossier: &Dossier, rewrite: &Rewrite, around: &Surroundings<'_>) -> Option<Event> {
    match rewrite {
        Rewrite::Succession(succession) => succeed(dossier, succession).map(Event::from),
        Rewrite::Recalculation(published) => {
            let legal = Legal::of(around.history, &around.law).ok()??;
            let recalculated =
                recalculate(dossier, &legal, around.law.calendars, published.judged())?;
            Some(recalculated.fact(published).into())
        }
        Rewrite::Expiry { now } => {
            let expired = expiry::expire(dossier, *now, &around.law).map(Event::from);
            expired.or_else(|| consent_by_silence(dossier, *now).map(Event::from))
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
