//! `motcua report`.

mod open;
mod statistics;

use super::{Database, Format};
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::process::ExitCode;

use app::ports::Clock;
use app::report::{RateUnits, RatesQuery};
use domain::indicator::{self, Column, RATES, Rate, Row, Value};
use domain::language::Language;

use super::{Installation, moment, print};
use crate::Failure;
use crate::clock::SystemClock;

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
    /// Form II.06a of units over a period, by field, with counts of every way to look punctual.
    Ii06a(Ii06a),
    /// The items of the index of Decision 766/QĐ-TTg that can be computed.
    I766(Statistics),
    /// What is published of form II.06a: CSV without small counts, and its description by DCAT.
    OpenData(open::OpenData),
    /// The notice of each unit in words: received, resolved, late, apologies missing, what to do.
    Notice(Asked),
}

/// Form II.06a, or another sheet of its numbers.
#[derive(Debug, Args)]
pub struct Ii06a {
    #[command(flatten)]
    pub statistics: Statistics,
    /// The sheet that xlsx and html have: `ii06a` or `07a`, whose heads follow sheets in use.
    #[arg(long, value_name = "SHEET", default_value = "ii06a")]
    pub sheet: String,
}

/// A statistical report.
#[derive(Debug, Args)]
pub struct Statistics {
    #[command(flatten)]
    pub asked: Asked,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = SheetFormat::Table)]
    pub format: SheetFormat,
}

/// How a statistical report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// A workbook with the form, what stands beside it, and definitions.
    Xlsx,
    /// A page that prints on A4 across.
    Html,
}

/// On-time and online rates.
#[derive(Debug, Args)]
pub struct Rates {
    #[command(flatten)]
    pub asked: Asked,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// The units, the period and the moment of a report.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").required(true).args(["unit", "province", "all_units"]))]
pub struct Asked {
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
    /// Use only what had been recorded by then, with its offset; by default by now.
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// The unit that counts a dossier if units were merged: the unit that was resolving it at the
    /// period's end, or the unit that has taken over since.
    #[arg(long, value_enum, default_value_t = UnitBasis::Recorded)]
    pub units: UnitBasis,
    #[command(flatten)]
    pub database: Database,
}

/// To which unit a dossier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitBasis {
    /// The unit at the period's end.
    Recorded,
    /// As the units are today.
    Current,
}

/// Prints a report.
pub async fn run(flags: Report, language: Language) -> Result<ExitCode, Failure> {
    match flags.command {
        ReportCommand::Rates(flags) => rates(flags, language).await,
        ReportCommand::Ii06a(flags) => statistics::ii06a(flags).await,
        ReportCommand::I766(flags) => statistics::i766(flags).await,
        ReportCommand::OpenData(flags) => open::open_data(flags).await,
        ReportCommand::Notice(flags) => open::notice(flags).await,
    }
}

/// What the flags ask for.
fn query(flags: &Asked, here: &Installation) -> Result<RatesQuery, Failure> {
    let units = match (&flags.unit, &flags.province) {
        (Some(code), _) => RateUnits::One(here.unit(code)?.code),
        (None, Some(code)) => RateUnits::Province(here.province(code)?),
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
pub async fn rates(flags: Rates, language: Language) -> Result<ExitCode, Failure> {
    let here = Installation::open(&flags.asked.database).await?;
    let read = here.read().await?;
    let query = query(&flags.asked, &here)?;
    let report = app::report::rates(read.as_ref(), here.catalogues(), &query, SystemClock.now())
        .await
        .map_err(failed)?;
    match flags.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&report);
            print(text.expect("a report is texts and numbers") + "\n")?;
        }
        Format::Csv => print(csv(&report)?)?,
        Format::Table => print(table(&report, language))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn csv(report: &indicator::Report) -> Result<Vec<u8>, Failure> {
    let rows = report.units.iter().chain([&report.total]);
    csv_of(
        &titles(&RATES, &report.total),
        rows.map(|row| cells(&RATES, row)),
    )
}

/// The names of columns in CSV: the parts of a rate follow it.
fn titles<T>(columns: &[Column<T>], blank: &T) -> Vec<String> {
    let mut titles = Vec::new();
    for column in columns {
        titles.push(column.name.to_owned());
        if let Value::Rate(_) = (column.value)(blank) {
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
            Value::Number(number) => {
                cells.push(number.map(|it| it.to_string()).unwrap_or_default());
            }
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

/// The columns that the table shows, by name, and how wide they are.
const SHOWN: [(&str, usize); 13] = [
    ("carried_over", 12),
    ("received", 9),
    ("resolved", 13),
    ("late", 8),
    ("pending_in_time", 21),
    ("pending_late", 19),
    ("no_due_pending", 25),
    ("corrected", 12),
    ("in_time_rate", 14),
    ("in_time_rate_766", 17),
    ("in_time_rate_original", 23),
    ("online_rate", 17),
    ("small", 1),
];

fn table(report: &indicator::Report, language: Language) -> String {
    let (from, to) = (report.from.format("%d/%m/%Y"), report.to.format("%d/%m/%Y"));
    let as_of = language.minute_of(&report.as_of);
    let shown: Vec<(&Column<Row>, usize)> = SHOWN
        .iter()
        .map(|(name, width)| {
            let column = indicator::find(&RATES, name);
            (column.expect("a test prints the table"), *width)
        })
        .collect();
    let title = |column: &Column<Row>| column.title(language);
    let mut head = format!("{:<12} {:<34}", "", "");
    for (column, width) in &shown {
        let title = if column.name == "small" {
            ""
        } else {
            title(column)
        };
        head.push_str(&format!(" {title:>width$}"));
    }
    let mut lines = vec![
        match language {
            Language::Vietnamese => format!(
                "{from} – {to}, theo dữ liệu ghi nhận đến {as_of}. Đúng hạn: kết thúc trong ngày hẹn \
                 (II.06a), trên số hồ sơ đã kết thúc có hạn."
            ),
            Language::English => format!(
                "{from} – {to}, as recorded by {as_of}. On time: ended by the due day (II.06a), of \
                 those ended with a due time."
            ),
        },
        String::new(),
        head.trim_end().to_owned(),
    ];
    for row in report.units.iter().chain([&report.total]) {
        let name: String = row.name.chars().take(34).collect();
        let mut line = format!("{:<12} {name:<34}", row.unit);
        for (column, width) in &shown {
            let cell = match (column.value)(row) {
                Value::Rate(rate) => percent(rate),
                Value::Count(count) => count.to_string(),
                Value::Flag(flag) => if flag { "*" } else { "" }.to_owned(),
                Value::Text(text) => text.to_owned(),
                Value::Number(number) => number.map(|it| it.to_string()).unwrap_or_default(),
            };
            line.push_str(&format!(" {cell:>width$}"));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.push(String::new());
    let small = indicator::SMALL;
    lines.push(match language {
        Language::Vietnamese => format!("* dưới {small} hồ sơ được đánh giá"),
        Language::English => format!("* fewer than {small} judged dossiers"),
    });
    lines.join("\n") + "\n"
}

fn percent(rate: Rate) -> String {
    rate.rate.map_or_else(
        || "–".to_owned(),
        |rate| format!("{:.1} %", rate * 100.0).replace('.', ","),
    )
}
