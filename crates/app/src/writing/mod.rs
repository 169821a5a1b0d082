//! Writing: many decide, one commit.
//!
//! A commit costs a flush, and a busy desk hour has many waiting writers, so the unit of
//! writing is a batch. A lane takes whatever is waiting, loads all that it needs with one
//! query, lets each command decide against the state as already changed in this
//! batch, and commits once. Nobody else waiting: the batch is one command.

mod aside;
mod deciding;
mod lane;
mod queue;
mod task;

pub(crate) use lane::{Done, Lane};
pub(crate) use task::{Task, Work};
