//! The clock of one dossier: its due times and what moved them.

use serde::{Deserialize, Serialize};

use crate::calendar::{self, Calendar};
use crate::deadline::{self, Cutoff, Start, ledger::Ledger};
use crate::limit::Limit;
use crate::procedure::{ClockPolicy, Verification};
use crate::time::Instant;

/// The due times of a received dossier. Nothing can set them: they are a fold of events.
///
/// *Overdue* and *near due* are functions of this, a calendar and a moment; they are
/// never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// When counting started: at the reception, when the competent agency had it, or at the
    /// completion of the papers under [`ClockPolicy::RestartOnComplete`]. For a dossier on its way to
    /// the competent agency, when it has to be there.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub started: Instant,
    /// The legal limit; none when the procedure's limit has no source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// How stops move the due time.
    pub policy: ClockPolicy,
    /// How late in the day a receipt counts on that day.
    #[serde(default, skip_serializing_if = "Cutoff::is_none")]
    pub cutoff: Cutoff,
    /// From the first receipt; never changes.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub original_due: Option<Instant>,
    /// What the dossier is judged by.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub effective_due: Option<Instant>,
    /// The date last told to the citizen.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub promised_due: Option<Instant>,
    /// The due time that the events and the calendar in force give; none if it equals
    /// `effective_due`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub legal_due: Option<Instant>,
    /// Whether the due time rests on a day that the calendar marks provisional.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub provisional: bool,
    /// All waits for the citizen after reception, whether or not they moved a due time.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub waits: Ledger,
    /// The open wait during which the clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<ClockStop>,
    /// When the last such wait ended.
    #[serde(
        default,
        with = "chrono::serde::ts_microseconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub resumed: Option<Instant>,
}

/// A wait during which the clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStop {
    /// When the wait began.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub since: Instant,
}

/// What the citizen is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// Papers.
    Supplement,
    /// A payment.
    Payment,
}

/// New due times, as an event carries them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The new effective due time.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub effective_due: Instant,
    /// The new promise; none if the citizen keeps the earlier date.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub promised_due: Option<Instant>,
    /// The new legal due time; none if it equals `effective_due`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub legal_due: Option<Instant>,
    /// Whether the new due time rests on a provisional day.
    pub provisional: bool,
    /// Set when counting starts anew.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub restarted: Option<Instant>,
}

impl Clock {
    /// The clock of a dossier whose due time comes from another system.
    ///
    /// It has no limit to count, and nothing here stops it.
    #[must_use]
    pub(super) fn told_elsewhere(started: Instant, due: Instant) -> Self {
        Self {
            started,
            limit: None,
            policy: ClockPolicy::NoStop,
            cutoff: Cutoff::None,
            original_due: Some(due),
            effective_due: Some(due),
            promised_due: Some(due),
            legal_due: None,
            provisional: false,
            waits: Ledger::default(),
            standing: None,
            resumed: None,
        }
    }

    /// The other system gives another due time. The first one stays as the original.
    pub(super) fn is_told(&mut self, due: Instant) {
        self.effective_due = Some(due);
        self.promised_due = Some(due);
    }

    /// Whether the clock stands during a wait that begins now.
    ///
    /// A wait that begins after the due time moves nothing: overdue stays overdue.
    #[must_use]
    pub fn would_stand(&self, wait: Wait, now: Instant) -> bool {
        let stops = match (self.policy, wait) {
            (
                ClockPolicy::RestartOnComplete
                | ClockPolicy::ExcludeInterval
                | ClockPolicy::ShiftDue,
                Wait::Supplement,
            )
            | (ClockPolicy::StopWhileFinancial, Wait::Payment) => true,
            (
                ClockPolicy::RestartOnComplete
                | ClockPolicy::ExcludeInterval
                | ClockPolicy::ShiftDue,
                Wait::Payment,
            )
            | (ClockPolicy::StopWhileFinancial, Wait::Supplement)
            | (ClockPolicy::NoStop, Wait::Supplement | Wait::Payment) => false,
        };
        stops && self.effective_due.is_some_and(|due| now <= due)
    }

