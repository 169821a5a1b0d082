//! History from another system: what a map says about its files, and what its rows mean.
//!
//! A [`Map`] says which column is what. [`Gathering`] takes the rows of the files, one by one,
//! and puts the rows of one dossier together; [`history`] turns them into ordinary events.
//! Nothing here reads a file.

mod cells;
mod columns;
mod created;
mod gather;
mod history;
mod law;
mod map;
mod near;
mod said;
mod table;
mod update;
mod values;
mod zone;

pub use cells::TextRow;
pub use columns::{Columns, ImportField};
pub use created::{CreatedUnit, Creates};
pub use gather::{Gathered, Gathering, ImportedCase, NoDossier, PassedOver, RefusedRow, Route};
pub use history::{History, Unmappable, history};
pub use law::{DueDifference, due_difference};
pub use map::{ForeignStatus, Map, Meaning};
pub use near::{did_you_mean, nearest};
pub use said::in_vietnamese;
pub use table::{TITLES, TOTALS, TableForm, column, column_meant, header_among, titles};
pub use update::{Discrepancy, newer};
pub use values::{About, Unlisted};
pub use zone::{DayEdge, Zone};
