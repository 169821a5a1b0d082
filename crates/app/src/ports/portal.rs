//! What is under way to other systems.
//!
//! The feed is the outbox: a remote keeps a cursor in it, and a [`Parcel`] for each dossier that is
//! in flight or parked. One process at a time works for a remote, under a [`Lease`]; whatever it
//! writes counts only while the lease is its own.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use domain::id::{DossierId, ProvinceCode, RequestId, UnitCode};
use domain::time::Instant;

use super::error::StoreError;

/// Keeps what is under way.
#[async_trait]
pub trait WritePortal: Send + Sync {
    /// Takes or renews the lease of a remote; none while another process holds it.
    async fn lease_remote(&self, claim: &LeaseClaim) -> Result<Option<Remote>, StoreError>;

    /// Lays parcels in and moves the remote's places, all or nothing. False if the lease is lost.
    async fn post_parcels(&self, lease: &Lease, posting: &Posting) -> Result<bool, StoreError>;

    /// Writes what became of parcels, all or nothing. False if the lease is lost.
    async fn settle_parcels(&self, lease: &Lease, settled: &Settlement)
    -> Result<bool, StoreError>;

    /// Sends parked parcels again at once: one dossier's, or all of a remote. Returns how many. The same
    /// order sends none twice.
    async fn unpark(
        &self,
        province: &ProvinceCode,
        remote: &str,
        dossier: Option<DossierId>,
        order: &ParcelOrder,
    ) -> Result<u64, StoreError>;

    /// Orders a comparison of all dossiers with what the remote has; one that runs already begins
    /// anew. The same order begins none twice.
    async fn order_walk(
        &self,
        province: &ProvinceCode,
        remote: &str,
        order: &ParcelOrder,
    ) -> Result<(), StoreError>;

    /// Keeps a night's sheet. One that is there stays.
    async fn keep_sheet(&self, kept: &KeptText) -> Result<(), StoreError>;
}

/// Reads what is under way.
#[async_trait]
pub trait ReadPortal: Send + Sync {
    /// The remotes of a province, by name.
    async fn remotes(&self, province: &ProvinceCode) -> Result<Vec<Remote>, StoreError>;

    /// The parcels of a remote that may be sent now, longest due first.
    async fn due_parcels(
        &self,
        province: &ProvinceCode,
        remote: &str,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<Parcel>, StoreError>;

    /// The next page of a remote's parcels, by dossier.
    async fn parcels(&self, page: &ParcelPage) -> Result<Vec<Parcel>, StoreError>;

    /// The dossiers that were received in a stretch of time, beside what a remote has of them. Those that
    /// another system decides, and imported ones, are not the remote's to know.
    async fn compared(
        &self,
        province: &ProvinceCode,
        remote: &str,
        from: Instant,
        until: Instant,
    ) -> Result<Vec<Compared>, StoreError>;

    /// Since when dossiers wait that a remote has never taken, each with the remote; longest first, at most so
    /// many.
    async fn never_taken(
        &self,
        province: &ProvinceCode,
        limit: u32,
    ) -> Result<Vec<(String, Instant)>, StoreError>;

    /// The portals and ministries that had taken a dossier by then. Webhooks and notices are none.
    async fn acknowledging(
        &self,
        province: &ProvinceCode,
        by: Instant,
    ) -> Result<Vec<String>, StoreError>;

    /// Those of some dossiers that one of some remotes had taken by then, and when one first had.
    async fn acknowledged(
        &self,
        province: &ProvinceCode,
        remotes: &[String],
        dossiers: &[DossierId],
        by: Instant,
    ) -> Result<HashMap<DossierId, Instant>, StoreError>;

    /// What the portals and ministries have of a dossier and what is under way to them, by name. Webhooks and
    /// notices are none.
    async fn exchanged(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
    ) -> Result<Vec<Exchanged>, StoreError>;

    /// The nights' sheets of a remote before a night, the latest first.
    async fn kept_sheets(
        &self,
        province: &ProvinceCode,
        remote: &str,
        before: Option<NaiveDate>,
        limit: u32,
    ) -> Result<Vec<KeptText>, StoreError>;

    /// How much is under way to each remote of a province.
    async fn parcel_counts(&self, province: &ProvinceCode) -> Result<Vec<ParcelCount>, StoreError>;
}

/// A night's sheet, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// The province.
    pub province: ProvinceCode,
    /// The remote.
    pub remote: String,
    /// The day on which the night ended.
    pub night: NaiveDate,
    /// When it was made.
    pub made: Instant,
    /// What it says, in JSON.
    pub text: String,
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct ParcelOrder {
    /// The id of the request.
    pub request: RequestId,
    /// When.
    pub at: Instant,
}

/// A page of parcels.
#[derive(Debug, Clone)]
pub struct ParcelPage {
    /// Of this province.
    pub province: ProvinceCode,
    /// To this remote.
    pub remote: String,
    /// Only this dossier's.
    pub dossier: Option<DossierId>,
    /// Only parked ones.
    pub parked: bool,
    /// After this dossier.
    pub after: Option<DossierId>,
    /// At most so many.
    pub limit: u32,
}

/// How much is under way to a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelCount {
    /// The remote.
    pub remote: String,
    /// How many wait or are in flight.
    pub waiting: u64,
    /// How many are parked.
    pub parked: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Instant>,
}

/// The right to work for a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The province.
    pub province: ProvinceCode,
    /// The remote.
    pub remote: String,
    /// Counts the processes that have worked for it.
    pub epoch: u64,
}

