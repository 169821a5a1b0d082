//! `motcua forecast`: tests the forecast on any event log, and fits models on a province's own
//! history.

mod calendar;
mod columns;
mod events;
mod fit;
mod plot;
mod table;
mod validation;

use super::PlainFormat;
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant as Stopwatch;

use domain::limit::Limit;
use forecast::backtest::{Backtest as Trial, Protocol, Refit, Report};
use forecast::log::{Deadline, Error, Log};
use forecast::model::Model;
use serde::Serialize;

use super::print;
use crate::Failure;
use crate::progress::Progress;

use validation::Validation;

/// Judge forecasts of lateness.
#[derive(Debug, Args)]
pub struct Forecast {
    #[command(subcommand)]
    pub command: ForecastCommand,
}

/// What to do with forecasts.
#[expect(
    clippy::large_enum_variant,
    reason = "one is read from the command line, once"
)]
#[derive(Debug, Subcommand)]
pub enum ForecastCommand {
    Backtest(Backtest),
    Fit(fit::Fit),
}

/// Fit on the earlier part of an event log and judge on the later part, without a database.
#[derive(Debug, Args)]
pub struct Backtest {
    /// A table with case_id,activity,timestamp, or case:concept:name, concept:name and
    /// time:timestamp. --time-zone applies to times without an offset. Only these columns, and
    /// columns that flags name, are read.
    #[arg(long, value_name = "FILE")]
    pub events: PathBuf,
    /// A table with case_id, one row a case, for the columns named below.
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
    /// The column with the case id; by default case_id or case:concept:name.
    #[arg(long, value_name = "NAME")]
    pub case_column: Option<String>,
    /// The column with the activity; by default activity or concept:name.
    #[arg(long, value_name = "NAME")]
    pub activity_column: Option<String>,
    /// The column with the time; by default timestamp or time:timestamp.
    #[arg(long, value_name = "NAME")]
    pub timestamp_column: Option<String>,
    /// When a case starts: column:NAME; by default its first event.
    #[arg(long, value_name = "COLUMN", value_parser = column)]
    pub start: Option<String>,
    /// When a case ends: column:NAME, empty while it runs; by default its last event. The default
    /// assumes that the log holds finished cases only, and leaves out cases that began too late for
    /// a slow one to have finished.
    #[arg(long, value_name = "COLUMN", value_parser = column)]
    pub end: Option<String>,
    /// 56d: the same instant 56 times 24 hours after the start; a limit on the calendar: 20wd, 8wh,
    /// 2mo, 12h or same-day; p80wd: the working days within which 80 % of the training cases ended;
    /// or column:NAME.
    #[arg(long, value_name = "DEADLINE", value_parser = deadline)]
    pub deadline: (Deadline, Option<String>),
    /// A column that distinguishes kinds of cases; may be repeated.
    #[arg(long = "type-column", value_name = "NAME")]
    pub type_columns: Vec<String>,
    /// The zone of the office's clocks.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    pub time_zone: String,
    /// mon-fri: Monday to Friday 08:00 to 18:00; or a CSV file with date,kind,name.
    #[arg(long, value_name = "FILE", default_value = "mon-fri")]
    pub calendar: String,
    /// The share of cases, by start, that the model learns from.
    #[arg(long, value_name = "SHARE", default_value = "0.7", value_parser = split)]
    pub split: f64,
    /// When the model learns again during judging: month, as the engine does day by day, or never.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Refitting::Never)]
    pub refit: Refitting,
    /// A file for each look at the judged cases: case,look,chance,late.
    #[arg(long, value_name = "FILE", conflicts_with = "validate")]
    pub cases_out: Option<PathBuf>,
    /// Only show how the switches were chosen, and what the protocol gives inside the training
    /// part. The cases for judging stay unread.
    #[arg(long, conflicts_with = "plot")]
    pub validate: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
    pub format: PlainFormat,
    /// A file for a picture of chance against outcome.
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

/// When to learn anew while judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Refitting {
    /// Not at all.
    Never,
    /// At the beginning of each month.
    Month,
}

/// Judges or fits forecasts.
pub async fn run(flags: Forecast) -> Result<ExitCode, Failure> {
    match flags.command {
        ForecastCommand::Backtest(flags) => backtest(&flags),
        ForecastCommand::Fit(flags) => fit::run(flags).await,
    }
}

