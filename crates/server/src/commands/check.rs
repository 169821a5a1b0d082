//! `motcua check`.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::procedure::{Authority, Procedure};

use super::print;
use crate::config::Config;
use crate::{Failure, catalogue};

/// Read configuration and catalogue, and print what motcua understood.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Prints what motcua understood of configuration and catalogue, without secrets.
pub fn run(flags: &Check) -> Result<ExitCode, Failure> {
    let config = Config::read(flags.config.as_deref())?;
    let catalogue = catalogue::read(config.catalogue.as_deref())?;
    let rows = configured(&config).into_iter().chain(known(&catalogue));
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
    let newest = |procedure: &&Arc<Procedure>| {
        let versions = catalogue.procedures.versions(&procedure.code);
        versions.last() == Some(*procedure)
    };
    let procedures: Vec<_> = catalogue.procedures.iter().filter(newest).collect();
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
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
