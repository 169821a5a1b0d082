//! The pages, one file each.

pub mod catalogue;
pub mod desk;
pub mod dossier;
pub mod import;
pub mod letters;
pub mod list;
pub mod lists;
pub mod live;
pub mod lookup;
pub mod paper;
pub mod password;
pub mod portal;
pub mod province;
pub mod province_map;
pub mod report;
pub mod setup;
pub mod sign_in;
pub mod start;
pub mod unit;
pub mod unit_choice;
pub mod webhooks;
