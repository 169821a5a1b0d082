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
        let header = rows.headers().map_err(|error| unreadable(&error))?.clone();
        let header = header
            .iter()
            .map(|title| title.trim_start_matches('\u{feff}').trim())
            .collect();
        Ok(Sheet { name, header, rows })
    }

    /// The place of a column, if the file has it.
    pub fn find(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|title| title == column)
    }

    /// The place of a column the file must have.
    pub fn need(&self, column: &str) -> Result<usize, String> {
        self.find(column).ok_or_else(|| {
            let known: Vec<&str> = self.header.iter().collect();
            format!(
                "{}:1: no column `{column}`; it has {}",
                self.name,
                known.join(", ")
            )
        })
    }

    /// Reads the next row into a record; nothing at the end of the file.
    pub fn next(&mut self, row: &mut csv::StringRecord) -> Result<bool, String> {
        self.rows
            .read_record(row)
            .map_err(|error| match error.kind() {
                csv::ErrorKind::UnequalLengths {
                    pos,
                    expected_len,
                    len,
                } => {
                    let line = pos.as_ref().map_or(0, csv::Position::line);
                    format!(
                        "{}:{line}: has {len} columns; expected {expected_len}",
                        self.name
                    )
                }
                _ => format!("{}:{}: {error}", self.name, self.rows.position().line()),
            })
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
            let expected =
                "expected a time such as 2026-08-21T09:00:00Z; without an offset it is UTC";
            self.at(row, &format!("{title}: `{cell}` is not a time; {expected}"))
        };
        moment(cell).ok_or_else(wrong).map(Some)
    }
}

/// Reads a moment; one without an offset is UTC, a date alone its midnight.
fn moment(text: &str) -> Option<Instant> {
    let plain = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_other| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"))
        .ok()
        .map(|at| at.to_utc());
    let at = with_offset
        .or_else(|| plain("%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc()))
        .or_else(|| plain("%Y-%m-%d %H:%M:%S%.f").map(|at| at.and_utc()))
        .or_else(|| plain("%Y-%m-%dT%H:%M").map(|at| at.and_utc()))
        .or_else(|| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        })?;
    // Far-away years overflow date arithmetic long before any calendar reaches them.
    (1900..=2200).contains(&at.year()).then(|| to_micros(at))
}
