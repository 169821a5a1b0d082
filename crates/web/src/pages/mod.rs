//! The pages, one file each.

pub mod desk;
pub mod dossier;
pub mod letters;
pub mod list;
pub mod live;
pub mod lookup;
pub mod paper;
pub mod province;
pub mod report;
pub mod sign_in;
pub mod start;
pub mod unit;
