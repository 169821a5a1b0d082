//! Programs that are told of every event at an address of their own.
//!
//! How far a program is, the table of remotes has: under [`Webhook::remote`], as of every other system.

use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode, RequestId};
use domain::time::Instant;

use super::error::StoreError;

/// Keeps the addresses.
#[async_trait]
pub trait WriteWebhooks: Send + Sync {
    /// Adds a webhook, which is told what comes after a place in the feed. False if its name is taken
    /// by another request's.
    async fn add_webhook(&self, webhook: &Webhook, cursor: &str) -> Result<bool, StoreError>;

    /// Begins another secret; the one before signs too until a moment. None if there is no such
    /// webhook. The same request begins one secret.
    async fn rotate_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        old_until: Instant,
    ) -> Result<Option<Webhook>, StoreError>;

    /// Removes a webhook, and what is under way to it. False if there is none.
    async fn remove_webhook(&self, province: &ProvinceCode, name: &str)
    -> Result<bool, StoreError>;

    /// Lets a webhook be told anew what comes after a place in the feed. False if there is none.
    async fn rewind_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        cursor: &str,
    ) -> Result<bool, StoreError>;
}

/// Reads the addresses.
#[async_trait]
pub trait ReadWebhooks: Send + Sync {
    /// The webhooks of a province, or of all, by name.
    async fn webhooks(&self, province: Option<&ProvinceCode>) -> Result<Vec<Webhook>, StoreError>;
}

/// A program that is told of every event at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The province whose events it is told.
    pub province: ProvinceCode,
    /// Its name.
    pub name: String,
    /// Where it is told.
    pub address: String,
    /// It may be an address of a private network.
    pub is_inside: bool,
    /// The kinds of events it is told of; every one when empty.
    pub kinds: Vec<&'static str>,
    /// With the installation's key, the source of its secrets.
    pub salt: String,
    /// Counts its secrets.
    pub generation: u32,
    /// Until then the secret before signs too.
    pub old_until: Option<Instant>,
    /// When it was added.
    pub created: Instant,
    /// By whom.
    pub created_by: ActorId,
    /// The request that changed it last.
    pub last_request: RequestId,
}

impl Webhook {
    /// What it is called among the remotes. No remote of a configuration has a dot in its name.
    #[must_use]
    pub fn remote(&self) -> String {
        remote_of(&self.name)
    }
}

/// What a webhook is called among the remotes.
#[must_use]
pub fn remote_of(name: &str) -> String {
    format!("webhook.{name}")
}
