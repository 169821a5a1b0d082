//! Opens a database, and refuses one that could lose what it answered.

pub(crate) mod lock;
mod postgres;
mod sqlite;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};
use sea_orm_migration::MigratorTrait;

use crate::address::Address;
use crate::line::Line;
use crate::recount;

/// How safe an answered commit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// An answered commit survives a power cut. Opening asserts it.
    #[default]
    Full,
    /// A power cut may lose the last commits, but never a part of one. Only for data that can be
    /// built again, such as a demo.
    Scratch,
}

/// How long to wait for a server that says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patience {
    /// Without a limit: a statement of an import may take minutes, and the person who started it
    /// can stop it.
    #[default]
    Endless,
    /// As long as a caller may wait: ten seconds for writes, twenty for reads. After that the
    /// outcome is unknown, and the store reconnects.
    ForCallers,
}

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How safe an answered commit is.
    pub durability: Durability,
    /// How many readers run at the same time. A file has one writer; a server has a few.
    pub readers: u32,
    /// How long to wait for a server that says nothing. A file always answers.
    pub patience: Patience,
    /// How old a connection to a server gets before another replaces it. Some settings are chosen
    /// when a connection opens, such as whether it keeps plans; a new connection chooses again by
    /// the present size of the database.
    pub renewed_after: Duration,
    /// Whether this process serves the database. Only one at a time may serve a file; what a command
    /// does beside it for a while is no harm.
    pub serves: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 4,
            patience: Patience::Endless,
            renewed_after: Duration::from_secs(3_600),
            serves: false,
        }
    }
}

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
    /// The tallies do not yet count dossiers of an earlier motcua.
    #[error("the migration of the database was interrupted; run `motcua migrate`")]
    Uncounted,
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

/// Brings a database to the current schema. It creates a missing file; a database on a server must
/// exist.
///
/// Returns the names of the applied migrations, or, with `dry_run`, of the missing ones without
/// touching anything. Each is applied whole or not at all, and by one process at a time.
pub async fn migrate(url: &str, dry_run: bool) -> Result<Vec<String>, OpenError> {
    let db = match Address::parse(url)? {
        Address::Sqlite(file) if dry_run && !file.exists() => return Ok(migrations::names()),
        Address::Sqlite(file) => {
            lock::check_log(&file)?;
            if !dry_run {
                let made = lock::make_private(&file);
                made.map_err(|error| OpenError::Database(error.into()))?;
            }
            let db = sqlite::migrator(url, dry_run).await?;
            // Closing it below takes the log away.
            lock::forget_killed(&file);
            db
        }
        Address::Postgres => postgres::migrator(url, dry_run).await?,
    };
    let result = migrate_connected(&db, dry_run).await;
    db.close().await?;
    result
}

/// The newest migration of this version: the schema that an opened database has.
#[must_use]
pub fn schema() -> String {
    migrations::names().pop().unwrap_or_default()
}

/// Lets a file be opened whose last server was killed and whose log is gone.
pub fn go_without_log(url: &str) -> Result<(), OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(file) => lock::forget_killed(&file),
        Address::Postgres => {}
    }
    Ok(())
}

async fn migrate_connected(
    db: &DatabaseConnection,
    dry_run: bool,
) -> Result<Vec<String>, OpenError> {
    let pending = pending(db).await?;
    if !dry_run {
        Migrator::up(db, None).await?;
        if recount::is_needed(db).await? {
            recount::recount(db).await?;
        }
    }
    Ok(pending)
}

/// The writer and the readers of a database that has the current schema.
pub(crate) async fn open(
    url: &str,
    options: Options,
) -> Result<(Line, Line, Option<lock::Lock>), OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(file) => sqlite::open(url, &file, options).await,
        Address::Postgres => {
            let (writer, readers) = postgres::open(url, options).await?;
            Ok((writer, readers, None))
        }
    }
}

/// One connection to a server, whatever the state of the database.
pub(crate) async fn bare(url: &str) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// Fails unless an answered commit survives a power cut.
pub(crate) async fn assert_durable(writer: &Line) -> Result<(), OpenError> {
    match writer.get_database_backend() {
        DbBackend::Postgres => postgres::assert_durable(writer).await,
        _ => sqlite::assert_durable(writer).await,
    }
}

/// Moves the WAL of an SQLite file into the file itself.
pub(crate) async fn settle(writer: &Line) -> Result<(), DbErr> {
    match writer.get_database_backend() {
        DbBackend::Postgres => Ok(()),
        _ => sqlite::settle(writer).await,
    }
}

async fn check_schema(db: &impl ConnectionTrait) -> Result<(), OpenError> {
    let pending = pending(db).await?;
    if !pending.is_empty() {
        return Err(OpenError::Unmigrated { pending });
    }
    let present: HashSet<String> = migrations::objects(db).await?.into_iter().collect();
    let wanted = match db.get_database_backend() {
        DbBackend::Postgres => migrations::POSTGRES,
        _ => migrations::SQLITE,
    };
    let wanted = wanted.trim_end_matches(";\n");
    for object in wanted.split(migrations::BETWEEN_OBJECTS) {
        if !present.contains(object) {
            return Err(OpenError::HalfApplied {
                expected: object.lines().next().unwrap_or_default().to_owned(),
            });
        }
    }
    if recount::is_needed(db).await? {
        return Err(OpenError::Uncounted);
    }
    Ok(())
}

/// The migrations still to be applied, in order.
async fn pending(db: &impl ConnectionTrait) -> Result<Vec<String>, OpenError> {
    let applied = applied(db).await?;
    let known = migrations::names();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(OpenError::Newer { unknown });
    }
    Ok(known
        .into_iter()
        .filter(|name| !applied.contains(name))
        .collect())
}

async fn applied(db: &impl ConnectionTrait) -> Result<Vec<String>, OpenError> {
    let backend = db.get_database_backend();
    let select = |sql| db.query_all_raw(Statement::from_string(backend, sql));
    let noted = match backend {
        DbBackend::Postgres => "SELECT 1 WHERE to_regclass('migration') IS NOT NULL",
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'",
    };
    if select(noted).await?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = select("SELECT version FROM migration ORDER BY version").await?;
    let names: Result<_, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(names?)
}
