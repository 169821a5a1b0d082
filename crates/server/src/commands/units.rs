//! `motcua units merge`.

use super::Database;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use app::merger::{Merged, Merger};
use app::ports::Job;
use app::{Caller, Engine};
use domain::catalogue::{Catalogue, SourceFile, Successors};
use domain::id::{ActorId, ProvinceCode};
use domain::language::Language;
use domain::role::Role;

use super::{Installation, caller, print, words};
use crate::progress::Progress;
use crate::{Failure, text};

/// Change units.
#[derive(Debug, Args)]
pub struct Units {
    #[command(subcommand)]
    pub command: UnitsCommand,
}

/// What to do with units.
#[derive(Debug, Subcommand)]
pub enum UnitsCommand {
    Merge(Merge),
}

/// Put a table of successors in force, and let the new units take over all open dossiers.
#[derive(Debug, Args)]
pub struct Merge {
    /// The table: old_commune_code,new_commune_code,share,is_default.
    pub file: PathBuf,
    /// The first day of the new units; by default from the file's name, successors-DAY.csv.
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// Only this province, by statistics code; by default every province in the table.
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
    /// Another successor of a divided unit than the table's default; may be repeated.
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

/// Does what is asked with units.
pub async fn run(flags: Units, language: Language) -> Result<ExitCode, Failure> {
    match flags.command {
        UnitsCommand::Merge(flags) => merge(flags, language).await,
    }
}

/// Who acts when a command does.
const ACTOR: &str = "motcua-cli";

/// Puts a table of successors in force and carries it out, province by province.
pub async fn merge(flags: Merge, language: Language) -> Result<ExitCode, Failure> {
    let path = flags.file.display().to_string();
    let text = text::read(&flags.file)?;
    let day = flags
        .day
        .or_else(|| Successors::day(&path))
        .ok_or_else(|| {
            Failure::Input(format!(
                "--day is needed: {path} is not named successors-DAY.csv"
            ))
        })?;
    let choices = choices(&flags.choices)?;
    let here = Installation::open(&flags.database).await?;
    let engine = &here.engine;
    let table = SourceFile { path, text };
    let only = flags
        .province
        .as_deref()
        .map(ProvinceCode::parse)
        .transpose()
        .map_err(|wrong| Failure::Input(format!("--province: {wrong}")))?;
    let provinces = match only {
        Some(only) => vec![only],
        None => named(&engine.shipped(), &table, day)?,
    };
    let mut looked = 0;
    for province in provinces {
        let catalogue = engine.catalogue(&province);
        let caller = admin(&catalogue, &province)?;
        let eve = day.pred_opt().unwrap_or(day);
        let mut merger = Merger {
            day,
            table: table.clone(),
            choices: choices
                .iter()
                .filter(|(old, _)| {
                    let old = catalogue.units.find_on(old, eve);
                    // A unit that nobody knows stays in, so that its error is reported.
                    old.is_none_or(|old| old.province == province)
                })
                .cloned()
                .collect(),
            reason: flags.reason.clone(),
            dry_run: true,
        };
        let foreseen = carry_out(engine, &caller, &merger).await?;
        if foreseen.seen == 0 && merger.choices.is_empty() {
            continue;
        }
        looked += foreseen.seen;
        if flags.dry_run {
            tell(&province, true, &foreseen, language)?;
        } else {
            merger.dry_run = false;
            let merged = carry_out(engine, &caller, &merger).await?;
            tell(&province, false, &merged, language)?;
        }
    }
    if looked == 0 {
        let none = words(
            language,
            "Không có hồ sơ chưa kết thúc ở các tỉnh trong bảng.\n",
            "no unfinished dossier in the provinces of the table\n",
        );
        print(none)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn choices(flags: &[String]) -> Result<Vec<(String, String)>, Failure> {
    flags
        .iter()
        .map(|choice| match choice.split_once('=') {
            Some((old, new)) => Ok((old.to_owned(), new.to_owned())),
            None => Err(Failure::Input(format!(
                "--choose: `{choice}` is not like 02206=02215"
            ))),
        })
        .collect()
}

/// The provinces whose units a table names.
fn named(
    catalogue: &Catalogue,
    table: &SourceFile,
    day: chrono::NaiveDate,
) -> Result<Vec<ProvinceCode>, Failure> {
    let succession = Successors::read(table, day, &catalogue.units).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::Input(lines.join("\n"))
    })?;
    let provinces: BTreeSet<&ProvinceCode> = succession
        .iter()
        .filter_map(|(old, _)| catalogue.units.get(old))
        .map(|unit| &unit.province)
        .collect();
    Ok(provinces.into_iter().cloned().collect())
}

fn admin(catalogue: &Catalogue, province: &ProvinceCode) -> Result<Caller, Failure> {
    let unit = catalogue.units.province(province).ok_or_else(|| {
        Failure::Input(format!(
            "--province: the catalogue has no province {province}"
        ))
    })?;
    let actor = ActorId::parse(ACTOR).expect("it is an id");
    Ok(caller(actor, Role::Admin, unit))
}

async fn carry_out(engine: &Engine, caller: &Caller, merger: &Merger) -> Result<Merged, Failure> {
    let progress = Progress::new();
    let tell = |job: &Job| {
        progress.say(&format!(
            "province {}: {} dossiers looked at, {} moved",
            job.province, job.seen, job.changed
        ));
    };
    let merged = engine.merge_units(caller, merger, tell).await;
    drop(progress);
    merged.map_err(|error| match error {
        app::Error::Invalid(fields) => {
            let lines: Vec<String> = fields
                .into_iter()
                .map(|field| match field.field.as_str() {
                    "table" => field.problem,
                    other => format!("{other}: {}", field.problem),
                })
                .collect();
            Failure::Input(lines.join("\n"))
        }
        other => Failure::work("cannot merge units", other),
    })
}

fn tell(
    province: &ProvinceCode,
    foreseen: bool,
    merged: &Merged,
    language: Language,
) -> Result<(), Failure> {
    let (seen, moved) = (merged.seen, merged.moved);
    let mut lines = vec![match (language, foreseen) {
        (Language::Vietnamese, true) => format!(
            "Tỉnh {province}: trong {seen} hồ sơ chưa kết thúc, {moved} hồ sơ sẽ chuyển sang đơn vị khác"
        ),
        (Language::Vietnamese, false) => format!(
            "Tỉnh {province}: trong {seen} hồ sơ chưa kết thúc, {moved} hồ sơ đã chuyển sang đơn vị khác"
        ),
        (Language::English, true) => format!(
            "province {province}: of {seen} unfinished dossiers {moved} would go to other units"
        ),
        (Language::English, false) => format!(
            "province {province}: of {seen} unfinished dossiers {moved} went to other units"
        ),
    }];
    for handover in &merged.handovers {
        lines.push(format!(
            "  {:<12} → {:<12} {:>8}",
            handover.old.to_string(),
            handover.new.to_string(),
            handover.dossiers
        ));
    }
    print(lines.join("\n") + "\n")
}
