//! The files of an import: read them, check them as a whole, print the findings.

mod findings;
mod read;
pub(crate) mod receptions;

pub(crate) use findings::Findings;
pub(crate) use read::{Files, Reading, read};
