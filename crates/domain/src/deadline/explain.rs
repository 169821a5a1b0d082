//! Why a due time is what it is, day by day.

use chrono::{DurationRound, NaiveDate, TimeDelta};

use crate::calendar::{Calendar, DayKind, Error, SpecialDay};
use crate::limit::Limit;
use crate::time::{Instant, day_start, instant, local_day};

use super::start::{Arrival, Cutoff, Start};
use super::{Due, SAME_DAY_CUT_OFF, due, last_calendar_day};

/// Everything a citizen may ask about a due time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// When the dossier was received.
    pub received: Instant,
    /// When the competent agency has it, if another unit received it.
    pub arrival: Option<Arrival>,
    /// How late in the day it may come and still count as received on that day.
    pub cutoff: Cutoff,
    /// As of when it counts as received: when the competent agency has it, or the next opening after
    /// the cut-off.
    pub counted_from: Instant,
    /// The limit, which also says which rule counts the days.
    pub limit: Limit,
    /// When counting began: for working hours the next opening after a moment
    /// outside open hours, otherwise `counted_from`.
    pub starts: Instant,
    /// Every day from `counted_from` to the due time, in order; empty for elapsed hours.
    pub days: Vec<DayLine>,
    /// The due time.
    pub due: Instant,
    /// Whether it rests on a day that no official notice confirms yet.
    pub provisional: bool,
}

/// One day of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayLine {
    /// The legal day.
    pub date: NaiveDate,
    /// What it added to the count; nothing when it was skipped.
    pub counted: Option<Counted>,
    /// What kind of day it is, or why it was skipped.
    pub reason: Reason,
}

/// What a day added to the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It was the n-th day, from 1.
    Day(u32),
    /// Open time of that day, in whole seconds.
    OpenTime(TimeDelta),
}

/// What kind of day it is, or why it was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The day of receipt, which limits in days do not count.
    Receipt,
    /// A working day of receipt after 15:00, too late for the same day.
    AfterCutOff,
    /// A working day of receipt after closing time.
    AfterClosing,
    /// An ordinary working day.
    Working,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// A published day: a holiday, a swapped or compensatory day off, a make-up day.
    Special(SpecialDay),
}

impl Reason {
    /// Whether the office does not work that day.
    #[must_use]
    pub fn is_day_off(&self) -> bool {
        match self {
            Reason::Weekend => true,
            Reason::Special(day) => match day.kind {
                DayKind::Holiday | DayKind::SwapOff | DayKind::Compensatory => true,
                DayKind::MakeUp => false,
            },
            Reason::Receipt | Reason::AfterCutOff | Reason::AfterClosing | Reason::Working => false,
        }
    }
}

/// Explains the due time of a limit that starts when a dossier is received.
///
/// Gives the same due time, or the same error, as [`due()`].
pub fn explain(received: Instant, limit: Limit, calendar: &Calendar) -> Result<Explanation, Error> {
    let Due { at, provisional } = due(received, limit, calendar)?;
    let mut explanation = Explanation {
        received,
        arrival: None,
        cutoff: Cutoff::None,
        counted_from: received,
        limit,
        starts: received,
        days: Vec::new(),
        due: at,
        provisional,
    };
    match limit {
        Limit::ElapsedHours(_) => {}
        Limit::WorkingHours(_) => {
            explanation.starts = next_open(received, calendar)?;
            explanation.days = hours_by_day(received, at, calendar)?;
        }
        Limit::WorkingDays(_) => {
            explanation.days = each_day(received, at, calendar, |day| {
                !day.is_receipt && !day.reason.is_day_off()
            })?;
            explanation.days[0].reason = Reason::Receipt;
        }
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) => {
            let last = last_calendar_day(local_day(received), limit);
            explanation.days = each_day(received, at, calendar, |day| {
                !day.is_receipt && last.is_none_or(|last| day.date <= last)
            })?;
            explanation.days[0].reason = Reason::Receipt;
        }
        Limit::SameDay => {
            let last = local_day(at);
            explanation.days = each_day(received, at, calendar, |day| day.date == last)?;
            explain_late_receipt(&mut explanation);
        }
    }
    Ok(explanation)
}

