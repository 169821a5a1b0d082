//! Reads a text with one row a line, in bounded memory.
//!
//! Quotes as in RFC 4180, either line end, plain or gzip. Stricter than most readers, so that a
//! damaged file is not mistaken for an odd one.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use domain::catalogue::Fault;
use domain::import::{TableForm, TextRow};
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::reading::{About, Row};
use crate::{delimiter, encoding};

/// The longest row, in bytes. A file without line ends must not fill the memory.
const LONGEST: usize = 1 << 20;

/// How many bytes of a file decide its form.
const SAMPLE: u64 = 1 << 16;

pub struct Text {
    name: String,
    input: BufReader<Box<dyn Read>>,
    hash: Arc<Mutex<Sha256>>,
    encoding: &'static Encoding,
    delimiter: char,
    /// The line that was read last.
    line: u64,
    raw: Vec<u8>,
    text: String,
    ends: Vec<usize>,
}

impl Text {
    /// Opens a text. The first bytes of the file show whether it is compressed; the first bytes of
    /// its content show the encoding and the delimiter.
    pub fn open(
        name: &str,
        mut file: impl BufRead + 'static,
        form: &TableForm,
    ) -> Result<Self, Fault> {
        let cannot = |error: std::io::Error| fault(name, 1, unreadable(&error));
        let compressed = file.fill_buf().map_err(cannot)?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn Read> = if compressed {
            Box::new(MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let hash = Arc::new(Mutex::new(Sha256::new()));
        let input = Hashed {
            input,
            hash: Arc::clone(&hash),
        };
        let (sample, input) = looked_into(Box::new(input)).map_err(cannot)?;
        let encoding = match &form.encoding {
            None => encoding::of(&sample),
            Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                let reason = format!(
                    "`{label}` is not an encoding; expected UTF-8, UTF-16LE or windows-1258"
                );
                fault(name, 1, reason)
            })?,
        };
        let (sample, input) = if encoding == UTF_8 {
            (sample, input)
        } else {
            let decoded = DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .bom_sniffing(false)
                .build(input);
            looked_into(Box::new(decoded)).map_err(cannot)?
        };
        Ok(Self {
            name: name.to_owned(),
            input: BufReader::with_capacity(1 << 16, input),
            hash,
            encoding,
            delimiter: form.delimiter.unwrap_or_else(|| delimiter::of(&sample)),
            line: 0,
            raw: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
        })
    }

    pub fn about(&self) -> About {
        About {
            kind: "csv",
            encoding: Some(self.encoding.name().to_owned()),
            delimiter: Some(self.delimiter),
            sheet: None,
            others: Vec::new(),
            header_line: None,
        }
    }

    pub fn hash(self) -> [u8; 32] {
        let hash = self.hash.lock().unwrap_or_else(PoisonError::into_inner);
        hash.clone().finalize().into()
    }

