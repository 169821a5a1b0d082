//! Dossiers: one by one, in pages, by search, with their histories and personal values.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::code::AnyCode;
use domain::dossier::private::{Content, Person, Salt};
use domain::dossier::{Channel, Dossier, OpenMark, Precedence, Record, Status};
use domain::id::{ActorId, DossierId, ProcedureCode, ProvinceCode, StepId, UnitCode};
use domain::time::Instant;

use super::error::StoreError;
use super::scope::{Key, Scope};

/// Reads dossiers.
#[async_trait]
pub trait ReadDossiers: Send + Sync {
    /// A dossier by its identity.
    async fn dossier(&self, key: &Key) -> Result<Option<Held>, StoreError>;

    /// The dossier of a province that has a code, ours or an external one.
    async fn by_code(
        &self,
        province: &ProvinceCode,
        code: &AnyCode,
    ) -> Result<Option<Key>, StoreError>;

    /// All dossiers that have a code, in whichever provinces: a desk may bring the code of another
    /// province's dossier along.
    async fn holders(&self, code: &AnyCode) -> Result<Vec<Key>, StoreError>;

    /// The greatest record time of all events; none where there is no event.
    async fn newest_record(&self) -> Result<Option<Instant>, StoreError>;

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

    /// Persons of dossiers by their items, one query for all.
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

    /// The next page of dossiers after a dossier, by id.
    async fn list(&self, list: &List) -> Result<Vec<Dossier>, StoreError>;

    /// The same, but it looks at a bounded number of dossiers only, however few of them pass.
    async fn stretch(&self, list: &List) -> Result<Stretch, StoreError>;

    /// The next page of a province's dossiers whose citizens were asked for papers, after a dossier, by
    /// id.
    async fn waiting_for_papers(
        &self,
        province: &ProvinceCode,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError>;

    /// A page of open dossiers, by their [`Precedence`].
    async fn worklist(&self, page: &WorklistPage) -> Result<Vec<Dossier>, StoreError>;

    /// The number of dossiers on all pages of a worklist.
    async fn pending(&self, page: &WorklistPage) -> Result<u64, StoreError>;

    /// The number of dossiers on all pages of a list, or on its beginning.
    async fn count(&self, list: &List) -> Result<ListCount, StoreError>;

    /// How many dossiers of each procedure the desk of a unit took in since a moment. Only the newest dossiers of
    /// the unit are looked at, at most so many.
    async fn received_lately(
        &self,
        unit: &UnitCode,
        province: &ProvinceCode,
        since: Instant,
        most: u32,
    ) -> Result<HashMap<ProcedureCode, u32>, StoreError>;

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
    /// The applicant; none once erased.
    pub applicant: Option<Person>,
}

/// A filter of the dossiers of a scope. All conditions must hold; without any, all dossiers pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierFilter {
    /// In one of these states; in any when empty.
    pub statuses: Vec<Status>,
    /// Of this procedure.
    pub procedure: Option<ProcedureCode>,
    /// Of one of these procedures.
    pub procedures: Option<Vec<ProcedureCode>>,
    /// Through this channel.
    pub channel: Option<Channel>,
    /// At this step, or waiting to return to it.
    pub step: Option<StepId>,
    /// With this person, or with nobody.
    pub assignee: Option<Assignee>,
    /// Received at this moment or later.
    pub received_from: Option<Instant>,
    /// Received before this moment.
    pub received_until: Option<Instant>,
    /// That the desk of this unit took in.
    pub received_by: Option<UnitCode>,
    /// That this unit decides.
    pub decided_by: Option<UnitCode>,
    /// Of which processing ended at this moment or later.
    pub ended_from: Option<Instant>,
    /// Of which processing ended before this moment.
    pub ended_until: Option<Instant>,
    /// With an event recorded at this moment or later.
    pub changed_since: Option<Instant>,
    /// Only dossiers that another system handles ([`Dossier::is_elsewhere`]), or only the others.
    pub elsewhere: Option<bool>,
}

/// With whom a dossier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// With nobody.
    Nobody,
    /// With this person.
    Person(ActorId),
}

/// A page of dossiers.
#[derive(Debug, Clone)]
pub struct List {
    /// Whose dossiers.
    pub scope: Scope,
    /// Which of them.
    pub filter: DossierFilter,
    /// After this dossier.
    pub after: Option<DossierId>,
    /// At most so many.
    pub limit: u32,
}

impl List {
    /// A page of all dossiers of a scope.
    #[must_use]
    pub fn all(scope: Scope, after: Option<DossierId>, limit: u32) -> Self {
        Self {
            scope,
            filter: DossierFilter::default(),
            after,
            limit,
        }
    }
}

/// The beginning of a page.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// What passed, in order.
    pub dossiers: Vec<Dossier>,
    /// The last dossier that was looked at, if there may be more behind it.
    pub until: Option<DossierId>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCount {
    /// So many at least.
    pub number: u64,
    /// Whether there may be more, because only the beginning was counted.
    pub at_least: bool,
}

/// What an open dossier must be to pass a filter that is judged one by one. The store leaves out the
/// others first; all conditions must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sieve {
    /// In one of these states; in any when empty.
    pub statuses: &'static [Status],
    /// Through this channel.
    pub channel: Option<Channel>,
    /// With nobody.
    pub unassigned: bool,
    /// With this mark.
    pub mark: Option<OpenMark>,
}

/// A page of a worklist.
#[derive(Debug, Clone)]
pub struct WorklistPage {
    /// Whose dossiers.
    pub scope: Scope,
    /// Which of them.
    pub filter: DossierFilter,
    /// What they must be as well.
    pub sieves: Vec<Sieve>,
    /// Only places from the first key up to, but not including, the second.
    pub between: Option<(i64, i64)>,
    /// After this place: key of the [`Precedence`], dossier.
    pub after: Option<(i64, DossierId)>,
    /// At most so many.
    pub limit: u32,
}

impl WorklistPage {
    /// A page of all that is pending in a scope.
    #[must_use]
    pub fn all(scope: Scope, after: Option<(i64, DossierId)>, limit: u32) -> Self {
        Self {
            scope,
            filter: DossierFilter::default(),
            sieves: Vec::new(),
            between: None,
            after,
            limit,
        }
    }

    /// The place of a dossier in a worklist of these units: that of the most urgent thing which any
    /// of them has to do.
    #[must_use]
    pub fn place(scope: &Scope, dossier: &Dossier) -> (i64, DossierId) {
        let precedence = match scope {
            Scope::Province(_) => Precedence::of(dossier),
            Scope::Units(_, units) => Precedence::for_units(dossier, units),
        };
        (precedence.key(), dossier.id)
    }
}

/// What is searched for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Whose dossiers.
    pub scope: Scope,
    /// A code or its beginning, in capitals; none if the text cannot be one.
    pub code: Option<String>,
    /// What a code ends with, its last digits at least, in capitals; none when the text has too few.
    pub tail: Option<String>,
    /// What another system calls the dossier, whole or its beginning, in capitals; none to leave it out.
    pub case: Option<String>,
    /// Folded words that all occur in the name; none if the caller may not see names.
    pub name: Option<String>,
    /// Digits with which a telephone number begins or ends; none if the caller may not see it.
    pub phone: Option<String>,
    /// At most so many.
    pub limit: u32,
}
