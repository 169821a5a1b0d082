//! How commands print, and how they read a moment.

use std::io::Write;

use clap::ValueEnum;
use domain::language::Language;
use domain::time::Instant;

use crate::Failure;

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// The text for a reader of this language.
pub(crate) fn words<'a>(language: Language, vietnamese: &'a str, english: &'a str) -> &'a str {
    match language {
        Language::Vietnamese => vietnamese,
        Language::English => english,
    }
}

/// Prints to standard output. A reader that stops early, such as `head`, is no failure.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::work("cannot print", error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads a moment that must carry its offset; seconds may be left out.
pub(crate) fn moment(text: &str) -> Result<Instant, String> {
    let text = text.trim();
    let parsed = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_without_seconds| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"))
        .or_else(|_with_space| chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z"));
    let moment = parsed.map_err(|_not_a_time| {
        format!("`{text}` is not a time with an offset, such as 2026-08-21T09:00:00+07:00")
    })?;
    // Dates far away overflow the arithmetic long before any calendar reaches them.
    let year = chrono::Datelike::year(&moment);
    if (1900..=9999).contains(&year) {
        Ok(domain::time::to_micros(moment.with_timezone(&chrono::Utc)))
    } else {
        Err(format!("`{text}` is not in the years 1900 to 9999"))
    }
}