/// Explains the due time of a limit that counts from a start.
///
/// Gives the same due time, or the same error, as [`super::due_from`].
pub fn explain_from(
    start: &Start,
    limit: Limit,
    calendar: &Calendar,
) -> Result<Explanation, Error> {
    let counted_from = start.counted(calendar)?;
    let explained = explain(counted_from, limit, calendar)?;
    Ok(Explanation {
        received: start.received,
        arrival: start.arrival,
        cutoff: start.cutoff,
        counted_from,
        provisional: explained.provisional || start.is_provisional(counted_from, calendar),
        ..explained
    })
}

/// The moment the first microsecond is counted from; a closing time is not open.
fn next_open(received: Instant, calendar: &Calendar) -> Result<Instant, Error> {
    let moment = TimeDelta::microseconds(1);
    Ok(calendar.add_open_time(received, moment)? - moment)
}

/// A day about to be explained.
struct Candidate<'a> {
    date: NaiveDate,
    is_receipt: bool,
    reason: &'a Reason,
}

/// The days of a limit in days, numbering those that count.
fn each_day(
    received: Instant,
    due: Instant,
    calendar: &Calendar,
    counts: impl Fn(&Candidate<'_>) -> bool,
) -> Result<Vec<DayLine>, Error> {
    let receipt = local_day(received);
    let mut number = 0;
    let mut lines = Vec::new();
    for date in dates(receipt, local_day(due)) {
        let is_receipt = date == receipt;
        let reason = kind_of(date, calendar)?;
        let counts = counts(&Candidate {
            date,
            is_receipt,
            reason: &reason,
        });
        number += u32::from(counts);
        lines.push(DayLine {
            date,
            counted: counts.then_some(Counted::Day(number)),
            reason,
        });
    }
    Ok(lines)
}

/// The open time of each day between receipt and the due time.
///
/// Both moments are cut to the second, as they are printed. They carry the same
/// fraction or none, so the days still add up to the limit.
fn hours_by_day(
    received: Instant,
    due: Instant,
    calendar: &Calendar,
) -> Result<Vec<DayLine>, Error> {
    let (received, due) = (whole_second(received), whole_second(due));
    let mut lines = Vec::new();
    for date in dates(local_day(received), local_day(due)) {
        let mut reason = kind_of(date, calendar)?;
        // The closing stands for the end of the day, which may be past the calendar.
        let time = match calendar.closing(date)? {
            Some(closing) => {
                calendar.open_time_between(received.max(day_start(date)), due.min(closing))?
            }
            None => TimeDelta::zero(),
        };
        let counted = (!time.is_zero()).then_some(Counted::OpenTime(time));
        if counted.is_none() && !reason.is_day_off() {
            reason = Reason::AfterClosing;
        }
        lines.push(DayLine {
            date,
            counted,
            reason,
        });
    }
    Ok(lines)
}

/// Says why a same-day dossier is not due on the day of its receipt.
fn explain_late_receipt(explanation: &mut Explanation) {
    let (received, due) = (explanation.received, explanation.due);
    let day = local_day(received);
    if let Some(receipt) = explanation.days.first_mut()
        && day != local_day(due)
        && !receipt.reason.is_day_off()
    {
        receipt.reason = if received > instant(day, SAME_DAY_CUT_OFF) {
            Reason::AfterCutOff
        } else {
            Reason::AfterClosing
        };
    }
}

fn whole_second(at: Instant) -> Instant {
    at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at)
}

fn dates(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |date| *date <= last)
}

fn kind_of(date: NaiveDate, calendar: &Calendar) -> Result<Reason, Error> {
    Ok(match calendar.special(date) {
        Some(special) => Reason::Special(special.clone()),
        None if calendar.is_working_day(date)? => Reason::Working,
        None => Reason::Weekend,
    })
}
