//! The one-stop shop's paper: forms, codes and sheets, made from values. Nothing here reads a clock
//! or waits, and no page stands around the results.
//!
//! A form is one HTML article that the pages' style sheet lays out on A5, lists on A4. Number, title
//! and layout on a day are data, see [`forms`]. The layouts of report sheets are data too, see [`sheet`].
#![warn(missing_docs)]

pub mod apology;
pub mod codes;
pub mod control;
mod form;
pub mod forms;
pub mod hand_over;
pub mod list;
pub mod notice;
mod page;
mod paper;
pub mod refusal;
pub mod register;
pub mod result;
mod samples;
pub mod sheet;
pub mod slip;
pub mod stop;
pub mod supplement;

pub use page::{SHEET, whole_page};
pub use paper::{Head, Printed};
