//! `motcua migrate`.

use super::Database;
use clap::Args;
use std::process::ExitCode;

use crate::Failure;

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
    let names = apply(&config.database, flags.dry_run).await?;
    let done = if flags.dry_run {
        "would apply"
    } else {
        "applied"
    };
    for name in &names {
        println!("{done} {name}");
    }
    if names.is_empty() {
        println!("{} is up to date", store::shown(&config.database));
    }
    Ok(ExitCode::SUCCESS)
}

/// Applies the missing migrations, or only lists them. Returns their names.
pub async fn apply(database: &str, dry_run: bool) -> Result<Vec<String>, Failure> {
    store::migrate(database, dry_run)
        .await
        .map_err(|error| Failure::work(format!("cannot migrate {}", store::shown(database)), error))
}
