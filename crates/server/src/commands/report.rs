//! `motcua report rates`.

use super::{Database, Format};
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::process::ExitCode;
use std::sync::Arc;

use app::Catalogues;
use app::ports::{Clock, Store};
use app::report::{RateUnits, RatesQuery};
use domain::id::ProvinceCode;
use domain::indicator::{self, Rate, Row};
use store::Patience;

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
    Rates(Rates),
}

/// On-time and online rates of units over a period of local days, both inclusive.
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
    }
}

/// Prints on-time and online rates.
pub async fn rates(flags: Rates) -> Result<ExitCode, Failure> {
    let config = configuration(&flags.database)?;
    let shipped = catalogue::read(config.catalogue.as_deref())?;
    let store = open(&config, Patience::Endless).await?;
    let cannot = |error| Failure::work("cannot read the database", error);
    let read = store.read().await.map_err(cannot)?;
    let catalogues = Catalogues::read(Arc::new(shipped), read.as_ref())
        .await
        .map_err(|error| Failure::work("cannot read what was published", error))?;
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
    let query = RatesQuery {
        units,
        from: flags.from,
        to: flags.to,
        as_of,
        basis: match flags.units {
            UnitBasis::Recorded => app::report::UnitBasis::Recorded,
            UnitBasis::Current => app::report::UnitBasis::Current,
        },
    };
    let report = app::report::rates(read.as_ref(), &catalogues, &query, SystemClock.now())
        .await
        .map_err(|error| match error {
            app::Error::Invalid(fields) => Failure::Input(
                fields
                    .iter()
                    .map(|f| format!("--{}: {}", f.field, f.problem))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
            app::Error::NotFound { .. } => Failure::Input(error.to_string()),
            other => Failure::work("cannot make the report", other),
        })?;
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

/// The columns of the CSV form: the names of the JSON form; a rate is followed by its parts.
const COUNTS: [&str; 19] = [
    "unit",
    "name",
    "carried_over",
    "received",
    "received_online",
    "received_desk",
    "received_post",
    "resolved",
    "early",
    "on_due",
    "late",
    "in_time",
    "pending_in_time",
    "pending_late",
    "withdrawn",
    "refused_after_receipt",
    "no_due",
    "mirrored",
    "corrected",
];
const RATES: [&str; 4] = [
    "in_time_rate",
    "in_time_rate_766",
    "in_time_rate_original",
    "online_rate",
];

fn csv(report: &indicator::Report) -> Result<Vec<u8>, Failure> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let cannot = |error: csv::Error| Failure::work("cannot print", error);
    let rates = RATES
        .iter()
        .flat_map(|name| ["", ".num", ".den"].map(|part| format!("{name}{part}")));
    let titles: Vec<String> = COUNTS
        .iter()
        .map(ToString::to_string)
        .chain(rates)
        .chain(["small".to_owned()])
        .collect();
    out.write_record(&titles).map_err(cannot)?;
    for row in report.units.iter().chain([&report.total]) {
        let mut cells = vec![row.unit.clone(), row.name.clone()];
        cells.extend(counts(row).iter().map(ToString::to_string));
        for rate in rates_of(row) {
            cells.push(rate.rate.map(|rate| rate.to_string()).unwrap_or_default());
            cells.push(rate.num.to_string());
            cells.push(rate.den.to_string());
        }
        cells.push(row.small.to_string());
        out.write_record(&cells).map_err(cannot)?;
    }
    Ok(out.into_inner().expect("writing to memory cannot fail"))
}

fn counts(row: &Row) -> [u32; 17] {
    [
        row.carried_over,
        row.received,
        row.received_online,
        row.received_desk,
        row.received_post,
        row.resolved,
        row.early,
        row.on_due,
        row.late,
        row.in_time,
        row.pending_in_time,
        row.pending_late,
        row.withdrawn,
        row.refused_after_receipt,
        row.no_due,
        row.mirrored,
        row.corrected,
    ]
}

fn rates_of(row: &Row) -> [Rate; 4] {
    [
        row.in_time_rate,
        row.in_time_rate_766,
        row.in_time_rate_original,
        row.online_rate,
    ]
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
