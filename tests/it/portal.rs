//! In step with other systems: what happens goes out once and in order, what comes in is one dossier.

mod citizens;
mod comparing;
mod contract;
mod defects;
pub mod handed_in;
mod hooks;
mod kills;
pub mod people;
mod protocols;
mod published;
mod readers;
mod restored;
mod sharing;
mod sheet;
mod ways;
