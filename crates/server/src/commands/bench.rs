//! `motcua bench`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use bench::{Conditions, Scene, Setup, Step};
use clap::{Args, Subcommand, ValueEnum};

use super::{asked_to_stop, print};
use crate::clock::{SystemClock, SystemIds};
use crate::config::Config;
use crate::progress::Progress;
use crate::{Failure, catalogue};

/// Measure what this machine gives, on a scratch database.
#[derive(Debug, Args)]
pub struct Bench {
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// What is measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Measure cases a second, beside the raw database. Half of the cases come in at a desk, and every
    /// call is answered after its commit.
    Write(BenchWrite),
    /// Measure this program beside another one, in pairs whose order is left to chance.
    Compare(BenchCompare),
    /// Measure how long answers take, on a quiet server and while others write.
    Read(BenchRead),
}

/// Flags of `bench write`.
#[derive(Debug, Args)]
pub struct BenchWrite {
    /// How many callers write at the same time; one run for each number.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1,8,32,128",
        value_parser = clap::value_parser!(u32).range(1..=500))]
    pub callers: Vec<u32>,
    /// How many dossiers exist before the run; one database for each number.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "10000,1000000",
        value_parser = clap::value_parser!(u32).range(1..=999_999_999))]
    pub preload: Vec<u32>,
    /// How the callers are spread: each in a ward of its own (spread), all in one (hot), or all in one
    /// with 150 screens open (watched); one run for each.
    #[arg(
        long,
        value_name = "SCENES",
        value_delimiter = ',',
        default_value = "spread,hot,watched"
    )]
    pub scenes: Vec<Scene>,
    /// How long each run lasts.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    #[command(flatten)]
    pub bench: BenchPlace,
}

/// Flags of `bench compare`.
#[derive(Debug, Args)]
pub struct BenchCompare {
    /// The other program: another build of motcua.
    #[arg(long, value_name = "PROGRAM")]
    pub with: PathBuf,
    /// How many callers write at the same time; all pairs for each number.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "32",
        value_parser = clap::value_parser!(u32).range(1..=500))]
    pub callers: Vec<u32>,
    /// How many pairs.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub pairs: u32,
    /// How many seconds each half of a pair lasts.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// How many seconds each program has work before the first pair.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub fill: u64,
    /// Only on this database: sqlite or postgres.
    #[arg(long, value_name = "KIND", value_parser = ["sqlite", "postgres"])]
    pub only: Option<String>,
    #[command(flatten)]
    pub bench: BenchPlace,
}

/// Flags of `bench read`.
#[derive(Debug, Args)]
pub struct BenchRead {
    /// How many dossiers exist; one database for each number.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "10000,100000,1000000",
        value_parser = clap::value_parser!(u32).range(1..=999_999_999))]
    pub preload: Vec<u32>,
    /// How many callers write meanwhile; every question runs once for each number.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "0,32",
        value_parser = clap::value_parser!(u32).range(0..=500))]
    pub writers: Vec<u32>,
    /// How many seconds each question is repeated.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// Only questions whose name begins so: worklist, counts, list, rates …
    #[arg(long, value_name = "NAME", default_value = "")]
    pub only: String,
    #[command(flatten)]
    pub bench: BenchPlace,
}

/// Where the benchmark runs, and how it reports.
#[derive(Debug, Args)]
pub struct BenchPlace {
    /// The configuration of the server under test.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// An empty database to use and to empty again; by default SQLite and PostgreSQL of the
    /// benchmark's own.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// The folder for scratch databases, on the disk to measure; by default /var/tmp.
    #[arg(long, value_name = "FOLDER")]
    pub scratch: Option<PathBuf>,
    /// By how many milliseconds each flush is slowed, of the engine and of the raw database alike, so
    /// that ratios of machines with other disks can be compared.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=100))]
    pub flush_ms: Option<u64>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = BenchFormat::Table)]
    pub format: BenchFormat,
    /// A Markdown file to write as well; this command replaces only its own part.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// How a measurement is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Measures writing or reading. It stops when asked to, and leaves nothing behind either way.
pub async fn run(flags: Bench) -> Result<ExitCode, Failure> {
    tokio::select! {
        done = measure(flags) => done.map(|()| ExitCode::SUCCESS),
        () = asked_to_stop() => Ok(ExitCode::from(130)),
    }
}

async fn measure(flags: Bench) -> Result<(), Failure> {
    let (place, figures) = match flags.command {
        BenchCommand::Write(flags) => {
            let writing = bench::Writing {
                callers: flags.callers,
                preload: flags.preload,
                scenes: flags.scenes,
                seconds: flags.seconds,
            };
            let setup = setup(&flags.bench)?;
            (flags.bench, bench::write(&setup, &writing).await?)
        }
        BenchCommand::Compare(flags) => {
            let comparing = bench::Comparing {
                with: flags.with,
                callers: flags.callers,
                pairs: flags.pairs,
                seconds: flags.seconds,
                fill: flags.fill,
                only: flags.only,
            };
            let setup = setup(&flags.bench)?;
            (flags.bench, bench::compare(&setup, &comparing).await?)
        }
        BenchCommand::Read(flags) => {
            let reading = bench::Reading {
                preload: flags.preload,
                writers: flags.writers,
                seconds: flags.seconds,
                only: flags.only,
            };
            let setup = setup(&flags.bench)?;
            (flags.bench, bench::read(&setup, &reading).await?)
        }
    };
    match place.format {
        BenchFormat::Json => print(figures.json())?,
        BenchFormat::Table => print(figures.table())?,
    }
    if let Some(file) = &place.report {
        let command: Vec<String> = std::env::args()
            .skip(1)
            .filter(|arg| !arg.contains('/'))
            .collect();
        let conditions = Conditions {
            command: command.join(" "),
            day: domain::time::local_day(SystemClock.now()),
        };
        figures.report(file, &conditions)?;
    }
    Ok(())
}

/// The setup of a measurement: this program as the server, with the clock and ids that only this
/// crate has.
fn setup(place: &BenchPlace) -> Result<Setup, Failure> {
    let config = Config::read(place.config.as_deref())?;
    let progress = Progress::new();
    Ok(Setup {
        database: place.database.clone(),
        scratch: place.scratch.clone(),
        program: std::env::current_exe()
            .map_err(|error| Failure::work("cannot find this program", error))?,
        config: place.config.clone(),
        path: std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect(),
        catalogue: Arc::new(catalogue::read(config.catalogue.as_deref())?),
        flush: place.flush_ms.map(Duration::from_millis),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        tell: Box::new(move |step: Step<'_>| {
            let (number, of) = (step.number as u64, step.of as u64);
            if step.begins {
                progress.step(number, of, step.what);
            } else {
                progress.say(step.what);
            }
        }),
    })
}

impl From<bench::Failure> for Failure {
    fn from(failure: bench::Failure) -> Self {
        match failure {
            bench::Failure::Input(wrong) => Failure::Input(wrong),
            bench::Failure::Work { message, source } => Failure::Work { message, source },
        }
    }
}
