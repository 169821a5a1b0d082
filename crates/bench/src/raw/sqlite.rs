//! SQLite in WAL mode, flushed at every commit, through one connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::{BYTES, Error, Rows};

pub(super) async fn prepare(file: PathBuf, rows: u32) -> Result<(), Error> {
    aside(move || {
        let db = Connection::open(file)?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = OFF;
             CREATE TABLE raw_dossier (
                 id INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL
             ) STRICT;
             CREATE TABLE raw_event (
                 id INTEGER PRIMARY KEY, dossier INTEGER NOT NULL, version INTEGER NOT NULL,
                 bytes BLOB NOT NULL, UNIQUE (dossier, version)
             ) STRICT;",
        )?;
        db.execute(
            "WITH RECURSIVE n (id) AS (VALUES (0) UNION ALL SELECT id + 1 FROM n WHERE id + 1 < ?1)
             INSERT INTO raw_dossier SELECT id, 1, randomblob(?2) FROM n",
            (rows, BYTES as i64),
        )?;
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")
    })
    .await
}

pub(super) async fn run(
    file: PathBuf,
    rows: Arc<Rows>,
    a_commit: usize,
    flush: Option<Duration>,
    lasts: Duration,
) -> Result<f64, Error> {
    aside(move || {
        let mut db = Connection::open(file)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        let body = [7u8; BYTES];
        let began = Instant::now();
        let mut done = 0.0;
        while began.elapsed() < lasts {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for _ in 0..a_commit {
                let (id, version) = rows.take();
                transaction
                    .prepare_cached(
                        "INSERT INTO raw_event (dossier, version, bytes) VALUES (?, ?, ?)",
                    )?
                    .execute((id, version, body))?;
                let changed = transaction
                    .prepare_cached(
                        "UPDATE raw_dossier SET version = ?2 + 1, body = ?3 \
                         WHERE id = ?1 AND version = ?2",
                    )?
                    .execute((id, version, body))?;
                assert_eq!(changed, 1, "nobody else writes these rows");
                done += 1.0;
            }
            if let Some(flush) = flush {
                std::thread::sleep(flush);
            }
            transaction.commit()?;
        }
        Ok(done / began.elapsed().as_secs_f64())
    })
    .await
}

pub(super) fn clear(file: &Path) -> Result<(), Error> {
    for beside in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(beside);
        match std::fs::remove_file(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Runs blocking work on a thread of its own, so that no other task waits.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Error> {
    Ok(tokio::task::spawn_blocking(work).await??)
}
