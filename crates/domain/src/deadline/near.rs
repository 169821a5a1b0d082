//! How close a due time is, in the time the office actually works.

use chrono::TimeDelta;

use crate::calendar::{Calendar, Error};
use crate::time::Instant;

/// What is near for all but the shortest limits: about a working day.
const NEAR: TimeDelta = TimeDelta::hours(8);

/// Whether little working time is left, or none.
///
/// Near is when the working time left is at most the larger of a fifth of the
/// allowance and 8 working hours, but never more than half the allowance. The
/// allowance is the open time from receipt to the due time. An overdue dossier
/// is near as well, so that it never drops out of the warning; so is one whose
/// whole allowance lies in closed hours.
///
/// Example: due Monday 10:00 after a working week: near from Friday 09:30 on,
/// because the weekend leaves no working time.
pub fn near_due(
    received: Instant,
    due: Instant,
    now: Instant,
    calendar: &Calendar,
) -> Result<bool, Error> {
    let allowance = calendar.open_time_between(received, due)?;
    let near = (allowance / 5).max(NEAR).min(allowance / 2);
    Ok(working_time_left(now, due, calendar)? <= near)
}

/// The open time from now to the due time.
///
/// Below zero once overdue: the open time since, negated. Zero through a night
/// or a weekend in which nothing could be done.
pub fn working_time_left(
    now: Instant,
    due: Instant,
    calendar: &Calendar,
) -> Result<TimeDelta, Error> {
    if now <= due {
        calendar.open_time_between(now, due)
    } else {
        Ok(-calendar.open_time_between(due, now)?)
    }
}
