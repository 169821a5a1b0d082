//! In step with other systems: status goes out, online dossiers come in.
//!
//! The feed is the outbox. [`outbound`] delivers what [`app::portal`] lays in, as data-driven maps
//! say; [`inbound`] takes dossiers from a portal through the use case that every submission goes
//! through; [`simulate`] is a portal to test against.

pub mod inbound;
pub mod outbound;
mod patience;
mod settings;
pub mod simulate;

pub use patience::{Breaker, Patience};
pub use settings::{Protocol, RemoteSettings};
