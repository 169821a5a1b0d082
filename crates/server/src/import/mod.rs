//! The files of an import: read them, check them as a whole, print the findings.

mod findings;
mod prepare;
mod read;
pub(crate) mod receptions;
mod uploaded;

pub(crate) use findings::Findings;
pub(crate) use prepare::{Job, Prepared};
pub(crate) use read::Reading;
pub use uploaded::Reader;
