//! Use cases, the writing lane, access, and the ports they need.
//!
//! A write goes [`Engine`] → lane → [`domain::dossier::decide`] → [`ports::Store::commit`].
//! Nothing here knows a database or a wire.
#![warn(missing_docs)]

pub mod access;
pub mod accounts;
pub mod administration;
pub mod catalogues;
mod closed_days;
mod context;
mod desk;
pub mod engine;
pub mod error;
pub mod expiry;
pub mod feed;
pub mod foresight;
pub mod forms;
pub mod gate;
pub mod import;
pub mod jobs;
pub mod keys;
pub mod lookup;
mod lookup_limit;
pub mod merger;
pub mod metrics;
mod observe;
pub mod offline;
pub mod overview;
mod pace;
pub mod page;
mod pin_attempts;
pub mod portal;
pub mod ports;
pub mod preview;
pub mod publication;
mod rate_units;
pub mod read;
pub mod readiness;
pub mod receipt;
pub mod receipt_sheet;
pub mod report;
pub mod restoration;
pub mod satisfaction;
pub mod security;
mod sessions;
pub mod statistics;
pub mod tokens;
pub mod verify;
pub mod view;
mod viewings;
pub mod worklist;
mod writing;

pub use access::Caller;
pub use catalogues::Catalogues;
pub use engine::{Engine, Parts, RequestIdentity};
pub use error::{Error, FieldError};
pub use gate::Gate;