/// A process that wants to work for a remote.
#[derive(Debug, Clone)]
pub struct LeaseClaim {
    /// The province.
    pub province: ProvinceCode,
    /// The remote.
    pub remote: String,
    /// The process: a name that no other one has, not even after a restart.
    pub holder: String,
    /// Now.
    pub at: Instant,
    /// Until when.
    pub until: Instant,
    /// Nobody else can hold it, because only one process may have the database open.
    pub alone: bool,
    /// A remote that is not there begins. Otherwise somebody has removed it, and it stays so.
    pub begins: bool,
}

/// Another system, and how far it has been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The province.
    pub province: ProvinceCode,
    /// Its name in the configuration.
    pub name: String,
    /// Counts the processes that have worked for it.
    pub epoch: u64,
    /// The process that works for it.
    pub holder: String,
    /// Until when that process may.
    pub lease_until: Instant,
    /// The place in the feed up to which parcels are laid in.
    pub cursor: String,
    /// A comparison of all dossiers that runs.
    pub walk: Option<Walk>,
    /// When the last comparison ended.
    pub walked: Option<Instant>,
    /// No call before this, because the last ones failed.
    pub closed_until: Option<Instant>,
    /// How many calls failed in a row.
    pub failures: u32,
    /// When it last took something.
    pub last_success: Option<Instant>,
    /// When a call last failed.
    pub last_failure: Option<Instant>,
    /// What was said then.
    pub last_words: String,
}

/// A comparison of all dossiers with what a remote has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// When it began.
    pub begun: Instant,
    /// The last dossier that it has looked at.
    pub after: Option<DossierId>,
}

/// A dossier whose last events a remote may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The province.
    pub province: ProvinceCode,
    /// The remote.
    pub remote: String,
    /// The dossier.
    pub dossier: DossierId,
    /// The first event that the remote may not have, by version.
    pub first: u32,
    /// The last event that it should get.
    pub last: u32,
    /// Under which epoch of the remote it was laid in; 0 if nobody knows what has arrived.
    pub epoch: u64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was laid in.
    pub since: Instant,
    /// Not before this.
    pub next: Instant,
    /// When it was parked for a person.
    pub parked: Option<Instant>,
    /// Why the last try failed, by reason.
    pub reason: String,
    /// What the remote answered, without personal values.
    pub words: String,
    /// What was asked of the remote, without personal values.
    pub asked: String,
}

/// Parcels to lay in, with the places that move.
#[derive(Debug, Clone, Default)]
pub struct Posting {
    /// When.
    pub at: Instant,
    /// Each dossier with the first and the last event. One that is under way already is widened.
    pub parcels: Vec<(DossierId, u32, u32)>,
    /// Whether nobody knows which of these events the remote has.
    pub uncertain: bool,
    /// The new cursor; none to leave it.
    pub cursor: Option<String>,
    /// What becomes of the comparison.
    pub walk: WalkStep,
}

/// What becomes of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WalkStep {
    /// Nothing.
    #[default]
    Stays,
    /// It begins.
    Begins,
    /// It has come to this dossier.
    Reached(DossierId),
    /// It is done.
    Ends,
}

/// What became of parcels, and how the remote answers.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// When.
    pub at: Instant,
    /// Each dossier with what became of its parcel.
    pub outcomes: Vec<(DossierId, ParcelOutcome)>,
    /// No call before this.
    pub closed_until: Option<Instant>,
    /// How many calls failed in a row.
    pub failures: u32,
    /// What the remote has now.
    pub told: Vec<Told>,
}

/// What a remote has of a dossier since a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The dossier.
    pub dossier: DossierId,
    /// The last event that the remote has, by version.
    pub version: u32,
    /// The national status since that event.
    pub status: u8,
    /// When that event happened.
    pub event_time: Instant,
    /// When it was written here.
    pub record_time: Instant,
    /// When the oldest event of the delivery was written here.
    pub since: Instant,
}

/// What one remote has of a dossier, and what is under way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// The remote.
    pub remote: String,
    /// The last event that it has acknowledged; none if it has never taken the dossier.
    pub acknowledged: Option<Acknowledged>,
    /// What waits, is in flight or is parked.
    pub parcel: Option<Parcel>,
}

/// The last event of a dossier that a remote has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The event, by version.
    pub version: u32,
    /// The national status since that event.
    pub status: u8,
    /// When it happened.
    pub event_time: Instant,
    /// When it was written here.
    pub record_time: Instant,
    /// When the remote acknowledged it.
    pub at: Instant,
    /// When the remote first acknowledged anything of the dossier.
    pub first: Instant,
    /// The longest that an event took from here to there.
    pub slowest: TimeDelta,
}

/// A dossier here, and what a remote has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The dossier.
    pub dossier: DossierId,
    /// The unit that decides it.
    pub unit: UnitCode,
    /// When it was received.
    pub received: Instant,
    /// The national status here.
    pub status: u8,
    /// What the remote has; none if it has never taken the dossier.
    pub there: Option<There>,
}

/// What a remote has of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// The national status there.
    pub status: u8,
    /// When it had the dossier at all.
    pub first: Instant,
    /// The longest that an event took from here to there.
    pub slowest: TimeDelta,
}

/// What became of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParcelOutcome {
    /// The remote has every event up to this version.
    Delivered(u32),
    /// It is tried again; nobody knows what has arrived.
    Later {
        /// When.
        next: Instant,
        /// Whether this try counts.
        counts: bool,
        /// Why.
        fault: Fault,
    },
    /// A person has to look at it.
    Parked(Fault),
}

/// Why a parcel did not arrive. Holds no personal value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The reason, such as `REFUSED`.
    pub reason: &'static str,
    /// What the remote answered.
    pub words: String,
    /// What was asked of it.
    pub asked: String,
}
