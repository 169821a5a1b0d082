//! The databases on which a test runs.

use sea_orm::DbBackend;

use crate::cluster::{self, Shape};

/// A kind of database that motcua supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    /// PostgreSQL with every large table partitioned by province.
    Partitioned,
}

/// A database for one test alone.
pub struct TestDatabase {
    pub url: String,
    /// The folder of its file, if it is one; removed on drop.
    _folder: Option<tempfile::TempDir>,
}

impl Backend {
    /// Whether this machine skips the kind. The first time, it prints so.
    pub fn is_skipped(self) -> bool {
        match self {
            Backend::Sqlite => false,
            Backend::Postgres | Backend::Partitioned => cluster::is_skipped(),
        }
    }

    pub fn is_postgres(self) -> bool {
        match self {
            Backend::Sqlite => false,
            Backend::Postgres | Backend::Partitioned => true,
        }
    }

    /// The SQL dialect.
    pub fn dialect(self) -> DbBackend {
        if self.is_postgres() {
            DbBackend::Postgres
        } else {
            DbBackend::Sqlite
        }
    }

    /// A new database with the current schema.
    pub async fn database(self) -> TestDatabase {
        let shape = match self {
            Backend::Sqlite => {
                let new = self.empty().await;
                store::migrate(&new.url, false).await.unwrap();
                return new;
            }
            Backend::Postgres => Shape::Plain,
            Backend::Partitioned => Shape::Partitioned,
        };
        on_server(shape).await
    }

    /// A new, empty database.
    pub async fn empty(self) -> TestDatabase {
        match self {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("motcua.db").display());
                TestDatabase {
                    url,
                    _folder: Some(folder),
                }
            }
            Backend::Postgres | Backend::Partitioned => on_server(Shape::Empty).await,
        }
    }
}

impl TestDatabase {
    /// A database of a server that the test has started.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
    }
}

async fn on_server(shape: Shape) -> TestDatabase {
    TestDatabase {
        url: cluster::database(shape).await,
        _folder: None,
    }
}

/// Turns a story, an `async fn` of a [`Backend`], into a test on each kind of database.
macro_rules! on_every_database {
    ($story:ident) => {
        on_every_database!($story, flavor = "current_thread");
    };
    ($story:ident, $($runtime:tt)*) => {
        mod $story {
            #[tokio::test($($runtime)*)]
            async fn on_sqlite() {
                super::$story(crate::backend::Backend::Sqlite).await;
            }
            on_server!($story, on_postgres, Postgres, $($runtime)*);
            on_server!($story, on_partitioned, Partitioned, $($runtime)*);
        }
    };
}

/// The same, for a story that needs several writing processes.
macro_rules! on_servers {
    ($story:ident) => {
        on_servers!($story, flavor = "current_thread");
    };
    ($story:ident, $($runtime:tt)*) => {
        mod $story {
            on_server!($story, on_postgres, Postgres, $($runtime)*);
            on_server!($story, on_partitioned, Partitioned, $($runtime)*);
        }
    };
}

/// The same, for a story in which partitions change nothing.
macro_rules! on_both {
    ($story:ident) => {
        mod $story {
            #[tokio::test]
            async fn on_sqlite() {
                super::$story(crate::backend::Backend::Sqlite).await;
            }
            on_server!($story, on_postgres, Postgres, flavor = "current_thread");
        }
    };
}

macro_rules! on_server {
    ($story:ident, $test:ident, $backend:ident, $($runtime:tt)*) => {
        #[tokio::test($($runtime)*)]
        async fn $test() {
            let on = crate::backend::Backend::$backend;
            if !on.is_skipped() {
                super::$story(on).await;
            }
        }
    };
}
