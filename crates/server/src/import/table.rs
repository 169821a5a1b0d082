//! A CSV file, row by row, in bounded memory.
//!
//! Commas, quotes as in RFC 4180, UTF-8 with or without a byte order mark, either line end, plain
//! or gzip. Stricter than most readers, so that a damaged file is told from an odd one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use domain::catalogue::Fault;
use domain::import::Cells;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// The longest row, in bytes. A file without line ends must not fill the memory.
const LONGEST: usize = 1 << 20;

/// A file that is read as a table.
pub struct Table {
    name: String,
    input: BufReader<Hashed>,
    /// The line that was read last.
    line: u64,
    raw: Vec<u8>,
    text: String,
    ends: Vec<usize>,
}

/// The next row.
pub enum Row {
    /// Its cells are there.
    Good,
    /// It cannot be read; the next one may be.
    Bad {
        /// The line it begins on.
        line: u64,
        /// Why.
        reason: String,
    },
    /// There is none.
    End,
}

impl Table {
    /// Opens a file. Whether it is compressed is seen from its first bytes.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let name = path.display().to_string();
        let cannot = |error: std::io::Error| Fault {
            file: name.clone(),
            line: 1,
            reason: format!("cannot be read: {error}"),
        };
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(cannot)?);
        let compressed = file.fill_buf().map_err(cannot)?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn Read> = if compressed {
            Box::new(MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        Ok(Self::of(name, input))
    }

    fn of(name: String, input: Box<dyn Read>) -> Self {
        Self {
            name,
            input: BufReader::with_capacity(
                1 << 16,
                Hashed {
                    input,
                    hash: Sha256::new(),
                },
            ),
            line: 0,
            raw: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
        }
    }

    /// Its name, as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of all that was read.
    pub fn hash(self) -> [u8; 32] {
        self.input.into_inner().hash.finalize().into()
    }

    /// Reads the next row that is not blank.
    ///
    /// Errors: what spoils the whole file: it is cut, or has a row without an end.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Row, Fault> {
        loop {
            self.raw.clear();
            let first = self.line + 1;
            if !self.take_line(first)? {
                return Ok(Row::End);
            }
            if first == 1 {
                self.strip_mark()?;
            }
            if self.raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if !self.raw.contains(&b'"') {
                return Ok(self.plain(first, cells));
            }
            return self.quoted(first, cells);
        }
    }

    fn fault(&self, line: u64, reason: impl Into<String>) -> Fault {
        Fault {
            file: self.name.clone(),
            line: usize::try_from(line).unwrap_or(usize::MAX),
            reason: reason.into(),
        }
    }

    /// Adds the next line of the file to the row, with its end. False when there is none.
    fn take_line(&mut self, first: u64) -> Result<bool, Fault> {
        let before = self.raw.len();
        loop {
            let piece = match self.input.fill_buf() {
                Ok(piece) => piece,
                Err(error) => {
                    let reason = match error.kind() {
                        std::io::ErrorKind::UnexpectedEof => {
                            "the file ends early: its compressed form is cut".to_owned()
                        }
                        _ => format!("cannot be read on: {error}"),
                    };
                    return Err(self.fault(self.line + 1, reason));
                }
            };
            if piece.is_empty() {
                let some = self.raw.len() > before;
                self.line += u64::from(some);
                return Ok(some);
            }
            let (taken, ended) = match piece.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (piece.len(), false),
            };
            self.raw.extend_from_slice(&piece[..taken]);
            self.input.consume(taken);
            if self.raw.len() > LONGEST {
                let reason = format!(
                    "the row that begins here is longer than {LONGEST} bytes; is a quote never closed?"
                );
                return Err(self.fault(first, reason));
            }
            if ended {
                self.line += 1;
                return Ok(true);
            }
        }
    }

    fn strip_mark(&mut self) -> Result<(), Fault> {
        if self.raw.starts_with(&[0xff, 0xfe]) || self.raw.starts_with(&[0xfe, 0xff]) {
            return Err(self.fault(1, "the file is in UTF-16; save it as UTF-8"));
        }
        if self.raw.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.raw.drain(..3);
        }
        Ok(())
    }

    /// A row without a quote: cut at each comma.
    fn plain(&mut self, first: u64, cells: &mut Cells) -> Row {
        let end = without_line_end(&self.raw);
        let text = match text(&self.raw[..end], first) {
            Ok(text) => text,
            Err(bad) => return bad,
        };
        self.text.clear();
        self.ends.clear();
        for cell in text.split(',') {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        cells.fill(first, &self.text, &self.ends);
        Row::Good
    }

    fn quoted(&mut self, first: u64, cells: &mut Cells) -> Result<Row, Fault> {
        while open_at_end(&self.raw) {
            if !self.take_line(first)? {
                return Err(self.fault(first, "a quote is opened here and never closed"));
            }
        }
        let end = without_line_end(&self.raw);
        let text = match text(&self.raw[..end], first) {
            Ok(text) => text,
            Err(bad) => return Ok(bad),
        };
        self.text.clear();
        self.ends.clear();
        let mut rest = text;
        loop {
            let after = match rest.strip_prefix('"') {
                Some(inside) => {
                    let Some(after) = unquote(inside, &mut self.text) else {
                        return Ok(Row::Bad {
                            line: first,
                            reason: "a quote is opened and not closed".to_owned(),
                        });
                    };
                    if !after.is_empty() && !after.starts_with(',') {
                        return Ok(Row::Bad {
                            line: first,
                            reason: "a cell goes on after its closing quote".to_owned(),
                        });
                    }
                    after
                }
                None => {
                    let (cell, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                    self.text.push_str(cell);
                    after
                }
            };
            self.ends.push(self.text.len());
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => break,
            }
        }
        cells.fill(first, &self.text, &self.ends);
        Ok(Row::Good)
    }
}

