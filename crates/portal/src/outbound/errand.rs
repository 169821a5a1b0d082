//! What a worker does with a parcel, whoever it goes to.

use std::sync::Arc;
use std::time::Duration;

use app::portal::Story as History;
use app::ports::Parcel;
use domain::catalogue::Catalogue;
use domain::id::ProvinceCode;
use domain::time::Instant;
use futures::future::BoxFuture;

use crate::hours::Hours;
use crate::patience::Patience;

/// Delivers parcels to one remote.
pub trait Errand: Send + Sync + 'static {
    /// Delivers one parcel.
    fn run(self: Arc<Self>, task: Task) -> BoxFuture<'static, Result<Arrived, Undelivered>>;
}

/// A parcel, with what is known of its dossier.
#[derive(Debug)]
pub struct Task {
    /// The parcel.
    pub parcel: Parcel,
    /// The dossier's events and personal values; none if there are none.
    pub history: Option<History>,
    /// Whether this worker has told the remote everything before the parcel.
    pub is_sure: bool,
    /// The catalogue in force.
    pub catalogue: Arc<Catalogue>,
    /// Now.
    pub at: Instant,
}

/// Where in the feed a remote begins that nobody has worked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// With the first event.
    AtFirst,
    /// With what comes from now on.
    Now,
    /// Only somebody's order begins it.
    ByOrder,
}

/// How a worker deals with its remote.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The remote's name.
    pub name: String,
    /// The province.
    pub province: ProvinceCode,
    /// How many dossiers are told at the same time.
    pub parallel: usize,
    /// When all dossiers are compared with what the remote has; none if it cannot be asked.
    pub compare: Option<Hours>,
    /// How long a process may work for the remote without renewing its lease.
    pub lease: Duration,
    /// Where the remote begins when it is first worked for.
    pub begins: Begins,
    /// How patient the worker is.
    pub patience: Patience,
}

/// What became of a parcel that nothing kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    /// The remote has it.
    There,
    /// Nothing of it is the remote's to know.
    NotForIt,
}

/// Why a parcel did not arrive whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// What happened.
    pub why: Why,
    /// What was asked of the remote, without personal values.
    pub asked: String,
    /// Up to which event it did arrive in this try; none if nothing did.
    pub until: Option<u32>,
}

/// What happened to a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No answer that tells anything.
    Away(String),
    /// The remote refuses.
    Refused(String),
    /// What the remote has is no beginning of our history.
    Conflict(String),
    /// The map has no code for a value.
    Unmapped(String),
    /// Nothing is wrong; it is to go at another moment.
    NotYet(Instant),
}
