//! Databases for measurements: empty before, and emptied afterwards.

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use crate::address::Address;
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::open::{self, OpenError};
use crate::{SeaStore, StoreError};

/// The tables that grow with the dossiers, and the column of the dossier.
const GROWING: [(&str, &str); 6] = [
    ("dossier", "id"),
    ("event", "dossier"),
    ("code", "dossier"),
    ("interest", "dossier"),
    ("personal", "dossier"),
    ("secret", "dossier"),
];

/// Whether a database is empty: no file or an empty one, no table on the server.
pub async fn is_empty(url: &str) -> Result<bool, OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(file) => Ok(std::fs::metadata(file).map_or(0, |file| file.len()) == 0),
        Address::Postgres => {
            let db = open::bare(url).await?;
            let sql = "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace \
                       LIMIT 1";
            let statement = Statement::from_string(db.get_database_backend(), sql);
            let found = db.query_all_raw(statement).await?;
            db.close().await?;
            Ok(found.is_empty())
        }
    }
}

/// The folder of a server's files; none if it runs elsewhere, or does not say.
pub async fn folder(url: &str) -> Result<Option<PathBuf>, OpenError> {
    let db = open::bare(url).await?;
    let sql = "SELECT current_setting('data_directory') AS folder \
         WHERE coalesce(inet_server_addr() = inet_client_addr(), true) \
             AND pg_has_role('pg_read_all_settings', 'USAGE')";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let found = db.query_one_raw(statement).await?;
    db.close().await?;
    let Some(row) = found else {
        return Ok(None);
    };
    let folder: String = row.try_get_by_index(0)?;
    Ok(Some(PathBuf::from(folder)))
}

/// Removes every table and function of a database that was empty before the measurement.
pub async fn clear(url: &str) -> Result<(), OpenError> {
    match Address::parse(url)? {
        Address::Sqlite(file) => {
            for beside in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(beside);
                match std::fs::remove_file(&name) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(OpenError::Database(error.into()));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            Ok(())
        }
        Address::Postgres => {
            let db = open::bare(url).await?;
            let clear = "
                DO $$
                DECLARE thing record;
                BEGIN
                    FOR thing IN SELECT oid::regclass AS name FROM pg_class
                        WHERE relnamespace = current_schema()::regnamespace
                            AND relkind IN ('r', 'p') AND NOT relispartition
                    LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', thing.name); END LOOP;
                    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
                        WHERE pronamespace = current_schema()::regnamespace
                    LOOP EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', thing.name); END LOOP;
                END $$";
            db.execute_unprepared(clear).await?;
            db.close().await?;
            Ok(())
        }
    }
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

impl SeaStore {
    /// Brings the database at `url`, which is this one, to the state in which it would be after a while:
    /// the log is in the file, and the planner knows the tables.
    pub async fn settle(&self, url: &str) -> Result<(), OpenError> {
        match self.writing().dialect() {
            Dialect::Sqlite => {
                let writer = &self.inner.writer;
                writer
                    .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                    .await?;
            }
            Dialect::Postgres => {
                // A connection that writes waits half a second for a lock. The server's own vacuum holds a large
                // table for longer.
                let db = open::bare(url).await?;
                for statement in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
                    db.execute_unprepared(statement).await?;
                }
                db.close().await?;
            }
        }
        Ok(())
    }

    /// How many bytes the tables and indexes take.
    pub async fn bytes(&self) -> Result<i64, StoreError> {
        let sql = match self.writing().dialect() {
            Dialect::Sqlite => {
                "SELECT (c.page_count - f.freelist_count) * s.page_size AS number \
                 FROM pragma_page_count AS c, pragma_freelist_count AS f, pragma_page_size AS s"
            }
            Dialect::Postgres => {
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS number \
                 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
            }
        };
        self.number(sql, Vec::new()).await.map_err(store_error)
    }

    /// The number of rows that a dossier has in all tables together.
    pub async fn rows_of(&self, dossier: &str) -> Result<i64, StoreError> {
        let parts = GROWING.map(|(table, column)| {
            format!(
                "(SELECT count(*) FROM {table} WHERE {column} = ? AND province IN \
                     (SELECT province FROM dossier WHERE id = ?))"
            )
        });
        let sql = format!("SELECT {} AS number", parts.join(" + "));
        let values = vec![dossier.into(); 2 * GROWING.len()];
        self.number(&sql, values).await.map_err(store_error)
    }

    /// The process that serves this store on a server; none on SQLite.
    pub async fn backend(&self) -> Result<Option<i64>, StoreError> {
        match self.writing().dialect() {
            Dialect::Sqlite => Ok(None),
            Dialect::Postgres => self
                .number("SELECT pg_backend_pid()::bigint AS number", Vec::new())
                .await
                .map(Some)
                .map_err(store_error),
        }
    }

    /// Whether the next writing statement keeps its plan, as on a server whose tables have grown.
    /// For tests.
    pub async fn keeps_plans(&self) -> Result<bool, StoreError> {
        match self.writing().dialect() {
            Dialect::Sqlite => Ok(false),
            Dialect::Postgres => {
                let sql = "SELECT (current_setting('plan_cache_mode') = 'force_generic_plan')\
                     ::int::bigint AS number";
                let rows: Result<Vec<NumberRow>, DbErr> = self.writing().all(sql, Vec::new()).await;
                Ok(rows.map_err(store_error)?.iter().any(|row| row.number == 1))
            }
        }
    }

    async fn number(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<i64, DbErr> {
        let db = Executor {
            connection: &self.inner.readers,
            statements: &self.inner.statements,
        };
        let rows: Vec<NumberRow> = db.all(sql, values).await?;
        rows.first()
            .map(|row| row.number)
            .ok_or_else(|| DbErr::RecordNotFound("one number".to_owned()))
    }
}