/// The text of a cell after its opening quote goes to `into`; what follows its closing quote is
/// returned.
fn unquote<'a>(mut inside: &'a str, into: &mut String) -> Option<&'a str> {
    loop {
        let at = inside.find('"')?;
        into.push_str(&inside[..at]);
        let after = &inside[at + 1..];
        match after.strip_prefix('"') {
            Some(more) => {
                into.push('"');
                inside = more;
            }
            None => return Some(after),
        }
    }
}

/// Whether the last cell of a row is in quotes that are still open. A quote in the middle of a
/// cell that does not begin with one is a letter like others.
fn open_at_end(raw: &[u8]) -> bool {
    let mut open = false;
    let mut begins = true;
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        match (open, *byte) {
            (true, b'"') if raw.get(at + 1) == Some(&b'"') => at += 1,
            (true, b'"') => open = false,
            (false, b'"') if begins => open = true,
            _ => {}
        }
        begins = !open && *byte == b',';
        at += 1;
    }
    open
}

fn without_line_end(raw: &[u8]) -> usize {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

fn text(raw: &[u8], line: u64) -> Result<&str, Row> {
    let bad = |reason: String| Row::Bad { line, reason };
    let text = std::str::from_utf8(raw).map_err(|error| {
        bad(format!(
            "not UTF-8 at byte {} of the row; save the whole file as UTF-8",
            error.valid_up_to() + 1
        ))
    })?;
    if text.contains('\0') {
        return Err(bad("holds a NUL byte".to_owned()));
    }
    Ok(text)
}

/// What is read, with the hash of it.
struct Hashed {
    input: Box<dyn Read>,
    hash: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(into)?;
        self.hash.update(&into[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
        let mut table = Table::of(
            "f.csv".into(),
            Box::new(std::io::Cursor::new(bytes.to_vec())),
        );
        let mut cells = Cells::default();
        let mut all = Vec::new();
        loop {
            match table.next(&mut cells).map_err(|fault| fault.to_string())? {
                Row::Good => all.push(cells.iter().map(ToOwned::to_owned).collect()),
                Row::Bad { line, reason } => all.push(vec![format!("{line}: {reason}")]),
                Row::End => return Ok(all),
            }
        }
    }

    fn one(bytes: &[u8]) -> Vec<String> {
        rows(bytes).unwrap().remove(0)
    }

    #[test]
    fn quotes_keep_commas_line_ends_and_quotes() {
        assert_eq!(one(b"a,\"b,\"\"c\"\"\",d\n"), ["a", "b,\"c\"", "d"]);
        assert_eq!(one(b"\"a\nb\",c"), ["a\nb", "c"]);
        assert_eq!(one(b"\"\",\"\"\n"), ["", ""]);
        // Not at the beginning of a cell it is a letter.
        assert_eq!(one(b"5\" pipe,x\n"), ["5\" pipe", "x"]);
    }

    #[test]
    fn a_mark_either_line_end_and_blank_lines_make_no_difference() {
        let plain = rows(b"a,b\n1,2\n").unwrap();
        for same in [
            &b"\xef\xbb\xbfa,b\r\n1,2\r\n"[..],
            b"a,b\n\n1,2",
            b"\"a\",b\r\n  \r\n1,2\r\n",
        ] {
            assert_eq!(rows(same).unwrap(), plain);
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_spoils_no_other() {
        let read = rows(b"a,b\nx,\xe9t\xe9\n\"c\"d,e\nf,g\0\n1,2\n").unwrap();
        assert_eq!(
            read[1],
            ["2: not UTF-8 at byte 3 of the row; save the whole file as UTF-8"]
        );
        assert_eq!(read[2], ["3: a cell goes on after its closing quote"]);
        assert_eq!(read[3], ["4: holds a NUL byte"]);
        assert_eq!(read[4], ["1", "2"]);
    }

    #[test]
    fn what_has_no_end_is_refused_with_the_line_where_it_begins() {
        let endless = rows(b"a\n1\n\"2,\n3\n").unwrap_err();
        assert_eq!(endless, "f.csv:3: a quote is opened here and never closed");
        let mut long = b"a\n".to_vec();
        long.resize(LONGEST + 10, b'x');
        let refused = rows(&long).unwrap_err();
        assert!(
            refused.starts_with("f.csv:2: the row that begins here is longer"),
            "{refused}"
        );
        let utf16 = rows(b"\xff\xfea\0").unwrap_err();
        assert_eq!(utf16, "f.csv:1: the file is in UTF-16; save it as UTF-8");
    }

    #[test]
    fn a_line_of_a_gigabyte_is_refused_without_keeping_it() {
        let endless = std::io::repeat(b'x').take(1 << 30);
        let mut table = Table::of("f.csv".into(), Box::new(endless));
        assert!(table.next(&mut Cells::default()).is_err());
        assert!(table.raw.capacity() < 4 * LONGEST);
    }
}
