//! Numbers that a desk takes along, to receive without a connection.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::id::{ActorId, ProvinceCode, RequestId, UnitCode};
use domain::number::{NumberState, VoidReason};
use domain::time::Instant;

use super::error::StoreError;

/// Takes blocks of numbers and gives numbers back.
#[async_trait]
pub trait WriteNumbers: Send + Sync {
    /// Takes the next numbers of a unit's day for a desk without a line; the same request
    /// gets the same block again.
    async fn reserve_block(&self, wanted: &BlockWanted) -> Result<Reserved, StoreError>;

    /// Gives numbers of blocks back, all or none of them.
    async fn void_numbers(&self, wanted: &VoidWanted) -> Result<Voided, StoreError>;
}

/// Reads blocks of numbers.
#[async_trait]
pub trait ReadNumbers: Send + Sync {
    /// The blocks of a unit's day, by number.
    async fn blocks(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        day: NaiveDate,
    ) -> Result<Vec<Block>, StoreError>;
}

/// The next number of a unit on a local day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberWanted {
    /// The receiving unit.
    pub unit: UnitCode,
    /// The local day of reception.
    pub day: NaiveDate,
}

/// A number of a unit's day, by which blocks are looked up.
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

/// A block that a desk wants to take along.
#[derive(Debug, Clone)]
pub struct BlockWanted {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// Whether that day has come: from then on online numbers are of it, or of a later one.
    pub begins: bool,
    /// Whether numbers of that day may be taken now; a repeat gets its block at any time.
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

/// What became of a wish for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// It was taken, now or by the same request before.
    Block(Block),
    /// The unit's numbering has gone on to a later day, and does not go back.
    DayOver {
        /// That day.
        newest: NaiveDate,
    },
    /// Numbers of the day may not be taken now.
    NotInTime,
    /// The request id took another block before.
    OtherRequest,
}

/// A block of numbers that a desk has taken along.
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
    /// Each number with what became of it, by number. A number between the first and the last that
    /// is not here belonged to a dossier when the block was taken: its portal had brought it.
    pub numbers: Vec<(u32, NumberState)>,
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
    /// Who gives them back.
    pub actor: ActorId,
    /// When.
    pub at: Instant,
}

/// What became of numbers that were given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voided {
    /// All of them are void, now or since before; the blocks of the day as they are.
    Done(Vec<Block>),
    /// Nothing was given back, for this one is not open.
    NotOpen {
        /// The number.
        number: u32,
        /// What became of it; none when it is in no block.
        state: Option<NumberState>,
    },
}
