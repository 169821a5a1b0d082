//! What has to hold before a server starts, as far as it can be told without the database: `motcua check`
//! and the start itself ask the same.

use std::path::Path;

use domain::catalogue::Catalogue;
use portal::RemoteSettings;
use portal::reading::ReaderSettings;

use crate::config::Config;
use crate::{Failure, readers, remotes, secret};

/// Refuses a configuration with which no server starts.
pub fn check(config: &Config) -> Result<(), Failure> {
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

/// What the remotes name and the catalogue does not have: nothing of it ever goes out or comes in. An
/// import may have made it in the database, so it is told and not refused.
pub fn unknown(remotes: &[RemoteSettings], catalogue: &Catalogue) -> Vec<String> {
    let mut lines = Vec::new();
    for remote in remotes {
        let mut tell = |key: &str, value: &str| {
            lines.push(format!(
                "remote {}: {key}: the catalogue has no {value}",
                remote.name
            ));
        };
        let province = &remote.province;
        if catalogue.units.in_province(province).next().is_none() {
            tell("province", &format!("unit of province {province}"));
        }
        for unit in &remote.units {
            if catalogue.units.get(unit).is_none() {
                tell("units", unit.as_str());
            }
        }
        for code in &remote.procedures {
            if catalogue.procedures.versions(code).is_empty() {
                tell("procedures", code.as_str());
            }
        }
    }
    lines
}

/// The units of products that are read, and that the catalogue does not have: each of their rows is refused.
pub fn unknown_units(readers: &[ReaderSettings], catalogue: &Catalogue) -> Vec<String> {
    let mut lines = Vec::new();
    for reader in readers {
        let units = reader.units.values();
        let missing = units.filter(|unit| catalogue.units.find(unit.as_str()).is_none());
        lines.extend(
            missing
                .map(|unit| format!("reader {}: units: the catalogue has no {unit}", reader.name)),
        );
    }
    lines
}
