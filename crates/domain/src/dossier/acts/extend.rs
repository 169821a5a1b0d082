//! More time (*gia hạn*): once with an apology filed in time, or by law for verification.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::calendar::{self, Calendar};
use crate::dossier::Dossier;
use crate::dossier::clock::{Clock, Moved};
use crate::dossier::counting::Counting;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::limit::Limit;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::{self, Instant};

/// More time.
#[derive(Debug, Clone)]
pub enum Extension {
    /// A written apology with a new date (form 04): once, filed by 24:00 of the day before
    /// the due day. Source: Decree 61/2018/NĐ-CP, Art. 19(9).
    Apology {
        /// Why.
        reason: Words,
        /// The proposed new due time.
        due: Instant,
    },
    /// Verification, where the law of the procedure gives more time for it.
    Verification {
        /// What is verified.
        reason: Words,
    },
}

impl<E: From<Extended> + From<Apologised> + From<VerificationBegun>> Act<E> for Extension {
    const SPEC: Spec = Spec {
        method: "ExtendDossier",
        vi: "gia hạn",
        en: "Extend",
        roles: &[Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible,
        urgency: Urgency::Running,
        order: 30,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let clock = on.clock.as_ref().ok_or(Refusal::NoDueTime)?;
        let due = clock.effective_due.ok_or(Refusal::NoDueTime)?;
        if clock.standing.is_some() {
            return Err(Refusal::ClockStands);
        }
        let fact = match self {
            Extension::Apology {
                reason,
                due: proposed,
            } => {
                let proposed = closing_if_in_days(*proposed, clock, rules.calendar)?;
                if now >= filing_ends(due) {
                    let reason = private.words("reason", reason);
                    Apologised { reason, proposed }.into()
                } else {
                    Extended {
                        moved: extended(on, clock, due, proposed, rules.calendar)?,
                        reason: private.words("reason", reason),
                    }
                    .into()
                }
            }
            Extension::Verification { reason } => {
                let case = rules.procedure.case(&on.case);
                let verification = case
                    .and_then(|case| case.verification)
                    .filter(|_| !on.verified)
                    .ok_or(Refusal::NoVerification)?;
                VerificationBegun {
                    moved: clock.after_verification(verification, now, rules.calendar)?,
                    reason: private.words("reason", reason),
                }
                .into()
            }
        };
        Ok(vec![fact])
    }

    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        match self {
            Extension::Apology { due, .. } => Some(("apology.due_time", *due)),
            Extension::Verification { .. } => None,
        }
    }
}

fn possible(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.clock
        .as_ref()
        .is_some_and(|clock| clock.effective_due.is_some() && clock.standing.is_none())
}

/// The due times after an apology filed in time.
fn extended(
    on: &Dossier,
    clock: &Clock,
    due: Instant,
    proposed: Instant,
    calendar: &Calendar,
) -> Result<Moved, Refusal> {
    if on.extended {
        return Err(Refusal::ExtensionUsed);
    }
    if proposed <= due {
        return Err(Refusal::DueNotLater { due });
    }
    let new_days = calendar.has_provisional(time::local_day(due), time::local_day(proposed));
    Ok(Moved {
        effective_due: proposed,
        promised_due: Some(proposed),
        legal_due: None,
        provisional: clock.provisional || new_days,
        restarted: None,
    })
}

/// The moment from which an apology no longer moves the due time: midnight at which the due
/// day begins. Source: Decree 61/2018/NĐ-CP, Art. 19(9), "at the latest one day before".
fn filing_ends(due: Instant) -> Instant {
    time::day_start(time::local_day(due))
}

/// The date named in an apology, at closing time of a working day where the limit is in days.
fn closing_if_in_days(
    proposed: Instant,
    clock: &Clock,
    calendar: &Calendar,
) -> Result<Instant, calendar::Error> {
    if !clock.limit.is_some_and(Limit::in_days) {
        return Ok(proposed);
    }
    let day = calendar.working_day_from(time::local_day(proposed))?;
    Ok(calendar
        .closing(day)?
        .expect("a working day has a closing time"))
}

/// An apology was filed in time, with a new due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extended {
    /// Why.
    pub reason: Commitment,
    /// The new due times.
    pub moved: Moved,
}

impl Fact for Extended {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.extended = true;
        to.move_due(Some(&self.moved));
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        let Some(clock) = on.and_then(|on| on.clock.as_ref()) else {
            return Ok(());
        };
        let named = closing_if_in_days(self.moved.effective_due, clock, counting.calendar)?;
        let due = clock.effective_due;
        let due = due.map_or(named, |due| Ord::max(due, named));
        self.moved.effective_due = due;
        self.moved.promised_due = Some(due);
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Xin lỗi và hẹn lại ngày trả", "New date, with an apology")
    }
}

/// An apology was filed too late to move the due time. The citizen was still told its date, so that
/// date is the last one promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apologised {
    /// Why.
    pub reason: Commitment,
    /// The date named in it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub proposed: Instant,
}

impl Fact for Apologised {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.apologies = to.apologies.saturating_add(1);
        if let Some(clock) = &mut to.clock {
            // No promise is taken back.
            clock.promised_due = Ord::max(clock.promised_due, Some(self.proposed));
        }
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Xin lỗi vì chậm trả", "Apology for the delay")
    }
}

/// Verification began, with the time that the law gives for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationBegun {
    /// What is verified.
    pub reason: Commitment,
    /// How the due times moved; none if verification began after the due time.
    pub moved: Option<Moved>,
}

impl Fact for VerificationBegun {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.verified = true;
        to.move_due(self.moved.as_ref());
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        // Verification that began overdue moved nothing. A due time that came from another system
        // stays too, and so does what was added to it.
        if let Some(on) = on
            && let Some(clock) = &on.clock
            && self.moved.is_some()
            && clock.limit.is_some()
            && let Some(extra) = counting.law.verification(on)
        {
            self.moved = clock.after_verification(extra, counting.at, counting.calendar)?;
        }
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đang xác minh", "Verification begun")
    }
}
