//! `motcua backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use app::ports::Clock;
use clap::Args;

use super::{Database, outlive_full_files, print};
use crate::Failure;
use crate::backup::{self, fingerprint};
use crate::clock::SystemClock;
use crate::progress::Progress;

/// Copy the database beside a running server, and look the copy through.
///
/// An SQLite file is copied as it is at one moment; a database on a server is dumped by pg_dump. The
/// key is not in it: keep that apart. Exit code 0: the backup is there and whole; 1: it could not be
/// written, or something in it is otherwise than its events say; 2: the file is there already, or the
/// configuration is wrong.
#[derive(Debug, Args)]
pub struct Backup {
    /// A file that is not there yet, or a folder in which the backup gets a name of its own.
    #[arg(value_name = "FILE|FOLDER")]
    pub target: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

/// Takes a backup and prints what it is.
pub async fn run(flags: Backup) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    outlive_full_files()?;
    let progress = Progress::new();
    let mut shows = |done, of| progress.show(done, of, &format!("{done} of {of} dossiers"));
    let taken = backup::take(&config, &flags.target, SystemClock.now(), &mut shows).await?;
    drop(progress);
    let mut lines = vec![
        format!("backup {}", taken.file.display()),
        format!("bytes {}", taken.bytes),
        format!("schema {}", store::schema()),
    ];
    let mut code = ExitCode::SUCCESS;
    match &taken.look {
        Some(look) => {
            if let Some(check) = &look.key.check {
                lines.push(format!("key {}", fingerprint(check)));
            }
            lines.extend(look.differences.iter().cloned());
            let (dossiers, differences) = (look.dossiers, look.differences.len());
            lines.push(format!("{dossiers} dossiers, {differences} differences"));
            if differences > 0 {
                code = ExitCode::from(1);
            }
        }
        None => lines.push("looked through when it is put back".to_owned()),
    }
    lines.push(String::new());
    print(lines.join("\n"))?;
    Ok(code)
}
