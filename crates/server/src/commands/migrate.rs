//! `motcua migrate`.

use super::Database;
use clap::Args;
use std::process::ExitCode;

use crate::Failure;
use crate::progress::Progress;

/// Bring the database to this version's schema.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Only print what would be done.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Brings the database to this version's schema, or lists the missing migrations.
pub async fn run(flags: Migrate) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    let (names, rows) = apply(&config.database, flags.dry_run).await?;
    let done = if flags.dry_run {
        "would apply"
    } else {
        "applied"
    };
    for name in &names {
        println!("{done} {name}");
    }
    if rows > 0 {
        let done = if flags.dry_run {
            "would rewrite"
        } else {
            "rewrote"
        };
        println!("{done} {rows} rows of an earlier version");
    }
    if names.is_empty() && rows == 0 {
        println!("{} is up to date", store::shown(&config.database));
    }
    Ok(ExitCode::SUCCESS)
}

/// Applies the missing migrations, or only lists them. Returns their names, and how many rows of an
/// earlier version were rewritten, or would be.
pub async fn apply(database: &str, dry_run: bool) -> Result<(Vec<String>, u64), Failure> {
    let progress = Progress::new();
    let mut rows = 0;
    let mut tell = |done: u64, of: u64| {
        rows = of;
        if !dry_run {
            progress.show(done, of, &format!("{done} of {of} rows rewritten"));
        }
    };
    let names = store::migrate_and_tell(database, dry_run, &mut tell).await;
    let names = names.map_err(|error| {
        Failure::work(format!("cannot migrate {}", store::shown(database)), error)
    })?;
    Ok((names, rows))
}
