//! Backups: taken beside a running server, looked through before they count, and put back.

mod look;
mod part;
mod postgres;
mod restore;
mod schedule;

use std::path::{Path, PathBuf};

use domain::time::Instant;

use crate::Failure;
use crate::config::Config;
use look::Look;
use part::Part;

pub use look::fingerprint;
pub use restore::{Return, after_another, restore};
pub use schedule::{keep_up, newest};

/// A backup that was written.
#[derive(Debug)]
pub struct Taken {
    /// The file.
    pub file: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// What was seen in it; none of a dump, which only a restoration can look through.
    pub look: Option<Look>,
}

/// Takes a backup into a file that is not there yet, or into a folder under a name of its own.
///
/// What is there is never overwritten. The file appears under its name only when it is whole and was
/// looked through.
pub async fn take(
    config: &Config,
    target: &Path,
    now: Instant,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Taken, Failure> {
    let is_file = is_file(&config.database)?;
    let file = if target.is_dir() {
        target.join(name(now, is_file))
    } else {
        target.to_owned()
    };
    let part = Part::beside(&file)?;
    let cannot = |error: store::OpenError| {
        Failure::work(format!("cannot write the backup {}", file.display()), error)
    };
    let look = if is_file {
        store::copy_into(&config.database, part.path())
            .await
            .map_err(cannot)?;
        part.flush()?;
        let look = look::through(part.path(), shows).await?;
        if let Some(fault) = look.faults.first() {
            return Err(Failure::Work {
                message: format!(
                    "the backup {} would not be whole, so it was not kept: {fault}; look at the \
                     database with `motcua doctor`",
                    file.display()
                ),
                source: None,
            });
        }
        Some(look)
    } else {
        postgres::dump(&config.database, part.path()).await?;
        part.flush()?;
        None
    };
    let bytes = part.keep()?;
    Ok(Taken { file, bytes, look })
}

/// The name of a backup of a moment: `motcua-20261130T173000Z.db`.
fn name(now: Instant, is_file: bool) -> String {
    let end = if is_file { "db" } else { "dump" };
    format!("motcua-{}.{end}", now.format("%Y%m%dT%H%M%SZ"))
}

/// When a backup of such a name was taken.
fn taken_at(name: &str) -> Option<Instant> {
    let moment = name.strip_prefix("motcua-")?;
    let moment = moment
        .strip_suffix(".db")
        .or_else(|| moment.strip_suffix(".dump"))?;
    let read = chrono::NaiveDateTime::parse_from_str(moment, "%Y%m%dT%H%M%SZ").ok()?;
    Some(read.and_utc())
}

fn is_file(url: &str) -> Result<bool, Failure> {
    store::file_of(url)
        .map(|file| file.is_some())
        .map_err(|error| Failure::Input(format!("database: {error}")))
}

/// The address of an SQLite file, whatever characters its path has.
fn address(file: &Path) -> String {
    let path = file.display().to_string();
    format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_tells_by_its_name_when_it_was_taken() {
        let at: Instant = "2026-11-30T17:30:05Z".parse().unwrap();
        assert_eq!(name(at, true), "motcua-20261130T173005Z.db");
        assert_eq!(taken_at(&name(at, true)), Some(at));
        assert_eq!(taken_at(&name(at, false)), Some(at));
        for other in [
            "motcua.db",
            "motcua-20261130T173005Z.db.part",
            "x-20261130T173005Z.db",
        ] {
            assert_eq!(taken_at(other), None, "{other}");
        }
    }
}