    /// Reads the next row that is not blank.
    ///
    /// Errors: faults of the whole file: it is cut off, or a row has no end.
    pub fn next(&mut self, cells: &mut TextRow) -> Result<Row, Fault> {
        loop {
            self.raw.clear();
            let first = self.line + 1;
            if !self.take_line(first)? {
                return Ok(Row::End);
            }
            if first == 1 && self.raw.starts_with("\u{feff}".as_bytes()) {
                self.raw.drain(..3);
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
        fault(&self.name, line, reason.into())
    }

    /// Adds the next line of the file, with its end, to the row. False at the end of the file.
    fn take_line(&mut self, first: u64) -> Result<bool, Fault> {
        let before = self.raw.len();
        loop {
            let piece = match self.input.fill_buf() {
                Ok(piece) => piece,
                Err(error) => {
                    let reason = unreadable(&error);
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

    /// A row without a quote: cut at each delimiter.
    fn plain(&mut self, first: u64, cells: &mut TextRow) -> Row {
        let end = without_line_end(&self.raw);
        let (text, row) = text(&self.raw[..end], first, self.encoding);
        self.text.clear();
        self.ends.clear();
        for cell in text.split(self.delimiter) {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        cells.fill(first, &self.text, &self.ends);
        row
    }

    fn quoted(&mut self, first: u64, cells: &mut TextRow) -> Result<Row, Fault> {
        while open_at_end(&self.raw, self.delimiter) {
            if !self.take_line(first)? {
                return Err(self.fault(first, "a quote is opened here and never closed"));
            }
        }
        let end = without_line_end(&self.raw);
        let (text, mut row) = text(&self.raw[..end], first, self.encoding);
        let mut bad = |reason: &str| {
            row = Row::Bad {
                line: first,
                reason: reason.to_owned(),
            };
        };
        self.text.clear();
        self.ends.clear();
        let mut rest: &str = &text;
        loop {
            let after = match rest.strip_prefix('"') {
                Some(inside) => {
                    let Some(after) = unquote(inside, &mut self.text) else {
                        bad("a quote is opened and not closed");
                        break;
                    };
                    if after.is_empty() || after.starts_with(self.delimiter) {
                        after
                    } else {
                        bad("a cell goes on after its closing quote");
                        let (more, after) = cut(after, self.delimiter);
                        self.text.push_str(more);
                        after
                    }
                }
                None => {
                    let (cell, after) = cut(rest, self.delimiter);
                    self.text.push_str(cell);
                    after
                }
            };
            self.ends.push(self.text.len());
            match after.strip_prefix(self.delimiter) {
                Some(next) => rest = next,
                None => break,
            }
        }
        cells.fill(first, &self.text, &self.ends);
        Ok(row)
    }
}

/// Splits a text at its first delimiter.
fn cut(text: &str, delimiter: char) -> (&str, &str) {
    text.split_at(text.find(delimiter).unwrap_or(text.len()))
}

fn fault(name: &str, line: u64, reason: String) -> Fault {
    Fault {
        file: name.to_owned(),
        line: usize::try_from(line).unwrap_or(usize::MAX),
        reason,
    }
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            "the file ends early: its compressed form is cut".to_owned()
        }
        _ => format!("cannot be read on: {error}"),
    }
}

/// The first bytes of an input, and the whole input again.
fn looked_into(mut input: Box<dyn Read>) -> std::io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut sample = Vec::new();
    input.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
    let whole = Cursor::new(sample.clone()).chain(input);
    Ok((sample, Box::new(whole)))
}

/// Writes the text after an opening quote to `into`, and returns what follows the closing quote.
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

/// Whether the last cell of a row has an open quote. A quote inside a cell that does not begin with
/// one is an ordinary letter.
fn open_at_end(raw: &[u8], delimiter: char) -> bool {
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
        begins = !open && char::from(*byte) == delimiter;
        at += 1;
    }
    open
}

fn without_line_end(raw: &[u8]) -> usize {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

/// The text of a row as far as it can be read, and whether all of it can be.
fn text<'a>(raw: &'a [u8], line: u64, encoding: &'static Encoding) -> (Cow<'a, str>, Row) {
    let bad = |reason: String| Row::Bad { line, reason };
    let text = match std::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_cut) if encoding != UTF_8 => {
            let reason = format!("holds bytes that are not {}", encoding.name());
            return (String::from_utf8_lossy(raw), bad(reason));
        }
        Err(error) => {
            let reason = format!(
                "not UTF-8 at byte {} of the row; save the whole file as UTF-8",
                error.valid_up_to() + 1
            );
            return (String::from_utf8_lossy(raw), bad(reason));
        }
    };
    let row = if text.contains('\0') {
        bad("holds a NUL byte".to_owned())
    } else if encoding != UTF_8 && text.contains(char::REPLACEMENT_CHARACTER) {
        bad(format!("holds bytes that are not {}", encoding.name()))
    } else {
        Row::Good
    };
    (text, row)
}

/// A reader that hashes what it reads.
struct Hashed {
    input: Box<dyn Read>,
    hash: Arc<Mutex<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(into)?;
        let mut hash = self.hash.lock().unwrap_or_else(PoisonError::into_inner);
        hash.update(&into[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
        let file = Cursor::new(bytes.to_vec());
        let table = Text::open("f.csv", file, &TableForm::default());
        let mut table = table.map_err(|fault| fault.to_string())?;
        let mut cells = TextRow::default();
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
    }

    #[test]
    fn other_encodings_and_delimiters_are_the_same_rows() {
        let plain = rows("Số,Lúc\n1,sáng\n".as_bytes()).unwrap();
        let wide = "\u{feff}Số\tLúc\r\n1\tsáng\r\n".encode_utf16();
        let wide: Vec<u8> = wide.flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&wide).unwrap(), plain);
        assert_eq!(rows(b"S\xf4\xec;Lu\xecc\n1;sa\xecng\n").unwrap(), plain);
        assert_eq!(rows("Số|Lúc\n1|sáng\n".as_bytes()).unwrap(), plain);
    }

    #[test]
    fn half_a_letter_of_utf_16_is_told() {
        let mut wide: Vec<u8> = "\u{feff}a;b\n1;"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        wide.extend([0x00, 0xd8]);
        let read = rows(&wide).unwrap();
        assert_eq!(read[1], ["2: holds bytes that are not UTF-16LE"]);
    }

    #[test]
    fn a_line_of_a_gigabyte_is_refused_without_keeping_it() {
        let endless = std::io::repeat(b'x').take(1 << 30);
        let endless = BufReader::new(endless);
        let mut table = Text::open("f.csv", endless, &TableForm::default()).unwrap();
        assert!(table.next(&mut TextRow::default()).is_err());
        assert!(table.raw.capacity() < 4 * LONGEST);
    }
}
