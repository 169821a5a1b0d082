//! Texts of the catalogue that offices propose and publish.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode};
use domain::time::Instant;

use super::error::StoreError;

/// Keeps texts of the catalogue.
#[async_trait]
pub trait WriteCatalogue: Send + Sync {
    /// Notes the catalogue versions in use.
    ///
    /// A published version is immutable. One that was noted before with another hash stays as it
    /// was and is returned.
    async fn publish(&self, versions: &[Published]) -> Result<Vec<Published>, StoreError>;

    /// Stores a proposed text of the catalogue under the province's next number.
    async fn propose(&self, proposal: &Proposal) -> Result<Document, StoreError>;

    /// Publishes or rejects a proposed text. False if it does not exist or was already decided.
    async fn decide(&self, decision: &Verdict) -> Result<bool, StoreError>;
}

/// Reads texts of the catalogue.
#[async_trait]
pub trait ReadCatalogue: Send + Sync {
    /// How many texts each province has published; it only ever grows.
    async fn editions(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError>;

    /// The texts of a province, by number.
    async fn documents(&self, province: &ProvinceCode) -> Result<Vec<Document>, StoreError>;
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

/// A text of the catalogue that an office proposes.
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

/// The decision of a second person on a proposed text.
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
