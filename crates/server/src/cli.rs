//! The command line. The words and flags are a contract.

mod history;
mod offline;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use forecast::log::Deadline;

use crate::{Failure, bench, commands};
pub use history::{Export, Import, ImportFormat};
pub use offline::{
    Offline, OfflineCommand, OfflineDesk, OfflineImport, OfflineReserve, OfflineVoid,
};

/// The engine behind the one-stop shop: dossiers, exact deadlines, rates nobody can edit.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve gRPC, gRPC-Web and JSON on one port.
    Serve(Serve),
    /// Bring the database to this version's schema.
    Migrate(Migrate),
    /// Read configuration and catalogue, and print what was understood.
    Check(Check),
    /// Compute due times, without a database.
    Due(Due),
    /// Make, list and revoke tokens.
    Token(Token),
    /// Print reports.
    Report(Report),
    /// Bring in history from another system.
    Import(Import),
    /// Write all dossiers of a province with their events.
    Export(Export),
    /// Receive while the line is down: take numbers along, enter receptions later.
    Offline(Offline),
    /// Measure what this machine gives, on a scratch database.
    Bench(Bench),
    /// Change units.
    Units(Units),
    /// Judge forecasts of lateness.
    Forecast(Forecast),
    /// Try calendars out on open dossiers, without writing anything.
    Calendar(Calendar),
}

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve a made-up Tuyên Quang from a scratch database that is removed at the end.
    #[arg(long)]
    pub demo: bool,
    /// Bring the database to this version's schema first.
    #[arg(long, conflicts_with = "demo")]
    pub migrate: bool,
    /// The configuration file; docs/config.example.toml describes it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where dossiers are kept, such as sqlite:motcua.db or postgres://USER@HOST/DATABASE.
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub database: Option<String>,
    /// Where to listen, such as 127.0.0.1:7080; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// Flags of `migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Only print what would be done.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Flags of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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

/// Flags of `due`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["from", "cases"]))]
pub struct Due {
    /// When the dossier is received, with its offset: 2026-08-21T09:00+07:00.
    #[arg(long, value_name = "TIME", requires = "limit")]
    pub from: Option<String>,
    /// The limit: 3wd working days, 8wh working hours, 30d days, 1mo months, 12h hours,
    /// same-day.
    #[arg(long, requires = "from")]
    pub limit: Option<String>,
    /// The unit whose hours count; the national ones otherwise.
    #[arg(long, value_name = "CODE", requires = "from")]
    pub unit: Option<String>,
    /// A CSV file with received_at, limit and perhaps unit; prints it with due_at, provisional,
    /// error.
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
    /// A folder to read the catalogue from, instead of the one inside the binary.
    #[arg(long, value_name = "FOLDER", env = "MOTCUA_CATALOGUE")]
    pub catalogue: Option<PathBuf>,
}

/// Flags of `token`: alone it makes a token and prints it, once.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Token {
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
    /// receptionist, officer, leader, chairman, province, portal, auditor or admin.
    #[arg(long)]
    pub role: Option<String>,
    /// A unit it may act for, by agency identifier or statistics code; may be repeated. A
    /// province's own identifier means all its units.
    #[arg(long = "unit", value_name = "CODE")]
    pub units: Vec<String>,
    /// Who acts, by an id of your own; made up from role and unit otherwise.
    #[arg(long, value_name = "ID")]
    pub actor: Option<String>,
    /// How many days it is good for.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    #[command(flatten)]
    pub database: Database,
}

/// What else to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// List the tokens, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Revoke a token at once.
    Revoke {
        /// The token's id, as `token list` prints it.
        id: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Flags of `units`.
#[derive(Debug, Args)]
pub struct Units {
    #[command(subcommand)]
    pub command: UnitsCommand,
}

/// What to do with units.
#[derive(Debug, Subcommand)]
pub enum UnitsCommand {
    /// Put a table of successors in force, and let the new units take over what is open.
    Merge(Merge),
}

/// Flags of `units merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The table: old_commune_code,new_commune_code,share,is_default.
    pub file: PathBuf,
    /// The first day of the new units; from the file's name, successors-DAY.csv, otherwise.
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// Only this province, by statistics code; every province that the table names otherwise.
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
    /// Another successor of a unit that was divided than the table's default; may be repeated.
    #[arg(long = "choose", value_name = "OLD=NEW")]
    pub choices: Vec<String>,
    /// By which decision.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// Only print what would be done.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Flags of `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(subcommand)]
    pub command: ReportCommand,
}

