//! The flags of `import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Database;

/// Flags of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Which column is what: a file, or a shipped map (wabo-receipt.toml, dossiers.toml).
    #[arg(long, value_name = "MAP.toml")]
    pub map: String,
    /// The file with a row an event, plain or gzip; where the map reads only a list of dossiers,
    /// that list.
    #[arg(value_name = "EVENTS.csv[.gz]")]
    pub first: PathBuf,
    /// The file with a row a dossier.
    #[arg(value_name = "CASES.csv[.gz]")]
    pub second: Option<PathBuf>,
    /// Read and judge everything, write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Who imports, by an id of your own.
    #[arg(long, value_name = "ID", default_value = "import")]
    pub actor: String,
    /// Write the same rows raw into a database beside it, to compare the speed.
    #[arg(long, conflicts_with = "dry_run")]
    pub measure_raw: bool,
    #[command(flatten)]
    pub database: Database,
    /// How the findings are printed.
    #[arg(long, value_enum, default_value_t = ImportFormat::Table)]
    pub format: ImportFormat,
}

/// How the findings of an import are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}
