//! On-time and online rates of a unit over a period.
//!
//! Two official measures differ, so both are computed and labelled: II.06a judges limits in
//! days by local dates; the index of Decision 766/QĐ-TTg judges by instants and counts a
//! second supplement request as late. Beside them stands the rate on the first promise.
//!
//! A dossier is taken in the state it had at the period's end, from what had been recorded
//! by then or by a chosen moment, never in today's state.

mod column;
mod columns;
mod form;
mod grain;
mod i766;
mod memo;
mod number;
mod performance;
mod period;
mod rate;
mod rates;
mod seen;
mod statistics;
mod suppression;
mod target;
mod verdict;

pub use column::{Column, Value, find};
pub use columns::{BRIDGE, II06A, ITEM, MEMO, RATES};
pub use form::{Cell, Cells, SUMS};
pub use grain::Grain;
pub use i766::{Average, ITEMS, Item, Items};
pub use memo::{Memo, Memos};
pub use number::Number;
pub use performance::{Cause, Performance, Waiting};
pub use period::Period;
pub use rate::Rate;
pub use rates::{Report, Row, SMALL, Tally};
pub use seen::Seen;
pub use statistics::{
    Bridge, Called, Field, I766, I766Unit, IdentityFault, Ii06a, Ii06aUnit, Statistics,
    UnitStatistics,
};
pub use suppression::{LEAST, Table};
pub use target::{CatalogueFigures, InvalidTarget, Reached, Target, Whose};
pub(crate) use verdict::judge;
pub use verdict::{Finish, in_time_until, is_due_by_day, is_late};