/// Which report.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// On-time and online rates of units over a period of local days, both inclusive.
    Rates(Rates),
}

/// Flags of `report rates`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").required(true).args(["unit", "province", "all_units"]))]
pub struct Rates {
    /// One unit, by agency identifier or statistics code.
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// All units of a province, by statistics code.
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
    /// Every unit that has a dossier.
    #[arg(long)]
    pub all_units: bool,
    /// The first day.
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// Only what had been recorded by then, with its offset; by now otherwise.
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// To which unit a dossier counts where units were merged: to the one that was resolving it
    /// at the period's end, or to the one that has taken over from it by today.
    #[arg(long, value_enum, default_value_t = UnitBasis::Recorded)]
    pub units: UnitBasis,
    #[command(flatten)]
    pub database: Database,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// Flags of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// What is measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Cases a second: submit and five changes each, every call answered after its commit,
    /// beside the raw database.
    Write(BenchWrite),
    /// How long answers take, quiet and while others write.
    Read(BenchRead),
}

/// Flags of `bench write`.
#[derive(Debug, Args)]
pub struct BenchWrite {
    /// How many call at the same time; one run for each.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1,8,32,128",
        value_parser = clap::value_parser!(u32).range(1..=500))]
    pub callers: Vec<u32>,
    /// How many dossiers are there before; one database for each.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "10000,1000000",
        value_parser = clap::value_parser!(u32).range(1..=999_999_999))]
    pub preload: Vec<u32>,
    /// How long each run lasts.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    #[command(flatten)]
    pub bench: BenchPlace,
}

/// Flags of `bench read`.
#[derive(Debug, Args)]
pub struct BenchRead {
    /// How many dossiers there are; one database for each.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "10000,100000,1000000",
        value_parser = clap::value_parser!(u32).range(1..=999_999_999))]
    pub preload: Vec<u32>,
    /// How many write meanwhile; every question once for each.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "0,32",
        value_parser = clap::value_parser!(u32).range(0..=500))]
    pub writers: Vec<u32>,
    /// How long each question is asked again and again.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    #[command(flatten)]
    pub bench: BenchPlace,
}

/// Where the benchmark runs, and how it tells.
#[derive(Debug, Args)]
pub struct BenchPlace {
    /// The configuration of the server under test.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// An empty database to use, and to empty again; SQLite and PostgreSQL of its own
    /// otherwise.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// The folder for scratch databases, on the disk to measure; /var/tmp otherwise.
    #[arg(long, value_name = "FOLDER")]
    pub scratch: Option<PathBuf>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = BenchFormat::Table)]
    pub format: BenchFormat,
    /// A Markdown file to write besides; its part for this command is replaced.
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

/// To which unit a dossier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitBasis {
    /// As the dossiers were at the period's end.
    Recorded,
    /// As the units are today.
    Current,
}

/// Flags of `calendar`.
#[derive(Debug, Args)]
pub struct Calendar {
    #[command(subcommand)]
    pub command: CalendarCommand,
}

/// What to do with calendars.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// Which open dossiers would be due at another time, and why some would not: with days off,
    /// with make-up days, or with a whole calendar.
    #[command(
        after_help = "Example: motcua calendar what-if --province 08 --off 2026-12-24 --make-up 2026-12-26 \
        --database sqlite:motcua.db\n\nA date that was promised never moves earlier, and what is overdue stays overdue."
    )]
    WhatIf(WhatIf),
}

