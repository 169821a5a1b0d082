//! One file a command: what it is asked, what `--help` says of it, and what it does.
//!
//! This file has the enum of all of them and what several share.

pub mod bench;
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
pub mod user;

pub(crate) use serve::asked_to_stop;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use domain::time::Instant;
use store::{Options, Patience, SeaStore};

use crate::Failure;
use crate::config::{self, Config};

/// The engine behind the one-stop shop: dossiers, exact deadlines, rates nobody can edit.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Check(check::Check),
    Due(due::Due),
    Token(token::Token),
    User(user::User),
    Report(report::Report),
    Import(import::Import),
    Export(export::Export),
    Offline(offline::Offline),
    Bench(bench::Bench),
    Units(units::Units),
    Forecast(forecast::Forecast),
    Calendar(calendar::Calendar),
}

impl Cli {
    /// Carries the command out.
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Serve(flags) => wait(serve::run(flags)),
            Command::Migrate(flags) => wait(migrate::run(flags)),
            Command::Check(flags) => check::run(&flags),
            Command::Due(flags) => due::run(&flags),
            Command::Token(flags) => wait(token::run(flags)),
            Command::User(flags) => wait(user::run(flags)),
            Command::Report(flags) => wait(report::run(flags)),
            Command::Import(flags) => wait(import::run(flags)),
            Command::Export(flags) => wait(export::run(flags)),
            Command::Offline(flags) => wait(offline::run(flags)),
            Command::Bench(flags) => wait(bench::run(flags)),
            Command::Units(flags) => wait(units::run(flags)),
            Command::Forecast(flags) => wait(forecast::run(flags)),
            Command::Calendar(flags) => wait(calendar::run(flags)),
        }
    }
}

fn wait(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::work("cannot start the runtime", error))?;
    runtime.block_on(work)
}

/// Which database a command works on.
#[derive(Debug, Args)]
pub struct Database {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database; overrides the configuration.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

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
