//! Opens a database, and refuses one that could lose what it answered.

pub(crate) mod error;
pub(crate) mod lock;
mod options;
mod postgres;
mod schema;
mod sqlite;

use std::path::Path;

use migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr};
use sea_orm_migration::MigratorTrait;

pub use error::OpenError;
pub use options::{Durability, Options, Patience};
use schema::pending;
pub use schema::{migrations, schema};

use crate::address::{Address, shown};
use crate::pool::Pool;
use crate::{halving, recount, rewriting};

/// Brings a database to the current schema. It creates a missing file; a database on a server must
/// exist.
///
/// Returns the names of the applied migrations, or, with `dry_run`, of the missing ones without
/// touching anything. Each is applied whole or not at all, and by one process at a time.
pub async fn migrate(url: &str, dry_run: bool) -> Result<Vec<String>, OpenError> {
    migrate_and_tell(url, dry_run, &mut |_, _| {}).await
}

/// The same, and tells how many rows of how many it has brought into the present form; with
/// `dry_run`, only how many there are.
pub async fn migrate_and_tell(
    url: &str,
    dry_run: bool,
    tell: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Vec<String>, OpenError> {
    let db = match Address::parse(url)? {
        Address::Sqlite(file) if dry_run && !file.exists() => return Ok(migrations::names()),
        Address::Sqlite(file) => {
            lock::check_file(&file)?;
            lock::check_log(&file)?;
            let looked = match file.exists() {
                true => Some(sqlite::first_look(url).await?),
                false => None,
            };
            if !dry_run {
                lock::check_writable(&file)?;
                let made = lock::make_private(&file);
                made.map_err(|error| OpenError::Database(error.into()))?;
            }
            let db = sqlite::migrator(url, dry_run).await?;
            if let Some(looked) = looked {
                looked.close().await?;
            }
            // Closing it below takes the log away.
            lock::forget_killed(&file);
            db
        }
        Address::Postgres => postgres::migrator(url, dry_run).await?,
    };
    let result = migrate_connected(&db, dry_run, tell).await;
    db.close().await?;
    result
}

/// Lets a file be opened whose last server was killed and whose log is gone. Whether it is such a file: what was
/// written last is missing in it then.
pub fn go_without_log(url: &str) -> Result<bool, OpenError> {
    let Address::Sqlite(file) = Address::parse(url)? else {
        return Ok(false);
    };
    let is_lost = matches!(lock::check_log(&file), Err(OpenError::LogLost { .. }));
    lock::forget_killed(&file);
    Ok(is_lost)
}

async fn migrate_connected(
    db: &DatabaseConnection,
    dry_run: bool,
    tell: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Vec<String>, OpenError> {
    let pending = pending(db).await?;
    if dry_run {
        tell(0, rewriting::left(db).await? + halving::left(db).await?);
    } else {
        Migrator::up(db, None).await?;
        if recount::is_needed(db).await? {
            recount::recount(db).await?;
        }
        rewrite(db, tell).await?;
    }
    Ok(pending)
}

/// Brings the rows that an older version wrote into their present form.
async fn rewrite(
    db: &DatabaseConnection,
    tell: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), OpenError> {
    if !rewriting::is_needed(db).await? && !halving::is_needed(db).await? {
        return Ok(());
    }
    let of = rewriting::left(db).await? + halving::left(db).await?;
    let mut done = 0;
    let mut count = |changed| {
        done += changed;
        tell(done, of);
    };
    halving::halve(db, &mut count).await?;
    rewriting::rewrite(db, &mut count).await?;
    // The pages of old rows stay in the file as free ones. Who lacks the room for a copy does without.
    if db.get_database_backend() == DbBackend::Sqlite
        && let Err(error) = db.execute_unprepared("VACUUM").await
    {
        tracing::warn!(%error, "the file stays as large as it was; VACUUM would make it smaller");
    }
    Ok(())
}

/// The writer and the readers of a database that has the current schema.
pub(crate) async fn open(
    url: &str,
    options: Options,
) -> Result<(Pool, Pool, Option<lock::Lock>), OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(file) => sqlite::open(url, &file, options).await,
        Address::Postgres => {
            let (writer, readers) = postgres::open(url, options).await?;
            Ok((writer, readers, None))
        }
    }
}

/// One connection to a file that is to be copied, whoever serves it.
pub(crate) async fn to_copy(url: &str) -> Result<DatabaseConnection, OpenError> {
    let Address::Sqlite(file) = Address::parse(url)? else {
        return Err(OpenError::NotAFile { url: shown(url) });
    };
    sqlite::to_copy(url, &file).await
}

/// The connections to a copy, which stays as it is.
pub(crate) async fn copy(file: &Path) -> Result<(Pool, Pool), OpenError> {
    sqlite::copy(file).await
}

/// One connection to a server, whatever the state of the database.
pub(crate) async fn bare(url: &str) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// Fails unless an answered commit survives a power cut.
pub(crate) async fn assert_durable(writer: &Pool) -> Result<(), OpenError> {
    match writer.get_database_backend() {
        DbBackend::Postgres => postgres::assert_durable(writer).await,
        _ => sqlite::assert_durable(writer).await,
    }
}

/// Moves the WAL of an SQLite file into the file itself.
pub(crate) async fn settle(writer: &Pool) -> Result<(), DbErr> {
    match writer.get_database_backend() {
        DbBackend::Postgres => Ok(()),
        _ => sqlite::settle(writer).await,
    }
}
