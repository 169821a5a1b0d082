//! The log of what was printed.

use async_trait::async_trait;
use domain::id::{ActorId, RequestId};
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Key;

/// Counts prints.
#[async_trait]
pub trait WritePrints: Send + Sync {
    /// Counts one more print of a form of a dossier; the same request is the same print.
    async fn record_print(&self, wanted: &PrintWanted) -> Result<Printed, StoreError>;
}

/// Reads what was printed.
#[async_trait]
pub trait ReadPrints: Send + Sync {
    /// The prints of a form of a dossier, in order.
    async fn prints(&self, key: &Key, form: &PrintedForm) -> Result<Vec<Print>, StoreError>;
}

/// A form of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedForm {
    /// The kind of form, by its name in data.
    pub kind: &'static str,
    /// The version of the dossier whose event the form tells; 0 of a receipt and of a control slip,
    /// of which there is one.
    pub version: u32,
}

impl PrintedForm {
    /// The receipt with the promised date.
    pub const RECEIPT: Self = Self {
        kind: "slip",
        version: 0,
    };
}

/// A print that is to be counted.
#[derive(Debug, Clone)]
pub struct PrintWanted {
    /// The dossier.
    pub key: Key,
    /// Which form.
    pub form: PrintedForm,
    /// Who prints.
    pub actor: ActorId,
    /// Under which id.
    pub request_id: RequestId,
    /// When.
    pub at: Instant,
}

/// One print of a form.
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
    /// The request id printed another form before.
    OtherRequest,
}
