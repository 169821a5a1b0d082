//! Work on many dossiers that can be interrupted and resumed.

use async_trait::async_trait;
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::role::Role;
use domain::time::Instant;

use super::error::StoreError;

/// Keeps jobs.
#[async_trait]
pub trait WriteJobs: Send + Sync {
    /// Stores a job, or its progress.
    async fn keep_job(&self, job: &Job) -> Result<(), StoreError>;
}

/// Reads jobs.
#[async_trait]
pub trait ReadJobs: Send + Sync {
    /// A job.
    async fn job(&self, province: &ProvinceCode, id: &str) -> Result<Option<Job>, StoreError>;

    /// The jobs of all provinces that are not done, earliest first.
    async fn unfinished_jobs(&self) -> Result<Vec<Job>, StoreError>;

    /// The jobs of a province, latest first.
    async fn jobs(&self, province: &ProvinceCode) -> Result<Vec<Job>, StoreError>;
}

/// Work on many dossiers that can be interrupted and resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The province whose dossiers it deals with.
    pub province: ProvinceCode,
    /// Its name within the province, made from its work, so that a repeated order is the same job.
    pub id: String,
    /// What kind of work, such as `units_merge`.
    pub kind: String,
    /// All that it needs to be resumed, as JSON.
    pub spec: String,
    /// Who asked for it.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// When.
    pub begun: Instant,
    /// The last dossier that it has dealt with.
    pub place: Option<DossierId>,
    /// How many dossiers it has looked at.
    pub seen: u64,
    /// How many of them it has changed.
    pub changed: u64,
    /// When it was done; none while it is not.
    pub ended: Option<Instant>,
}
