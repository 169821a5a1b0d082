//! Wrong PINs and look-ups of the last minutes, counted for all processes together.

use async_trait::async_trait;
use chrono::TimeDelta;
use domain::time::Instant;

use super::error::StoreError;
use super::scope::Key;

/// Counts wrong PINs and look-ups.
#[async_trait]
pub trait WritePins: Send + Sync {
    /// Adds wrong PINs to those of their peers and dossiers, and forgets those whose last one came
    /// before a moment.
    async fn count_wrong_pins(&self, wrong: &[WrongPin], forget: Instant)
    -> Result<(), StoreError>;

    /// Adds look-ups of a visitor, each for a part of a minute, and returns until when all that were
    /// counted take the visitor's time. None where no other process can write.
    async fn count_lookups(
        &self,
        visitor: &str,
        cost: TimeDelta,
        now: Instant,
    ) -> Result<Option<Instant>, StoreError>;

    /// Forgets the wrong PINs of a peer for a dossier.
    async fn forgive_pins(&self, dossier: &Key, peer: &str) -> Result<(), StoreError>;
}

/// Reads the counts of wrong PINs.
#[async_trait]
pub trait ReadPins: Send + Sync {
    /// The wrong PINs for a dossier: those of a peer, and those of all.
    async fn wrong_pins(&self, dossier: &Key, peer: &str) -> Result<WrongPins, StoreError>;
}

/// Wrong PINs that are to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongPin {
    /// The dossier.
    pub dossier: Key,
    /// The peer, by a keyed hash; empty for all of them together.
    pub peer: String,
    /// How many.
    pub tries: PinTries,
}

/// How many wrong PINs came, and when the last one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinTries {
    /// How many.
    pub count: u32,
    /// When the last one came.
    pub last: Instant,
}

/// The wrong PINs for a dossier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WrongPins {
    /// Those of the peer that asks.
    pub own: Option<PinTries>,
    /// Those of all peers.
    pub all: Option<PinTries>,
}
