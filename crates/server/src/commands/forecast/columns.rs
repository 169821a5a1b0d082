//! A table of a log, with its columns by name and its lines by number.

use std::path::Path;

use domain::catalogue::Fault;
use domain::import::{DayEdge, TableForm, TextRow, Zone, column, column_meant, titles};
use domain::time::Instant;
use tables::{Row, Table};

/// A file being read.
pub(super) struct Sheet {
    name: String,
    header: TextRow,
    table: Table,
    /// The zone of times without an offset.
    zone: Zone,
}

impl Sheet {
    /// Opens a file that must have at least one of these columns.
    pub fn open(file: &Path, zone: &Zone, columns: &[&str]) -> Result<Sheet, String> {
        let form = TableForm::default();
        let told = |fault: Fault| fault.to_string();
        let mut table = Table::open(file, &form).map_err(told)?;
        let header = table.header(columns, &form).map_err(told)?;
        Ok(Sheet {
            name: table.name().to_owned(),
            header,
            table,
            zone: zone.clone(),
        })
    }

    /// The place of a column, if the file has it. Errors: two columns have this name.
    pub fn find(&self, name: &str) -> Result<Option<usize>, String> {
        column(&self.header, name)
            .map_err(|twice| format!("{}:{}: {twice}", self.name, self.header.line))
    }

    /// The place of a column that the file must have, under one of its names.
    pub fn need(&self, names: &[&str]) -> Result<usize, String> {
        for name in names {
            if let Some(at) = self.find(name)? {
                return Ok(at);
            }
        }
        let name = names[0];
        Err(format!(
            "{}:{}: no column `{name}`{}; it has {}",
            self.name,
            self.header.line,
            column_meant(&self.header, name),
            titles(&self.header),
        ))
    }

    /// Reads the next row; false at the end of the file.
    pub fn next(&mut self, row: &mut TextRow) -> Result<bool, String> {
        match self.table.next(row).map_err(|fault| fault.to_string())? {
            Row::End => Ok(false),
            Row::Bad { line, reason } => Err(format!("{}:{line}: {reason}", self.name)),
            Row::Good => {
                let spare = (self.header.len()..row.len()).any(|at| !row.get(at).is_empty());
                if spare || row.len() < self.header.len() {
                    let (has, expected) = (row.len(), self.header.len());
                    return Err(self.at(row, &format!("has {has} columns; expected {expected}")));
                }
                Ok(true)
            }
        }
    }

    /// A complaint about a row.
    pub fn at(&self, row: &TextRow, wrong: &str) -> String {
        format!("{}:{}: {wrong}", self.name, row.line)
    }

    /// A cell that must hold something.
    pub fn text<'a>(&self, row: &'a TextRow, place: usize) -> Result<&'a str, String> {
        let cell = row.get(place);
        if cell.is_empty() {
            return Err(self.at(row, &format!("{} is empty", self.header.get(place))));
        }
        Ok(cell)
    }

    /// A moment, or nothing for an empty cell.
    pub fn moment(&self, row: &TextRow, place: usize) -> Result<Option<Instant>, String> {
        let cell = row.get(place);
        if cell.is_empty() {
            return Ok(None);
        }
        let at = self.zone.read(cell, DayEdge::Begins).ok();
        // Dates far away overflow the arithmetic long before any calendar reaches them.
        let near = at.filter(|at| (1900..=2200).contains(&chrono::Datelike::year(at)));
        let wrong = || {
            let expected = "expected a time between 1900 and 2200 such as \
                 2026-08-21T09:00:00Z; without an offset it is of --time-zone";
            let title = self.header.get(place);
            self.at(row, &format!("{title}: `{cell}` is not a time; {expected}"))
        };
        near.ok_or_else(wrong).map(Some)
    }
}
