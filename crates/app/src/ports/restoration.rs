//! A database that was put back from a backup.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::id::{ProvinceCode, UnitCode};
use domain::time::Instant;

use super::error::StoreError;

/// The database, as the command asks it that puts a backup back.
#[async_trait]
pub trait Restorable: Send + Sync {
    /// How its units number.
    async fn numbering(&self) -> Result<Numbering, StoreError>;

    /// Skips numbers, ends all sessions, and does nothing else; all of it or nothing. Returns how many
    /// sessions were ended.
    async fn begin_again(&self, again: &BeginAgain) -> Result<u64, StoreError>;
}

/// How the units of a database number, as far as it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbering {
    /// The provinces with a token, an account or a counter.
    pub provinces: Vec<ProvinceCode>,
    /// The most numbers that a unit has given on one day.
    pub busiest: u32,
    /// The units with a counter.
    pub units: Vec<(ProvinceCode, UnitCode)>,
    /// Those of them that have ever reserved a block.
    pub reserving: Vec<(ProvinceCode, UnitCode)>,
    /// When the newest record was written.
    pub newest: Option<Instant>,
}

/// What makes a restored database safe to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginAgain {
    /// The moment of restoring.
    pub at: Instant,
    /// How many numbers each unit skips on each day.
    pub numbers: u32,
    /// The units, each with its days.
    pub units: Vec<(ProvinceCode, UnitCode, RangeInclusive<NaiveDate>)>,
}
