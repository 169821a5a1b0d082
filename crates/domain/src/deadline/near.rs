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

/// The same for a limit in elapsed hours, which no night and no day off interrupts.
///
/// Example: `12h` from Friday 17:30: near from 23:30 on, when six of twelve hours are left.
#[must_use]
pub fn near_due_elapsed(received: Instant, due: Instant, now: Instant) -> bool {
    let allowance = due - received;
    due - now <= (allowance / 5).max(NEAR).min(allowance / 2)
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

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::near_due_elapsed;
    use crate::time::{Instant, instant};

    fn at(day: u32, hour: u32, minute: u32) -> Instant {
        let date = NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        let time = chrono::NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        instant(date, time)
    }

    #[test]
    fn twelve_hours_over_a_friday_night_are_near_when_half_of_them_are_left() {
        let near = |now| near_due_elapsed(at(20, 17, 30), at(21, 5, 30), now);
        assert!(!near(at(20, 17, 31)), "from the first minute");
        assert!(!near(at(20, 23, 29)));
        assert!(near(at(20, 23, 30)));
        assert!(near(at(21, 6, 0)), "overdue is near as well");
    }
}
