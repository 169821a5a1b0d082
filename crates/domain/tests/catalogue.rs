//! The shipped catalogue is what it claims, and a wrong catalogue is refused by line.

#[path = "catalogue/procedures.rs"]
mod procedures;
#[path = "catalogue/shipped.rs"]
mod shipped;
#[path = "catalogue/successors.rs"]
mod successors;
#[path = "catalogue/tables.rs"]
mod tables;
#[path = "catalogue/texts.rs"]
mod texts;
#[path = "catalogue/versions.rs"]
mod versions;
