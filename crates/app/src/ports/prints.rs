//! The log of what was printed.

use async_trait::async_trait;
use domain::id::{ActorId, RequestId};
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Key;

/// Counts prints.
#[async_trait]
pub trait WritePrints: Send + Sync {
    /// Counts one more print of a dossier's receipt; the same request is the same print.
    async fn record_print(&self, wanted: &PrintWanted) -> Result<Printed, StoreError>;
}

/// Reads what was printed.
#[async_trait]
pub trait ReadPrints: Send + Sync {
    /// The prints of a dossier's receipt, in order.
    async fn prints(&self, key: &Key) -> Result<Vec<Print>, StoreError>;
}

/// A print that is to be counted.
#[derive(Debug, Clone)]
pub struct PrintWanted {
    /// The dossier.
    pub key: Key,
    /// Who prints.
    pub actor: ActorId,
    /// Under which id.
    pub request_id: RequestId,
    /// When.
    pub at: Instant,
}

/// One print of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// Which one it is, counted from 1.
    pub number: u32,
    /// When it was printed.
    pub at: Instant,
    /// By whom.
    pub actor: ActorId,
}

/// What became of a print that was to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printed {
    /// It is counted, now or by the same request before.
    Counted(Print),
    /// The request id printed another dossier's receipt before.
    OtherRequest,
}
