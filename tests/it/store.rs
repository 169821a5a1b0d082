//! The contract of the store: every method of the port, on a real database.

mod access;
mod committing;
pub mod data;
mod durable;
mod filters;
mod foresight;
mod lists;
mod loading;
mod office;
mod paging;
mod plans;
mod reading;
mod reporting;
mod server;
mod tallies;
