//! The time that another unit gets for its part.

use super::refusal::Refusal;
use crate::calendar::Calendars;
use crate::deadline::{self, Due};
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// The time that another unit gets for its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Within a limit that begins now, in the hours of that unit.
    Within(Limit),
    /// By a moment to come.
    By(Instant),
}

impl Term {
    /// The due time. A limit counts in the hours of the unit that must meet it.
    pub(super) fn due(
        self,
        unit: &UnitCode,
        calendars: &Calendars,
        now: Instant,
    ) -> Result<Due, Refusal> {
        let calendar = calendars.for_unit(unit.as_str());
        match self {
            Term::Within(limit) => Ok(deadline::due(now, limit, calendar)?),
            Term::By(at) => Ok(Due {
                at,
                provisional: calendar.has_provisional(time::local_day(now), time::local_day(at)),
            }),
        }
    }

    /// The limit, if it is one.
    pub(super) fn limit(self) -> Option<Limit> {
        match self {
            Term::Within(limit) => Some(limit),
            Term::By(_) => None,
        }
    }

    /// The moment, if it is one.
    pub(super) fn moment(self) -> Option<Instant> {
        match self {
            Term::Within(_) => None,
            Term::By(at) => Some(at),
        }
    }
}

/// The next number after `count` existing ones; none if `most` are there.
pub(super) fn next_number(count: usize, most: usize) -> Option<u16> {
    (count < most).then(|| u16::try_from(count + 1).expect("far fewer are permitted"))
}
