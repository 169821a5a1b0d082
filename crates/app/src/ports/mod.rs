//! What the use cases need from outside: a store, a clock, and random numbers.
//!
//! One file a matter: the store's methods for it, and their values. The unit of writing is a
//! [`Batch`]: many commands decide, one transaction commits.

mod access;
mod accounts;
mod batch;
mod catalogue;
mod chance;
mod dossiers;
mod error;
mod feed;
mod forecasts;
mod imports;
mod installation;
mod jobs;
mod notices;
mod numbers;
mod pins;
mod portal;
mod prints;
mod readings;
mod reports;
mod restoration;
mod scope;
mod store;
mod tokens;
mod verification;
mod webhooks;

pub use access::{
    AccessChange, AccessDeed, AccessEvent, AccessEventKind, AccessLogPage, AccessLogPlace,
    AccessOutcome, LogSource, ReadAccess, Viewed, WriteAccess, granted,
};
pub use accounts::{Account, AccountStore, Holder, Session};
pub use batch::{
    Batch, Change, CommitError, Committed, Entry, Loaded, PersonKey, RequestKey, Secrets, Seen,
    Wanted, WriteBatches,
};
pub use catalogue::{
    Document, DocumentState, Proposal, Published, ReadCatalogue, Verdict, WriteCatalogue,
};
pub use chance::{Clock, Ids};
pub use dossiers::{
    Assignee, DossierFilter, Held, List, ListCount, ReadDossiers, Search, Sieve, Stretch,
    WorklistPage,
};
pub use error::StoreError;
pub use feed::{FeedHead, FeedHolder, LookAtEnds, ReadFeed};
pub use forecasts::{ReadForecasts, WriteForecasts};
pub use imports::{
    Archive, Begun, End, Import, Life, NewImport, Origin, Piece, ReadImports, Viewing,
};
pub use installation::{Installation, KeyMark};
pub use jobs::{Job, ReadJobs, WriteJobs};
pub use notices::{Agreement, NoticeEnd, NoticeKey, ReadNotices, WriteNotices};
pub use numbers::{
    Block, BlockNumber, BlockWanted, NumberWanted, ReadNumbers, Reserved, SkippedNumbers,
    VoidWanted, Voided, WriteNumbers,
};
pub use pins::{PinTries, ReadPins, WritePins, WrongPin, WrongPins};
pub use portal::{
    Acknowledged, Compared, Exchanged, Fault, KeptText, Lease, LeaseClaim, Parcel, ParcelCount,
    ParcelOrder, ParcelOutcome, ParcelPage, Posting, ReadPortal, Remote, Settlement, There, Told,
    Walk, WalkStep, WritePortal,
};
pub use prints::{Print, PrintWanted, Printed, PrintedForm, ReadPrints, WritePrints};
pub use readings::{FindingKind, ReadReadings, ReadingFinding, SystemReading, WriteReadings};
pub use reports::{
    Rated, RatingsWanted, ReadReports, ReportRow, ReportWanted, Sums, SumsWanted, UnitPending,
};
pub use restoration::{BeginAgain, Numbering, Restorable};
pub use scope::{Key, Scope};
pub use store::{ReadTx, Store};
pub use tokens::{ReadTokens, Token, WriteTokens};
pub use verification::{
    KeptCode, KeptCounter, KeptDossier, KeptEvent, KeptTally, ReadKept, Verifiable,
};
pub use webhooks::{ReadWebhooks, Webhook, WriteWebhooks, remote_of};
