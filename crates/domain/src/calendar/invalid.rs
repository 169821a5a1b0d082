//! What makes days and hours contradict themselves.

use chrono::{NaiveDate, NaiveTime};

use super::{DayKind, Hours, SpecialDay, is_weekend};

/// Why days and hours do not make a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    /// The range holds no day.
    #[error("a calendar from {first_day} to {last_day} has no day; expected the first day first")]
    NoDays {
        /// The first day given.
        first_day: NaiveDate,
        /// The last day given.
        last_day: NaiveDate,
    },
    /// A special day lies outside the range.
    #[error(
        "{date} ({name}) is outside the calendar; expected a day from {first_day} to {last_day}"
    )]
    OutOfRange {
        /// The day.
        date: NaiveDate,
        /// Its name.
        name: String,
        /// The first day of the calendar.
        first_day: NaiveDate,
        /// The last day of the calendar.
        last_day: NaiveDate,
    },
    /// A special day is given twice.
    #[error("{date} is listed twice; expected each special day once")]
    Twice {
        /// The day.
        date: NaiveDate,
    },
    /// A day off is a weekend already, so the notice was misread.
    #[error("{date} ({name}) is a weekend already; expected a day off from Monday to Friday")]
    OffOnWeekend {
        /// The day.
        date: NaiveDate,
        /// Its name.
        name: String,
    },
    /// A make-up day is worked anyway.
    #[error("{date} ({name}) is worked anyway; expected a make-up day on a Saturday or Sunday")]
    MakeUpOnWeekday {
        /// The day.
        date: NaiveDate,
        /// Its name.
        name: String,
    },
    /// No hours hold on the first day.
    #[error("no hours hold on {first_day}; expected hours from that day or earlier")]
    NoHours {
        /// The first day of the calendar.
        first_day: NaiveDate,
    },
    /// Two lists of hours begin on one day.
    #[error("two lists of hours begin on {from}; expected one")]
    HoursTwice {
        /// The day they begin.
        from: NaiveDate,
    },
    /// A list of hours is empty, so a working day would have no closing time.
    #[error("the hours from {from} open at no time; expected at least one opening")]
    NeverOpen {
        /// The day the hours begin.
        from: NaiveDate,
    },
    /// An opening does not come before its closing, or after the closing before it.
    #[error(
        "the hours from {from} have {opens}-{closes} out of order; expected openings in order, apart, each closing after it opens"
    )]
    OutOfOrder {
        /// The day the hours begin.
        from: NaiveDate,
        /// The opening time.
        opens: NaiveTime,
        /// The closing time.
        closes: NaiveTime,
    },
}

/// The special days in order of date.
pub(super) fn checked_days(
    first_day: NaiveDate,
    last_day: NaiveDate,
    days: &[SpecialDay],
) -> Result<Vec<SpecialDay>, InvalidCalendar> {
    let mut special = days.to_vec();
    special.sort_by_key(|day| day.date);
    if let Some(pair) = special.windows(2).find(|pair| pair[0].date == pair[1].date) {
        return Err(InvalidCalendar::Twice { date: pair[0].date });
    }
    for SpecialDay {
        date, kind, name, ..
    } in &special
    {
        let (date, name) = (*date, name.clone());
        if !(first_day..=last_day).contains(&date) {
            return Err(InvalidCalendar::OutOfRange {
                date,
                name,
                first_day,
                last_day,
            });
        }
        match (kind, is_weekend(date)) {
            (DayKind::Holiday | DayKind::SwapOff | DayKind::Compensatory, true) => {
                return Err(InvalidCalendar::OffOnWeekend { date, name });
            }
            (DayKind::MakeUp, false) => {
                return Err(InvalidCalendar::MakeUpOnWeekday { date, name });
            }
            (DayKind::Holiday | DayKind::SwapOff | DayKind::Compensatory, false)
            | (DayKind::MakeUp, true) => {}
        }
    }
    Ok(special)
}

/// The lists of hours in order of their first day.
pub(super) fn checked_hours(
    first_day: NaiveDate,
    hours: &[Hours],
) -> Result<Vec<Hours>, InvalidCalendar> {
    let mut hours = hours.to_vec();
    hours.sort_by_key(|hours| hours.from);
    if let Some(pair) = hours.windows(2).find(|pair| pair[0].from == pair[1].from) {
        return Err(InvalidCalendar::HoursTwice { from: pair[0].from });
    }
    if hours.first().is_none_or(|hours| hours.from > first_day) {
        return Err(InvalidCalendar::NoHours { first_day });
    }
    for Hours { from, opens } in &hours {
        let from = *from;
        if opens.is_empty() {
            return Err(InvalidCalendar::NeverOpen { from });
        }
        let mut last_closing = None;
        for &(opens, closes) in opens {
            if closes <= opens || last_closing.is_some_and(|last| opens <= last) {
                return Err(InvalidCalendar::OutOfOrder {
                    from,
                    opens,
                    closes,
                });
            }
            last_closing = Some(closes);
        }
    }
    Ok(hours)
}
