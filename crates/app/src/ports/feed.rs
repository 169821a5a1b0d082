//! The feed of events.

use async_trait::async_trait;
use domain::dossier::Record;
use domain::id::ProvinceCode;
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Scope;

/// Looks at the ends of feeds.
///
/// Whoever reads a feed looks at its end first, and begins to read after it: what lies before an end is whole in
/// every view that is taken later.
#[async_trait]
pub trait LookAtEnds: Send + Sync {
    /// The feed's identity, and the place up to which it is complete. A place is never taken back: who looks
    /// again sees the same end or a later one.
    async fn feed_head(&self) -> Result<FeedHead, StoreError>;

    /// The same of the flag log.
    async fn flags_head(&self) -> Result<FeedHead, StoreError>;
}

/// Reads the feed.
#[async_trait]
pub trait ReadFeed: Send + Sync {
    /// Events after a place in the feed and up to its end or to an earlier place, in order.
    async fn feed(
        &self,
        scope: &Scope,
        after: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError>;

    /// The last event of the feed up to a place, of one province at least: what shows whether the
    /// history before it is still the one that a reader knows.
    async fn last_event(
        &self,
        province: &ProvinceCode,
        until: u64,
    ) -> Result<Option<(u64, Record)>, StoreError>;

    /// Those of the given provinces that have events after a place in the feed.
    async fn moved_since(
        &self,
        provinces: &[ProvinceCode],
        after: u64,
    ) -> Result<Vec<ProvinceCode>, StoreError>;
}

/// The end of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHead {
    /// The feed's identity. A restored or another database has another.
    pub feed: String,
    /// The place of its last event or a later one. No event will ever be added at or before it.
    pub last: u64,
    /// Who has held that place up for long.
    pub held: Option<FeedHolder>,
}

/// A transaction that is open for long, so that nothing committed after it can be read in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHolder {
    /// When it began, by the clock of the database.
    pub since: Instant,
    /// Who it is, as an administrator finds it.
    pub by: String,
}
