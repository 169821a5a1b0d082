//! `motcua due`: due times without a database, one by one or for a whole file.

use clap::{ArgGroup, Args};
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::catalogue::Catalogue;
use domain::deadline::{self, Due as DueTime, Language, explain};
use domain::import::{DayEdge, TableForm, TextRow, Zone, column, column_meant, did_you_mean};
use domain::limit::Limit;
use domain::time::{Instant, rfc3339};
use tables::{Row, Table};

use super::{print, words};
use crate::{Failure, catalogue};

/// Compute due times, without a database.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["from", "cases"]))]
pub struct Due {
    /// When the dossier is received: 2026-08-21T09:00+07:00, or 21/08/2026 09:00 by the desk's
    /// clock.
    #[arg(long, value_name = "TIME", requires = "limit")]
    pub from: Option<String>,
    /// The limit: 3wd working days, 8wh working hours, 30d days, 1mo months, 12h hours,
    /// same-day.
    #[arg(long, requires = "from")]
    pub limit: Option<String>,
    /// The unit whose hours count; by default the national hours.
    #[arg(long, value_name = "CODE", requires = "from")]
    pub unit: Option<String>,
    /// A table with received_at, limit and optionally unit, as CSV or a workbook. The output is CSV
    /// with due_at, provisional and error appended.
    #[arg(long, value_name = "FILE")]
    pub cases: Option<PathBuf>,
    /// A folder with a catalogue to use instead of the one inside the binary.
    #[arg(long, value_name = "FOLDER", env = "MOTCUA_CATALOGUE")]
    pub catalogue: Option<PathBuf>,
}

/// Prints a due time and why, or a file of cases with their due times.
pub fn run(flags: &Due, language: Language) -> Result<ExitCode, Failure> {
    let catalogue = catalogue::read(flags.catalogue.as_deref())?;
    match (&flags.cases, &flags.from, &flags.limit) {
        (Some(file), _, _) => cases(&catalogue, file),
        (None, Some(from), Some(limit)) => {
            one(&catalogue, from, limit, flags.unit.as_deref(), language)
        }
        (None, _, _) => Err(Failure::Input("give --from and --limit, or --cases".into())),
    }
}

fn one(
    catalogue: &Catalogue,
    from: &str,
    limit: &str,
    unit: Option<&str>,
    language: Language,
) -> Result<ExitCode, Failure> {
    let case =
        Case::parse(catalogue, from, limit, unit.unwrap_or_default()).map_err(Failure::Input)?;
    let refused = |error: domain::calendar::Error| Failure::Work {
        message: error.to_string(),
        source: None,
    };
    let due = case.due().map_err(refused)?;
    let provisional = if due.provisional {
        words(language, " (lịch tạm tính)", " (provisional)")
    } else {
        ""
    };
    let mut lines = vec![format!("{}{provisional}", rfc3339(due.at))];
    let calendar = case.calendar(catalogue);
    let explanation = explain::explain(case.received, case.limit, calendar).map_err(refused)?;
    lines.push(String::new());
    lines.extend(explanation.lines(language));
    print(lines.join("\n") + "\n")?;
    Ok(ExitCode::SUCCESS)
}

/// What a row asks.
struct Case<'a> {
    catalogue: &'a Catalogue,
    received: Instant,
    limit: Limit,
    /// The unit's agency identifier; empty for the national hours.
    unit: String,
}

