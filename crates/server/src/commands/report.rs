//! `motcua report`.

mod statistics;

use super::{Database, Format};
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::process::ExitCode;
use std::sync::Arc;

use app::Catalogues;
use app::ports::{Clock, ReadTx, Store};
use app::report::{RateUnits, RatesQuery};
use domain::id::ProvinceCode;
use domain::indicator::{self, Column, RATES, Rate, Value};
use store::{Patience, SeaStore};

use super::{configuration, moment, open, print};
use crate::clock::SystemClock;
use crate::{Failure, catalogue};

/// Print reports.
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
    /// Form II.06a of units over a period, by field, with what every way to look punctual counts.
    Ii06a(Rates),
    /// The items of the index of Decision 766/QĐ-TTg that can be computed.
    I766(Rates),
}

/// Whose numbers, of which days, as known when.
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

/// To which unit a dossier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitBasis {
    /// As the dossiers were at the period's end.
    Recorded,
    /// As the units are today.
    Current,
}

/// Prints a report.
pub async fn run(flags: Report) -> Result<ExitCode, Failure> {
    match flags.command {
        ReportCommand::Rates(flags) => rates(flags).await,
        ReportCommand::Ii06a(flags) => statistics::ii06a(flags).await,
        ReportCommand::I766(flags) => statistics::i766(flags).await,
    }
}

/// A database to report from.
struct Source {
    store: SeaStore,
    shipped: Arc<domain::catalogue::Catalogue>,
}

impl Source {
    async fn open(flags: &Rates) -> Result<Self, Failure> {
        let config = configuration(&flags.database)?;
        let shipped = catalogue::read(config.catalogue.as_deref())?;
        Ok(Self {
            store: open(&config, Patience::Endless).await?,
            shipped: Arc::new(shipped),
        })
    }

    async fn read(&self) -> Result<(Box<dyn ReadTx>, Catalogues), Failure> {
        let cannot = |error| Failure::work("cannot read the database", error);
        let read = self.store.read().await.map_err(cannot)?;
        let catalogues = Catalogues::read(Arc::clone(&self.shipped), read.as_ref())
            .await
            .map_err(|error| Failure::work("cannot read what was published", error))?;
        Ok((read, catalogues))
    }
}

/// What the flags ask for.
fn query(flags: &Rates, catalogues: &Catalogues) -> Result<RatesQuery, Failure> {
    let units = match (&flags.unit, &flags.province) {
        (Some(code), _) => RateUnits::One(
            catalogues
                .find_unit(code)
                .ok_or_else(|| {
                    Failure::Input(format!("--unit: `{code}` is not a unit of the catalogue"))
                })?
                .code,
        ),
        (None, Some(code)) => RateUnits::Province(
            ProvinceCode::parse(code)
                .map_err(|wrong| Failure::Input(format!("--province: {wrong}")))?,
        ),
        (None, None) => RateUnits::All,
    };
    let as_of = flags
        .as_of
        .as_deref()
        .map(moment)
        .transpose()
        .map_err(|wrong| Failure::Input(format!("--as-of: {wrong}")))?;
    Ok(RatesQuery {
        units,
        from: flags.from,
        to: flags.to,
        as_of,
        basis: match flags.units {
            UnitBasis::Recorded => app::report::UnitBasis::Recorded,
            UnitBasis::Current => app::report::UnitBasis::Current,
        },
    })
}

fn failed(error: app::Error) -> Failure {
    match error {
        app::Error::Invalid(fields) => Failure::Input(
            fields
                .iter()
                .map(|f| format!("--{}: {}", f.field.replace('_', "-"), f.problem))
                .collect::<Vec<_>>()
                .join("; "),
        ),
        app::Error::NotFound { .. } => Failure::Input(error.to_string()),
        other => Failure::work("cannot make the report", other),
    }
}

