//! The files of an import, read whole before anything is written.

use std::path::{Path, PathBuf};

use domain::catalogue::{Catalogue, Fault};
use domain::digest;
use domain::import::{Cells, Gathered, Gathering, Map};
use domain::time::Instant;

use super::table::{Row, Table};

/// The files, as they were named.
pub struct Files {
    /// With a row an event.
    pub events: Option<PathBuf>,
    /// With a row a dossier.
    pub cases: Option<PathBuf>,
}

/// Reads the files. Gives what they say, and the hash of map and files.
///
/// Errors: what spoils a file as a whole. Rows that cannot be mapped do not; they are counted.
pub fn read(
    files: &Files,
    map: &Map,
    map_text: &str,
    catalogue: &Catalogue,
    now: Instant,
) -> Result<(Gathered, String), Fault> {
    let mut gathering = Gathering::new(map, catalogue, now);
    let mut hashes = digest::sha256(map_text.as_bytes()).to_vec();
    if let Some(path) = &files.cases {
        hashes.extend(read_one(
            path,
            &mut gathering,
            Gathering::begin_cases,
            Gathering::case,
        )?);
    }
    if let Some(path) = &files.events {
        hashes.extend(read_one(
            path,
            &mut gathering,
            Gathering::begin_events,
            Gathering::event,
        )?);
    }
    Ok((gathering.done(), digest::hex(&digest::sha256(&hashes))))
}

fn read_one<'a>(
    path: &Path,
    gathering: &mut Gathering<'a>,
    begin: impl Fn(&mut Gathering<'a>, &str, &Cells) -> Result<(), Fault>,
    take: impl Fn(&mut Gathering<'a>, &Cells),
) -> Result<[u8; 32], Fault> {
    let mut table = Table::open(path)?;
    let mut cells = Cells::default();
    let headless = |line: u64, reason: String| Fault {
        file: path.display().to_string(),
        line: usize::try_from(line).unwrap_or(usize::MAX),
        reason,
    };
    match table.next(&mut cells)? {
        Row::Good => begin(gathering, table.name(), &cells)?,
        Row::Bad { line, reason } => return Err(headless(line, reason)),
        Row::End => {
            let reason = "the file is empty; expected a line that names the columns";
            return Err(headless(1, reason.to_owned()));
        }
    }
    loop {
        match table.next(&mut cells)? {
            Row::Good => take(gathering, &cells),
            Row::Bad { line, reason } => gathering.unreadable(line, &reason),
            Row::End => return Ok(table.hash()),
        }
    }
}
