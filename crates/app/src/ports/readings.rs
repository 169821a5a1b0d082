//! What came of asking other systems which dossiers they have.

use async_trait::async_trait;
use domain::id::ProvinceCode;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::error::StoreError;

/// Keeps what came of the last reading of each system.
#[async_trait]
pub trait WriteReadings: Send + Sync {
    /// Notes a reading in place of the one before.
    async fn note_reading(&self, reading: &SystemReading) -> Result<(), StoreError>;
}

/// Reads what came of readings.
#[async_trait]
pub trait ReadReadings: Send + Sync {
    /// The last reading of each system of a province, by name.
    async fn readings(&self, province: &ProvinceCode) -> Result<Vec<SystemReading>, StoreError>;
}

/// What came of asking a system which dossiers it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemReading {
    /// The province.
    pub province: ProvinceCode,
    /// The system, by its name in the configuration.
    pub system: String,
    /// When it was asked.
    pub begun: Instant,
    /// When everything it answered was written.
    pub ended: Instant,
    /// When it is asked next.
    pub next: Instant,
    /// When it was last asked for everything, and answered it all; none if never.
    pub whole: Option<Instant>,
    /// How many rows it answered.
    pub rows: u64,
    /// How many dossiers are new.
    pub added: u64,
    /// How many took over something.
    pub updated: u64,
    /// How many are as they were.
    pub known: u64,
    /// How many questions it did not answer.
    pub failed: u64,
    /// What a person should look at, as far as there is room.
    pub findings: Vec<ReadingFinding>,
}

/// Something in an answer that a person should look at. Holds no personal value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingFinding {
    /// What it is.
    pub kind: FindingKind,
    /// Of which dossier, as the system calls it; empty if of none.
    pub name: String,
    /// In words.
    pub words: String,
}

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingKind {
    /// A question was not answered.
    NoAnswer,
    /// A row could not be read as a dossier.
    Refused,
    /// The answer contradicts what was recorded, which stays.
    Contradicts,
    /// A desk here has moved the dossier.
    MovedHere,
    /// A value that the map does not name.
    Unlisted,
}

impl FindingKind {
    /// The word in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::NoAnswer => "NO_ANSWER",
            FindingKind::Refused => "REFUSED",
            FindingKind::Contradicts => "CONTRADICTS",
            FindingKind::MovedHere => "MOVED_HERE",
            FindingKind::Unlisted => "UNLISTED",
        }
    }
}