impl<'a> Case<'a> {
    fn parse(
        catalogue: &'a Catalogue,
        received: &str,
        limit: &str,
        unit: &str,
    ) -> Result<Self, String> {
        let limit = limit
            .trim()
            .parse::<Limit>()
            .map_err(|wrong| format!("limit: {wrong}"))?;
        let received = moment(received, limit).map_err(|wrong| format!("received_at: {wrong}"))?;
        let unit = match unit.trim() {
            "" => String::new(),
            code => catalogue
                .units
                .find(code)
                .map(|unit| unit.code.to_string())
                .ok_or_else(|| {
                    let known = catalogue.units.iter();
                    let known: Vec<&str> = known
                        .flat_map(|unit| [unit.code.as_str(), unit.statistics_code.as_str()])
                        .collect();
                    let meant = did_you_mean(code, known);
                    format!("unit: `{code}` is not a unit of the catalogue{meant}")
                })?,
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

/// Reads a moment of reception, by the desk's clock if it has no offset.
///
/// A day alone is enough for a limit in days, because such a limit counts from the next day
/// whatever the hour.
fn moment(text: &str, limit: Limit) -> Result<Instant, String> {
    let zone = Zone::of_the_desk();
    let text = text.trim();
    let read = |part| {
        zone.read(text, part).map_err(|_form| {
            format!(
                "`{text}` is not a time such as 2026-08-21T09:00, 2026-08-21T09:00:00+07:00 or \
                 21/08/2026 09:00, in the years 1900 to 9999"
            )
        })
    };
    let begins = read(DayEdge::Begins)?;
    let is_day = begins != read(DayEdge::Ends)?;
    if is_day && (limit == Limit::SameDay || !limit.in_days()) {
        return Err(format!(
            "`{text}` is a day; a limit of {limit} needs the time of day too"
        ));
    }
    Ok(begins)
}

/// Prints the rows of a file with `due_at`, `provisional` and `error` appended.
///
/// A bad row has an error and no due time; the others still print. The exit code is 1 with a bad
/// row, 2 if the file cannot be read.
fn cases(catalogue: &Catalogue, file: &Path) -> Result<ExitCode, Failure> {
    let spoilt = |fault: domain::catalogue::Fault| Failure::Input(fault.to_string());
    let form = TableForm::default();
    let mut table = Table::open(file, &form).map_err(spoilt)?;
    let header = table
        .header(&["received_at", "limit"], &form)
        .map_err(spoilt)?;
    let places = Places::find(&header).map_err(|reason| {
        Failure::Input(format!("{}:{}: {reason}", file.display(), header.line))
    })?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let cannot_print = |error: csv::Error| Failure::work("cannot print", error);
    let extra = ["due_at", "provisional", "error"];
    out.write_record(header.iter().chain(extra))
        .map_err(cannot_print)?;
    let mut refused = false;
    let mut cells = TextRow::default();
    loop {
        let damage = match table.next(&mut cells).map_err(spoilt)? {
            Row::End => break,
            Row::Good => None,
            Row::Bad { reason, .. } => Some(reason),
        };
        let due = answer(catalogue, &cells, &places, damage.as_deref());
        let (due_at, provisional, error) = match due {
            Ok(due) => (rfc3339(due.at), due.provisional.to_string(), String::new()),
            Err(error) => {
                refused = true;
                (String::new(), String::new(), error)
            }
        };
        // Every line keeps its cells, even if it has too few or too many.
        let given = (0..places.width).map(|at| cells.whole(at));
        out.write_record(given.chain([due_at.as_str(), &provisional, &error]))
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

/// Where the columns are.
struct Places {
    received: usize,
    limit: usize,
    unit: Option<usize>,
    width: usize,
}

impl Places {
    fn find(header: &TextRow) -> Result<Self, String> {
        let need = |name: &str| {
            column(header, name)?.ok_or_else(|| {
                format!(
                    "there is no column `{name}`{}; needs the columns received_at,limit[,unit]",
                    column_meant(header, name)
                )
            })
        };
        Ok(Self {
            received: need("received_at")?,
            limit: need("limit")?,
            unit: column(header, "unit")?,
            width: header.len(),
        })
    }
}

fn answer(
    catalogue: &Catalogue,
    cells: &TextRow,
    places: &Places,
    damage: Option<&str>,
) -> Result<DueTime, String> {
    let spare = (places.width..cells.len()).any(|at| !cells.get(at).is_empty());
    if spare || cells.len() <= Ord::max(places.received, places.limit) {
        return Err(format!(
            "the row has {} cells, expected {}",
            cells.len(),
            places.width
        ));
    }
    // Damage in a cell that no column needs does not matter.
    let cell = |at: usize| match damage {
        Some(reason) if cells.get(at).contains(char::REPLACEMENT_CHARACTER) => {
            Err(format!("cell {}: {reason}", at + 1))
        }
        _ => Ok(cells.get(at)),
    };
    let unit = places.unit.map_or(Ok(""), cell)?;
    let case = Case::parse(catalogue, cell(places.received)?, cell(places.limit)?, unit)?;
    case.due().map_err(|error| error.to_string())
}
