//! From when a limit counts: late hours of the day, and the way to the competent agency.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{Due, SAME_DAY_CUT_OFF, due};
use crate::calendar::{Calendar, Error};
use crate::limit::Limit;
use crate::time::{Instant, instant, local_day};

/// How late in a day a dossier may come and still be received on that day.
///
/// What comes later, on a day off or before opening counts as received at the next opening of a
/// working day. It belongs to the version of a procedure; no general rule says so of every procedure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cutoff {
    /// At any hour.
    #[default]
    #[serde(rename = "none")]
    None,
    /// Until 15:00:00. Source: Decree 63/2024/NĐ-CP, Art. 7(2), as amended by 301/2026/NĐ-CP.
    #[serde(rename = "15:00")]
    Afternoon,
    /// Until an hour before closing time: the decree that links the registration of household
    /// businesses, security and karaoke (2025).
    #[serde(rename = "close-1h")]
    LastHour,
}

/// A text that is no cut-off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no cut-off: expected none, 15:00 or close-1h")]
pub struct UnknownCutoff {
    /// What was given.
    pub text: String,
}

impl Cutoff {
    /// Whether the hour of the day matters to nothing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Cutoff::None
    }

    /// The moment as of which a receipt counts: itself, or the next opening of a working day.
    ///
    /// The exact hour of the cut-off is still in time, as for [`SAME_DAY_CUT_OFF`].
    ///
    /// Errors: [`Error`] if a day is needed that the calendar does not publish.
    /// Example: `15:00`, Friday 28 August 2026 15:30 = Thursday 3 September 07:30.
    pub fn counted(self, received: Instant, calendar: &Calendar) -> Result<Instant, Error> {
        let day = local_day(received);
        let Some(last) = self.last_moment(received, calendar)? else {
            return Ok(received);
        };
        if last.is_some_and(|last| received <= last) {
            // Before opening nobody has received it yet, and elapsed hours would run all night.
            let opening = calendar.opening(day)?;
            return Ok(opening.map_or(received, |opening| Ord::max(opening, received)));
        }
        let next = calendar.nth_working_day_after(day, 1)?;
        Ok(calendar
            .opening(next)?
            .expect("a working day has an opening time"))
    }

    /// The last moment of the day of receipt that is in time; an inner none for a day off, an outer
    /// none if any moment is.
    fn last_moment(
        self,
        received: Instant,
        calendar: &Calendar,
    ) -> Result<Option<Option<Instant>>, Error> {
        let day = local_day(received);
        Ok(match self {
            Cutoff::None => None,
            Cutoff::Afternoon => {
                let works = calendar.is_working_day(day)?;
                Some(works.then(|| instant(day, AFTERNOON)))
            }
            Cutoff::LastHour => {
                let closing = calendar.closing(day)?;
                Some(closing.map(|closing| closing - LAST_HOUR))
            }
        })
    }
}

const AFTERNOON: NaiveTime = SAME_DAY_CUT_OFF;
const LAST_HOUR: TimeDelta = TimeDelta::hours(1);

impl fmt::Display for Cutoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cutoff::None => "none",
            Cutoff::Afternoon => "15:00",
            Cutoff::LastHour => "close-1h",
        })
    }
}

impl FromStr for Cutoff {
    type Err = UnknownCutoff;

    fn from_str(text: &str) -> Result<Self, UnknownCutoff> {
        match text {
            "none" => Ok(Cutoff::None),
            "15:00" => Ok(Cutoff::Afternoon),
            "close-1h" => Ok(Cutoff::LastHour),
            other => Err(UnknownCutoff {
                text: other.chars().take(64).collect(),
            }),
        }
    }
}

/// When the competent agency has a dossier that another unit received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The moment.
    pub at: Instant,
    /// Whether that is only by when it has to arrive.
    pub expected: bool,
}

/// What a limit counts from.
///
/// Source of the two starts: Decree 118/2025/NĐ-CP, Art. 17(3), as amended by 309/2026/NĐ-CP: a
/// dossier received regardless of boundary counts from when the competent agency receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// When a desk received it.
    pub received: Instant,
    /// When the competent agency has it; none if that is the unit whose desk received it.
    pub arrival: Option<Arrival>,
    /// How late in the day it may come.
    pub cutoff: Cutoff,
}

impl Start {
    /// From this moment, whatever its hour.
    #[must_use]
    pub fn at(received: Instant) -> Self {
        Self {
            received,
            arrival: None,
            cutoff: Cutoff::None,
        }
    }

    /// When the agency that decides has it.
    #[must_use]
    pub fn reached(&self) -> Instant {
        self.arrival.map_or(self.received, |arrival| arrival.at)
    }

    /// The moment as of which the receipt counts.
    pub fn counted(&self, calendar: &Calendar) -> Result<Instant, Error> {
        self.cutoff.counted(self.reached(), calendar)
    }

    /// Whether finding that moment looked at a provisional day.
    pub(super) fn is_provisional(&self, counted: Instant, calendar: &Calendar) -> bool {
        let reached = self.reached();
        reached < counted && calendar.has_provisional(local_day(reached), local_day(counted))
    }
}

/// The due time of a limit that counts from a start.
///
/// Errors: as [`due()`].
pub fn due_from(start: &Start, limit: Limit, calendar: &Calendar) -> Result<Due, Error> {
    let counted = start.counted(calendar)?;
    let due = due(counted, limit, calendar)?;
    Ok(Due {
        provisional: due.provisional || start.is_provisional(counted, calendar),
        ..due
    })
}
