//! No acknowledged write is ever lost: programs are killed, power is cut, databases go away and
//! clocks are wrong, while a ledger outside the server records every answer.

pub mod audit;
mod clock;
mod disk;
mod kill;
pub mod ledger;
pub mod office;
mod outage;
mod power;
pub mod program;
pub mod seeded;
mod silence;
mod start;
mod stopped;
