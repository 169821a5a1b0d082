//! `motcua check`.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use domain::catalogue::{Catalogue, Exchange};
use domain::procedure::{Authority, Procedure, cells_by_mark};

use super::print;
use crate::config::Config;
use crate::{Failure, catalogue, preflight};

/// Read configuration and catalogue, and print what motcua understood.
///
/// Exit code 2 for whatever would stop a start, as far as it can be told without the database.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// List each cell of the newest versions that no legal text confirms yet.
    #[arg(long)]
    pub unconfirmed: bool,
}

/// Prints what motcua understood of configuration and catalogue, without secrets.
pub fn run(flags: &Check) -> Result<ExitCode, Failure> {
    let config = Config::read(flags.config.as_deref())?;
    preflight::check(&config)?;
    let catalogue = catalogue::read(config.catalogue.as_deref())?;
    if flags.unconfirmed {
        print(unconfirmed(&catalogue).concat())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut unknown = preflight::unknown(&config.remote, &catalogue);
    unknown.extend(preflight::unknown_units(&config.reader, &catalogue));
    let unknown = unknown.into_iter().map(|line| ("not in use", line));
    let rows = configured(&config).into_iter().chain(known(&catalogue));
    let rows = rows.chain(unknown);
    let lines: Vec<String> = rows
        .map(|(name, value)| format!("{name:<17} {value}\n"))
        .collect();
    print(lines.concat())?;
    Ok(ExitCode::SUCCESS)
}

type Row = (&'static str, String);

fn configured(config: &Config) -> Vec<Row> {
    let folder = match &config.catalogue {
        Some(folder) => folder.display().to_string(),
        None => "the one inside this binary".to_owned(),
    };
    vec![
        ("database", store::shown(&config.database)),
        ("listen", config.listen.to_string()),
        (
            "certificate",
            config
                .tls_certificate
                .as_ref()
                .map_or_else(|| "none".to_owned(), |file| file.display().to_string()),
        ),
        (
            "secret_file",
            format!("{} (not shown)", config.secret_file.display()),
        ),
        ("reflection", config.reflection.to_string()),
        ("queue", config.queue.to_string()),
        ("readers", config.readers.to_string()),
        (
            "on_time_target",
            format!("{} per cent", config.on_time_target),
        ),
        ("shutdown_seconds", config.shutdown_seconds.to_string()),
        ("log", format!("{} ({:?})", config.log, config.log_format)),
        ("remotes", remotes(config)),
        ("catalogue", folder),
    ]
}

fn known(catalogue: &Catalogue) -> Vec<Row> {
    let procedures = newest(catalogue);
    let ours = |authority: &Authority| *authority == Authority::Ours;
    let mirrored = procedures
        .iter()
        .filter(|procedure| !ours(&procedure.authority))
        .count();
    let outlines = procedures
        .iter()
        .filter(|procedure| procedure.is_outline() && ours(&procedure.authority))
        .count();
    let with_steps = procedures.len() - outlines - mirrored;
    let calendar = catalogue.calendars.national();
    let units = &catalogue.units;
    let today = units.iter().filter(|unit| unit.until.is_none()).count();
    let intake = &catalogue.intake;
    let answer = match (intake.answer, intake.answer_mark) {
        (Some(limit), Some(mark)) => format!("{limit} of an online submission ({mark})"),
        (Some(limit), None) => format!("{limit} of an online submission"),
        (None, _) => "no rule".to_owned(),
    };
    vec![
        (
            "units",
            format!("{today}, and {} that ended", units.len() - today),
        ),
        (
            "procedures",
            format!(
                "{}: {with_steps} with steps, {outlines} outlines, {mirrored} mirrored",
                procedures.len()
            ),
        ),
        (
            "calendar",
            format!(
                "{} from {} to {}",
                calendar.id(),
                calendar.first_day(),
                calendar.last_day()
            ),
        ),
        ("answer within", answer),
        ("exchange", exchanged(&catalogue.exchange)),
        ("cells", marked(&procedures)),
    ]
}

/// The other systems by name, each with what goes on between it and us.
fn remotes(config: &Config) -> String {
    let names = config.remote.iter().map(|remote| {
        let goes_out = (!remote.address.is_empty()).then_some("out");
        let comes_in = remote.inbound_key_file.is_some().then_some("in");
        let ways: Vec<&str> = goes_out.into_iter().chain(comes_in).collect();
        format!("{} ({})", remote.name, ways.join(", "))
    });
    let readers = config.reader.iter();
    let readers = readers.map(|reader| format!("{} (read)", reader.name));
    let names: Vec<String> = names.chain(readers).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// How fast systems have to exchange.
fn exchanged(exchange: &Exchange) -> String {
    let said = |what: &str, within: Option<String>| match within {
        Some(within) => format!("{what} {within}"),
        None => format!("{what} unknown"),
    };
    let sync = exchange
        .sync
        .map(|time| format!("{} min", time.num_minutes()));
    [
        said("sync", sync),
        said(
            "acknowledge",
            exchange.acknowledge.map(|limit| limit.to_string()),
        ),
        said("alert", exchange.alert.map(|limit| limit.to_string())),
    ]
    .join(", ")
}

/// The newest version of each procedure that no other one has replaced.
fn newest(catalogue: &Catalogue) -> Vec<&Arc<Procedure>> {
    let newest = |procedure: &&Arc<Procedure>| {
        let versions = catalogue.procedures.versions(&procedure.code);
        versions.last() == Some(*procedure) && procedure.replaced_by.is_empty()
    };
    catalogue.procedures.iter().filter(newest).collect()
}

/// How many cells of each kind have each mark, one kind a line.
fn marked(procedures: &[&Arc<Procedure>]) -> String {
    let counts = cells_by_mark(procedures.iter().map(|it| &***it));
    let lines: Vec<String> = counts
        .iter()
        .map(|(kind, marks)| {
            let marks: Vec<String> = marks
                .iter()
                .map(|(mark, count)| format!("{count} {mark}"))
                .collect();
            format!("{kind}: {}", marks.join(", "))
        })
        .collect();
    lines.join("\n                  ")
}

/// One line a cell: the procedure, its version, the cell, and its mark.
fn unconfirmed(catalogue: &Catalogue) -> Vec<String> {
    let of = |procedure: &Procedure| {
        let (code, version) = (procedure.code.clone(), procedure.version);
        let open = procedure.cells().into_iter();
        let open = open.filter(|cell| !cell.mark.is_confirmed());
        let lines = open.map(move |cell| {
            let of = if cell.of.is_empty() {
                String::new()
            } else {
                format!(" {}", cell.of)
            };
            format!("{code} v{version} {}{of}: {}\n", cell.kind, cell.mark)
        });
        lines.collect::<Vec<_>>()
    };
    newest(catalogue)
        .into_iter()
        .flat_map(|procedure| of(procedure.as_ref()))
        .collect()
}
