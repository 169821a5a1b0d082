//! Fitted models, the flag log, and what was foretold.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;

use super::error::StoreError;
use super::feed::FeedHead;
use super::scope::Scope;
use crate::foresight::{Flag, Foretold, KeptModel};

/// Keeps models, flags and what was foretold.
#[async_trait]
pub trait WriteForecasts: Send + Sync {
    /// Keeps a fitted model and gives it the province's next number, whatever number it bears.
    ///
    /// The same bytes fitted on the same period are kept once. Of a matter's models only the one
    /// in use and the few that it followed keep their bytes.
    async fn keep_model(&self, model: &KeptModel) -> Result<KeptModel, StoreError>;

    /// Writes crossings into the flag log. One that another process wrote first is left as it
    /// is; how many were new is returned.
    async fn raise(&self, flags: &[Flag]) -> Result<u64, StoreError>;

    /// Writes down what was foretold of dossiers. What was written of one before stays.
    async fn foretell(&self, foretold: &[Foretold]) -> Result<(), StoreError>;
}

/// Reads models, flags and what was foretold.
#[async_trait]
pub trait ReadForecasts: Send + Sync {
    /// The number of the model fitted last of each province that has one: with it, any of them
    /// may have changed.
    async fn model_numbers(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError>;

    /// The models in use in a province, one a matter at most: of all that were fitted the one that
    /// learned until last, and of equals the one fitted last. A fit of an older day is a record
    /// and judges nothing of today.
    async fn models(&self, province: &ProvinceCode) -> Result<Vec<KeptModel>, StoreError>;

    /// When the first model of a province was fitted.
    async fn first_model(&self, province: &ProvinceCode) -> Result<Option<Instant>, StoreError>;

    /// The latest flag of each of these dossiers that has one, one query for all.
    async fn last_flags(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Flag>, StoreError>;

    /// All flags of these dossiers, each in order, one query for all.
    async fn flags_of(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Flag>>, StoreError>;

    /// What was foretold of these dossiers, one query for all.
    async fn foretold(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Foretold>, StoreError>;

    /// Dossiers with a due time of their own from a moment until another, by id, after one of them.
    ///
    /// Of the units that decide them, open or not. When these have to meet a part of it counts for
    /// nothing.
    async fn due_between(
        &self,
        units: &Scope,
        due: (Instant, Instant),
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError>;

    /// Flags after a place in the flag log, in order.
    async fn flags(
        &self,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Flag)>, StoreError>;

    /// The last flag up to a place in the flag log, of one province at least.
    async fn last_flag(
        &self,
        province: &ProvinceCode,
        until: u64,
    ) -> Result<Option<(u64, Flag)>, StoreError>;

    /// The flag log: its identity, and up to which place it is complete.
    async fn flags_head(&self) -> Result<FeedHead, StoreError>;
}
