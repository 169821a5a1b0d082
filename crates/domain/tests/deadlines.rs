//! When a dossier is due, by published examples, by a slow reference, and by general properties.

#[path = "deadlines/calendar.rs"]
mod calendar;
#[path = "deadlines/explained.rs"]
mod explained;
#[path = "deadlines/hand_over.rs"]
mod hand_over;
#[path = "deadlines/moved.rs"]
mod moved;
#[path = "deadlines/near.rs"]
mod near;
#[path = "deadlines/offices.rs"]
mod offices;
#[path = "deadlines/properties.rs"]
mod properties;
#[path = "deadlines/random.rs"]
mod random;
#[path = "deadlines/reference.rs"]
mod reference;
#[path = "deadlines/vectors.rs"]
mod vectors;
