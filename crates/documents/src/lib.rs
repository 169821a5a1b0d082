//! The paper of the one-stop shop: forms and codes, from values. Pure: no clock, no waiting, no page
//! around them.
//!
//! A form is HTML of one article that the pages' sheet lays out on A5; which number and title it
//! bears on a day is data, see [`forms`]. So are the sheets of reports, see [`sheet`].
#![warn(missing_docs)]

pub mod apology;
pub mod codes;
pub mod forms;
pub mod list;
pub mod notice;
mod paper;
pub mod sheet;
pub mod slip;
pub mod supplement;

pub use paper::{Head, Printed};
