//! An embedded file: WAL, flushed at every commit.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

use super::error::OpenError;
use super::lock::{self, Lock};
use super::options::{Durability, Options};
use super::schema::{check_schema, pending};
use crate::pool::Pool;

/// The one connection for migrating; it creates a missing file.
pub(super) async fn migrator(url: &str, dry_run: bool) -> Result<DatabaseConnection, OpenError> {
    connect(url, 1, None, move |options| {
        if dry_run {
            return options.pragma("query_only", "1");
        }
        options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
    })
    .await
}

/// Looks whether another program, or a newer version of this one, made the file, and changes nothing in it.
///
/// The connection has to stay open until another one is: the last one to close takes the log away, and a kill
/// before the next one would then look as if a log had been lost.
pub(super) async fn first_look(url: &str) -> Result<DatabaseConnection, OpenError> {
    let db = migrator(url, true).await?;
    match pending(&db).await {
        Ok(_) => Ok(db),
        Err(error) => {
            db.close().await?;
            Err(error)
        }
    }
}

/// The one writer, and the readers.
pub(super) async fn open(
    url: &str,
    file: &Path,
    options: Options,
) -> Result<(Pool, Pool, Option<Lock>), OpenError> {
    if !file.exists() {
        return Err(OpenError::Missing {
            file: file.to_owned(),
        });
    }
    lock::check_file(file)?;
    lock::check_writable(file)?;
    lock::check_log(file)?;
    let lock = options.serves.then(|| Lock::take(file)).transpose()?;
    let looked = first_look(url).await?;
    let closed = lock::close_to_others(file);
    closed.map_err(|error| OpenError::Database(error.into()))?;
    let synchronous = match options.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Scratch => SqliteSynchronous::Normal,
    };
    let writer = connect(url, 1, options.slower_flush, move |options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
    })
    .await?;
    looked.close().await?;
    if let Err(error) = check_schema(&writer).await {
        writer.close().await?;
        return Err(error);
    }
    let many = Ord::max(options.readers, 1);
    let readers = connect(url, many, None, |options| options.pragma("query_only", "1")).await?;
    if lock.is_none() {
        lock::forget_killed(file);
    }
    Ok((Pool::new(writer, None), Pool::new(readers, None), lock))
}

/// One connection for copying the file. It writes nothing, but is opened as one that may: the log of a
/// server that was killed has to be read first, and for that SQLite makes a file beside the database.
pub(super) async fn to_copy(url: &str, file: &Path) -> Result<DatabaseConnection, OpenError> {
    if !file.exists() {
        return Err(OpenError::Missing {
            file: file.to_owned(),
        });
    }
    lock::check_file(file)?;
    lock::check_log(file)?;
    let connection = connect(url, 1, None, |options| options).await?;
    lock::forget_killed(file);
    Ok(connection)
}

/// The connections to a file that nobody changes while it is open.
pub(super) async fn copy(file: &Path) -> Result<(Pool, Pool), OpenError> {
    if !file.exists() {
        return Err(OpenError::Missing {
            file: file.to_owned(),
        });
    }
    lock::check_kind(file)?;
    let open = || {
        let file = file.to_owned();
        connect("sqlite:", 1, None, move |options| {
            options.filename(&file).read_only(true).immutable(true)
        })
    };
    let writer = open().await?;
    if let Err(error) = check_schema(&writer).await {
        writer.close().await?;
        return Err(error);
    }
    Ok((Pool::new(writer, None), Pool::new(open().await?, None)))
}

/// Fails unless an answered commit survives a power cut.
pub(super) async fn assert_durable(writer: &Pool) -> Result<(), OpenError> {
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

/// Moves the content of the WAL into the one file.
pub(super) async fn settle(writer: &Pool) -> Result<(), sea_orm::DbErr> {
    writer
        .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .map(drop)
}

/// The value of a setting as text, because some settings are words and some are numbers.
async fn pragma(db: &Pool, setting: &'static str) -> Result<String, OpenError> {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {setting}"));
    let Some(row) = db.query_one_raw(statement).await? else {
        return Ok("unknown".to_owned());
    };
    match row.try_get_by_index::<String>(0) {
        Ok(word) => Ok(word),
        Err(_) => Ok(row.try_get_by_index::<i64>(0)?.to_string()),
    }
}

async fn connect(
    url: &str,
    connections: u32,
    slower_flush: Option<Duration>,
    settings: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(connections)
        // A connection to a file does not go stale, and opening one parses the whole schema.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        // On a full disk SQLite ends a transaction itself, but the driver still believes that it is
        // inside one. It would take the next transaction for a nested one and "commit" it without a
        // commit. So such a connection is closed and replaced.
        .map_sqlx_sqlite_pool_opts(move |options| {
            let options = options.before_acquire(|connection, _found| {
                let is_clean = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_clean) })
            });
            let Some(longer) = slower_flush else {
                return options;
            };
            options.after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.lock_handle().await?.set_commit_hook(move || {
                        std::thread::sleep(longer);
                        true
                    });
                    Ok(())
                })
            })
        })
        // Statements carry personal values.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            settings(
                options
                    // Most answers whole. With the driver's fifty, its thread and the reader of the rows wake each
                    // other again and again, which costs more than the rows.
                    .row_buffer_size(1_024)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(5)),
            )
        });
    Ok(Database::connect(options).await?)
}