/// Flags of `calendar what-if`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("tried").required(true).multiple(true).args(["off", "make_up", "file"]))]
pub struct WhatIf {
    /// The province whose open dossiers are looked at, by statistics code.
    #[arg(long, value_name = "CODE")]
    pub province: String,
    /// A working day that would be off; may be repeated.
    #[arg(long, value_name = "DATE")]
    pub off: Vec<NaiveDate>,
    /// A weekend day that would be worked; may be repeated.
    #[arg(long, value_name = "DATE")]
    pub make_up: Vec<NaiveDate>,
    /// A whole calendar instead: a file named national.csv or hours.csv.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["off", "make_up"])]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
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

/// Flags of `forecast`.
#[derive(Debug, Args)]
pub struct Forecast {
    #[command(subcommand)]
    pub command: ForecastCommand,
}

/// What to do with forecasts.
#[derive(Debug, Subcommand)]
pub enum ForecastCommand {
    /// Fit on the earlier part of an event log and judge on the later, without a database.
    Backtest(Backtest),
    /// Fit the models of a province on its own dossiers, and keep them in the database. Today's
    /// dossiers are judged by the model that learned until last.
    Fit(Fit),
}

/// Flags of `forecast fit`.
#[derive(Debug, Args)]
pub struct Fit {
    #[command(flatten)]
    pub database: Database,
    /// The statistics code, such as 08.
    #[arg(long, value_name = "PROVINCE")]
    pub province: String,
    /// Learn from what was recorded before this legal day began, such as 2026-11-01; before
    /// today if not given. A model of an older day than that of the one in use is only a record.
    #[arg(long, value_name = "DATE")]
    pub until: Option<chrono::NaiveDate>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
    pub format: PlainFormat,
}

/// Flags of `forecast backtest`.
#[derive(Debug, Args)]
pub struct Backtest {
    /// A CSV file, packed with gzip or not, with case_id,activity,timestamp. Times without an
    /// offset are UTC. Other columns are ignored unless named.
    #[arg(long, value_name = "FILE")]
    pub events: PathBuf,
    /// A CSV file with case_id, one row a case, for the columns named below.
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
    /// When a case starts: column:NAME; its first event otherwise.
    #[arg(long, value_name = "COLUMN", value_parser = commands::forecast::column)]
    pub start: Option<String>,
    /// When a case ends: column:NAME, empty while it runs; its last event otherwise.
    #[arg(long, value_name = "COLUMN", value_parser = commands::forecast::column)]
    pub end: Option<String>,
    /// 56d: the same instant 56 times 24 hours after the start; p80wd: the working days within
    /// which 80 % of the training cases ended; or column:NAME.
    #[arg(long, value_name = "DEADLINE", value_parser = commands::forecast::deadline)]
    pub deadline: (Deadline, Option<String>),
    /// A column that tells kinds of cases apart; may be repeated.
    #[arg(long = "type-column", value_name = "NAME")]
    pub type_columns: Vec<String>,
    /// The zone of the office's clocks.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    pub time_zone: String,
    /// mon-fri: Monday to Friday 08:00 to 18:00; or a CSV file with date,kind,name.
    #[arg(long, value_name = "FILE", default_value = "mon-fri")]
    pub calendar: String,
    /// The share of cases, by start, to learn from.
    #[arg(long, value_name = "SHARE", default_value = "0.7", value_parser = commands::forecast::split)]
    pub split: f64,
    /// Only show how the switches were chosen, and what the protocol gives inside the training
    /// part; the cases to judge by are not looked at.
    #[arg(long, conflicts_with = "plot")]
    pub validate: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
    pub format: PlainFormat,
    /// Where to write a picture of chance against outcome.
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

impl Cli {
    /// Carries the command out.
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Serve(flags) => wait(commands::serve::run(flags)),
            Command::Migrate(flags) => wait(commands::migrate::run(flags)),
            Command::Check(flags) => commands::check::run(&flags),
            Command::Due(flags) => commands::due::run(&flags),
            Command::Token(flags) => wait(commands::token::run(flags)),
            Command::Bench(flags) => match flags.command {
                BenchCommand::Write(flags) => wait(bench::write(flags)),
                BenchCommand::Read(flags) => wait(bench::read(flags)),
            },
            Command::Import(flags) => wait(commands::import::run(flags)),
            Command::Export(flags) => wait(commands::export::run(flags)),
            Command::Offline(flags) => match flags.command {
                OfflineCommand::Reserve(flags) => wait(commands::offline::reserve(flags)),
                OfflineCommand::List(flags) => wait(commands::offline::list(flags)),
                OfflineCommand::Void(flags) => wait(commands::offline::void(flags)),
                OfflineCommand::Import(flags) => wait(commands::offline::import(flags)),
            },
            Command::Report(flags) => match flags.command {
                ReportCommand::Rates(flags) => wait(commands::report::rates(flags)),
            },
            Command::Units(flags) => match flags.command {
                UnitsCommand::Merge(flags) => wait(commands::units::merge(flags)),
            },
            Command::Forecast(flags) => match flags.command {
                ForecastCommand::Backtest(flags) => commands::forecast::backtest(&flags),
                ForecastCommand::Fit(flags) => wait(commands::forecast::fit(flags)),
            },
            Command::Calendar(flags) => match flags.command {
                CalendarCommand::WhatIf(flags) => wait(commands::calendar::what_if(flags)),
            },
        }
    }
}

fn wait(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::work("cannot start the runtime", error))?;
    runtime.block_on(work)
}
