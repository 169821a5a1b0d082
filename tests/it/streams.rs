//! Streams over real connections: nothing is lost, nothing comes twice, and every stream ends.

mod counts;
mod ending;
mod events;
pub mod listener;
