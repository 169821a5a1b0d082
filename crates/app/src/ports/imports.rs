//! Writes imports, and reads what is known of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::code::AnyCode;
use domain::dossier::private::Salt;
use domain::dossier::{Dossier, ImportNumber, Oddity, Record};
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::time::Instant;

use super::batch::{CommitError, WriteBatches};
use super::catalogue::Proposal;
use super::error::StoreError;
use super::scope::Scope;

/// The store, as an import writes to it.
#[async_trait]
pub trait Archive: WriteBatches + Send + Sync {
    /// Begins an import, or finds its earlier outcome.
    async fn begin_import(&self, new: &NewImport) -> Result<Begun, StoreError>;

    /// The existing dossiers of another system, by the names that it gives them.
    async fn origins(
        &self,
        province: &ProvinceCode,
        source: &str,
        names: &[&str],
    ) -> Result<HashMap<Box<str>, Origin>, StoreError>;

    /// Keeps the digests of what the other system says of its dossiers by now.
    async fn keep_digests(
        &self,
        province: &ProvinceCode,
        source: &str,
        digests: &[(&str, u64)],
    ) -> Result<(), StoreError>;

    /// Those of some codes that dossiers have, each with its dossier, also of imports that nobody sees
    /// yet.
    async fn code_holders(
        &self,
        province: &ProvinceCode,
        codes: &[AnyCode],
    ) -> Result<HashMap<AnyCode, Dossier>, StoreError>;

    /// Writes a piece in one transaction. False, with nothing written, if another process has
    /// written it.
    async fn write_import(&self, piece: Piece) -> Result<bool, CommitError>;

    /// Makes the import visible, puts into force what it creates, and adds one entry to the feed.
    async fn finish_import(&self, end: &End) -> Result<Import, StoreError>;

    /// Records who exports personal values.
    async fn record_viewing(&self, viewing: &Viewing) -> Result<(), StoreError>;
}

/// A dossier of another system, as it was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The dossier.
    pub dossier: DossierId,
    /// Digest of what the other system said of it last.
    pub digest: u64,
}

/// An export of personal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// The province.
    pub province: ProvinceCode,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: ActorId,
    /// By which way, such as `export`.
    pub what: String,
    /// Its purpose; empty if none was given.
    pub reason: String,
}

/// An import that is to begin.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The province.
    pub province: ProvinceCode,
    /// The other system.
    pub source: String,
    /// Hash of the map and the files, in hexadecimal.
    pub files: String,
    /// Who imports.
    pub actor: ActorId,
    /// When.
    pub at: Instant,
}

/// What became of an import.
#[derive(Debug, Clone)]
pub enum Begun {
    /// It can be written; parts of it may have been.
    Ready(Import),
    /// It was finished before.
    Finished(Import),
    /// Another import of the same system must be finished first.
    Unfinished(Import),
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The province.
    pub province: ProvinceCode,
    /// Its number in the database.
    pub number: ImportNumber,
    /// The other system.
    pub source: String,
    /// Who imports.
    pub actor: ActorId,
    /// When it was begun: the record time of all its events.
    pub begun: Instant,
    /// How many dossiers of the files are done.
    pub done: u64,
    /// How many of them were added.
    pub dossiers: u64,
    /// How many events were added.
    pub events: u64,
    /// When it was finished.
    pub finished: Option<Instant>,
    /// Its place in the feed.
    pub place: Option<u64>,
}

/// The end of an import.
#[derive(Debug, Clone)]
pub struct End {
    /// The import, with all of its dossiers written.
    pub import: Import,
    /// When.
    pub at: Instant,
    /// Texts of the catalogue that come into force with it.
    pub creates: Vec<Proposal>,
}

/// Some dossiers of an import.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The import as it was before.
    pub import: Import,
    /// How many dossiers are done after it.
    pub done: u64,
    /// What is added.
    pub lives: Vec<Life>,
}

impl Piece {
    /// How many events it has.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.lives.iter().map(|life| life.events.len() as u64).sum()
    }
}

/// A dossier with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Life {
    /// What the other system calls it.
    pub name: Box<str>,
    /// The file and the line where it begins.
    pub place: (Arc<str>, u64),
    /// Digest of all that it said.
    pub digest: u64,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
    /// The fold of its events.
    pub dossier: Dossier,
    /// The same as it is kept.
    pub fold: String,
    /// The salt of its commitments.
    pub salt: Salt,
    /// Half of the keyed hash of the rows it was made from.
    pub content: [u8; 16],
    /// Its events, with the exact stored bytes.
    pub events: Vec<(Record, Vec<u8>)>,
}

impl Life {
    /// The codes under which it is to be found.
    pub fn codes(&self) -> impl Iterator<Item = &AnyCode> {
        let own = self.dossier.code.iter();
        own.chain(&self.dossier.external_codes)
    }
}

/// Reads imports, and the record of exports of personal values.
#[async_trait]
pub trait ReadImports: Send + Sync {
    /// The imports that were finished after a place in the feed, up to another.
    async fn imports(
        &self,
        province: &ProvinceCode,
        after: u64,
        until: u64,
    ) -> Result<Vec<Import>, StoreError>;

    /// An import.
    async fn import(
        &self,
        province: &ProvinceCode,
        number: ImportNumber,
    ) -> Result<Option<Import>, StoreError>;

    /// The events of an import after so many of them, in order, each with its number.
    async fn import_events(
        &self,
        scope: &Scope,
        number: ImportNumber,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError>;

    /// The exports of personal values, first to last.
    async fn viewings(&self, province: &ProvinceCode) -> Result<Vec<Viewing>, StoreError>;
}
