//! Counting due times anew: what the law gives for what once happened.

use super::Dossier;
use super::clock::Moved;
use crate::calendar::{self, Calendar, Calendars};
use crate::deadline;
use crate::limit::Limit;
use crate::procedure::{Procedures, Verification};
use crate::time::Instant;

/// What due times rest on, besides the history.
#[derive(Clone, Copy)]
pub struct Law<'a> {
    /// The calendars of all units; each event counts in the hours of the unit that decided then.
    pub calendars: &'a Calendars,
    /// The time within which a submission must be answered, where a rule gives one.
    pub answer_limit: Option<Limit>,
    /// All versions of all procedures, which say what verification adds.
    pub procedures: &'a Procedures,
}

impl Law<'_> {
    /// What verification adds in the case of a dossier, by the version that it is under.
    pub(super) fn verification(&self, dossier: &Dossier) -> Option<Verification> {
        let version = dossier.procedure_version;
        let procedure = self.procedures.get(&dossier.procedure, version)?;
        procedure.case(&dossier.case)?.verification
    }
}

/// What one calendar alone makes of a dossier's due times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Legal {
    /// The legal due time; none before reception and without a limit.
    pub due: Option<Instant>,
    /// The date that the citizen would have been told.
    pub promised: Option<Instant>,
    /// Whether it rests on a provisional day.
    pub provisional: bool,
    /// By when the desk would have to answer a submission; none once it is received.
    pub answer_due: Option<Instant>,
}

/// Counting one fact anew, in the hours of the unit that decided then.
pub struct Counting<'a> {
    pub(super) law: &'a Law<'a>,
    pub(super) calendar: &'a Calendar,
    /// When it happened.
    pub(super) at: Instant,
    /// Whether a submission still waits for its answer at the end of the history.
    pub(super) unanswered: bool,
}

impl Counting<'_> {
    /// How due times move at the end of a wait.
    pub(super) fn after_wait(
        &self,
        on: Option<&Dossier>,
    ) -> Result<Option<Moved>, calendar::Error> {
        match on.and_then(|on| on.clock.as_ref()) {
            Some(clock) => clock.after_wait(self.at, self.calendar),
            None => Ok(None),
        }
    }

    /// How due times move where the dossier ends while it waits.
    pub(super) fn wait_cut_short(&self, on: Option<&Dossier>) -> Option<Moved> {
        on?.wait_cut_short(self.at, self.calendar)
    }

    /// By when a submission must be answered. Only what had to be answered then has to be
    /// answered at all.
    pub(super) fn answer(&self, told: Option<Instant>) -> Result<Option<Instant>, calendar::Error> {
        match (told, self.law.answer_limit) {
            (Some(_), Some(limit)) if self.unanswered => {
                Ok(Some(deadline::due(self.at, limit, self.calendar)?.at))
            }
            (told, _) => Ok(told),
        }
    }
}
