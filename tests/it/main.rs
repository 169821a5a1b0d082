//! Whatever crosses crates: one binary, linked once.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[macro_use]
mod backend;

mod access;
mod architecture;
mod bad_input;
mod calling;
mod cluster;
mod corrections;
mod custody;
mod demo;
mod doors;
mod elsewhere;
mod faults;
mod foresight;
mod gate;
mod import;
mod jobs;
mod journeys;
mod life;
mod lookup;
mod merger;
mod migrations;
mod mirrors;
mod numbers;
mod offline;
mod pages;
mod papers;
mod payments;
mod petitions;
mod pins;
mod port;
mod portal;
mod printed;
mod publication;
mod published;
mod queue;
mod rates;
mod ratings;
mod reading;
mod receipts;
mod reminders;
mod requirements;
mod restored;
mod results;
mod several;
mod statistics;
mod store;
mod streams;
mod verify;
mod wire;
mod witness;
mod worklist;
mod world;
mod writing;
