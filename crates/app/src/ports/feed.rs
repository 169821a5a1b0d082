//! The feed of events.

use async_trait::async_trait;
use domain::dossier::Record;
use domain::id::ProvinceCode;

use super::error::StoreError;
use super::scope::Scope;

/// Reads the feed.
#[async_trait]
pub trait ReadFeed: Send + Sync {
    /// Events after a place in the feed, in order.
    async fn feed(
        &self,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError>;

    /// The feed: its identity, and up to which place it is complete.
    async fn feed_head(&self) -> Result<FeedHead, StoreError>;

    /// Those of some provinces in which anything came into the feed after a place.
    async fn moved_since(
        &self,
        provinces: &[ProvinceCode],
        after: u64,
    ) -> Result<Vec<ProvinceCode>, StoreError>;
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
