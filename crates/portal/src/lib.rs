//! In step with other systems: status goes out, online dossiers come in.
//!
//! The feed is the outbox. [`outbound`] delivers what [`app::portal`] lays in, as data-driven maps
//! say; [`inbound`] takes dossiers from a portal through the use case that every submission goes
//! through; [`notices`] tells citizens; [`reading`] keeps a mirror of the one-stop product that a
//! province already runs; [`webhook`] tells other software of every event; [`simulate`] is a portal to test against.

mod hours;
pub mod inbound;
pub mod notices;
pub mod outbound;
mod patience;
pub mod published;
pub mod reading;
mod settings;
pub mod simulate;
pub mod webhook;
mod wire;

pub use hours::Hours;
pub use patience::{Breaker, Patience};
pub use settings::{Protocol, RemoteSettings};
