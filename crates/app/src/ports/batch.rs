//! Writing a batch: what is loaded for it, and what it leaves.
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
    /// Fetches all that a batch of commands needs, with one query.
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError>;

    /// Writes a batch in one transaction, or nothing.
    ///
    /// Numbers are reserved and sealed into codes here, so that they are gapless. Each
    /// dossier is written only if it is still at the version it was loaded at.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;
}

/// What a batch of commands needs to be decided.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Dossiers that commands act on.
    pub dossiers: Vec<Key>,
    /// Requests, to recognise repeats.
    pub requests: Vec<RequestKey>,
    /// Codes that a submission brings, to refuse one that is taken.
    pub codes: Vec<(ProvinceCode, AnyCode)>,
    /// Persons who hand something in, to find possible duplicates.
    pub people: Vec<PersonKey>,
    /// Dossiers whose whole history is needed.
    pub histories: Vec<Key>,
    /// Numbers of blocks that receptions bear.
    pub numbers: Vec<BlockNumber>,
}

/// A request's name: unique per province and actor.
pub type RequestKey = (ProvinceCode, ActorId, RequestId);

/// Who might already have an open dossier of the same procedure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonKey {
    /// The province.
    pub province: ProvinceCode,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// A keyed hash of the person's identity number, or of name and telephone together.
    pub person: String,
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
    /// The codes that are taken, and by whom.
    pub codes: HashMap<(ProvinceCode, AnyCode), DossierId>,
    /// For each person with an open dossier, what that dossier is called.
    pub people: HashMap<PersonKey, String>,
    /// The histories of dossiers, in order of version.
    pub histories: HashMap<Key, Vec<Record>>,
    /// What became of numbers, of those that are in a block.
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
    /// The keyed hash of its content.
    pub content: [u8; 32],
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
    /// The version it was loaded at; 0 for a new one.
    pub before: u32,
    /// The new events, in order of version.
    pub entries: Vec<Entry>,
    /// The number to reserve and seal in, for a dossier received at a desk.
    pub number: Option<NumberWanted>,
    /// The number of a block that it bears, for a dossier received without a line.
    pub block_number: Option<BlockNumber>,
    /// The number of ours that its portal's code is, which no desk may have taken along.
    pub portal_number: Option<BlockNumber>,
    /// Codes under which the dossier can now be found, besides the number.
    pub codes: Vec<AnyCode>,
    /// Codes under which it was found by mistake, free for another dossier again.
    pub released: Vec<AnyCode>,
    /// Who may have no other open dossier for this procedure when it is written, by each way in which
    /// the applicant is known.
    pub alone: Vec<PersonKey>,
    /// What is kept beside a new dossier.
    pub secrets: Option<Secrets>,
    /// Hash of the receipt's PIN, when a receipt is made.
    pub pin_hash: Option<String>,
    /// Personal values to keep apart.
    pub private: Vec<Private>,
    /// Every unit involved, with what it must meet.
    pub interest: Vec<Interest>,
    /// What it adds to the tallies, and takes back.
    pub tallies: Tallies,
    /// The same as it was kept at the version it was loaded at; none for a new one.
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

/// An event with what is kept beside its bytes.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub record: Record,
    /// Keyed hash of the request that caused it.
    pub content: [u8; 32],
    /// Which event of its request it is, from 0.
    pub part: u16,
}

/// What is kept beside a new dossier and erased with its personal values.
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

/// Why a commit wrote nothing, or may have.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another writer moved these dossiers, or took their code or request id.
    #[error("another writer was first at {} dossier(s)", dossiers.len())]
    Clash {
        /// The dossiers to try again one by one.
        dossiers: Vec<Key>,
    },
    /// Somebody holds what it writes, for longer than others may be kept waiting. Nothing was written.
    #[error("another writer holds what the batch writes")]
    Held,
    /// The connection was lost at the commit: it may have been written or not.
    #[error("the outcome of the commit is unknown")]
    Unknown(#[source] StoreError),
    /// Nothing was written.
    #[error("the batch was not written")]
    Store(#[source] StoreError),
}
