//! The flags of `import` and `export`.

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

/// Flags of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The folder to write to: new, or empty.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The province, by statistics code; may be left out when only one has dossiers.
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
    /// With names, numbers, addresses and texts. Who took them out is written down.
    #[arg(long)]
    pub personal: bool,
    /// Who takes them out, by an id of your own.
    #[arg(long, value_name = "ID", default_value = "export")]
    pub actor: String,
    /// What for; kept beside who and when.
    #[arg(long, value_name = "TEXT", requires = "personal")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub database: Database,
}
