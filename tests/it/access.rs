//! Who may call what: compares the table of `docs/access.md` with real calls of every method.

mod applicant;
mod log;
mod matrix;
mod province;
mod table;
mod tokens;
mod units;
pub mod ways;