    /// The due times after the citizen did what the standing wait asked for.
    ///
    /// None if no wait stands, because then nothing moves.
    pub fn after_wait(
        &self,
        until: Instant,
        calendar: &Calendar,
    ) -> Result<Option<Moved>, calendar::Error> {
        let (Some(standing), Some(limit), Some(due)) =
            (self.standing, self.limit, self.effective_due)
        else {
            return Ok(None);
        };
        let ended = |due: Instant| match self.policy {
            ClockPolicy::ShiftDue
            | ClockPolicy::StopWhileFinancial
            | ClockPolicy::ExcludeInterval => {
                let new = deadline::stop::shift(due, limit, standing.since, until, calendar)?;
                Ok(Some(deadline::Due {
                    provisional: new.provisional || self.provisional,
                    ..new
                }))
            }
            ClockPolicy::RestartOnComplete => {
                // An extension may have promised a later time; a restart never takes it back.
                let new = self.due_counted(until, limit, calendar)?;
                let at = Ord::max(new.at, due);
                Ok(Some(deadline::Due {
                    at,
                    provisional: new.provisional || (at == due && self.provisional),
                }))
            }
            ClockPolicy::NoStop => Ok(None),
        };
        let Some(new) = ended(due)? else {
            return Ok(None);
        };
        let legal = match self.legal_due {
            Some(legal) => ended(legal)?.map(|legal| legal.at),
            None => None,
        };
        // An excluded stop tells the citizen no new date, so the promise stays.
        let (promised_due, restarted) = match self.policy {
            ClockPolicy::ShiftDue | ClockPolicy::StopWhileFinancial => (Some(new.at), None),
            ClockPolicy::ExcludeInterval | ClockPolicy::NoStop => (None, None),
            ClockPolicy::RestartOnComplete => (Some(new.at), Some(until)),
        };
        Ok(Some(Moved {
            restarted,
            ..Moved::to(new, promised_due, legal)
        }))
    }

    /// The due times if the dossier ends while a wait stands.
    ///
    /// The wait counts as a stop up to the end, whatever the policy, because a dossier cannot
    /// become overdue while its clock stands. This holds on a Saturday or in the evening too, which
    /// add nothing to a stop counted in working days. Nothing new is promised.
    ///
    /// Past the calendar the length of the stop is unknown. Then the end itself is due,
    /// provisionally, because an unpublished calendar must not keep anybody from withdrawing.
    #[must_use]
    pub fn after_wait_cut_short(&self, until: Instant, calendar: &Calendar) -> Option<Moved> {
        let (standing, limit, due) = (self.standing?, self.limit?, self.effective_due?);
        let ended = |due| {
            let shifted = deadline::stop::shift(due, limit, standing.since, until, calendar);
            let new = match shifted {
                Ok(new) => new,
                Err(calendar::Error::Begins { .. } | calendar::Error::Ends { .. }) => {
                    deadline::Due {
                        at: due,
                        provisional: true,
                    }
                }
            };
            deadline::Due {
                at: Ord::max(new.at, until),
                provisional: new.provisional || self.provisional,
            }
        };
        let legal = self.legal_due.map(|legal| ended(legal).at);
        Some(Moved::to(ended(due), None, legal))
    }

