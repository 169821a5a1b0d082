//! `motcua due`: due times without a database, one by one or for a whole file.

use clap::{ArgGroup, Args};
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use csv::ByteRecord;
use domain::catalogue::Catalogue;
use domain::deadline::{self, Due as DueTime, Language, explain};
use domain::limit::Limit;
use domain::time::{Instant, rfc3339};

use super::{moment, print};
use crate::{Failure, catalogue};

/// Compute due times, without a database.
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

/// Prints a due time and why, or a file of cases with their due times.
pub fn run(flags: &Due) -> Result<ExitCode, Failure> {
    let catalogue = catalogue::read(flags.catalogue.as_deref())?;
    match (&flags.cases, &flags.from, &flags.limit) {
        (Some(file), _, _) => cases(&catalogue, file),
        (None, Some(from), Some(limit)) => one(&catalogue, from, limit, flags.unit.as_deref()),
        (None, _, _) => Err(Failure::Input("give --from and --limit, or --cases".into())),
    }
}

fn one(
    catalogue: &Catalogue,
    from: &str,
    limit: &str,
    unit: Option<&str>,
) -> Result<ExitCode, Failure> {
    let case =
        Case::parse(catalogue, from, limit, unit.unwrap_or_default()).map_err(Failure::Input)?;
    let refused = |error: domain::calendar::Error| Failure::Work {
        message: error.to_string(),
        source: None,
    };
    let due = case.due().map_err(refused)?;
    let provisional = if due.provisional {
        " (provisional)"
    } else {
        ""
    };
    let mut lines = vec![format!("{}{provisional}", rfc3339(due.at))];
    let calendar = case.calendar(catalogue);
    let explanation = explain::explain(case.received, case.limit, calendar).map_err(refused)?;
    for language in [Language::Vietnamese, Language::English] {
        lines.push(String::new());
        lines.extend(explanation.lines(language));
    }
    print(lines.join("\n") + "\n")?;
    Ok(ExitCode::SUCCESS)
}

/// What a row asks.
struct Case<'a> {
    catalogue: &'a Catalogue,
    received: Instant,
    limit: Limit,
    /// The unit's agency identifier; empty for the national default.
    unit: String,
}

impl<'a> Case<'a> {
    fn parse(
        catalogue: &'a Catalogue,
        received: &str,
        limit: &str,
        unit: &str,
    ) -> Result<Self, String> {
        let received = moment(received).map_err(|wrong| format!("received_at: {wrong}"))?;
        let limit = limit
            .trim()
            .parse::<Limit>()
            .map_err(|wrong| format!("limit: {wrong}"))?;
        let unit = match unit.trim() {
            "" => String::new(),
            code => catalogue
                .units
                .find(code)
                .map(|unit| unit.code.to_string())
                .ok_or_else(|| format!("unit: `{code}` is not a unit of the catalogue"))?,
        };
        Ok(Self {
            catalogue,
            received,
            limit,
            unit,
        })
    }

    fn calendar(&self, catalogue: &'a Catalogue) -> &'a domain::calendar::Calendar {
        if self.unit.is_empty() {
            catalogue.calendars.national()
        } else {
            catalogue.calendars.for_unit(&self.unit)
        }
    }

    fn due(&self) -> Result<DueTime, domain::calendar::Error> {
        deadline::due(self.received, self.limit, self.calendar(self.catalogue))
    }
}

/// Prints the rows of a file with `due_at`, `provisional` and `error` appended.
///
/// A bad row has an error and no due time; the others still print. Exit code 1 if there was
/// one, 2 if the file cannot be read at all.
fn cases(catalogue: &Catalogue, file: &Path) -> Result<ExitCode, Failure> {
    let unreadable = |reason: String| Failure::Input(format!("{}: {reason}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = rows
        .headers()
        .map_err(|error| unreadable(error.to_string()))?
        .clone();
    let column = |name: &str| header.iter().position(|title| title.trim() == name);
    let (Some(received), Some(limit)) = (column("received_at"), column("limit")) else {
        return Err(unreadable(
            "line 1: needs the columns received_at,limit[,unit]".into(),
        ));
    };
    let unit = column("unit");
    let mut out = csv::Writer::from_writer(Vec::new());
    let cannot_print = |error: csv::Error| Failure::work("cannot print", error);
    let extra = ["due_at", "provisional", "error"];
    out.write_record(header.iter().chain(extra))
        .map_err(cannot_print)?;
    let mut refused = false;
    for row in rows.byte_records() {
        let row = row.map_err(|error| unreadable(error.to_string()))?;
        let due = answer(catalogue, &row, received, limit, unit, header.len());
        // Every line keeps its columns as they came, also one with too few, too many, or in
        // another encoding.
        let cells = (0..header.len()).map(|at| row.get(at).unwrap_or_default());
        let (due_at, provisional, error) = match due {
            Ok(due) => (rfc3339(due.at), due.provisional.to_string(), String::new()),
            Err(error) => {
                refused = true;
                (String::new(), String::new(), error)
            }
        };
        out.write_record(cells.chain([&due_at, &provisional, &error].map(String::as_bytes)))
            .map_err(cannot_print)?;
    }
    let printed = out.into_inner().expect("writing to memory cannot fail");
    print(printed)?;
    Ok(if refused {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn answer(
    catalogue: &Catalogue,
    row: &ByteRecord,
    received: usize,
    limit: usize,
    unit: Option<usize>,
    columns: usize,
) -> Result<DueTime, String> {
    if row.len() > columns || row.len() <= Ord::max(received, limit) {
        return Err(format!(
            "the row has {} cells, expected {columns}",
            row.len()
        ));
    }
    let cell = |at: usize| {
        std::str::from_utf8(row.get(at).unwrap_or_default())
            .map_err(|_other_encoding| format!("cell {} is not UTF-8", at + 1))
    };
    let unit = unit.map_or(Ok(""), cell)?;
    let case = Case::parse(catalogue, cell(received)?, cell(limit)?, unit)?;
    case.due().map_err(|error| error.to_string())
}
