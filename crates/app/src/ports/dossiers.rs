//! Dossiers: one by one, in pages, by search, with their histories and personal values.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::code::AnyCode;
use domain::dossier::private::{Content, Person, Salt};
use domain::dossier::{Channel, Dossier, Interest, Record, Status};
use domain::id::{DossierId, ProcedureCode, ProvinceCode};

use super::error::StoreError;
use super::scope::{Key, Scope};

/// Reads dossiers.
#[async_trait]
pub trait ReadDossiers: Send + Sync {
    /// A dossier by its identity.
    async fn dossier(&self, key: &Key) -> Result<Option<Held>, StoreError>;

    /// The dossier that has a code, ours or an external one; in any province when none is
    /// given.
    async fn by_code(
        &self,
        province: Option<&ProvinceCode>,
        code: &AnyCode,
    ) -> Result<Option<Key>, StoreError>;

    /// The province of a dossier.
    async fn province_of(&self, dossier: DossierId) -> Result<Option<ProvinceCode>, StoreError>;

    /// The history of a dossier, in order of version.
    async fn records(&self, key: &Key) -> Result<Vec<Record>, StoreError>;

    /// The histories of dossiers, each in order of version, one query for all.
    async fn records_of(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Record>>, StoreError>;

    /// The exact bytes of the history of a dossier, in order of version.
    async fn record_bytes(&self, key: &Key) -> Result<Vec<Vec<u8>>, StoreError>;

    /// The exact bytes of the histories of dossiers, each in order of version.
    async fn histories(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Vec<u8>>>, StoreError>;

    /// The hash of the receipt's PIN; none before reception.
    async fn pin_hash(&self, key: &Key) -> Result<Option<String>, StoreError>;

    /// People of dossiers by the items under which they are kept, one query for all.
    async fn people(
        &self,
        province: &ProvinceCode,
        wanted: &[(DossierId, &str)],
    ) -> Result<HashMap<DossierId, HashMap<String, Person>>, StoreError>;

    /// Every personal value of a dossier, by item.
    async fn private(&self, key: &Key) -> Result<HashMap<String, Content>, StoreError>;

    /// Every personal value of dossiers, by item.
    async fn private_values(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, HashMap<String, Content>>, StoreError>;

    /// A page of dossiers, newest id last, after a dossier.
    async fn list(&self, list: &List) -> Result<Vec<Dossier>, StoreError>;

    /// A page of open dossiers, earliest due first; those without a due time come last.
    async fn worklist(&self, page: &WorklistPage) -> Result<Vec<Dossier>, StoreError>;

    /// Dossiers found by code, folded name or telephone, newest first.
    async fn search(&self, search: &Search) -> Result<Vec<Dossier>, StoreError>;
}

/// A dossier with the secret beside it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The fold of its events.
    pub dossier: Dossier,
    /// Its salt; none once its personal values were erased.
    pub salt: Option<Salt>,
    /// Who handed it in; none once erased.
    pub applicant: Option<Person>,
}

/// A page of dossiers.
#[derive(Debug, Clone)]
pub struct List {
    /// Whose dossiers.
    pub scope: Scope,
    /// Only these; all when empty.
    pub statuses: Vec<Status>,
    /// Only this procedure.
    pub procedure: Option<ProcedureCode>,
    /// Only one of these procedures; of any when none.
    pub procedures: Option<Vec<ProcedureCode>>,
    /// Only this channel.
    pub channel: Option<Channel>,
    /// After this dossier.
    pub after: Option<DossierId>,
    /// At most so many.
    pub limit: u32,
}

/// A page of a worklist.
#[derive(Debug, Clone)]
pub struct WorklistPage {
    /// Whose dossiers.
    pub scope: Scope,
    /// Of one of these procedures, if any is given.
    pub procedures: Option<Vec<ProcedureCode>>,
    /// After this place: due time in microseconds ([`WorklistPage::NEVER`] for none), dossier.
    pub after: Option<(i64, DossierId)>,
    /// At most so many.
    pub limit: u32,
}

impl WorklistPage {
    /// Where dossiers without a due time sort.
    pub const NEVER: i64 = i64::MAX;

    /// The place of a dossier in a worklist of these units: after the earliest time that any
    /// of them has to meet.
    #[must_use]
    pub fn place(scope: &Scope, dossier: &Dossier) -> (i64, DossierId) {
        let due = match scope {
            Scope::Province(_) => dossier.due(),
            Scope::Units(_, units) => Interest::due_for(dossier, units),
        };
        let due = due.map_or(Self::NEVER, |due| due.timestamp_micros());
        (due, dossier.id)
    }
}

/// What is searched for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Whose dossiers.
    pub scope: Scope,
    /// A code, whole or its beginning, in capitals; none when the text cannot be one.
    pub code: Option<String>,
    /// Folded words that all occur in the name; none when the caller may not see names.
    pub name: Option<String>,
    /// Digits that a telephone number begins or ends with; none when the caller may not see it.
    pub phone: Option<String>,
    /// At most so many.
    pub limit: u32,
}
