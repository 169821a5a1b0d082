//! Opening a database, and refusing one that would not keep its word.

use std::collections::HashSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};
use sea_orm_migration::MigratorTrait;

/// How safe an answered commit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// It survives a power cut. Asserted when the store is opened.
    #[default]
    Full,
    /// It may be lost or the file spoiled by a power cut. Only for building a demo, which
    /// can be built again.
    Scratch,
}

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How safe an answered commit is.
    pub durability: Durability,
    /// How many can read at the same time; writing is always one at a time.
    pub readers: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 4,
        }
    }
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not the address of a file.
    #[error(
        "`{url}` is not a database; expected sqlite:FILE, such as sqlite:/var/lib/motcua/motcua.db"
    )]
    NotAFile {
        /// What was given.
        url: String,
    },
    /// There is no such file.
    #[error("database file {} does not exist; run `motcua migrate`", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
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
    /// The migrations are noted as applied, but what they make is not there.
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

/// Brings a database to the current schema, making the file if there is none.
///
/// Returns the names of the migrations applied; with `dry_run` those that would be, and
/// touches nothing. Each is applied whole or not at all.
pub async fn migrate(url: &str, dry_run: bool) -> Result<Vec<String>, OpenError> {
    let file = file_of(url)?;
    if dry_run && !file.exists() {
        return Ok(known());
    }
    let db = connect(url, 1, move |options| {
        if dry_run {
            return options.pragma("query_only", "1");
        }
        options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
    })
    .await?;
    let result = migrate_connected(&db, dry_run).await;
    db.close().await?;
    result
}

async fn migrate_connected(
    db: &DatabaseConnection,
    dry_run: bool,
) -> Result<Vec<String>, OpenError> {
    let pending = pending(db).await?;
    if !dry_run {
        Migrator::up(db, None).await?;
    }
    Ok(pending)
}

/// The writer and the readers of a database that has the current schema.
pub(crate) async fn open(
    url: &str,
    options: Options,
) -> Result<(DatabaseConnection, DatabaseConnection), OpenError> {
    let file = file_of(url)?;
    if !file.exists() {
        return Err(OpenError::Missing { file });
    }
    let synchronous = match options.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Scratch => SqliteSynchronous::Off,
    };
    let writer = connect(url, 1, move |options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
    })
    .await?;
    if let Err(error) = check_schema(&writer).await {
        writer.close().await?;
        return Err(error);
    }
    let readers = connect(url, Ord::max(options.readers, 1), |options| {
        options.pragma("query_only", "1")
    })
    .await?;
    Ok((writer, readers))
}

/// Fails unless an answered commit survives a power cut.
pub(crate) async fn assert_durable(writer: &DatabaseConnection) -> Result<(), OpenError> {
    for (setting, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
    ] {
        let found = pragma(writer, setting).await?;
        if found != expected {
            return Err(OpenError::NotDurable {
                setting,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// The value of a setting as text: some settings are words and some are numbers.
async fn pragma(db: &DatabaseConnection, setting: &'static str) -> Result<String, OpenError> {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {setting}"));
    let Some(row) = db.query_one_raw(statement).await? else {
        return Ok("unknown".to_owned());
    };
    match row.try_get_by_index::<String>(0) {
        Ok(word) => Ok(word),
        Err(_) => Ok(row.try_get_by_index::<i64>(0)?.to_string()),
    }
}

async fn check_schema(db: &DatabaseConnection) -> Result<(), OpenError> {
    let pending = pending(db).await?;
    if !pending.is_empty() {
        return Err(OpenError::Unmigrated { pending });
    }
    let present: HashSet<String> = migrations::objects(db).await?.into_iter().collect();
    let wanted = migrations::SQLITE.trim_end_matches(";\n");
    for object in wanted.split(migrations::BETWEEN_OBJECTS) {
        if !present.contains(object) {
            return Err(OpenError::HalfApplied {
                expected: object.lines().next().unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(())
}

/// The migrations still to be applied, in order.
async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let applied = applied(db).await?;
    let known = known();
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

fn known() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let select = |sql| db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql));
    if select("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'")
        .await?
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let rows = select("SELECT version FROM migration ORDER BY version").await?;
    let names: Result<_, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(names?)
}

fn file_of(url: &str) -> Result<PathBuf, OpenError> {
    let refused = || OpenError::NotAFile {
        url: url.to_owned(),
    };
    // Each connection to a database in memory would see another one.
    if url.contains(":memory:") || url.contains("mode=memory") || !url.starts_with("sqlite:") {
        return Err(refused());
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|_| refused())?;
    let file = options.get_filename().to_owned();
    if file.as_os_str().is_empty() {
        return Err(refused());
    }
    Ok(file)
}

async fn connect(
    url: &str,
    connections: u32,
    settings: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(connections)
        // A connection to a file does not go stale; making one costs a parse of the schema.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        // Statements carry personal values.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            settings(
                options
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(5)),
            )
        });
    Ok(Database::connect(options).await?)
}
