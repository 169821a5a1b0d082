//! Between the wire and the rules: this module parses requests and builds answers.
//!
//! It reads a request as a whole, so that a caller learns all of its wrong fields at once.

pub mod calendar;
pub mod circumstances;
pub mod correction;
pub mod dossier;
pub mod event;
pub mod exchange;
pub mod explanation;
pub mod fields;
pub mod foresight;
pub mod form;
pub mod identity;
pub mod intake;
pub mod merger;
pub mod notice;
pub mod offline;
pub mod paper;
pub mod performance;
pub mod period;
pub mod person;
pub mod procedure;
pub mod publication;
pub mod rating;
pub mod receipt;
pub mod report;
pub mod request_context;
pub mod result;
pub mod row;
pub mod statistics;
pub mod time;
pub mod times;
pub mod unit;
pub mod worklist;

pub use fields::Fields;
pub use request_context::RequestContext;
