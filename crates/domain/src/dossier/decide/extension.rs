//! More time: once with an apology filed in time, or by law for verification.

use super::Rules;
use super::vault::Vault;
use crate::calendar::{self, Calendar};
use crate::dossier::Dossier;
use crate::dossier::clock::{Clock, Moved};
use crate::dossier::command::Extension;
use crate::dossier::event::Event;
use crate::dossier::refusal::Refusal;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// Decides on more time.
pub(super) fn extend(
    dossier: &Dossier,
    extension: &Extension,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let clock = dossier.clock.as_ref().ok_or(Refusal::NoDueTime)?;
    let due = clock.effective_due.ok_or(Refusal::NoDueTime)?;
    if clock.standing.is_some() {
        return Err(Refusal::ClockStands);
    }
    match extension {
        Extension::Apology {
            reason,
            due: proposed,
        } => {
            let proposed = closing_if_in_days(*proposed, clock, rules.calendar)?;
            if now >= filing_ends(due) {
                let reason = vault.words("reason", reason);
                return Ok(Event::Apologised { reason, proposed });
            }
            if dossier.extended {
                return Err(Refusal::ExtensionUsed);
            }
            if proposed <= due {
                return Err(Refusal::DueNotLater { due });
            }
            let provisional = clock.provisional
                || rules
                    .calendar
                    .has_provisional(time::local_day(due), time::local_day(proposed));
            Ok(Event::Extended {
                reason: vault.words("reason", reason),
                moved: Moved {
                    effective_due: proposed,
                    promised_due: Some(proposed),
                    legal_due: None,
                    provisional,
                    restarted: None,
                },
            })
        }
        Extension::Verification { reason } => {
            let verification = rules
                .procedure
                .case(&dossier.case)
                .and_then(|case| case.verification)
                .filter(|_| !dossier.verified)
                .ok_or(Refusal::NoVerification)?;
            Ok(Event::VerificationBegun {
                moved: clock.after_verification(verification, now, rules.calendar)?,
                reason: vault.words("reason", reason),
            })
        }
    }
}

/// The moment from which an apology no longer moves the due time: midnight at which the due
/// day begins. Source: Decree 61/2018/NĐ-CP, Art. 19(9), "at the latest one day before".
#[must_use]
fn filing_ends(due: Instant) -> Instant {
    time::day_start(time::local_day(due))
}

/// The date named in an apology, at closing time of a working day where the limit is in days.
pub(in crate::dossier) fn closing_if_in_days(
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
