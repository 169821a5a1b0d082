//! Beside what a province already runs: the one-stop product in use is asked which dossiers it has, and motcua
//! follows it.
//!
//! The product's answers become rows of a list, and the rows go the way of every import. So a list that
//! somebody exports from the product brings the same.

mod asking;
mod map;
mod reader;
mod settings;

pub use map::SearchMap;
pub use reader::{Heard, SystemReader};
pub use settings::ReaderSettings;
