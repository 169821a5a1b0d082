//! Reads one sheet of a workbook.

use std::io::{Cursor, Read};
use std::ops::Range;

use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};
use chrono::{NaiveTime, Timelike};
use domain::catalogue::Fault;
use domain::import::{TITLES, TableForm, TextRow, header_among};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::reading::{About, Row};

/// The largest workbook, in bytes. It is read whole, unlike a text.
const LARGEST: u64 = 256 << 20;

/// The same once it is unpacked: a few bytes of a zip can stand for any number, and cells take four times as
/// much memory again.
const LARGEST_UNPACKED: u64 = 256 << 20;

pub struct Workbook {
    kind: &'static str,
    sheets: Vec<(String, calamine::Range<Data>)>,
    /// The sheet that is read.
    sheet: usize,
    /// Whether the form says which sheet.
    is_said: bool,
    /// Other sheets with as many of the names.
    others: Vec<usize>,
    /// The next row of the sheet, from 0.
    next: usize,
    hash: [u8; 32],
}

impl Workbook {
    /// Whether a file with these first bytes is a workbook: a zip, or the older binary form.
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
    }

    pub fn read(name: &str, file: impl Read, form: &TableForm) -> Result<Self, Fault> {
        let fault = |reason: String| Fault {
            file: name.to_owned(),
            line: 1,
            reason,
        };
        let mut bytes = Vec::new();
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| fault(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST {
            return Err(fault(format!(
                "a workbook of more than {LARGEST} bytes; save its sheet as CSV"
            )));
        }
        if unpacked(&bytes).is_some_and(|size| size > LARGEST_UNPACKED) {
            return Err(fault(format!(
                "a workbook that unpacks to more than {LARGEST_UNPACKED} bytes; save its sheet as CSV"
            )));
        }
        let hash = Sha256::digest(&bytes).into();
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes))
            .map_err(|error| fault(format!("is not a workbook that can be read: {error}")))?;
        let kind = match &book {
            Sheets::Xls(_) => "xls",
            Sheets::Xlsx(_) => "xlsx",
            Sheets::Xlsb(_) => "xlsb",
            Sheets::Ods(_) => "ods",
        };
        let names = book.sheet_names();
        let mut sheets = Vec::new();
        for sheet in names {
            let range = book
                .worksheet_range(&sheet)
                .map_err(|error| fault(format!("sheet `{sheet}` cannot be read: {error}")))?;
            sheets.push((sheet, range));
        }
        let said = match &form.sheet {
            None => None,
            Some(wanted) => {
                let wanted_key = domain::fold::key(wanted);
                let mut named = sheets.iter();
                let at = named.position(|(sheet, _)| domain::fold::key(sheet) == wanted_key);
                let names: Vec<&str> = sheets.iter().map(|(sheet, _)| sheet.as_str()).collect();
                Some(at.ok_or_else(|| {
                    fault(format!(
                        "there is no sheet `{wanted}`; the workbook has {}",
                        names.join(", ")
                    ))
                })?)
            }
        };
        Ok(Self {
            kind,
            sheets,
            sheet: said.unwrap_or_default(),
            is_said: said.is_some(),
            others: Vec::new(),
            next: 0,
            hash,
        })
    }

    pub fn about(&self) -> About {
        About {
            kind: self.kind,
            encoding: None,
            delimiter: None,
            sheet: self.sheets.get(self.sheet).map(|(name, _)| name.clone()),
            others: (self.others.iter())
                .filter_map(|at| Some(self.sheets.get(*at)?.0.clone()))
                .collect(),
            header_line: None,
        }
    }

    pub fn hash(self) -> [u8; 32] {
        self.hash
    }

    /// Chooses the first sheet whose first rows have the most of the names, unless the form fixes
    /// the sheet.
    pub fn choose(&mut self, names: &[&str]) {
        if self.is_said {
            return;
        }
        let mut most = 0;
        for (at, (_, range)) in self.sheets.iter().enumerate() {
            let first = Ord::min(range.height(), TITLES);
            let rows: Vec<TextRow> = filled(range, 0..first).collect();
            let found = header_among(&rows, names).map_or(0, |(_, found)| found);
            if found > most {
                most = found;
                self.sheet = at;
                self.others.clear();
            } else if found == most && most > 0 {
                self.others.push(at);
            }
        }
    }

    /// Reads the next row that is not blank.
    pub fn next(&mut self, cells: &mut TextRow) -> Row {
        let Some((_, range)) = self.sheets.get(self.sheet) else {
            return Row::End;
        };
        let mut rest = filled(range, self.next..range.height());
        let Some(row) = rest.find(|row| row.iter().any(|cell| !cell.is_empty())) else {
            return Row::End;
        };
        let first = u64::from(range.start().map_or(0, |(row, _)| row));
        self.next = usize::try_from(row.line - first).unwrap_or(usize::MAX);
        *cells = row;
        Row::Good
    }
}

