//! Decides whether a dossier is in time. No other place decides it.

use std::cmp::Ordering;

use crate::dossier::Dossier;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// How a dossier did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judged {
    /// By II.06a.
    pub finish: Finish,
    /// By the index of Decision 766.
    pub in_time_766: bool,
    /// Against the first promise, by II.06a.
    pub in_time_original: bool,
}

/// How a dossier ended; none for one without a due time.
pub(crate) fn judge(dossier: &Dossier, ended: Instant) -> Option<Judged> {
    let clock = dossier.clock.as_ref()?;
    let due = clock.effective_due?;
    let original = clock.original_due.unwrap_or(due);
    let by_day = is_due_by_day(dossier);
    Some(Judged {
        finish: Finish::of(ended, due, by_day),
        in_time_766: ended <= due && dossier.supplements < 2,
        in_time_original: Finish::of(ended, original, by_day) != Finish::Late,
    })
}

/// How an end compares with a due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Before (*trước hạn*).
    Early,
    /// On it (*đúng hạn*).
    OnDue,
    /// After it (*quá hạn*).
    Late,
}

impl Finish {
    /// Compares local dates, or instants.
    #[must_use]
    pub fn of(ended: Instant, due: Instant, by_day: bool) -> Self {
        let order = if by_day {
            time::local_day(ended).cmp(&time::local_day(due))
        } else {
            ended.cmp(&due)
        };
        match order {
            Ordering::Less => Finish::Early,
            Ordering::Equal => Finish::OnDue,
            Ordering::Greater => Finish::Late,
        }
    }
}

/// Whether a due time means its whole day: the limit is in days, or another system gave a due time
/// that means a day.
///
/// Limits in hours, and other due times from another system, are compared as instants.
#[must_use]
pub fn is_due_by_day(dossier: &Dossier) -> bool {
    let clock = dossier.clock.as_ref();
    let limit = clock.and_then(|clock| clock.limit);
    let imported = dossier.imported.as_ref();
    limit.is_some_and(Limit::in_days) || imported.is_some_and(|imported| imported.due_by_day)
}

/// The last moment at which an open dossier is in time: 24:00 of the due day, or the due time. None
/// without a due time.
///
/// The text of the form says nothing of open dossiers. A dossier may be resolved in time until the
/// day is over, so it is not late before that.
#[must_use]
pub fn in_time_until(dossier: &Dossier) -> Option<Instant> {
    let due = dossier.clock.as_ref()?.effective_due?;
    if !is_due_by_day(dossier) {
        return Some(due);
    }
    let next = time::local_day(due).succ_opt();
    Some(next.map_or(due, time::day_start))
}

/// Whether an open dossier is late at a moment. It is in time while the clock stands.
#[must_use]
pub fn is_late(dossier: &Dossier, at: Instant) -> bool {
    let stands = dossier
        .clock
        .as_ref()
        .is_some_and(|clock| clock.standing.is_some());
    !stands && in_time_until(dossier).is_some_and(|until| at > until)
}
