//! What the use cases need from the outside: a store, a clock, and chance.
//!
//! The unit of writing is a [`Batch`]: many commands decide, one transaction commits.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::code::{AnyCode, DossierCode};
use domain::dossier::private::{Content, Person, Private, Salt};
use domain::dossier::{Channel, Dossier, ImportNumber, Record, Score, Status};
use domain::id::{ActorId, DossierId, ProcedureCode, ProvinceCode, RequestId, UnitCode};
use domain::number::{NumberState, VoidReason};
use domain::procedure::Kind;
use domain::role::Role;
use domain::tally::{Counts, Tallies};
use domain::time::Instant;

use crate::foresight::{Flag, Foretold, KeptModel};
use crate::import::{Import, Viewing};

/// The time of day. Everything that depends on *now* gets it from here.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond.
    fn now(&self) -> Instant;
}

/// Chance, for ids and salts.
pub trait Ids: Send + Sync {
    /// 16 random bytes.
    fn random(&self) -> [u8; 16];
}

/// Where dossiers are kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// A consistent view for reading. Sees every commit that was answered before.
    async fn read(&self) -> Result<Box<dyn ReadTx>, StoreError>;

    /// How many batches it can take at the same time, from one process.
    fn lanes(&self) -> usize {
        1
    }

    /// Fetches all that a batch of commands needs, with one query.
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError>;

    /// Writes a batch in one transaction, or nothing.
    ///
    /// Numbers are reserved and sealed into codes here, so that they are gapless. Each
    /// dossier is written only if it is still at the version it was loaded at.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;

    /// Takes the next numbers of a unit's day for a desk without a line; the same request
    /// gets the same block again.
    async fn reserve_block(&self, wanted: &BlockWanted) -> Result<Reserved, StoreError>;

    /// Gives numbers of blocks back, all or none of them.
    async fn void_numbers(&self, wanted: &VoidWanted) -> Result<Voided, StoreError>;

    /// Keeps a new token.
    async fn add_token(&self, token: &Token) -> Result<(), StoreError>;

    /// Revokes a token. False when there is none with this id.
    async fn revoke_token(&self, id: &str, at: Instant) -> Result<bool, StoreError>;

    /// Notes which catalogue versions are in use.
    ///
    /// A published version is immutable: one that was noted before with another hash is
    /// left as it was and returned.
    async fn publish(&self, versions: &[Published]) -> Result<Vec<Published>, StoreError>;

    /// Keeps a proposed text of the catalogue and gives it the province's next number.
    async fn propose(&self, proposal: &Proposal) -> Result<Document, StoreError>;

    /// Publishes or rejects a proposed text. False when it is not there or was decided before.
    async fn decide(&self, decision: &Verdict) -> Result<bool, StoreError>;

    /// Keeps a job, or how far it has come.
    async fn keep_job(&self, job: &Job) -> Result<(), StoreError>;

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

/// A dossier's name within the whole store.
pub type Key = (ProvinceCode, DossierId);

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
    /// A keyed hash of the person's identity number.
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
    /// Codes under which the dossier can now be found, besides the number.
    pub codes: Vec<AnyCode>,
    /// Codes under which it was found by mistake, free for another dossier again.
    pub released: Vec<AnyCode>,
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
        for entry in &mut self.entries {
            if let domain::dossier::Event::Received(facts) = &mut entry.record.event
                && facts.code.is_none()
            {
                facts.code = Some(code.clone());
            }
        }
        self.dossier.code = Some(code.clone());
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

/// The next number of a unit on a local day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberWanted {
    /// The receiving unit.
    pub unit: UnitCode,
    /// The local day of reception.
    pub day: NaiveDate,
}

/// A number of a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlockNumber {
    /// The province.
    pub province: ProvinceCode,
    /// The unit whose desk took the block.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// The number.
    pub number: u32,
}

/// A block that a desk wants to take along.
#[derive(Debug, Clone)]
pub struct BlockWanted {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// Whether that day has come: from then on online numbers are of it, or of a later one.
    pub begins: bool,
    /// Whether numbers of that day may be taken now; a repeat gets its block at any time.
    pub in_time: bool,
    /// How many numbers.
    pub count: u32,
    /// Who asks.
    pub actor: ActorId,
    /// Under which id.
    pub request_id: RequestId,
    /// When.
    pub at: Instant,
}

