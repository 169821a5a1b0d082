//! Which dossiers will end late, how sure that is, and why.
//!
//! A model is fitted on finished and running dossiers of the past and then
//! scores any dossier under way: the chance that it ends after its deadline, an
//! 80 % interval for its end, and the reasons in words. [`backtest`] measures
//! how good that is on any event log, by a fixed protocol.
//!
//! Nothing here reads a clock, a file or a database. No feature names an
//! individual official: the log types have no place for one.
//!
//! Start with [`log`] (what is read), [`artefact`] (fit) and [`forecaster`] (score, explain, and
//! when the level changes next).
#![warn(missing_docs)]

mod ahead;
mod alarm;
pub mod artefact;
mod aside;
pub mod backtest;
mod choice;
mod course;
pub mod crossing;
mod curve;
pub mod explain;
pub mod forecaster;
mod ground;
mod layer;
mod lesson;
pub mod level;
pub mod log;
mod lull;
pub mod model;
pub mod office;
pub mod outlook;
pub mod planned;
pub mod record;
mod rolling;
mod root;
pub mod running;
mod sample;
mod scale;
mod shrink;
pub mod situation;
mod sum;
mod table;
mod trial;
mod words;
