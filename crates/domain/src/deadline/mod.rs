//! When a dossier must be finished (*hạn giải quyết*), and why then.
//!
//! Start with [`due`]; [`start`] says from when it counts. [`stop`] moves a due time, [`ledger`] keeps the stops,
//! [`near`] says how close it is, and [`explain()`] puts it in words. [`hand_over`] is about papers
//! on their way between units, not about the citizen.
//! Everything here is computed from events and a calendar; nothing is a
//! remainder that is counted down.

pub mod explain;
pub mod hand_over;
pub mod ledger;
pub mod near;
pub mod outage;
mod runs;
pub mod same_day;
pub mod start;
pub mod stop;
mod words;

use chrono::{Days, Months, NaiveDate, TimeDelta};

use crate::calendar::{Calendar, Error};
use crate::limit::Limit;
use crate::time::{Instant, local_day};

pub use crate::language::Language;
pub use explain::{Explanation, explain, explain_from};
pub use hand_over::HAND_OVER_CUT_OFF;
pub use ledger::Ledger;
pub use near::{near_due, near_due_elapsed, working_time_left};
pub use same_day::SAME_DAY_CUT_OFF;
pub use start::{Arrival, Cutoff, Start, due_from};
pub use stop::{Length, add, shift, stop_length};

/// A due time, and whether it may still change with the official calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// The last moment that is on time.
    pub at: Instant,
    /// Whether the count looked at a day that no official notice confirms yet.
    pub provisional: bool,
}

/// The due time of a limit that starts when a dossier is received.
///
/// The day of receipt is never counted for limits in days, and must lie in the
/// calendar for every kind but elapsed hours, which consult no calendar.
///
/// Errors: [`Error`] if a day is needed that the calendar does not publish.
/// Source: Civil Code 2015, Articles 147 and 148 (first day, last day, hours).
/// Example: Friday 28 August 2026 + `3wd` = Monday 7 September 2026 17:00,
/// because 31 August to 2 September are off.
pub fn due(received: Instant, limit: Limit, calendar: &Calendar) -> Result<Due, Error> {
    let day = local_day(received);
    match limit {
        Limit::WorkingDays(n) => after_working_days(day, u32::from(n), calendar),
        Limit::WorkingHours(n) => {
            let at = calendar.add_open_time(received, TimeDelta::hours(i64::from(n)))?;
            Ok(Due {
                at,
                provisional: calendar.has_provisional(day, local_day(at)),
            })
        }
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) => {
            calendar.is_working_day(day)?;
            let last = last_calendar_day(day, limit).ok_or(calendar.ends())?;
            closing_from(last, calendar)
        }
        Limit::ElapsedHours(n) => Ok(Due {
            at: received + TimeDelta::hours(i64::from(n)),
            provisional: false,
        }),
        Limit::SameDay => same_day::due(received, calendar),
    }
}

/// The last day of a limit in calendar days or months, before it moves off a day off.
///
/// None when the date lies beyond all dates.
fn last_calendar_day(day: NaiveDate, limit: Limit) -> Option<NaiveDate> {
    match limit {
        Limit::CalendarDays(n) => day.checked_add_days(Days::new(u64::from(n))),
        // A month that is too short gives its last day.
        Limit::CalendarMonths(n) => day.checked_add_months(Months::new(u32::from(n))),
        Limit::WorkingDays(_)
        | Limit::WorkingHours(_)
        | Limit::ElapsedHours(_)
        | Limit::SameDay => Some(day),
    }
}

/// Closing time of the n-th working day after a day.
fn after_working_days(day: NaiveDate, n: u32, calendar: &Calendar) -> Result<Due, Error> {
    let last = calendar.nth_working_day_after(day, n)?;
    let due = closing_from(last, calendar)?;
    let provisional = due.provisional
        || day
            .succ_opt()
            .is_some_and(|first| calendar.has_provisional(first, last));
    Ok(Due { provisional, ..due })
}

/// Closing time of a day, or of the next working day when it is off.
fn closing_from(last: NaiveDate, calendar: &Calendar) -> Result<Due, Error> {
    let day = calendar.working_day_from(last)?;
    let at = calendar
        .closing(day)?
        .expect("a working day has a closing time");
    Ok(Due {
        at,
        provisional: calendar.has_provisional(last, day),
    })
}
