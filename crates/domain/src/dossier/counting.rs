//! Counts due times again: what the law gives for past events.

use super::Dossier;
use super::clock::Moved;
use crate::calendar::{self, Calendar, Calendars};
use crate::deadline;
use crate::limit::Limit;
use crate::procedure::{Procedures, Verification};
use crate::time::Instant;

/// What due times depend on, besides the history.
#[derive(Clone, Copy)]
pub struct Law<'a> {
    /// The calendars of all units. Each event counts in the hours of the unit that decided at that
    /// time.
    pub calendars: &'a Calendars,
    /// The time within which the desk must answer a submission, if a rule gives one.
    pub answer_limit: Option<Limit>,
    /// All versions of all procedures; they say how much time verification adds.
    pub procedures: &'a Procedures,
}

impl Law<'_> {
    /// The time that verification adds in a dossier's case, by the dossier's version of the
    /// procedure.
    pub(super) fn verification(&self, dossier: &Dossier) -> Option<Verification> {
        let version = dossier.procedure_version;
        let procedure = self.procedures.get(&dossier.procedure, version)?;
        procedure.case(&dossier.case)?.verification
    }
}

/// The due times that one calendar alone gives a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Legal {
    /// The legal due time; none before reception and without a limit.
    pub due: Option<Instant>,
    /// The date that this calendar would have promised the citizen.
    pub promised: Option<Instant>,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// When the desk would have to answer the submission; none once the dossier is received.
    pub answer_due: Option<Instant>,
}

/// What a fact needs to count its due times again, in the hours of the unit that decided then.
pub struct Counting<'a> {
    pub(super) law: &'a Law<'a>,
    pub(super) calendar: &'a Calendar,
    /// When it happened.
    pub(super) at: Instant,
    /// Whether, at the end of the history, the submission still waits for its answer.
    pub(super) unanswered: bool,
}

impl Counting<'_> {
    /// How the due times move at the end of a wait.
    pub(super) fn after_wait(
        &self,
        on: Option<&Dossier>,
    ) -> Result<Option<Moved>, calendar::Error> {
        match on.and_then(|on| on.clock.as_ref()) {
            Some(clock) => clock.after_wait(self.at, self.calendar),
            None => Ok(None),
        }
    }

    /// How the due times move if the dossier ends during a wait.
    pub(super) fn wait_cut_short(&self, on: Option<&Dossier>) -> Option<Moved> {
        on?.wait_cut_short(self.at, self.calendar)
    }

    /// When the desk must answer a submission. None if the event gave no such time when it
    /// happened.
    pub(super) fn answer(&self, told: Option<Instant>) -> Result<Option<Instant>, calendar::Error> {
        match (told, self.law.answer_limit) {
            (Some(_), Some(limit)) if self.unanswered => {
                Ok(Some(deadline::due(self.at, limit, self.calendar)?.at))
            }
            (told, _) => Ok(told),
        }
    }
}
