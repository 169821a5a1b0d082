//! Printing what was measured: a table, JSON, and a part of a Markdown file.

use std::fmt::Write as _;
use std::path::Path;

use app::ports::Clock;
use serde::Serialize;

use crate::Failure;
use crate::clock::SystemClock;
use crate::commands::bench::{BenchFormat, BenchPlace};
use crate::commands::print as to_stdout;

/// A column: its head, and what stands in a row.
pub struct Column<T> {
    head: &'static str,
    cell: fn(&T) -> String,
}

impl<T> Column<T> {
    pub fn new(head: &'static str, cell: fn(&T) -> String) -> Self {
        Self { head, cell }
    }
}

/// Prints rows as asked, and writes them into the report.
pub fn print<T: Serialize>(
    place: &BenchPlace,
    command: &str,
    columns: &[Column<T>],
    rows: &[T],
) -> Result<(), Failure> {
    match place.format {
        BenchFormat::Json => {
            let text = serde_json::to_string_pretty(&rows);
            to_stdout(text.expect("figures are always JSON") + "\n")?;
        }
        BenchFormat::Table => to_stdout(aligned(columns, rows))?,
    }
    if let Some(file) = &place.report {
        report(file, command, &markdown(columns, rows))?;
    }
    Ok(())
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

fn aligned<T>(columns: &[Column<T>], rows: &[T]) -> String {
    let cells = cells(columns, rows);
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            let widths = cells.iter().map(|line| line[at].chars().count());
            widths.max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in &cells {
        for (cell, width) in line.iter().zip(&widths) {
            let _infallible = write!(text, "{cell:>width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn markdown<T>(columns: &[Column<T>], rows: &[T]) -> String {
    let mut text = String::new();
    for (at, line) in cells(columns, rows).iter().enumerate() {
        let _infallible = writeln!(text, "| {} |", line.join(" | "));
        if at == 0 {
            let rule = vec!["--:"; columns.len()].join(" | ");
            let _infallible = writeln!(text, "| {rule} |");
        }
    }
    text
}

/// Writes the part of a report that belongs to this command, and leaves the rest.
fn report(file: &Path, command: &str, table: &str) -> Result<(), Failure> {
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
    let part = format!("{}\n\n{table}", conditions());
    std::fs::write(file, with_part(&was, command, &part))
        .map_err(|error| Failure::work(format!("cannot write {}", file.display()), error))
}

/// A text with the part between the marks of a command replaced, or put at its end.
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

/// By which command, when, and on what.
fn conditions() -> String {
    let command: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.contains('/'))
        .collect();
    let day = domain::time::local_day(SystemClock.now());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kilobytes| kilobytes.div_ceil(1024 * 1024));
    format!(
        "`motcua {}` on {day}; {cores} cores, {memory} GB, motcua {}{}.",
        command.join(" "),
        env!("CARGO_PKG_VERSION"),
        if cfg!(debug_assertions) {
            ", a debug build"
        } else {
            ""
        },
    )
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
            aligned(&columns, &[7, 10]),
            " n  double\n 7      14\n10      20\n"
        );
    }
}
