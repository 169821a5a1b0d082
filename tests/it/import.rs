//! History from other systems: reports equal the imported files, and nobody sees half of an import.

mod bad;
mod beside;
pub mod command;
mod due_day;
mod everything;
pub mod export;
pub mod hidden;
mod log;
pub mod update;
mod wabo;
