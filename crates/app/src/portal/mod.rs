//! Other systems are told what happens, and ask no dossier twice.
//!
//! The feed is the outbox. [`Engine::portal_pull`] lays a parcel in for each dossier with new events
//! and moves the remote's cursor in the same transaction, so that no event is skipped or laid in
//! twice. The adapter delivers parcels and says what became of them ([`Engine::portal_settle`]). A
//! cursor of another history, as after a restore, begins a comparison of all dossiers instead.

mod differences;
mod exchange;
mod hand_in;
mod kept;
mod notices;
mod operate;
mod outbox;
mod plain;
mod reach;
mod readings;
mod sheet;
mod webhooks;

pub use crate::ports::{Fault, ParcelCount, ParcelOutcome};
pub use differences::DueQuery;
pub use exchange::RemoteExchange;
pub use kept::{Found, FoundLine, KeptSheet};
pub use notices::NoticeWish;
pub use operate::{ParcelQuery, READER, RemoteStatus};
pub use outbox::{Comparing, Pulled, Story};
pub use plain::{comparison_is_due, is_late, without_numbers};
pub use reach::{check_destination, is_private};
pub use readings::ReadingStatus;
pub use sheet::{Counts, Sheet, SheetKey, SheetLine};
pub use webhooks::{NewWebhook, OLD_SECRET_LASTS, SignedWebhook, is_webhook_name};
