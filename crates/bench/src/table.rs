//! Prints measurements as a table, as JSON, and as a part of a Markdown file.

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use crate::Failure;

/// A column: its head, and the text of its cell in a row.
pub struct Column<T> {
    head: &'static str,
    cell: fn(&T) -> String,
}

impl<T> Column<T> {
    pub fn new(head: &'static str, cell: fn(&T) -> String) -> Self {
        Self { head, cell }
    }
}

/// What was measured.
pub struct Figures {
    command: &'static str,
    cells: Vec<Vec<String>>,
    json: String,
}

/// The conditions of a measurement.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The command line, without paths.
    pub command: String,
    /// The day.
    pub day: NaiveDate,
}

impl Figures {
    pub(crate) fn of<T: Serialize>(
        command: &'static str,
        columns: &[Column<T>],
        rows: &[T],
    ) -> Self {
        let json = serde_json::to_string_pretty(&rows);
        Self {
            command,
            cells: cells(columns, rows),
            json: json.expect("figures are always JSON") + "\n",
        }
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        aligned(&self.cells)
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Replaces the part of a report that belongs to this measurement, and keeps the rest.
    pub fn report(&self, file: &Path, conditions: &Conditions) -> Result<(), Failure> {
        report(file, self.command, &markdown(&self.cells), conditions)
    }
}

fn cells<T>(columns: &[Column<T>], rows: &[T]) -> Vec<Vec<String>> {
    let head = columns
        .iter()
        .map(|column| column.head.to_owned())
        .collect();
    let body = rows
        .iter()
        .map(|row| columns.iter().map(|column| (column.cell)(row)).collect());
    std::iter::once(head).chain(body).collect()
}

fn aligned(cells: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..cells[0].len())
        .map(|at| {
            let widths = cells.iter().map(|line| line[at].chars().count());
            widths.max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in cells {
        for (cell, width) in line.iter().zip(&widths) {
            let _infallible = write!(text, "{cell:>width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn markdown(cells: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (at, line) in cells.iter().enumerate() {
        let _infallible = writeln!(text, "| {} |", line.join(" | "));
        if at == 0 {
            let rule = vec!["--:"; line.len()].join(" | ");
            let _infallible = writeln!(text, "| {rule} |");
        }
    }
    text
}

/// Replaces the part of a report that belongs to this command, and keeps the rest.
fn report(file: &Path, command: &str, table: &str, conditions: &Conditions) -> Result<(), Failure> {
    let was = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Failure::work(
                format!("cannot read {}", file.display()),
                error,
            ));
        }
    };
    let part = format!("{}\n\n{table}", conditions.sentence());
    std::fs::write(file, with_part(&was, command, &part))
        .map_err(|error| Failure::work(format!("cannot write {}", file.display()), error))
}

/// A text with the part between a command's marks replaced, or with the part added at the end.
fn with_part(text: &str, command: &str, part: &str) -> String {
    let (begin, end) = (
        format!("<!-- bench {command} -->\n"),
        format!("<!-- end of bench {command} -->\n"),
    );
    let replaced = text.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{begin}{part}{end}{after}"))
    });
    replaced.unwrap_or_else(|| {
        let gap = if text.is_empty() { "" } else { "\n" };
        format!("{text}{gap}{begin}{part}{end}")
    })
}

impl Conditions {
    /// One sentence: which command, when, and on what.
    fn sentence(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let memory = std::fs::read_to_string("/proc/meminfo")
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            })
            .map_or(0, |kilobytes| kilobytes.div_ceil(1024 * 1024));
        format!(
            "`motcua {}` on {}; {cores} cores, {memory} GB, motcua {}{}.",
            self.command,
            self.day,
            env!("CARGO_PKG_VERSION"),
            if cfg!(debug_assertions) {
                ", a debug build"
            } else {
                ""
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_keeps_what_is_not_this_commands() {
        let first = with_part("# Figures\n", "write", "old\n");
        let both = with_part(&first, "read", "reads\n");
        let again = with_part(&both, "write", "new\n");
        assert_eq!(
            again,
            "# Figures\n\n<!-- bench write -->\nnew\n<!-- end of bench write -->\n\n\
             <!-- bench read -->\nreads\n<!-- end of bench read -->\n"
        );
    }

    #[test]
    fn a_table_is_aligned_to_the_right() {
        let columns = [
            Column::new("n", |n: &u32| n.to_string()),
            Column::new("double", |n| (2 * n).to_string()),
        ];
        assert_eq!(
            aligned(&cells(&columns, &[7, 10])),
            " n  double\n 7      14\n10      20\n"
        );
    }
}
