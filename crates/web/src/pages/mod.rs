//! One file a page.

pub mod desk;
pub mod dossier;
pub mod lookup;
pub mod paper;
pub mod report;
pub mod sign_in;
pub mod start;
pub mod unit;
