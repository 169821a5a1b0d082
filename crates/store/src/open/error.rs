//! Why a database cannot be used.

use std::path::PathBuf;

use sea_orm::DbErr;

use crate::rewriting::{DamagedEvent, RewriteError};

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not the address of a database.
    #[error(
        "`{url}` is not a database; expected sqlite:FILE, such as \
         sqlite:/var/lib/motcua/motcua.db, or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    NotADatabase {
        /// What was given, its password hidden.
        url: String,
    },
    /// On a server, where a file is needed.
    #[error("{url} is no file; only a file can be copied so")]
    NotAFile {
        /// The database, its password hidden.
        url: String,
    },
    /// An old server.
    #[error("the server is PostgreSQL {found}, expected 15 or newer")]
    TooOld {
        /// Its version.
        found: String,
    },
    /// There is no such file.
    #[error("database file {} does not exist; run `motcua migrate`", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The file is something else.
    #[error("{} is no SQLite database", file.display())]
    AnotherKind {
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be written.
    #[error(
        "{} cannot be written by this user; expected a file that the server's user owns, on a disk that is \
         not read-only",
        file.display()
    )]
    ReadOnly {
        /// The file.
        file: PathBuf,
    },
    /// The database has tables, and none that a version of this program made.
    #[error(
        "the database belongs to another program: it has table {table}, and nothing of motcua; expected an empty \
         database, or one that `motcua migrate` made"
    )]
    OfAnotherProgram {
        /// The first of its tables.
        table: String,
    },
    /// The file has hard links.
    #[error(
        "{} has {names} names (hard links). Under each name SQLite keeps another log, so what was written \
         last would be missing; `find -samefile` shows the others: remove them, or copy the file with \
         `motcua backup`",
        file.display()
    )]
    OtherNames {
        /// The file.
        file: PathBuf,
        /// How many names it has.
        names: u64,
    },
    /// Another process serves the file.
    #[error(
        "{} is served already, by process {process}; stop that server first, or use PostgreSQL for \
         several",
        file.display()
    )]
    InUse {
        /// The file.
        file: PathBuf,
        /// The number of the process, as far as it has said it.
        process: String,
    },
    /// What was written last is gone.
    #[error(
        "the last server was killed and its log {} is gone: what was written last would be missing. \
         Put the log back, or restore a backup; `--without-log` starts without it",
        log.display()
    )]
    LogLost {
        /// The log.
        log: PathBuf,
    },
    /// Migrations are still to be applied.
    #[error("the database lacks {} migration(s), first {}; run `motcua migrate`", pending.len(), pending[0])]
    Unmigrated {
        /// Their names, in order; never empty.
        pending: Vec<String>,
    },
    /// A newer motcua has been here.
    #[error("the database has migrations this motcua does not know, first {}; use the newer motcua", unknown[0])]
    Newer {
        /// Their names; never empty.
        unknown: Vec<String>,
    },
    /// The tallies do not yet count dossiers of an earlier motcua, or its rows are not all in the present form.
    #[error("the migration of the database was interrupted; run `motcua migrate`")]
    Interrupted,
    /// An event of an earlier motcua is damaged, so it was not brought into the present form.
    #[error(transparent)]
    Damaged(#[from] DamagedEvent),
    /// The migrations are recorded as applied, but their objects are missing.
    #[error("the schema is incomplete: expected `{expected}`; restore the database from a backup")]
    HalfApplied {
        /// The first line of the first object that is missing or differs.
        expected: String,
    },
    /// A power cut could lose answered commits.
    #[error(
        "database setting {setting} is {found}, expected {expected}: answered commits could be lost"
    )]
    NotDurable {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The database refused.
    #[error("the database cannot be opened")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<DbErr> for OpenError {
    fn from(error: DbErr) -> Self {
        OpenError::Database(error.into())
    }
}

impl From<RewriteError> for OpenError {
    fn from(error: RewriteError) -> Self {
        match error {
            RewriteError::Damaged(event) => OpenError::Damaged(event),
            RewriteError::Database(error) => error.into(),
        }
    }
}
