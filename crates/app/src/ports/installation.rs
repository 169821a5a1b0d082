//! The installation that a database belongs to.

use async_trait::async_trait;
use domain::id::DossierId;

use super::error::StoreError;

/// The database, as a starting process asks whether it has the right key.
#[async_trait]
pub trait Installation: Send + Sync {
    /// By what the installation's key is known again.
    async fn key_mark(&self) -> Result<KeyMark, StoreError>;

    /// Keeps the check value of a key: only the first one, unless it is to replace another.
    async fn keep_key_check(&self, check: &str, replaces: bool) -> Result<(), StoreError>;
}

/// What in a database was derived from the installation's key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyMark {
    /// The check value; none before the first server has started on this database.
    pub check: Option<String>,
    /// A dossier with the hash of its PIN, if one was found; not looked for beside a check value.
    pub receipt: Option<(DossierId, String)>,
    /// Whether anything was derived: a check value, or PINs and persons of dossiers of our own.
    pub is_used: bool,
}
