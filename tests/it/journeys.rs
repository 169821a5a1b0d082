//! The same small office carried through every pair of features that touch the same rows: whatever a
//! dossier has been through, every way of looking at it and of working on it is right.
//!
//! `docs/journeys.md` is the table of the pairs.

mod been_through;
mod by_itself;
mod walk;
mod ways_in;
