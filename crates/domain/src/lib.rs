//! The rules of the one-stop shop (*một cửa*), as pure values and functions.
//!
//! Nothing here reads a clock, waits, or touches a disk: `now`, calendars and
//! procedures are values handed in. Adapters carry the answers out.
//!
//! Start with [`dossier`] (what may happen to a dossier) and [`deadline`] (when
//! it must be finished); both rest on [`calendar`] and [`procedure`].
#![warn(missing_docs)]

pub mod calendar;
pub mod catalogue;
pub mod code;
pub mod contact;
pub mod deadline;
pub mod digest;
pub mod dossier;
pub mod fold;
pub mod id;
pub mod import;
pub mod indicator;
pub mod language;
pub mod limit;
pub mod lineage;
pub mod notice;
pub mod number;
pub mod place;
pub mod procedure;
pub mod role;
pub mod satisfaction;
pub mod tally;
pub mod time;
pub mod unit;