/// What became of a wish for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// It was taken, now or by the same request before.
    Block(Block),
    /// The unit's numbering has gone on to a later day, and does not go back.
    DayOver {
        /// That day.
        newest: NaiveDate,
    },
    /// Numbers of the day may not be taken now.
    NotInTime,
    /// The request id took another block before.
    OtherRequest,
}

/// A block of numbers that a desk has taken along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The unit.
    pub unit: UnitCode,
    /// The local day that it is for.
    pub day: NaiveDate,
    /// Its first number.
    pub first: u32,
    /// Its last number.
    pub last: u32,
    /// When it was taken.
    pub taken: Instant,
    /// Each number with what became of it, by number.
    pub numbers: Vec<(u32, NumberState)>,
}

/// Numbers that a desk gives back.
#[derive(Debug, Clone)]
pub struct VoidWanted {
    /// The province.
    pub province: ProvinceCode,
    /// The unit.
    pub unit: UnitCode,
    /// The local day that they are of.
    pub day: NaiveDate,
    /// The numbers.
    pub numbers: Vec<u32>,
    /// Why.
    pub reason: VoidReason,
    /// Who gives them back.
    pub actor: ActorId,
    /// When.
    pub at: Instant,
}

/// What became of numbers that were given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voided {
    /// All of them are void, now or since before; the blocks of the day as they are.
    Done(Vec<Block>),
    /// Nothing was given back, for this one is not open.
    NotOpen {
        /// The number.
        number: u32,
        /// What became of it; none when it is in no block.
        state: Option<NumberState>,
    },
}

/// What is kept beside a new dossier and erased with its personal values.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The salt of its commitments.
    pub salt: Salt,
    /// Keyed hash of the applicant's identity number; none when not given.
    pub person: Option<String>,
}

/// A unit's interest in a dossier: it carries worklists and access alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// The unit.
    pub unit: UnitCode,
    /// What it is to the dossier: [`Interest::RECEIVING`] and so on, added up.
    pub roles: u8,
    /// Whether there is work to be done.
    pub open: bool,
    /// What the unit must meet; none sorts last.
    pub due: Option<Instant>,
}

impl Interest {
    /// Its desk took the dossier in.
    pub const RECEIVING: u8 = 1;
    /// It decides the dossier.
    pub const RESOLVING: u8 = 2;
    /// Its desk gives the result back.
    pub const RETURNING: u8 = 4;
    /// It has a leg of the dossier.
    pub const LEG: u8 = 8;
    /// It was asked something about the dossier.
    pub const CONSULTED: u8 = 16;
    /// Somebody there holds its papers.
    pub const HOLDING: u8 = 32;