/// Reads a log, fits on its earlier part, judges on the later part and prints the figures.
pub fn backtest(flags: &Backtest) -> Result<ExitCode, Failure> {
    let progress = Progress::new();
    progress.say("reading the log");
    let zone = calendar::zone(&flags.time_zone).map_err(Failure::Input)?;
    let log = events::read(flags).map_err(Failure::Input)?;
    let office =
        calendar::office(&flags.calendar, zone, &log, flags.deadline.0).map_err(Failure::Input)?;
    let protocol = Protocol {
        finished_only: flags.end.is_none(),
        refit: match flags.refit {
            Refitting::Never => Refit::Never,
            Refitting::Month => Refit::Month,
        },
        ..Protocol::new(flags.deadline.0, flags.split)
    };
    progress.say("laying out the cases");
    if flags.validate {
        let trial = Trial::new(&log, &office, protocol).map_err(|error| unusable(flags, &error))?;
        progress.say("rehearsing inside the training part");
        let validation = Validation::new(&log, &office, protocol, &trial);
        drop(progress);
        show(flags.format, &validation, || validation.page())?;
        return Ok(ExitCode::SUCCESS);
    }
    let trial =
        Trial::consuming(log, &office, protocol).map_err(|error| unusable(flags, &error))?;
    progress.say("fitting");
    let began = Stopwatch::now();
    let model = trial.fit();
    let fit_seconds = began.elapsed().as_secs_f64();
    progress.say("judging");
    let mut report = match &flags.cases_out {
        Some(file) => judge_into(file, &trial, &model)?,
        None => trial.judge(&model),
    };
    report.fit_seconds = Some(fit_seconds);
    drop(progress);
    if let Some(file) = &flags.plot {
        std::fs::write(file, plot::svg(&report))
            .map_err(|error| Failure::work(format!("cannot write {}", file.display()), error))?;
    }
    show(flags.format, &report, || table::page(&report, &model))?;
    Ok(ExitCode::SUCCESS)
}

/// Judges, and writes each look into a CSV file.
fn judge_into(file: &Path, trial: &Trial<'_>, model: &Model) -> Result<Report, Failure> {
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::Input(format!("--cases-out: {}: {error}", file.display()))
    };
    let mut rows = csv::Writer::from_path(file).map_err(|error| cannot(&error))?;
    let mut wrong = rows.write_record(["case", "look", "chance", "late"]).err();
    let report = trial.judge_each(model, |case, look, chance, late| {
        let look = look.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let late = if late { "1" } else { "0" };
        let row = [case, &look, &format!("{chance:.6}"), late];
        if wrong.is_none() {
            wrong = rows.write_record(row).err();
        }
    });
    if let Some(error) = wrong {
        return Err(cannot(&error));
    }
    rows.flush().map_err(|error| cannot(&error))?;
    Ok(report)
}

/// Prints figures for people or for programs.
fn show(
    format: PlainFormat,
    figures: &impl Serialize,
    page: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match format {
        PlainFormat::Table => print(page()),
        PlainFormat::Json => {
            let text = serde_json::to_string_pretty(figures)
                .map_err(|error| Failure::work("cannot print", error))?;
            print(text + "\n")
        }
    }
}

/// The failure for a log that cannot be judged: it counts as wrong input.
fn unusable(flags: &Backtest, error: &Error) -> Failure {
    Failure::Input(format!("{}: {error}", flags.events.display()))
}

/// Reads `56d`, `20wd` and other limits, `p80wd` or `column:NAME`.
pub fn deadline(text: &str) -> Result<(Deadline, Option<String>), String> {
    if let Some(name) = text.strip_prefix("column:").filter(|name| !name.is_empty()) {
        return Ok((Deadline::Given, Some(name.to_owned())));
    }
    let number = |digits: &str| digits.parse::<u32>().ok();
    let days = text.strip_suffix('d').and_then(number);
    if let Some(days) = days.filter(|days| (1..=36_500).contains(days)) {
        return Ok((Deadline::Days(days), None));
    }
    let share = text
        .strip_prefix('p')
        .and_then(|rest| rest.strip_suffix("wd"));
    let share = share.and_then(|digits| digits.parse::<u8>().ok());
    match share.filter(|share| (1..=99).contains(share)) {
        Some(share) => Ok((Deadline::Percentile(share), None)),
        None => match text.parse::<Limit>() {
            Ok(limit) => Ok((Deadline::Limit(limit), None)),
            Err(_) => Err(format!(
                "`{text}` is not a deadline; expected days such as 56d, a limit such as 20wd, 8wh, \
                 2mo, 12h or same-day, a percentile of training such as p80wd, or column:NAME"
            )),
        },
    }
}

/// Reads `column:NAME`.
pub fn column(text: &str) -> Result<String, String> {
    text.strip_prefix("column:")
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| format!("`{text}` is not a column; expected column:NAME"))
}

/// Reads a share of cases strictly between none and all.
pub fn split(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok();
    share
        .filter(|share| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| format!("`{text}` is not a split; expected a number between 0 and 1"))
}

/// The first and last moments of a log.
fn span(log: &Log) -> Option<(domain::time::Instant, domain::time::Instant)> {
    let moments = log.cases.iter().flat_map(|case| {
        let own = [Some(case.start), case.end, case.deadline];
        let events = case.events.iter().map(|event| event.at);
        own.into_iter().flatten().chain(events)
    });
    moments.fold(None, |span, at| match span {
        None => Some((at, at)),
        Some((first, last)) => Some((at.min(first), at.max(last))),
    })
}
