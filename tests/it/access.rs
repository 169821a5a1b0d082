//! Who may what: the table of `docs/access.md` against every method, really called.

mod applicant;
mod log;
mod matrix;
mod province;
mod table;
mod tokens;
mod units;
pub mod ways;