    /// The interests of all units involved in a dossier, by unit.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Vec<Interest> {
        let mut all: Vec<Interest> = Vec::with_capacity(1);
        let holder = dossier.custody.holder.as_ref();
        let main = [
            (&dossier.receiving, Self::RECEIVING),
            (&dossier.resolving, Self::RESOLVING),
            (&dossier.returning, Self::RETURNING),
        ];
        let holding = holder.map(|holder| (&holder.party.unit, Self::HOLDING));
        let main = main
            .into_iter()
            .chain(holding)
            .map(|(unit, roles)| Interest {
                unit: unit.clone(),
                roles,
                open: dossier.status().is_open(),
                due: dossier.due(),
            });
        let legs = dossier.legs.iter().map(|leg| Interest {
            unit: leg.unit.clone(),
            roles: Self::LEG,
            open: leg.ended(dossier).is_none(),
            due: Some(leg.due),
        });
        let asked = dossier.consultations.iter().map(|asked| Interest {
            unit: asked.unit.clone(),
            roles: Self::CONSULTED,
            open: asked.ended(dossier).is_none(),
            due: Some(asked.due),
        });
        for one in main.chain(legs).chain(asked) {
            match all.iter_mut().find(|known| known.unit == one.unit) {
                Some(known) => known.add(&one),
                None => all.push(one),
            }
        }
        all
    }

    /// Adds what the unit is besides. It must meet the earliest time of what is still open; when
    /// nothing is, the time of the dossier itself stays before those of its parts.
    fn add(&mut self, other: &Interest) {
        self.roles |= other.roles;
        self.due = match (self.open, other.open) {
            (true, false) => self.due,
            (false, true) => other.due,
            (true, true) => match (self.due, other.due) {
                (Some(one), Some(two)) => Some(Ord::min(one, two)),
                (one, two) => one.or(two),
            },
            (false, false) => self.due.or(other.due),
        };
        self.open |= other.open;
    }
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
    /// The connection was lost at the commit: it may have been written or not.
    #[error("the outcome of the commit is unknown")]
    Unknown(#[source] StoreError),
    /// Nothing was written.
    #[error("the batch was not written")]
    Store(#[source] StoreError),
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is busy or gone; later may be better.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row says what cannot be.
    #[error("table {table}, row {id}: column {column} holds what cannot be")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// The column.
        column: &'static str,
    },
    /// The database refused a statement.
    #[error("the database refused a statement")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Which units' dossiers are looked at. Every query carries one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All units of a province.
    Province(ProvinceCode),
    /// These units of a province, through `interest`.
    Units(ProvinceCode, Vec<UnitCode>),
}

impl Scope {
    /// The province.
    #[must_use]
    pub fn province(&self) -> &ProvinceCode {
        match self {
            Scope::Province(province) | Scope::Units(province, _) => province,
        }
    }
}

/// A consistent view for reading.
#[async_trait]
pub trait ReadTx: Send + Sync {
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

    /// A page of dossiers, newest id last, after a dossier.
    async fn list(&self, list: &List) -> Result<Vec<Dossier>, StoreError>;

    /// A page of open dossiers, earliest due first; those without a due time come last.
    async fn worklist(&self, page: &WorklistPage) -> Result<Vec<Dossier>, StoreError>;

    /// Dossiers found by code, folded name or telephone, newest first.
    async fn search(&self, search: &Search) -> Result<Vec<Dossier>, StoreError>;

