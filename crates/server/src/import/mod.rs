//! The files of an import: read, checked as a whole, and what is said at the end.

mod findings;
mod read;
pub(crate) mod receptions;

pub(crate) use findings::Findings;
pub(crate) use read::{Files, Reading, read};
