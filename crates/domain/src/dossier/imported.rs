//! What is known of a dossier whose history another system wrote.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Dossier;
use super::acts::act::{Fact, Told, Written};
use super::clock::Clock;
use crate::id::Invalid;
use crate::procedure::Procedure;
use crate::time::Instant;

/// The number of an import within its province, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportNumber(u32);

impl ImportNumber {
    /// The number of the first import.
    pub const FIRST: Self = Self(1);

    /// The number, unless it is 0.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ImportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ImportNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse()
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| Invalid {
                text: text.chars().take(64).collect(),
                expected: "the number of an import, such as 1",
            })
    }
}

/// Where a history comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The import that brought it.
    pub import: ImportNumber,
    /// The name of the dossier in the other system.
    pub case: String,
    /// Whether its due time means the whole day, whatever its time of day: its limit was in days,
    /// or the map of the import says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_by_day: bool,
    /// Its oddities; the import keeps them as they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<Oddity>,
}

/// The system that an import came from gave another due time. The first one stays as the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRestated {
    /// The due time that it gives now.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
}

impl Fact for DueRestated {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.note_late_move(self.due, by.at);
        to.clock
            .get_or_insert_with(|| Clock::told_elsewhere(to.received.unwrap_or(by.at), self.due))
            .is_told(self.due);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Hẹn lại ngày trả", "New date")
    }
}

/// Something that cannot have happened as the other system recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// It ended before it was received. It counts as ended at the reception.
    EndBeforeStart,
    /// It was due before it was received.
    DueBeforeStart,
    /// Something was done to it before it was received.
    StepBeforeStart,
    /// Something was done to it after it had ended. It stays ended.
    StepAfterEnd,
    /// It has more than one end. The first named one counts.
    SeveralEnds,
    /// The result was returned before the dossier ended.
    ReturnBeforeEnd,
}

impl Oddity {
    /// Every oddity.
    pub const ALL: [Oddity; 6] = [
        Oddity::EndBeforeStart,
        Oddity::DueBeforeStart,
        Oddity::StepBeforeStart,
        Oddity::StepAfterEnd,
        Oddity::SeveralEnds,
        Oddity::ReturnBeforeEnd,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Oddity::EndBeforeStart => "end_before_start",
            Oddity::DueBeforeStart => "due_before_start",
            Oddity::StepBeforeStart => "step_before_start",
            Oddity::StepAfterEnd => "step_after_end",
            Oddity::SeveralEnds => "several_ends",
            Oddity::ReturnBeforeEnd => "return_before_end",
        }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
