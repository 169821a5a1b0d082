//! Forecasts of lateness in the engine: fitted on the province's own history, scored when read, and
//! flagged when a dossier crosses a level.

mod advice;
mod fit;
mod flag;
mod flag_record;
mod models;
mod month;
mod outlook;
mod outlook_draft;
mod reading;
mod record;
mod refresh;
mod scoring;
mod sweep;
mod thinned;
mod trace;
mod words;
mod workload;

pub use fit::fit;
pub use flag::{Flag, FlagReason, Foretold, KeptModel};
pub use flag_record::FlagRecord;
pub use forecast::level::{Level, Precision};
pub(crate) use models::Models;
pub use month::Month;
pub use outlook::{Act, Advice, HORIZON_DAYS, OnlineTarget, Outlook};
pub use outlook_draft::Ahead;
pub use reading::FlagPage;
pub use scoring::Foreseen;
pub(crate) use scoring::{Foresight, Laid};
pub use sweep::Sweep;
pub(crate) use trace::counts_elapsed;
pub use workload::StepLoad;
