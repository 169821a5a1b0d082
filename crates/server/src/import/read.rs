//! The files of an import, read whole before anything is written.

use std::path::PathBuf;

use domain::catalogue::{Catalogue, Fault};
use domain::digest;
use domain::import::{Columns, Gathered, Gathering, Map, TextRow};
use domain::time::Instant;
use tables::{About, Row, Table};

/// The files.
pub struct Files {
    /// With a row an event.
    pub events: Option<NamedFile>,
    /// With a row a dossier.
    pub cases: Option<NamedFile>,
}

/// A file, and what people call it.
pub struct NamedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in every message.
    pub name: String,
}

impl From<PathBuf> for NamedFile {
    fn from(path: PathBuf) -> Self {
        let name = path.display().to_string();
        Self { path, name }
    }
}

/// What was read.
pub struct Reading {
    /// What the files say.
    pub gathered: Gathered,
    /// How each of them was read.
    pub files: Vec<(String, About)>,
    /// The hash of map and files.
    pub hash: String,
}

/// Reads the files.
///
/// Errors: faults of a file as a whole. Rows that cannot be mapped are only counted.
pub fn read(
    files: &Files,
    map: &Map,
    map_text: &str,
    catalogue: &Catalogue,
    now: Instant,
) -> Result<Reading, Fault> {
    let mut gathering = Gathering::new(map, catalogue, now);
    let mut hashes = digest::sha256(map_text.as_bytes()).to_vec();
    let mut told = Vec::new();
    if let (Some(file), Some(columns)) = (&files.cases, &map.cases) {
        let begin = Gathering::begin_cases;
        let read = read_one(file, map, columns, &mut gathering, begin, Gathering::case)?;
        hashes.extend(read.hash);
        told.push((file.name.clone(), read.about));
    }
    if let (Some(file), Some(columns)) = (&files.events, &map.events) {
        let begin = Gathering::begin_events;
        let read = read_one(file, map, columns, &mut gathering, begin, Gathering::event)?;
        hashes.extend(read.hash);
        told.push((file.name.clone(), read.about));
    }
    Ok(Reading {
        gathered: gathering.done(),
        files: told,
        hash: digest::hex(&digest::sha256(&hashes)),
    })
}

struct ReadOne {
    hash: [u8; 32],
    about: About,
}

fn read_one<'a>(
    file: &NamedFile,
    map: &Map,
    columns: &Columns,
    gathering: &mut Gathering<'a>,
    begin: impl Fn(&mut Gathering<'a>, &str, &TextRow) -> Result<(), Fault>,
    take: impl Fn(&mut Gathering<'a>, &TextRow),
) -> Result<ReadOne, Fault> {
    let mut table = Table::open_as(&file.path, file.name.clone(), &map.table)?;
    let header = table.header(&columns.names(), &map.table)?;
    begin(gathering, table.name(), &header)?;
    let mut cells = TextRow::default();
    loop {
        match table.next(&mut cells)? {
            Row::Good => take(gathering, &cells),
            Row::Bad { line, reason } => gathering.unreadable(line, &reason),
            Row::End => {
                let about = table.about();
                let hash = table.hash();
                return Ok(ReadOne { hash, about });
            }
        }
    }
}