/// Prints on-time and online rates.
pub async fn rates(flags: Rates) -> Result<ExitCode, Failure> {
    let source = Source::open(&flags).await?;
    let (read, catalogues) = source.read().await?;
    let query = query(&flags, &catalogues)?;
    let report = app::report::rates(read.as_ref(), &catalogues, &query, SystemClock.now())
        .await
        .map_err(failed)?;
    match flags.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&report);
            print(text.expect("a report is texts and numbers") + "\n")?;
        }
        Format::Csv => print(csv(&report)?)?,
        Format::Table => print(table(&report))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn csv(report: &indicator::Report) -> Result<Vec<u8>, Failure> {
    let rows = report.units.iter().chain([&report.total]);
    csv_of(&titles(&RATES), rows.map(|row| cells(&RATES, row)))
}

/// The names of columns in CSV: a rate is followed by its parts.
fn titles<T: Default>(columns: &[Column<T>]) -> Vec<String> {
    let blank = T::default();
    let mut titles = Vec::new();
    for column in columns {
        titles.push(column.name.to_owned());
        if let Value::Rate(_) = (column.value)(&blank) {
            titles.push(format!("{}.num", column.name));
            titles.push(format!("{}.den", column.name));
        }
    }
    titles
}

/// The cells of a row in CSV.
fn cells<T>(columns: &[Column<T>], row: &T) -> Vec<String> {
    let mut cells = Vec::new();
    for column in columns {
        match (column.value)(row) {
            Value::Text(text) => cells.push(text.to_owned()),
            Value::Count(count) => cells.push(count.to_string()),
            Value::Flag(flag) => cells.push(flag.to_string()),
            Value::Rate(rate) => {
                cells.push(rate.rate.map(|rate| rate.to_string()).unwrap_or_default());
                cells.push(rate.num.to_string());
                cells.push(rate.den.to_string());
            }
        }
    }
    cells
}

fn csv_of(titles: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Failure> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let cannot = |error: csv::Error| Failure::work("cannot print", error);
    out.write_record(titles).map_err(cannot)?;
    for row in rows {
        out.write_record(&row).map_err(cannot)?;
    }
    Ok(out.into_inner().expect("writing to memory cannot fail"))
}

fn table(report: &indicator::Report) -> String {
    let mut lines = vec![
        format!(
            "{} – {}, as recorded by {}. On time: ended by the due day (II.06a), of those ended with a due time.",
            report.from.format("%d/%m/%Y"),
            report.to.format("%d/%m/%Y"),
            report.as_of
        ),
        String::new(),
        format!(
            "{:<12} {:<34} {:>7} {:>8} {:>8} {:>6} {:>8} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "unit",
            "name",
            "carried",
            "received",
            "resolved",
            "late",
            "pending",
            "overdue",
            "corrected",
            "on time",
            "766",
            "original",
            "online"
        ),
    ];
    for row in report.units.iter().chain([&report.total]) {
        let name: String = row.name.chars().take(34).collect();
        let mark = if row.small { "*" } else { " " };
        lines.push(format!(
            "{:<12} {name:<34} {:>7} {:>8} {:>8} {:>6} {:>8} {:>8} {:>9} {:>8}{mark} {:>9} {:>9} {:>9}",
            row.unit,
            row.carried_over,
            row.received,
            row.resolved,
            row.late,
            row.pending_in_time + row.pending_late,
            row.pending_late,
            row.corrected,
            percent(row.in_time_rate),
            percent(row.in_time_rate_766),
            percent(row.in_time_rate_original),
            percent(row.online_rate),
        ));
    }
    lines.push(String::new());
    lines.push(format!("* fewer than {} judged dossiers", indicator::SMALL));
    lines.join("\n") + "\n"
}

fn percent(rate: Rate) -> String {
    rate.rate.map_or_else(
        || "–".to_owned(),
        |rate| format!("{:.1} %", rate * 100.0).replace('.', ","),
    )
}
