//! Reads the tables that people bring: a text file with cells between commas, semicolons or tabs,
//! in UTF-8, UTF-16 or windows-1258, plain or gzip; or a workbook, `.xlsx`, `.xls` or `.ods`.
//!
//! Every command that reads a table uses this crate. It recognises the form of a file and tells it
//! in [`Table::about`]; a [`TableForm`] can fix the form.

mod delimiter;
mod encoding;
mod reading;
mod text;
mod workbook;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::catalogue::Fault;
use domain::import::{TITLES, TableForm, TextRow, header_among};

use text::Text;
use workbook::Workbook;

pub use reading::{About, Row};

/// An open file, read as a table.
pub struct Table {
    name: String,
    source: Source,
    /// Rows that were read during the search for the header.
    ahead: VecDeque<Ahead>,
    header_line: Option<u64>,
}

enum Source {
    Text(Box<Text>),
    Workbook(Workbook),
}

struct Ahead {
    row: Row,
    cells: TextRow,
}

impl Table {
    /// Opens a file. Its first bytes decide what it is, whatever its name.
    pub fn open(path: &Path, form: &TableForm) -> Result<Self, Fault> {
        Self::open_as(path, path.display().to_string(), form)
    }

    /// The same under another name, for a copy of what somebody sent.
    pub fn open_as(path: &Path, name: String, form: &TableForm) -> Result<Self, Fault> {
        let cannot = |error: std::io::Error| Fault {
            file: name.clone(),
            line: 1,
            reason: format!("cannot be read: {error}"),
        };
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(cannot)?);
        let begin = file.fill_buf().map_err(cannot)?;
        let source = if Workbook::begins(begin) {
            Source::Workbook(Workbook::read(&name, file, form)?)
        } else {
            Source::Text(Box::new(Text::open(&name, file, form)?))
        };
        Ok(Self {
            name,
            source,
            ahead: VecDeque::new(),
            header_line: None,
        })
    }

    /// Its name, as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is read.
    #[must_use]
    pub fn about(&self) -> About {
        let about = match &self.source {
            Source::Text(text) => text.about(),
            Source::Workbook(book) => book.about(),
        };
        About {
            header_line: self.header_line,
            ..about
        }
    }

    /// The hash of the content: of a text unpacked, of a workbook the file itself.
    #[must_use]
    pub fn hash(self) -> [u8; 32] {
        match self.source {
            Source::Text(text) => text.hash(),
            Source::Workbook(book) => book.hash(),
        }
    }

    /// Finds the row that names the columns, below any titles, and continues after it. The form may
    /// fix its line.
    ///
    /// Errors: the file is empty or unreadable as a whole.
    pub fn header(&mut self, names: &[&str], form: &TableForm) -> Result<TextRow, Fault> {
        if let Source::Workbook(book) = &mut self.source {
            book.choose(names);
        }
        let mut rows: Vec<Ahead> = Vec::new();
        loop {
            let mut cells = TextRow::default();
            let row = self.read(&mut cells)?;
            if row == Row::End {
                break;
            }
            let line = cells.line;
            rows.push(Ahead { row, cells });
            match form.header_line {
                Some(wanted) if line >= wanted => break,
                Some(_) => {}
                None => {
                    let last = &rows[rows.len() - 1..];
                    let whole = last[0].row == Row::Good && has_all(&last[0].cells, names);
                    if whole || rows.len() == TITLES {
                        break;
                    }
                }
            }
        }
        let good: Vec<TextRow> = rows.iter().map(|ahead| ahead.cells.clone()).collect();
        let at = match form.header_line {
            Some(_) => rows.len().checked_sub(1),
            None => header_among(&good, names).map(|(at, _)| at),
        };
        let Some(at) = at else {
            let reason = "the file is empty; expected a line that names the columns";
            return Err(self.fault(1, reason.to_owned()));
        };
        self.ahead = rows.split_off(at + 1).into();
        let header = rows.swap_remove(at);
        if let Row::Bad { line, reason } = header.row {
            return Err(self.fault(line, reason));
        }
        self.header_line = Some(header.cells.line);
        Ok(header.cells)
    }

    /// Reads the next row that is not blank.
    ///
    /// Errors: faults of the whole file: it is cut off, or a row has no end.
    pub fn next(&mut self, cells: &mut TextRow) -> Result<Row, Fault> {
        match self.ahead.pop_front() {
            Some(ahead) => {
                *cells = ahead.cells;
                Ok(ahead.row)
            }
            None => self.read(cells),
        }
    }

    fn read(&mut self, cells: &mut TextRow) -> Result<Row, Fault> {
        match &mut self.source {
            Source::Text(text) => text.next(cells),
            Source::Workbook(book) => Ok(book.next(cells)),
        }
    }

    fn fault(&self, line: u64, reason: String) -> Fault {
        Fault {
            file: self.name.clone(),
            line: usize::try_from(line).unwrap_or(usize::MAX),
            reason,
        }
    }
}

fn has_all(cells: &TextRow, names: &[&str]) -> bool {
    let found = header_among(std::slice::from_ref(cells), names);
    found.is_some_and(|(_, found)| found == names.len())
}
