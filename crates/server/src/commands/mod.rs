//! One file a command.

pub mod calendar;
pub mod check;
pub mod due;
pub mod export;
pub mod forecast;
pub mod import;
pub mod migrate;
pub mod offline;
pub mod report;
pub mod serve;
pub mod token;
pub mod units;

pub(crate) use serve::asked_to_stop;

use std::io::Write;

use domain::time::Instant;
use store::{Options, Patience, SeaStore};

use crate::Failure;
use crate::cli::Database;
use crate::config::{self, Config};

/// Prints to standard output. A reader that has seen enough, such as `head`, is no failure.
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
fn moment(text: &str) -> Result<Instant, String> {
    let text = text.trim();
    let parsed = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_without_seconds| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"))
        .or_else(|_with_space| chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z"));
    let moment = parsed.map_err(|_not_a_time| {
        format!("`{text}` is not a time with an offset, such as 2026-08-21T09:00:00+07:00")
    })?;
    // Far-away years overflow date arithmetic long before any calendar reaches them.
    let year = chrono::Datelike::year(&moment);
    if (1900..=9999).contains(&year) {
        Ok(domain::time::to_micros(moment.with_timezone(&chrono::Utc)))
    } else {
        Err(format!("`{text}` is not in the years 1900 to 9999"))
    }
}

fn configuration(flags: &Database) -> Result<Config, Failure> {
    let mut config = Config::read(flags.config.as_deref())?;
    if let Some(url) = &flags.database {
        config::check_database(url)?;
        config.database.clone_from(url);
    }
    Ok(config)
}

async fn open(config: &Config, patience: Patience) -> Result<SeaStore, Failure> {
    let options = Options {
        readers: config.readers,
        patience,
        ..Options::default()
    };
    SeaStore::open(&config.database, options)
        .await
        .map_err(|error| {
            Failure::work(
                format!("cannot open {}", store::shown(&config.database)),
                error,
            )
        })
}
