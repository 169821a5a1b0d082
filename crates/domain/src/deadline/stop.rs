//! Moving a due time: by a stop of the clock, or by an extension.

use chrono::{Days, TimeDelta};

use crate::calendar::{Calendar, Error};
use crate::limit::Limit;
use crate::time::{Instant, local_day};

use super::{Due, after_working_days, closing_from, due};

/// How long a stop lasted, in the unit of the limit it interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Working days after the day of the request, up to and including the day of completion.
    WorkingDays(u32),
    /// Open time between the two moments.
    OpenTime(TimeDelta),
    /// Days from the date of the request to the date of completion.
    CalendarDays(u32),
    /// Time between the two moments.
    Elapsed(TimeDelta),
}

impl Length {
    /// Both lengths together, of stops of one limit.
    #[must_use]
    pub fn plus(self, other: Length) -> Length {
        match (self, other) {
            (Length::WorkingDays(one), Length::WorkingDays(two)) => Length::WorkingDays(one + two),
            (Length::OpenTime(one), Length::OpenTime(two)) => Length::OpenTime(one + two),
            (Length::CalendarDays(one), Length::CalendarDays(two)) => {
                Length::CalendarDays(one + two)
            }
            (Length::Elapsed(one), Length::Elapsed(two)) => Length::Elapsed(one + two),
            (
                Length::WorkingDays(_)
                | Length::OpenTime(_)
                | Length::CalendarDays(_)
                | Length::Elapsed(_),
                _,
            ) => unreachable!("one limit measures its stops in one unit"),
        }
    }

    /// Whether the stop moves nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        match self {
            Length::WorkingDays(days) | Length::CalendarDays(days) => days == 0,
            Length::OpenTime(time) | Length::Elapsed(time) => time.is_zero(),
        }
    }
}

/// The length of the stop from one moment to another; zero unless `to` is after `from`.
///
/// Lengths of stops that do not overlap add up, whatever moments they touch at.
/// Example, `10wd`: Thursday 6 August 2026 09:00 to Wednesday 12 August 14:00 = 4 working days.
pub fn stop_length(
    limit: Limit,
    from: Instant,
    to: Instant,
    calendar: &Calendar,
) -> Result<Length, Error> {
    let to = to.max(from);
    let (first, last) = (local_day(from), local_day(to));
    Ok(match limit {
        // A same-day limit is a rule and no length, so its stops count in working days.
        Limit::WorkingDays(_) | Limit::SameDay => {
            Length::WorkingDays(calendar.working_days_after_until(first, last)?)
        }
        Limit::WorkingHours(_) => Length::OpenTime(calendar.open_time_between(from, to)?),
        // A month has no fixed length in days, so a stop under a limit in months counts its own
        // days.
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) => Length::CalendarDays(
            u32::try_from((last - first).num_days())
                .expect("the stop ends on or after the day it begins, within all dates"),
        ),
        Limit::ElapsedHours(_) => Length::Elapsed(to - from),
    })
}

/// Moves a due time by the length of a stop, in the unit of the limit.
///
/// Days count from the local day of the due time, and end at closing time; a
/// calendar day that is off moves to the next working day. A stop of no length,
/// or one that begins after the due time (overdue stays overdue), moves nothing.
///
/// `provisional` speaks of this move alone: the days of the stop and those the
/// due time moved over.
pub fn shift(
    due: Instant,
    limit: Limit,
    from: Instant,
    to: Instant,
    calendar: &Calendar,
) -> Result<Due, Error> {
    let unmoved = Due {
        at: due,
        provisional: false,
    };
    if from > due || to <= from {
        return Ok(unmoved);
    }
    let length = stop_length(limit, from, to, calendar)?;
    let measured_provisionally = is_provisional(length, from, to, calendar);
    if length.is_zero() {
        // Nor may it round an imported due time to a closing.
        return Ok(Due {
            provisional: measured_provisionally,
            ..unmoved
        });
    }
    let day = local_day(due);
    let moved = match length {
        Length::WorkingDays(days) => after_working_days(day, days, calendar)?,
        Length::OpenTime(time) => {
            let at = calendar.add_open_time(due, time)?;
            Due {
                at,
                provisional: calendar.has_provisional(day, local_day(at)),
            }
        }
        Length::CalendarDays(days) => {
            let last = day.checked_add_days(Days::new(u64::from(days)));
            closing_from(last.ok_or(calendar.ends())?, calendar)?
        }
        Length::Elapsed(time) => Due {
            at: due + time,
            provisional: false,
        },
    };
    Ok(Due {
        provisional: moved.provisional || measured_provisionally,
        ..moved
    })
}

/// Adds an extension granted by law to a due time, in the unit of the extension.
///
/// Counts from the due time as [`due()`] counts from receipt: the day of the due
/// time is not counted, and days end at closing time. `same-day` names a rule,
/// not a length, and adds nothing. Whether the extension was filed in time is
/// for the caller to say.
///
/// Example: due Friday 21 August 2026 17:00 + `1wd` = Saturday 22 August 17:00.
pub fn add(due_at: Instant, extra: Limit, calendar: &Calendar) -> Result<Due, Error> {
    match extra {
        Limit::WorkingDays(_)
        | Limit::WorkingHours(_)
        | Limit::CalendarDays(_)
        | Limit::CalendarMonths(_)
        | Limit::ElapsedHours(_) => due(due_at, extra, calendar),
        Limit::SameDay => Ok(Due {
            at: due_at,
            provisional: false,
        }),
    }
}

/// Whether measuring the stop looked at a provisional day.
fn is_provisional(length: Length, from: Instant, to: Instant, calendar: &Calendar) -> bool {
    let (first, last) = (local_day(from), local_day(to));
    match length {
        Length::WorkingDays(_) => first
            .succ_opt()
            .is_some_and(|first| calendar.has_provisional(first, last)),
        Length::OpenTime(_) => calendar.has_provisional(first, last),
        Length::CalendarDays(_) | Length::Elapsed(_) => false,
    }
}
