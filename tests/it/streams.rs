//! Streams over real connections: nothing is lost, nothing comes twice, and they end.

mod counts;
mod ending;
mod events;
pub mod listener;