    /// Events after a place in the feed, in order.
    async fn feed(
        &self,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError>;

    /// The imports that were finished after a place in the feed, up to another.
    async fn imports(
        &self,
        province: &ProvinceCode,
        after: u64,
        until: u64,
    ) -> Result<Vec<Import>, StoreError>;

    /// An import.
    async fn import(
        &self,
        province: &ProvinceCode,
        number: ImportNumber,
    ) -> Result<Option<Import>, StoreError>;

    /// Events of an import after so many of them, in order, each with its number.
    async fn import_events(
        &self,
        scope: &Scope,
        number: ImportNumber,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError>;

    /// The exact bytes of the histories of dossiers, each in order of version.
    async fn histories(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Vec<u8>>>, StoreError>;

    /// Every personal value of dossiers, by item.
    async fn private_values(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, HashMap<String, Content>>, StoreError>;

    /// Who took personal values out of the system, first to last.
    async fn viewings(&self, province: &ProvinceCode) -> Result<Vec<Viewing>, StoreError>;

    /// The feed: its identity, and up to which place it is complete.
    async fn feed_head(&self) -> Result<FeedHead, StoreError>;

    /// What a report needs of every dossier that was open or ended in a period.
    ///
    /// Left out: dossiers that ended before `from`, as far as that had been recorded by
    /// `as_of`, and dossiers first recorded after `as_of`.
    async fn report_rows(&self, wanted: &ReportWanted) -> Result<Vec<ReportRow>, StoreError>;

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

    /// The ratings of a period, by unit and score.
    async fn ratings(&self, wanted: &RatingsWanted) -> Result<Vec<Rated>, StoreError>;

    /// A number that is another one when a token was made, revoked or given another end.
    async fn token_edition(&self) -> Result<i64, StoreError>;

    /// A token by the hash of its secret.
    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError>;

    /// All tokens.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// How many texts each province has published; it only ever grows.
    async fn editions(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError>;

    /// The texts of a province, by number.
    async fn documents(&self, province: &ProvinceCode) -> Result<Vec<Document>, StoreError>;

    /// A job.
    async fn job(&self, province: &ProvinceCode, id: &str) -> Result<Option<Job>, StoreError>;

    /// The jobs of all provinces that are not done, earliest first.
    async fn unfinished_jobs(&self) -> Result<Vec<Job>, StoreError>;

    /// The blocks of a unit's day, by number.
    async fn blocks(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        day: NaiveDate,
    ) -> Result<Vec<Block>, StoreError>;

    /// The jobs of a province, latest first.
    async fn jobs(&self, province: &ProvinceCode) -> Result<Vec<Job>, StoreError>;

    /// The number of the model fitted last of each province that has one: with it, any of them
    /// may have changed.
    async fn model_numbers(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError>;

    /// The models in use in a province, one a matter at most: of all that were fitted the one that
    /// learned until last, and of equals the one fitted last. A fit of an older day is a record
    /// and judges nothing of today.
    async fn models(&self, province: &ProvinceCode) -> Result<Vec<KeptModel>, StoreError>;

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

    /// Those of some provinces in which anything came into the feed after a place.
    async fn moved_since(
        &self,
        provinces: &[ProvinceCode],
        after: u64,
    ) -> Result<Vec<ProvinceCode>, StoreError>;

    /// The flag log: its identity, and up to which place it is complete.
    async fn flags_head(&self) -> Result<FeedHead, StoreError>;
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
            Scope::Units(_, units) => Interest::of(dossier)
                .into_iter()
                .filter(|interest| interest.open && units.contains(&interest.unit))
                .filter_map(|interest| interest.due)
                .min(),
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

/// The end of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHead {
    /// Which feed it is: a restored or another database has another.
    pub feed: String,
    /// The place of its last event or a later one: no event will ever be added at or before
    /// it.
    pub last: u64,
}

/// What a report looks at.
#[derive(Debug, Clone)]
pub struct ReportWanted {
    /// Whose dossiers.
    pub scope: Scope,
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

/// A way in for a person or program. The secret itself is shown once and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id.
    pub id: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub hash: String,
    /// Who acts.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// The province.
    pub province: ProvinceCode,
    /// For which units; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
    /// When it was made.
    pub created: Instant,
    /// When it ends.
    pub expires: Instant,
    /// When it was revoked, if it was.
    pub revoked: Option<Instant>,
}

/// A catalogue version in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// `procedure` or `calendar`.
    pub kind: String,
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: u32,
    /// Hash of its text, in hexadecimal.
    pub hash: String,
}

/// A text of the catalogue that an office wants in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The province that it holds for.
    pub province: ProvinceCode,
    /// Its place in the catalogue: `calendar/national.csv`.
    pub path: String,
    /// The text.
    pub text: String,
    /// Why, and by which decision.
    pub reason: String,
    /// Who proposes it.
    pub author: ActorId,
    /// When.
    pub at: Instant,
}

/// A text of the catalogue that an office proposed, published or rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Counts the province's texts, from 1.
    pub number: u64,
    /// What was proposed.
    pub proposal: Proposal,
    /// Hash of the text, in hexadecimal.
    pub hash: String,
    /// What became of it.
    pub state: DocumentState,
}

/// What became of a proposed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentState {
    /// It waits for a second person.
    Proposed,
    /// It is in force.
    Published {
        /// By whom.
        by: ActorId,
        /// Since when.
        at: Instant,
    },
    /// It was turned down.
    Rejected {
        /// By whom.
        by: ActorId,
        /// When.
        at: Instant,
    },
}

/// A second person's word on a proposed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The province.
    pub province: ProvinceCode,
    /// The text.
    pub number: u64,
    /// Whether it comes into force.
    pub publish: bool,
    /// Who says so.
    pub by: ActorId,
    /// When.
    pub at: Instant,
}

/// Work on many dossiers that can be interrupted and resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The province whose dossiers it deals with.
    pub province: ProvinceCode,
    /// Its name within the province, made from what it does: asking for the same twice is
    /// asking once.
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
