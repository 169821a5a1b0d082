//! A CSV file, packed or not, with its columns by name and its lines by number.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use domain::time::{Instant, to_micros};
use flate2::read::MultiGzDecoder;

/// A file being read.
pub(super) struct Sheet {
    name: String,
    header: csv::StringRecord,
    rows: csv::Reader<Box<dyn Read>>,
    /// The line of the latest row, if its last cell ends with a line.
    open: Option<u64>,
}

impl Sheet {
    /// Opens a file; one that begins like gzip is unpacked, whatever its name.
    pub fn open(file: &Path) -> Result<Sheet, String> {
        let name = file.display().to_string();
        let unreadable = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let mut magic = Vec::new();
        let open = || File::open(file).map_err(|error| unreadable(&error));
        open()?
            .take(2)
            .read_to_end(&mut magic)
            .map_err(|error| unreadable(&error))?;
        let plain = BufReader::new(open()?);
        let bytes: Box<dyn Read> = if magic == [0x1f, 0x8b] {
            Box::new(MultiGzDecoder::new(plain))
        } else {
            Box::new(plain)
        };
        let mut rows = csv::Reader::from_reader(bytes);
        let header = rows.headers();
        let header = header.map_err(|error| wrong(&name, 1, &error))?;
        let header: csv::StringRecord = header
            .iter()
            .map(|title| title.trim_start_matches('\u{feff}').trim())
            .collect();
        if header.is_empty() {
            return Err(format!(
                "{name}: is empty; expected a first line with the names of the columns"
            ));
        }
        Ok(Sheet {
            name,
            header,
            rows,
            open: None,
        })
    }

    /// The place of a column, if the file has it; a name that two columns bear tells none of them.
    pub fn find(&self, column: &str) -> Result<Option<usize>, String> {
        let mut places = (0..)
            .zip(&self.header)
            .filter(|(_, title)| *title == column);
        let first = places.next().map(|(place, _)| place);
        match places.next() {
            Some(_) => Err(format!(
                "{}:1: two columns are called `{column}`; expected one",
                self.name
            )),
            None => Ok(first),
        }
    }

    /// The place of a column the file must have.
    pub fn need(&self, column: &str) -> Result<usize, String> {
        self.find(column)?.ok_or_else(|| {
            let known: Vec<&str> = self.header.iter().collect();
            let alone = known.len() == 1;
            format!(
                "{}:1: no column `{column}`; it has {}{}",
                self.name,
                known.join(", "),
                if alone {
                    "; expected columns separated by commas"
                } else {
                    ""
                }
            )
        })
    }

    /// Reads the next row into a record; nothing at the end of the file.
    pub fn next(&mut self, row: &mut csv::StringRecord) -> Result<bool, String> {
        let read = self.rows.read_record(row);
        let is_row =
            read.map_err(|error| wrong(&self.name, self.rows.position().line(), &error))?;
        if let (false, Some(line)) = (is_row, self.open) {
            return Err(format!(
                "{}:{line}: a quote is opened and never closed",
                self.name
            ));
        }
        // A quote that is never closed takes the rest of the file for one cell.
        let last = row.iter().next_back();
        let is_open = last.is_some_and(|cell| cell.ends_with(['\n', '\r']));
        self.open = row.position().map(csv::Position::line).filter(|_| is_open);
        Ok(is_row)
    }

    /// A complaint about a row.
    pub fn at(&self, row: &csv::StringRecord, wrong: &str) -> String {
        let line = row.position().map_or(0, csv::Position::line);
        format!("{}:{line}: {wrong}", self.name)
    }

    /// A cell that must hold something.
    pub fn text<'a>(&self, row: &'a csv::StringRecord, place: usize) -> Result<&'a str, String> {
        let cell = row.get(place).unwrap_or_default().trim();
        if cell.is_empty() {
            let title = self.header.get(place).unwrap_or_default();
            return Err(self.at(row, &format!("{title} is empty")));
        }
        Ok(cell)
    }

    /// A moment, or nothing for an empty cell.
    pub fn moment(&self, row: &csv::StringRecord, place: usize) -> Result<Option<Instant>, String> {
        let cell = row.get(place).unwrap_or_default().trim();
        if cell.is_empty() {
            return Ok(None);
        }
        let title = self.header.get(place).unwrap_or_default();
        let wrong = || {
            let expected = "expected a time between 1900 and 2200 such as \
                 2026-08-21T09:00:00Z; without an offset it is UTC";
            self.at(row, &format!("{title}: `{cell}` is not a time; {expected}"))
        };
        moment(cell).ok_or_else(wrong).map(Some)
    }
}

/// A complaint about what cannot be read, at the line where that began.
fn wrong(name: &str, line: u64, error: &csv::Error) -> String {
    let line = error.position().map_or(line, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{name}:{line}: has {len} columns; expected {expected_len}"),
        csv::ErrorKind::Utf8 { err, .. } => format!(
            "{name}:{line}: column {} is not UTF-8; expected a file in UTF-8",
            err.field() + 1
        ),
        csv::ErrorKind::Io(error) => format!(
            "{name}:{line}: cannot be read further ({error}); expected a whole CSV file, packed \
             with gzip or not"
        ),
        _ => format!("{name}:{line}: {error}"),
    }
}

/// Reads a moment; one without an offset is UTC, a date alone its midnight.
fn moment(text: &str) -> Option<Instant> {
    let plain = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_other| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
        .or_else(|_other| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .ok()
        .map(|at| at.to_utc());
    let at = with_offset
        .or_else(|| plain("%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc()))
        .or_else(|| plain("%Y-%m-%d %H:%M:%S%.f").map(|at| at.and_utc()))
        .or_else(|| plain("%Y-%m-%dT%H:%M").map(|at| at.and_utc()))
        .or_else(|| plain("%Y-%m-%d %H:%M").map(|at| at.and_utc()))
        .or_else(|| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        })?;
    // Far-away years overflow date arithmetic long before any calendar reaches them.
    (1900..=2200).contains(&at.year()).then(|| to_micros(at))
}
