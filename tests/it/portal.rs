//! In step with other systems: what happens goes out once and in order, what comes in is one dossier.

mod comparing;
mod contract;
mod defects;
pub mod handed_in;
mod kills;
mod people;
mod protocols;
mod restored;
mod sharing;
mod ways;
