//! Which dossiers will end late, how sure that is, and why.
//!
//! A model is fitted on finished and running dossiers of the past. It then scores any dossier under
//! way: the chance that the dossier ends after its deadline, an 80 % interval for its end, and the
//! reasons in words. [`backtest`] measures on any event log, by a fixed protocol, how good the
//! scores are.
//!
//! Words used throughout: a *look* is one moment at which a running case is observed; a *layer*
//! sorts looks by some of their features, and a *cell* holds the looks of a layer that agree in
//! these. A *position* is a moment told in working days since the calendar's first day. A case is
//! *settled* once its deadline has passed.
//!
//! Nothing here reads a clock, a file or a database. No feature names an
//! individual official: the log types have no place for one.
//!
//! Start with [`log`] (what is read), [`artefact`] (fit) and [`forecaster`] (score, explain, and
//! when the level changes next).
#![warn(missing_docs)]

mod alarm;
mod arena;
pub mod artefact;
pub mod backtest;
mod baseline;
mod binning;
pub mod crossing;
mod curve;
pub mod explain;
pub mod figures;
pub mod forecaster;
mod halves;
mod layer;
pub mod level;
pub mod log;
pub mod model;
mod other_agency;
pub mod outlook;
mod places;
pub mod planned;
mod poisson_binomial;
pub mod promise;
mod quiet_period;
pub mod record;
mod remaining;
mod remaining_cells;
mod rolling_origin;
pub mod running;
mod sample;
mod score_card;
mod selection;
mod service_days;
mod shrink;
pub mod situation;
mod stretches;
mod table;
mod trace;
mod training_cells;
mod training_row;
mod words;
pub mod working_time;
