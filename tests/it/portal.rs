//! In step with other systems: what happens goes out once and in order, what comes in is one dossier.

mod acknowledged;
mod citizens;
mod comparing;
mod contract;
mod defects;
mod exchange;
pub mod handed_in;
mod hooks;
mod kills;
pub mod people;
mod protocols;
mod published;
mod readers;
pub mod reading;
mod restored;
mod sharing;
mod sheet;
mod unruly;
pub mod ways;
