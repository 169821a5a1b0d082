//! Fitted models, the flag log, and the foretold chances.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Scope;
use crate::foresight::{Flag, Foretold, KeptModel};

/// Stores models, flags and foretold chances.
#[async_trait]
pub trait WriteForecasts: Send + Sync {
    /// Stores a fitted model under the province's next number, whatever number it carries.
    ///
    /// The same bytes fitted on the same period are stored once. Of the models of a matter, only
    /// the one in use and a few before it keep their bytes.
    async fn keep_model(&self, model: &KeptModel) -> Result<KeptModel, StoreError>;

    /// Writes crossings into the flag log and returns how many were new. A crossing that another
    /// process wrote first stays as it is.
    async fn raise(&self, flags: &[Flag]) -> Result<u64, StoreError>;

    /// Writes the foretold chances of dossiers. An earlier chance of a dossier stays.
    async fn foretell(&self, foretold: &[Foretold]) -> Result<(), StoreError>;
}

/// Reads models, flags and foretold chances.
#[async_trait]
pub trait ReadForecasts: Send + Sync {
    /// The number of the latest model of each province that has one. If it changed, any of the
    /// province's models may have.
    async fn model_numbers(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError>;

    /// The models in use in a province, at most one a matter: the model with the latest learning
    /// day, and of equals the one fitted last. A fit of an earlier day is a record and judges
    /// nothing of today.
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

    /// The foretold chances of these dossiers, one query for all.
    async fn foretold(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Foretold>, StoreError>;

    /// Dossiers whose own due time lies between two moments, by id, after one of them.
    ///
    /// Only the deciding units count, and open and ended dossiers alike. Due times of legs and
    /// consultations do not count.
    async fn due_between(
        &self,
        units: &Scope,
        due: (Instant, Instant),
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError>;

    /// Flags after a place in the flag log and up to its end or to an earlier place, in order.
    async fn flags(
        &self,
        scope: &Scope,
        after: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Flag)>, StoreError>;

    /// The last flag up to a place in the flag log, of one province at least.
    async fn last_flag(
        &self,
        province: &ProvinceCode,
        until: u64,
    ) -> Result<Option<(u64, Flag)>, StoreError>;
}
