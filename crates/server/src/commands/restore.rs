//! `motcua restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use domain::time;

use super::{Database, outlive_full_files, print};
use crate::Failure;
use crate::backup::{self, Return};
use crate::progress::Progress;

/// Put a backup back where no database is.
///
/// Refuses a database that is there, a backup of another schema, and one of another key. What was
/// written after the backup is lost: its numbers are skipped, its readers learn of it by their cursors
/// (CURSOR_EXPIRED), and all sessions end. Exit code 0: it is back; 1: it could not be written, or
/// something in it is otherwise than its events say; 2: it was refused, and nothing was written.
#[derive(Debug, Args)]
pub struct Restore {
    /// What `motcua backup` wrote.
    #[arg(value_name = "FILE", required_unless_present = "already")]
    pub backup: Option<PathBuf>,
    /// The database is back already, by cp, pgBackRest or a snapshot: only skip numbers and end the
    /// sessions. No server may run.
    #[arg(long, conflicts_with = "backup")]
    pub already: bool,
    /// How many numbers each unit skips today. Without it: ten times as many as the busiest unit ever
    /// gave on a day, 1000 at least, and five more for every minute of the day.
    #[arg(long, value_name = "NUMBERS")]
    pub skip: Option<u32>,
    /// Skip them on the 31 days ahead at all units, not only at those that have reserved blocks before.
    #[arg(long)]
    pub all_ahead: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Puts a backup back and prints what was lost and skipped.
pub async fn run(flags: Restore) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    let how = Return {
        skip: flags.skip,
        all_ahead: flags.all_ahead,
    };
    outlive_full_files()?;
    let progress = Progress::new();
    let mut shows = |done, of| progress.show(done, of, &format!("{done} of {of} dossiers"));
    let (look, restored) = match &flags.backup {
        Some(file) => backup::restore(&config, file, how, &mut shows).await?,
        None => backup::after_another(&config, how, &mut shows).await?,
    };
    drop(progress);
    let mut lines = vec![format!("restored {}", store::shown(&config.database))];
    if let Some(newest) = restored.newest {
        lines.push(format!(
            "newest record {}; what was written after it is lost",
            time::rfc3339(newest)
        ));
    }
    lines.push(format!(
        "{} numbers skipped at each of {} units, {} sessions ended",
        restored.numbers, restored.units, restored.sessions
    ));
    lines.push(
        "tokens and accounts are as they were then: revoke again what was revoked since".to_owned(),
    );
    lines.extend(look.differences.iter().cloned());
    let differences = look.differences.len();
    lines.push(format!(
        "{} dossiers, {differences} differences\n",
        look.dossiers
    ));
    print(lines.join("\n"))?;
    Ok(if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