/// How many bytes all parts of a zip say they have, unpacked; none of what is no zip.
fn unpacked(bytes: &[u8]) -> Option<u64> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..archive.len()).try_fold(0_u64, |sum, part| {
        Some(sum.saturating_add(archive.by_index_raw(part).ok()?.size()))
    })
}

/// Rows of a sheet as texts, with the numbers that the sheet shows.
fn filled(range: &calamine::Range<Data>, rows: Range<usize>) -> impl Iterator<Item = TextRow> {
    let first = u64::from(range.start().map_or(0, |(row, _)| row));
    let width = range.width();
    rows.map(move |row| {
        let texts: Vec<String> = (0..width)
            .map(|column| range.get((row, column)).map_or_else(String::new, text))
            .collect();
        let mut cells = TextRow::default();
        cells.fill_with(first + row as u64 + 1, texts.iter().map(String::as_str));
        cells
    })
}

/// The text of a cell as a person would type it: times in ISO 8601, whole numbers without a point.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        // The shortest form that means the same number; a whole one has no point.
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(at) => match at.as_datetime().filter(|_| at.is_datetime()) {
            // A spreadsheet stores a time as a fraction of a day, so it may miss the second
            // slightly.
            Some(at) => {
                let half = chrono::TimeDelta::milliseconds(500);
                let at = (at + half).with_nanosecond(0).unwrap_or(at);
                if at.time() == NaiveTime::MIN {
                    at.format("%Y-%m-%d").to_string()
                } else {
                    at.format("%Y-%m-%dT%H:%M:%S").to_string()
                }
            }
            None => at.as_f64().to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip of one empty part that says it has so many bytes, unpacked.
    fn zip_of(size: u32) -> Vec<u8> {
        let sizes = [0, size].map(u32::to_le_bytes).concat();
        // Version, flags, method, time, day and checksum; the sizes; lengths of the name and of more.
        let known = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &sizes,
            &[1, 0, 0, 0],
        ]
        .concat();
        let part = [b"PK\x03\x04".as_slice(), &known, b"a"].concat();
        let listed = [b"PK\x01\x02\x14\0".as_slice(), &known, &[0; 14], b"a"].concat();
        let lengths = [listed.len(), part.len()].map(|it| u32::try_from(it).unwrap().to_le_bytes());
        let end = [
            b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(),
            &lengths.concat(),
            &[0, 0],
        ]
        .concat();
        [part, listed, end].concat()
    }

    #[test]
    fn sheets_with_the_same_columns_that_are_not_read_are_named() {
        let sheet = |rows: &[[&str; 2]]| {
            let mut range = calamine::Range::new((0, 0), (1, 1));
            for (row, cells) in (0..).zip(rows) {
                for (column, cell) in (0..).zip(cells) {
                    range.set_value((row, column), Data::String((*cell).to_owned()));
                }
            }
            range
        };
        let months = [["Số", "Ngày"], ["1", "01/09/2026"]];
        let mut book = Workbook {
            kind: "xlsx",
            sheets: vec![
                ("Bìa".to_owned(), sheet(&[["Sổ", "theo dõi"]])),
                ("Tháng 8".to_owned(), sheet(&months)),
                ("Tháng 9".to_owned(), sheet(&months)),
            ],
            sheet: 0,
            is_said: false,
            others: Vec::new(),
            next: 0,
            hash: [0; 32],
        };
        book.choose(&["Số", "Ngày"]);
        let about = book.about();
        assert_eq!(about.sheet.as_deref(), Some("Tháng 8"));
        assert_eq!(about.others, ["Tháng 9"]);
    }

    #[test]
    fn a_small_zip_that_stands_for_a_large_workbook_is_not_unpacked() {
        assert_eq!(unpacked(&zip_of(1_000)), Some(1_000));
        let bomb = zip_of(u32::try_from(LARGEST_UNPACKED + 1).unwrap());
        let refused = Workbook::read("bomb.xlsx", bomb.as_slice(), &TableForm::default());
        let why = refused.err().unwrap().reason;
        assert!(
            why.contains("unpacks to more than 268435456 bytes"),
            "{why}"
        );
    }
}
