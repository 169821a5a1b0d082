//! Writing a batch: what to load for it, and what it changes.
//!
//! Many commands decide, one transaction commits.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::code::{AnyCode, DossierCode};
use domain::dossier::private::{Private, Salt};
use domain::dossier::{Dossier, Interest, Record};
use domain::id::{ActorId, DossierId, ProcedureCode, ProvinceCode, RequestId};
use domain::number::NumberState;
use domain::tally::Tallies;
use domain::time::Instant;

use super::dossiers::Held;
use super::error::StoreError;
use super::numbers::{BlockNumber, NumberWanted};
use super::scope::Key;

/// The store, as the writing lane uses it.
#[async_trait]
pub trait WriteBatches: Send + Sync {
    /// Loads everything that a batch of commands needs, with one query.
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError>;

    /// Writes a batch in one transaction, or nothing.
    ///
    /// This transaction reserves the numbers and seals them into codes, so that they have no gap.
    /// It writes each dossier only at the version at which it was loaded.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;
}

/// What the decisions of a batch need.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Dossiers that commands act on.
    pub dossiers: Vec<Key>,
    /// Requests, to recognise repeats.
    pub requests: Vec<RequestKey>,
    /// The codes that submissions bring, in order to refuse taken ones.
    pub codes: Vec<(ProvinceCode, AnyCode)>,
    /// The applicants, in order to find possible duplicates.
    pub people: Vec<PersonKey>,
    /// Dossiers whose whole history is needed.
    pub histories: Vec<Key>,
    /// Numbers of blocks that receptions bear.
    pub numbers: Vec<BlockNumber>,
}

/// The identity of a request, unique per province and actor.
pub type RequestKey = (ProvinceCode, ActorId, RequestId);

/// A person who may already have an open dossier of the same procedure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonKey {
    /// The province.
    pub province: ProvinceCode,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// A keyed hash of the person's identity number, or of name and telephone together.
    pub person: String,
    /// Only dossiers of people whose identity number is not known count: two people of one name and
    /// one telephone are told apart by their numbers.
    pub unnumbered: bool,
    /// Dossiers that began before this do not count.
    pub since: Instant,
}

/// What was found of a [`Wanted`].
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The dossiers that exist.
    pub dossiers: HashMap<Key, Held>,
    /// The requests that were answered before.
    pub requests: HashMap<RequestKey, Seen>,
    /// The taken codes, with the dossier that has each.
    pub codes: HashMap<(ProvinceCode, AnyCode), DossierId>,
    /// For each person with an open dossier, that dossier's label.
    pub people: HashMap<PersonKey, String>,
    /// The histories of dossiers, in order of version.
    pub histories: HashMap<Key, Vec<Record>>,
    /// The state of each number that is in a block.
    pub numbers: HashMap<BlockNumber, NumberState>,
    /// The greatest record time in the provinces of the requests; none where there is no event.
    pub newest: Option<Instant>,
}

/// A request that was answered before.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The dossier it changed.
    pub dossier: DossierId,
    /// The version that answered it.
    pub version: u32,
    /// Half of the keyed hash of its content.
    pub content: [u8; 16],
    /// The salt that the hash was keyed with.
    pub salt: Option<Salt>,
}

/// What a batch writes.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// One change a dossier, each dossier at most once.
    pub changes: Vec<Change>,
}

/// What happens to one dossier in a batch.
#[derive(Debug, Clone)]
pub struct Change {
    /// The dossier after all its new events.
    pub dossier: Dossier,
    /// The version at which it was loaded; 0 for a new one.
    pub before: u32,
    /// The new events, in order of version.
    pub entries: Vec<Entry>,
    /// The number to reserve and seal in, for a dossier received at a desk.
    pub number: Option<NumberWanted>,
    /// The reserved number of a dossier that was received offline.
    pub block_number: Option<BlockNumber>,
    /// The number in our own number space that a portal's code takes; no block may contain it.
    pub portal_number: Option<BlockNumber>,
    /// The further codes by which the dossier can be found from now on.
    pub codes: Vec<AnyCode>,
    /// Wrong codes that become free for other dossiers.
    pub released: Vec<AnyCode>,
    /// Who may have no other open dossier for this procedure when it is written, by each way in which
    /// the applicant is known.
    pub alone: Vec<PersonKey>,
    /// The values stored beside a new dossier.
    pub secrets: Option<Secrets>,
    /// Hash of the receipt's PIN, when a receipt is made.
    pub pin_hash: Option<String>,
    /// Personal values to keep apart.
    pub private: Vec<Private>,
    /// Every unit involved, with what it must meet.
    pub interest: Vec<Interest>,
    /// Additions to the tallies, and subtractions from them.
    pub tallies: Tallies,
    /// The interest at the loaded version; empty for a new dossier.
    pub interest_before: Vec<Interest>,
}

impl Change {
    /// Seals the reserved code into the dossier and its reception.
    pub fn seal(&mut self, code: &DossierCode) {
        let code = AnyCode::from(code);
        let records = self.entries.iter_mut().map(|entry| &mut entry.record);
        self.dossier.seal(records, &code);
        self.codes.push(code);
    }
}

/// An event with the values stored beside its bytes.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub record: Record,
    /// Half of the keyed hash of the request that caused it.
    pub content: [u8; 16],
    /// The place of the event within its request, from 0.
    pub part: u16,
}

/// The values beside a new dossier that are erased with its personal values.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The salt of its commitments.
    pub salt: Salt,
    /// Keyed hash of the applicant's identity number; none when not given.
    pub person: Option<String>,
    /// Keyed hash of the applicant's name and telephone; none when either is not given.
    pub namesake: Option<String>,
}

/// What a commit wrote.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The dossiers as written, codes sealed in, in the order of the batch.
    pub dossiers: Vec<Dossier>,
}

/// Why a commit wrote nothing, or may have written nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another writer changed these dossiers, or took their code or request id.
    #[error("another writer was first at {} dossier(s)", dossiers.len())]
    Clash {
        /// The dossiers to try again one by one.
        dossiers: Vec<Key>,
    },
    /// Somebody holds what it writes, for longer than others may be kept waiting. Nothing was written.
    #[error("another writer holds what the batch writes")]
    Held,
    /// The connection broke during the commit, so the outcome is unknown.
    #[error("the outcome of the commit is unknown")]
    Unknown(#[source] StoreError),
    /// Nothing was written.
    #[error("the batch was not written")]
    Store(#[source] StoreError),
}
