//! Numbers that a desk reserves for receiving offline.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::id::{ActorId, DossierId, ProvinceCode, RequestId, UnitCode};
use domain::number::{NumberState, VoidReason};
use domain::time::Instant;

use super::error::StoreError;

/// Reserves blocks of numbers and voids numbers.
#[async_trait]
pub trait WriteNumbers: Send + Sync {
    /// Reserves the next numbers of a unit's day for an offline desk. The same request gets the
    /// same block again.
    async fn reserve_block(&self, wanted: &BlockWanted) -> Result<Reserved, StoreError>;

    /// Voids numbers of blocks, all or none of them.
    async fn void_numbers(&self, wanted: &VoidWanted) -> Result<Voided, StoreError>;
}

/// Reads blocks of numbers.
#[async_trait]
pub trait ReadNumbers: Send + Sync {
    /// The blocks of a unit's days, by day and number.
    async fn blocks(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<Block>, StoreError>;

    /// The numbers of a unit's days that are skipped, by day and number.
    async fn skipped(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<SkippedNumbers>, StoreError>;
}

/// The next number of a unit on a local day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberWanted {
    /// The receiving unit.
    pub unit: UnitCode,
    /// The local day of reception.
    pub day: NaiveDate,
}

/// A number of a unit's day, for looking up its block.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlockNumber {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// The number.
    pub number: u32,
}

/// The request for a block.
#[derive(Debug, Clone)]
pub struct BlockWanted {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// Whether that day has come: from then on, online numbers are of that day or a later one.
    pub begins: bool,
    /// Whether numbers of that day may be reserved now. A repeat gets its block at any time.
    pub in_time: bool,
    /// How many numbers.
    pub count: u32,
    /// Who asks.
    pub actor: ActorId,
    /// Under which id.
    pub request_id: RequestId,
    /// When.
    pub at: Instant,
}

/// The outcome of a request for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// The block was reserved, now or by the same request before.
    Block(Block),
    /// The unit's numbering has moved on to a later day and does not go back.
    DayOver {
        /// That day.
        newest: NaiveDate,
    },
    /// Numbers of the day cannot be reserved now.
    NotInTime,
    /// The request id was used for another block.
    OtherRequest,
}

/// A block of reserved numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// Its first number.
    pub first: u32,
    /// Its last number.
    pub last: u32,
    /// When it was taken.
    pub taken: Instant,
    /// Each number with its state, by number. A missing number between the first and the last
    /// already belonged to a dossier when the block was reserved, because a portal had brought it.
    pub numbers: Vec<(u32, NumberState)>,
    /// Who voided a number, and when, by number.
    pub voided: BTreeMap<u32, (ActorId, Instant)>,
}

/// Numbers of a unit's day that nobody gives out, because a backup was put back and receipts printed
/// after it may bear them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedNumbers {
    /// The local day.
    pub day: NaiveDate,
    /// The first number.
    pub first: u32,
    /// The last number.
    pub last: u32,
    /// When the backup was put back.
    pub restored: Instant,
}

/// Numbers that a desk gives back.
#[derive(Debug, Clone)]
pub struct VoidWanted {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that they are of.
    pub day: NaiveDate,
    /// The numbers.
    pub numbers: Vec<u32>,
    /// Why.
    pub reason: VoidReason,
    /// The dossier that the person of the slip has later.
    pub later: Option<DossierId>,
    /// Who gives them back.
    pub actor: ActorId,
    /// When.
    pub at: Instant,
}

/// The outcome of voiding numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voided {
    /// All of them are void, now or already before; the blocks of the day as they are.
    Done(Vec<Block>),
    /// Nothing was voided, because this number is not open.
    NotOpen {
        /// The number.
        number: u32,
        /// Its state; none if no block has it.
        state: Option<NumberState>,
    },
}
