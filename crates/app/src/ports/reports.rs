//! What reports are made of.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::dossier::{Channel, Dossier, Record, Score};
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::procedure::Kind;
use domain::tally::Counts;
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Scope;

/// Reads what reports are made of.
#[async_trait]
pub trait ReadReports: Send + Sync {
    /// The next dossiers that a report reads, by id: those that were open or ended in a period.
    ///
    /// Left out: dossiers that ended before `from`, as far as that had been recorded by `as_of`, and dossiers
    /// first recorded after `as_of`. Of some units all come at once, with those of the province that stand apart:
    /// a unit that handed a dossier on need not be involved in it any longer. So do those that stand apart.
    async fn report_ids(
        &self,
        wanted: &ReportWanted,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<DossierId>, StoreError>;

    /// What rates need of some of these.
    async fn report_rows(
        &self,
        wanted: &ReportWanted,
        dossiers: &[DossierId],
    ) -> Result<Vec<ReportRow>, StoreError>;

    /// The histories of some of these by id, each as far as recorded by `as_of`, without events of some
    /// kinds.
    async fn report_histories(
        &self,
        wanted: &ReportWanted,
        dossiers: &[DossierId],
        without: &[&str],
    ) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError>;

    /// The sums of the tallies of a period, by unit; of units in the scope.
    async fn sums(&self, wanted: &SumsWanted) -> Result<HashMap<UnitCode, Sums>, StoreError>;

    /// How many dossiers of each unit were overdue at a moment and had not ended before another,
    /// those that stand apart not counted.
    async fn overdue(
        &self,
        scope: &Scope,
        at: Instant,
        open_until: Instant,
    ) -> Result<HashMap<UnitCode, u32>, StoreError>;

    /// What is pending now at each unit of a province that has anything, with one query.
    ///
    /// Counted are those that the unit's worklist shows, and counted as its counts do.
    async fn pending_by_unit(
        &self,
        province: &ProvinceCode,
        now: Instant,
    ) -> Result<HashMap<UnitCode, UnitPending>, StoreError>;

    /// The ratings of a period, by unit and score.
    async fn ratings(&self, wanted: &RatingsWanted) -> Result<Vec<Rated>, StoreError>;
}

/// What is pending at a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitPending {
    /// All of it.
    pub open: u32,
    /// What the unit has to meet has passed, and the clock runs.
    pub overdue: u32,
    /// A result or an answer is due on the present local day, and not overdue.
    pub due_today: u32,
    /// It waits for papers or a payment from the citizen.
    pub waiting: u32,
    /// When anything of it was last recorded.
    pub latest: Option<Instant>,
}

/// What a report looks at.
#[derive(Debug, Clone)]
pub struct ReportWanted {
    /// Whose dossiers.
    pub scope: Scope,
    /// The unit of these that alone counts, if there is one and units count under the names they had. Dossiers
    /// that always were another's may be left out.
    pub counts: Option<UnitCode>,
    /// The first moment of the period.
    pub from: Instant,
    /// The first moment after the period.
    pub until: Instant,
    /// What had been recorded by then.
    pub as_of: Instant,
    /// Only dossiers that stand apart from the tallies.
    pub only_apart: bool,
}

/// Which ratings are wanted.
#[derive(Debug, Clone)]
pub struct RatingsWanted {
    /// Of dossiers that these units decided.
    pub scope: Scope,
    /// Of procedures or of petitions.
    pub kind: Kind,
    /// The first moment of the period in which they were given.
    pub from: Instant,
    /// The first moment after the period.
    pub until: Instant,
    /// What had been recorded by then.
    pub as_of: Instant,
}

/// How often a unit was given a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The unit that decided the dossiers.
    pub unit: UnitCode,
    /// The local day since which they had belonged to it.
    pub since: NaiveDate,
    /// The score.
    pub score: Score,
    /// How often.
    pub count: u32,
}

/// Which sums of tallies are wanted.
#[derive(Debug, Clone)]
pub struct SumsWanted {
    /// Whose.
    pub scope: Scope,
    /// The first local day of the period.
    pub from: NaiveDate,
    /// The last local day of the period.
    pub to: NaiveDate,
}

/// The sums of a unit's tallies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Over the days before the period.
    pub before: Counts,
    /// Over the days of the period, by channel.
    pub within: BTreeMap<Channel, Counts>,
}

/// A dossier in a report.
#[derive(Debug, Clone)]
pub enum ReportRow {
    /// Nothing happened or was recorded after the period and `as_of`: its present state is
    /// the state wanted.
    Settled(Box<Dossier>),
    /// Its history, to be folded up to the period's end.
    History(Vec<Record>),
}
