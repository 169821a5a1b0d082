//! Measures what this machine gives, for an operator who asks whether it is big enough.
//!
//! The server under test runs in a process of its own, configured as `serve` is; this process makes
//! the calls over gRPC. The same run measures the database alone ([`raw`]) on the same disk. So
//! every figure is also a ratio, and a ratio holds on a busy machine too.

mod case;
mod cluster;
mod comparing;
mod failure;
mod flush;
mod ground;
mod kept;
mod latency;
mod load;
mod page;
mod preload;
mod process;
mod progress;
mod province;
mod questions;
mod raw;
mod reading;
mod scene;
mod scratch;
mod serving;
mod table;
mod watching;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::ports::{Clock, Ids};
use domain::catalogue::Catalogue;

pub use comparing::{Comparing, compare};
pub use failure::Failure;
pub use progress::Step;
pub use reading::{Reading, read};
pub use scene::Scene;
pub use table::{Conditions, Figures};
pub use writing::{Writing, write};

/// What the benchmark runs with.
pub struct Setup {
    /// An empty database to use and to empty again; SQLite and PostgreSQL of its own otherwise.
    pub database: Option<String>,
    /// The folder for scratch databases, on the disk to measure; `/var/tmp` otherwise.
    pub scratch: Option<PathBuf>,
    /// The program that serves: it understands `serve`.
    pub program: PathBuf,
    /// Its configuration.
    pub config: Option<PathBuf>,
    /// Where to look for PostgreSQL's programs.
    pub path: Vec<PathBuf>,
    /// Units, calendars and procedures.
    pub catalogue: Arc<Catalogue>,
    /// By how much each flush is slowed, of the engine and of the raw database alike.
    pub flush: Option<Duration>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// Told how far it is.
    pub tell: Box<dyn Fn(Step<'_>) + Send + Sync>,
}