    /// The due times after the extension that the law gives for verification.
    ///
    /// None if verification begins after the due time, or if there is no due time.
    pub fn after_verification(
        &self,
        verification: Verification,
        now: Instant,
        calendar: &Calendar,
    ) -> Result<Option<Moved>, calendar::Error> {
        let extended = |due: Instant| {
            if now > due {
                return Ok(None);
            }
            let new = match verification {
                Verification::Adds(extra) => deadline::stop::add(due, extra, calendar)?,
                // The whole limit is another one, so it counts from the start and not from the due
                // time.
                Verification::Replaces(whole) => self.due_counted(self.started, whole, calendar)?,
            };
            // A stop may have given more time already than a replacing limit; verification takes
            // none of it away.
            Ok((new.at > due).then_some(new))
        };
        let Some(due) = self.effective_due else {
            return Ok(None);
        };
        let Some(new) = extended(due)? else {
            return Ok(None);
        };
        let legal = match self.legal_due {
            Some(legal) => Some(extended(legal)?.map_or(legal, |new| new.at)),
            None => None,
        };
        let new = deadline::Due {
            provisional: new.provisional || self.provisional,
            ..new
        };
        Ok(Some(Moved::to(new, Some(new.at), legal)))
    }

    /// The due times after the competent agency got a dossier that another unit had received.
    ///
    /// `expected` is when it had to be there, from which the date on the receipt counts. That date
    /// stays if the dossier came earlier. `now` is when it was said. None if nothing counts, or if that
    /// is after the due time: overdue stays overdue.
    pub fn after_arrival(
        &self,
        arrived: Instant,
        expected: Instant,
        now: Instant,
        calendar: &Calendar,
    ) -> Result<Option<Moved>, calendar::Error> {
        let (Some(limit), Some(due)) = (self.limit, self.effective_due) else {
            return Ok(None);
        };
        if self.is_overdue(now) {
            return Ok(None);
        }
        // A restart may have begun the count anew while the dossier was on its way.
        let restarted = (self.started != expected).then_some(self.started);
        let started = restarted.map_or(arrived, |restarted| Ord::max(restarted, arrived));
        let counted = self.due_counted(started, limit, calendar)?;
        let later = |due: Instant| Ord::max(due, counted.at);
        let new = deadline::Due {
            at: later(due),
            provisional: match Ord::cmp(&due, &counted.at) {
                std::cmp::Ordering::Greater => self.provisional,
                std::cmp::Ordering::Equal => self.provisional || counted.provisional,
                std::cmp::Ordering::Less => counted.provisional,
            },
        };
        let retold = (new.at > due).then_some(new.at);
        // The legal due time may lie before the effective one, and be over by now.
        let legal = self.legal_due.map(|legal| match self.standing {
            None if now > legal => legal,
            _ => later(legal),
        });
        Ok(Some(Moved {
            restarted: Some(started),
            ..Moved::to(new, retold, legal)
        }))
    }

    /// The due time of a limit that counts from a moment, by the cut-off of this dossier.
    fn due_counted(
        &self,
        from: Instant,
        limit: Limit,
        calendar: &Calendar,
    ) -> Result<deadline::Due, calendar::Error> {
        let start = Start {
            cutoff: self.cutoff,
            ..Start::at(from)
        };
        deadline::due_from(&start, limit, calendar)
    }

    /// Folds new due times in.
    pub(super) fn apply(&mut self, moved: &Moved) {
        self.effective_due = Some(moved.effective_due);
        self.legal_due = moved.legal_due;
        self.provisional = moved.provisional;
        // A late apology may have told the citizen a later date than any due time in force.
        self.promised_due = Ord::max(self.promised_due, moved.promised_due);
        if let Some(restarted) = moved.restarted {
            self.started = restarted;
        }
    }

    /// Whether the dossier is overdue at a moment: its clock runs, and the effective due time has
    /// passed.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.standing.is_none() && self.effective_due.is_some_and(|due| now > due)
    }

    /// The due time that the events and the calendar in force give.
    #[must_use]
    pub fn legal_due(&self) -> Option<Instant> {
        self.legal_due.or(self.effective_due)
    }
}

impl Moved {
    /// Due times that move without a restart of the count.
    #[must_use]
    pub(super) fn to(
        new: deadline::Due,
        promised_due: Option<Instant>,
        legal_due: Option<Instant>,
    ) -> Moved {
        Moved {
            effective_due: new.at,
            promised_due,
            legal_due: legal_due.filter(|legal| *legal != new.at),
            provisional: new.provisional,
            restarted: None,
        }
    }
}
