//! Reads CSV with `#` comments, so that every row knows its line.

use csv::{ReaderBuilder, StringRecord};

use super::{Fault, SourceFile, fault};

/// One row below the header.
pub(super) struct Row<'a> {
    pub file: &'a SourceFile,
    pub line: usize,
    columns: &'static [&'static str],
    cells: StringRecord,
}

impl Row<'_> {
    /// The cell of a column, without surrounding space.
    pub fn cell(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| *name == column);
        at.and_then(|at| self.cells.get(at))
            .expect("a parser names only its own columns")
            .trim()
    }

    /// The cell, read as something; a fault if it is not that.
    pub fn read<T>(
        &self,
        column: &str,
        faults: &mut Vec<Fault>,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.cell(column)) {
            Ok(value) => Some(value),
            Err(reason) => {
                faults.push(self.fault(format!("{column}: {reason}")));
                None
            }
        }
    }

    pub fn fault(&self, reason: impl std::fmt::Display) -> Fault {
        fault(self.file, self.line, reason)
    }
}

/// Reads a file whose first line after comments names exactly these columns.
///
/// A cell may not contain a line break, so that a forgotten quote spoils one line and not the file.
pub(super) fn rows<'a>(
    file: &'a SourceFile,
    columns: &'static [&'static str],
    faults: &mut Vec<Fault>,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut header = false;
    let text = file.text.trim_start_matches('\u{feff}');
    for (at, line_text) in text.lines().enumerate() {
        let line = at + 1;
        if line_text.trim().is_empty() || line_text.starts_with('#') {
            continue;
        }
        let Some(cells) = cells(line_text) else {
            faults.push(fault(file, line, "a quote is opened and not closed"));
            continue;
        };
        if !header {
            header = true;
            if cells != *columns {
                let reason = format!(
                    "the header is `{line_text}`; expected `{}`",
                    columns.join(",")
                );
                faults.push(fault(file, line, reason));
                return rows;
            }
        } else if cells.len() != columns.len() {
            let reason = format!(
                "{} cells; expected {}: {}",
                cells.len(),
                columns.len(),
                columns.join(",")
            );
            faults.push(fault(file, line, reason));
        } else {
            rows.push(Row {
                file,
                line,
                columns,
                cells,
            });
        }
    }
    if !header {
        let reason = format!(
            "the file is empty; expected the header `{}`",
            columns.join(",")
        );
        faults.push(fault(file, 1, reason));
    }
    rows
}

fn cells(line: &str) -> Option<StringRecord> {
    if !line.contains('"') {
        return Some(line.split(',').collect());
    }
    if !line.matches('"').count().is_multiple_of(2) {
        return None;
    }
    ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes())
        .into_records()
        .next()?
        .ok()
}

/// A day as `2026-08-22`.
pub(super) fn date(text: &str) -> Result<chrono::NaiveDate, String> {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| format!("`{text}` is not a day such as 2026-08-22"))
}

/// One of a few words.
pub(super) fn one_of(text: &str, words: &'static [&'static str]) -> Result<&'static str, String> {
    let word = words.iter().find(|word| **word == text).copied();
    word.ok_or_else(|| format!("`{text}` is unknown; expected one of {}", words.join(", ")))
}
