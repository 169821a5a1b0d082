//! The whole store: every matter, on one database.

use async_trait::async_trait;

use super::access::{ReadAccess, WriteAccess};
use super::batch::WriteBatches;
use super::catalogue::{ReadCatalogue, WriteCatalogue};
use super::dossiers::ReadDossiers;
use super::error::StoreError;
use super::feed::{LookAtEnds, ReadFeed};
use super::forecasts::{ReadForecasts, WriteForecasts};
use super::imports::ReadImports;
use super::jobs::{ReadJobs, WriteJobs};
use super::notices::{ReadNotices, WriteNotices};
use super::numbers::{ReadNumbers, WriteNumbers};
use super::pins::{ReadPins, WritePins};
use super::portal::{ReadPortal, WritePortal};
use super::prints::{ReadPrints, WritePrints};
use super::readings::{ReadReadings, WriteReadings};
use super::reports::ReadReports;
use super::tokens::{ReadTokens, WriteTokens};
use super::webhooks::{ReadWebhooks, WriteWebhooks};

/// Where dossiers are stored.
///
/// Writing is split by matter, so that each matter's words and queries stand in one file, and a
/// test double for one matter need not implement the others.
#[async_trait]
pub trait Store:
    LookAtEnds
    + WriteAccess
    + WriteBatches
    + WriteNumbers
    + WritePins
    + WritePrints
    + WriteTokens
    + WriteCatalogue
    + WriteJobs
    + WriteForecasts
    + WritePortal
    + WriteWebhooks
    + WriteNotices
    + WriteReadings
{
    /// A consistent view for reading. It sees every commit that was answered before.
    async fn read(&self) -> Result<Box<dyn ReadTx>, StoreError>;
}

/// A consistent view for reading, split by matter like [`Store`].
pub trait ReadTx:
    ReadAccess
    + ReadDossiers
    + ReadFeed
    + ReadImports
    + ReadNumbers
    + ReadPins
    + ReadPrints
    + ReadReports
    + ReadTokens
    + ReadCatalogue
    + ReadJobs
    + ReadForecasts
    + ReadPortal
    + ReadWebhooks
    + ReadNotices
    + ReadReadings
{
}

impl<T> ReadTx for T where
    T: ReadAccess
        + ReadDossiers
        + ReadFeed
        + ReadImports
        + ReadNumbers
        + ReadPins
        + ReadPrints
        + ReadReports
        + ReadTokens
        + ReadCatalogue
        + ReadJobs
        + ReadForecasts
        + ReadPortal
        + ReadWebhooks
        + ReadNotices
        + ReadReadings
{
}
