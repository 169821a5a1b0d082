//! What is kept beside the events, as it lies in the tables, to be compared with them.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use domain::code::AnyCode;
use domain::id::{DossierId, ProvinceCode};

use super::error::StoreError;

/// A database that can be looked through.
#[async_trait]
pub trait Verifiable: Send + Sync {
    /// All of it as it is at this moment, for as long as the looking takes.
    async fn snapshot(&self) -> Result<Box<dyn ReadKept>, StoreError>;
}

/// Reads what is kept. Whatever belongs to an import that is not finished is left out.
#[async_trait]
pub trait ReadKept: Send + Sync {
    /// The provinces that have dossiers, each with how many.
    async fn provinces(&self) -> Result<Vec<(ProvinceCode, u64)>, StoreError>;

    /// A page of dossiers by id, after one of them, with their events and interests.
    async fn dossiers(
        &self,
        province: &ProvinceCode,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<KeptDossier>, StoreError>;

    /// A page of codes, after one of them.
    async fn codes(
        &self,
        province: &ProvinceCode,
        after: &str,
        limit: u32,
    ) -> Result<Vec<KeptCode>, StoreError>;

    /// Which of these codes are there.
    async fn present(
        &self,
        province: &ProvinceCode,
        codes: &[AnyCode],
    ) -> Result<Vec<KeptCode>, StoreError>;

    /// The tallies of a province, summed over shards.
    async fn tallies(&self, province: &ProvinceCode) -> Result<Vec<KeptTally>, StoreError>;

    /// The counters of a province.
    async fn counters(&self, province: &ProvinceCode) -> Result<Vec<KeptCounter>, StoreError>;
}

/// A dossier's row with what lies beside it.
#[derive(Debug, Clone)]
pub struct KeptDossier {
    /// Its id.
    pub id: DossierId,
    /// The fold as it is kept, as JSON.
    pub fold: String,
    /// The other columns, by name, as texts.
    pub columns: Vec<(&'static str, String)>,
    /// Its events in order of version, each with its columns.
    pub events: Vec<KeptEvent>,
    /// Its interests by unit: unit, roles, open, due, precedence.
    pub interests: Vec<(String, i64, i64, i64, i64)>,
}

/// An event's row.
#[derive(Debug, Clone)]
pub struct KeptEvent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The columns that repeat what the bytes say, by name, as texts.
    pub columns: Vec<(&'static str, String)>,
}

/// A code's row.
#[derive(Debug, Clone)]
pub struct KeptCode {
    /// The code.
    pub code: String,
    /// The dossier that is found by it.
    pub dossier: DossierId,
    /// The fold of that dossier, as JSON; empty where it was not asked for.
    pub fold: String,
}

/// A tally: a place and what is counted there, in the order of
/// [`Measure::ALL`](domain::tally::Measure::ALL).
#[derive(Debug, Clone)]
pub struct KeptTally {
    /// `day` or `month`.
    pub grain: String,
    /// The day, or the first of the month, as yyyymmdd.
    pub day: i64,
    /// The unit.
    pub unit: String,
    /// The channel.
    pub channel: String,
    /// The counts.
    pub counts: Vec<i64>,
}

/// A counter with the numbers of its blocks.
#[derive(Debug, Clone)]
pub struct KeptCounter {
    /// The unit.
    pub unit: String,
    /// The day as yyyymmdd.
    pub day: i64,
    /// The last number.
    pub last: i64,
    /// How many numbers up to it are in blocks and belong to no dossier.
    pub without_dossier: i64,
    /// The numbers up to it that were skipped after a backup was put back.
    pub skipped: Vec<RangeInclusive<i64>>,
}
