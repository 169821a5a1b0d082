//! Copies of a database file: made while others write, and looked at without a byte changed.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::address::Address;
use crate::fault::store_error;
use crate::open::{self, OpenError};
use crate::{SeaStore, StoreError};

/// How many faults are named; a file that is broken has thousands.
const NAMED: u32 = 20;

/// The file of a database; none of one on a server.
pub fn file_of(url: &str) -> Result<Option<PathBuf>, OpenError> {
    Ok(match Address::parse(url)? {
        Address::Sqlite(file) => Some(file),
        Address::Postgres => None,
    })
}

/// Copies a database file, as it is at one moment, into an empty file. Whoever reads or writes the
/// database goes on meanwhile.
pub async fn copy_into(url: &str, to: &Path) -> Result<(), OpenError> {
    let connection = open::to_copy(url).await?;
    let copies = Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "VACUUM INTO ?",
        [to.display().to_string().into()],
    );
    let copied = connection.execute_raw(copies).await;
    connection.close().await?;
    copied.map(drop).map_err(OpenError::from)
}

impl SeaStore {
    /// Opens a file that nobody serves, such as a backup, for reading only: not a byte of it changes,
    /// and nothing is made beside it.
    ///
    /// Errors: those of [`SeaStore::open`] about the schema.
    pub async fn open_copy(file: &Path) -> Result<Self, OpenError> {
        let (writer, readers) = open::copy(file).await?;
        Ok(Self::over(writer, readers, None))
    }

    /// Closes what [`SeaStore::open_copy`] has opened; there is nothing to settle.
    pub async fn close_copy(&self) -> Result<(), StoreError> {
        self.inner.readers.close().await.map_err(store_error)?;
        self.inner.writer.close().await.map_err(store_error)
    }

    /// What SQLite itself finds wrong with the file; nothing of a database on a server, which looks
    /// after its files itself.
    pub async fn faults(&self) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        if readers.get_database_backend() != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let ask =
            |sql: String| readers.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql));
        let rows = ask(format!("PRAGMA integrity_check({NAMED})"))
            .await
            .map_err(store_error)?;
        let mut faults = Vec::new();
        for row in rows {
            let said: String = row.try_get_by_index(0).map_err(store_error)?;
            if said != "ok" {
                faults.push(said);
            }
        }
        for row in ask("PRAGMA foreign_key_check".to_owned())
            .await
            .map_err(store_error)?
            .iter()
            .take(NAMED as usize)
        {
            let table: String = row.try_get_by_index(0).map_err(store_error)?;
            let parent: String = row.try_get_by_index(2).map_err(store_error)?;
            faults.push(format!(
                "a row of {table} refers to a row of {parent} that is not there"
            ));
        }
        Ok(faults)
    }
}
