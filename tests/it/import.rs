//! History from other systems: what the files say is what the reports say, and nobody sees half
//! of it.

mod bad;
mod beside;
pub mod command;
mod everything;
pub mod export;
pub mod hidden;
mod log;
pub mod update;
mod wabo;
