//! How citizens agreed to be told, and which events they were told of.

use async_trait::async_trait;
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::language::Language;
use domain::time::Instant;

use super::error::StoreError;

/// Keeps agreements and notices.
#[async_trait]
pub trait WriteNotices: Send + Sync {
    /// Notes that a citizen agreed to be told on a channel, in place of an earlier agreement there; the same one again
    /// stays as it was. Of a dossier whose personal values were erased nothing is noted.
    async fn agree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        agreed: &Agreement,
    ) -> Result<(), StoreError>;

    /// Notes that a citizen no longer agrees to a channel.
    async fn disagree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        channel: &str,
    ) -> Result<(), StoreError>;

    /// Claims the one notice of an event on a channel. False if somebody has claimed it before: then it
    /// was told, or nobody knows.
    async fn claim_notice(&self, notice: &NoticeKey, at: Instant) -> Result<bool, StoreError>;

    /// Writes what became of a claimed notice. One that surely was not told is free again.
    async fn settle_notice(&self, notice: &NoticeKey, end: NoticeEnd) -> Result<(), StoreError>;
}

/// Reads agreements.
#[async_trait]
pub trait ReadNotices: Send + Sync {
    /// How a dossier's citizen agreed to be told, by channel.
    async fn agreements(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
    ) -> Result<Vec<Agreement>, StoreError>;
}

/// How a citizen agreed to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The channel, by name.
    pub channel: String,
    /// The address there: personal.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// When.
    pub agreed: Instant,
    /// Who noted it.
    pub noted_by: ActorId,
}

impl std::fmt::Debug for Agreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Agreement({}, ..)", self.channel)
    }
}

/// An event that is told on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeKey {
    /// The province.
    pub province: ProvinceCode,
    /// The dossier.
    pub dossier: DossierId,
    /// The event, by version.
    pub version: u32,
    /// The channel.
    pub channel: String,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeEnd {
    /// The channel took it.
    Sent,
    /// Nobody knows whether the channel took it.
    Unknown,
    /// The channel surely did not take it.
    NotSent,
}
