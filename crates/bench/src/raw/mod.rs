//! The database alone: what it gives with nothing around it.
//!
//! Each transition makes two writes, as anybody would write them by hand: it inserts an event of
//! 300 bytes, and updates a row of 300 bytes if its version is still the one that was read. The
//! engine's figures are multiples of these.

mod postgres;
mod sqlite;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// How long a row and an event are.
const BYTES: usize = 300;

/// What went wrong with the raw database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be removed.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// PostgreSQL refused.
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// A caller ended early.
    #[error("a caller ended early")]
    Caller(#[from] tokio::task::JoinError),
}

/// The file of an SQLite address; none for a server.
fn file(url: &str) -> Option<PathBuf> {
    let file = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(file.trim_start_matches("//")))
}

/// The raw database's own tables, with rows to update.
pub struct Raw {
    url: String,
    flush: Option<Duration>,
    rows: Arc<Rows>,
}

/// Removes what [`Raw::prepare`] made.
pub async fn clear(url: &str) -> Result<(), Error> {
    match file(url) {
        Some(file) => sqlite::clear(&file),
        None => postgres::clear(url).await,
    }
}

impl Raw {
    /// Makes the tables, with this many rows, in a database of their own: beside the one of `url` on
    /// the same server, or the file `url`.
    ///
    /// Each commit to a file takes `flush` longer; a server is slowed by its own settings.
    pub async fn prepare(url: &str, rows: u32, flush: Option<Duration>) -> Result<Self, Error> {
        match file(url) {
            Some(file) => sqlite::prepare(file, rows).await?,
            None => postgres::prepare(url, rows).await?,
        }
        Ok(Self {
            url: url.to_owned(),
            flush,
            rows: Arc::new(Rows::new(rows)),
        })
    }

    /// Transitions a second with one transition a commit. On a server this many callers write, each
    /// on its own connection; SQLite has one writer, so one connection writes.
    pub async fn one_a_commit(&self, callers: usize, lasts: Duration) -> Result<f64, Error> {
        let rows = Arc::clone(&self.rows);
        match file(&self.url) {
            Some(file) => sqlite::run(file, rows, 1, self.flush, lasts).await,
            None => postgres::run(&self.url, rows, callers, lasts).await,
        }
    }

    /// Transitions a second with several transitions a commit; only on SQLite.
    pub async fn many_a_commit(
        &self,
        transitions: usize,
        lasts: Duration,
    ) -> Result<Option<f64>, Error> {
        match file(&self.url) {
            Some(file) => {
                let rows = Arc::clone(&self.rows);
                sqlite::run(file, rows, transitions, self.flush, lasts)
                    .await
                    .map(Some)
            }
            None => Ok(None),
        }
    }
}

/// The versions of the rows, and the next row.
struct Rows {
    versions: Vec<AtomicU32>,
    next: AtomicU64,
}

impl Rows {
    fn new(rows: u32) -> Self {
        Self {
            versions: (0..rows).map(|_| AtomicU32::new(1)).collect(),
            next: AtomicU64::new(0),
        }
    }

    /// Takes a row with its version. Rows lie far apart, and no two callers take the same row at
    /// once.
    fn take(&self) -> (i64, i64) {
        // A prime, so that every row comes once before any comes again.
        const STRIDE: u64 = 7_919;
        let rows = self.versions.len() as u64;
        let at = self.next.fetch_add(1, Ordering::Relaxed) * STRIDE % rows;
        let at = usize::try_from(at).expect("it is below a length");
        let version = self.versions[at].fetch_add(1, Ordering::Relaxed);
        (
            i64::try_from(at).expect("it is below a length"),
            version.into(),
        )
    }
}
