//! Writing: many decide, one commit.
//!
//! A commit costs a flush, and in a busy hour many writers wait, so the unit of writing is a batch.
//! The lane takes every waiting command, loads with one query what they need, lets each decide
//! against the state as this batch has changed it, and commits once. If only one command waits, the
//! batch is that command.

mod act;
mod aside;
mod batch;
mod begin;
mod lane;
mod queue;
mod task;

pub(crate) use lane::{Done, Lane};
pub(crate) use task::{Task, Work};
