//! What has to hold before a server starts, as far as it can be told without the database: `motcua check`
//! and the start itself ask the same.

use std::path::Path;

use domain::catalogue::Catalogue;
use domain::language::Language;
use portal::RemoteSettings;
use portal::reading::ReaderSettings;

use crate::config::Config;
use crate::{Failure, readers, remotes, secret, telemetry};

/// Refuses a configuration with which no server starts.
pub fn check(config: &Config) -> Result<(), Failure> {
    telemetry::filter(config)?;
    config.certificate()?;
    secret::read(&config.secret_file)?;
    remotes::check(&config.remote)?;
    readers::check(&config.reader)?;
    match config.backups() {
        Some(plan) => check_folder(&plan.folder),
        None => Ok(()),
    }
}

/// Refuses a folder for backups that is not there, so that the first night does not show it.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "backup_folder: {} is no folder; make it, and let only the server's user read it",
        folder.display()
    )))
}

/// What the configuration names and the catalogue does not have.
pub struct Missing {
    /// Who names it: `remote dvcqg: units`.
    named_by: String,
    /// What it is, in Vietnamese and English.
    what: [String; 2],
}

impl Missing {
    /// In a language.
    pub fn in_language(&self, language: Language) -> String {
        let Self { named_by, what } = self;
        let [vi, en] = what;
        match language {
            Language::Vietnamese => format!("{named_by}: danh mục không có {vi}"),
            Language::English => format!("{named_by}: the catalogue has no {en}"),
        }
    }

    fn code(named_by: String, code: &str) -> Self {
        let what = [code.to_owned(), code.to_owned()];
        Self { named_by, what }
    }
}

/// What the remotes name and the catalogue does not have: nothing of it ever goes out or comes in. An
/// import may have made it in the database, so it is told and not refused.
pub fn unknown(remotes: &[RemoteSettings], catalogue: &Catalogue) -> Vec<Missing> {
    let mut missing = Vec::new();
    for remote in remotes {
        let named_by = |key: &str| format!("remote {}: {key}", remote.name);
        let province = &remote.province;
        if catalogue.units.in_province(province).next().is_none() {
            missing.push(Missing {
                named_by: named_by("province"),
                what: [
                    format!("đơn vị nào của tỉnh {province}"),
                    format!("unit of province {province}"),
                ],
            });
        }
        for unit in &remote.units {
            if catalogue.units.get(unit).is_none() {
                missing.push(Missing::code(named_by("units"), unit.as_str()));
            }
        }
        for code in &remote.procedures {
            if catalogue.procedures.versions(code).is_empty() {
                missing.push(Missing::code(named_by("procedures"), code.as_str()));
            }
        }
    }
    missing
}

/// The units of products that are read, and that the catalogue does not have: each of their rows is refused.
pub fn unknown_units(readers: &[ReaderSettings], catalogue: &Catalogue) -> Vec<Missing> {
    let mut missing = Vec::new();
    for reader in readers {
        let units = reader.units.values();
        let unknown = units.filter(|unit| catalogue.units.find(unit.as_str()).is_none());
        missing.extend(unknown.map(|unit| {
            let named_by = format!("reader {}: units", reader.name);
            Missing::code(named_by, unit.as_str())
        }));
    }
    missing
}
