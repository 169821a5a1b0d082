//! What is acknowledged is never lost: programs are killed, power is cut, databases go away
//! and clocks are wrong, while a ledger outside the server keeps what callers were told.

mod audit;
mod kill;
mod ledger;
mod office;
mod program;
mod seeded;
mod start;
