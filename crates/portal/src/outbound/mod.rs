//! Status goes out: parcels are delivered, each dossier's in order, those of others beside them.

mod adapter;
mod card;
mod client;
mod deliver;
mod errand;
mod map;
mod reply;
mod rest;
mod story;
mod telling;
mod verdict;
mod worker;

pub use card::{Card, Leaf};
pub use client::Client;
pub use errand::{Arrived, Begins, Errand, Task, Terms, Undelivered, Why};
pub use map::{ADAPTER, Map, REST};
pub use story::{Milestone, Silence, Story, tell, untold};
pub use worker::{Process, Worker};
