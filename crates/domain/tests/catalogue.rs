//! The shipped catalogue holds what it says, and a wrong one is refused by line.

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
