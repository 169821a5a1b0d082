//! The connections to a database, with a limit on every wait for an answer.
//!
//! A database that is gone says so: a connection breaks, or none can be opened. A database that is
//! cut off says nothing. Closing a connection needs a reply from the server, so a connection that
//! was cut off cannot be closed. We abandon the whole pool and open a new one.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sqlx;
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::time::{Instant, timeout};

/// How long a call waits for a free or a new connection. It is long enough for a server to restart,
/// and short enough that several such waits do not exceed a call's own limit.
pub(crate) const CONNECTING: Duration = Duration::from_secs(6);

/// How long a transaction may take to begin. Beginning does no work that could slow a busy server
/// down.
const BEGINNING: Duration = Duration::from_secs(5);

/// The connections of a store for one purpose. Clones share them.
#[derive(Clone)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    current: RwLock<Generation>,
    limit: Option<Limit>,
    opened: Instant,
    /// When the database last answered, in milliseconds since the opening.
    heard: AtomicU64,
}

/// Connections opened with the same options. The next generation replaces them.
#[derive(Clone)]
struct Generation {
    number: u64,
    connections: DatabaseConnection,
}

/// The number of the last generation: it is closed, and no other follows.
const LAST: u64 = u64::MAX;

/// When to give a database up, and how to reconnect.
pub(crate) struct Limit {
    /// How long one statement may take.
    pub(crate) statement: Duration,
    /// How new connections are made.
    pub(crate) anew: ConnectOptions,
}

impl Pool {
    /// Without a limit, a call waits for an answer as long as it takes.
    pub(crate) fn new(connections: DatabaseConnection, limit: Option<Limit>) -> Self {
        let generation = Generation {
            number: 0,
            connections,
        };
        Self {
            shared: Arc::new(Shared {
                current: RwLock::new(generation),
                limit,
                opened: Instant::now(),
                heard: AtomicU64::new(0),
            }),
        }
    }

    /// Begins for writing. On SQLite a transaction that begins with a read cannot wait for the write
    /// lock later; it fails.
    pub(crate) async fn begin_writing(&self) -> Result<Transaction, DbErr> {
        self.begin(SqliteTransactionMode::Immediate).await
    }

    /// Begins for reading only: it takes its snapshot with the first statement, and no lock. On
    /// PostgreSQL the readers' connections have this setting already.
    pub(crate) async fn begin_reading(&self) -> Result<Transaction, DbErr> {
        self.begin(SqliteTransactionMode::Deferred).await
    }

    /// Begins a transaction whose statements have the same limit. It must not be cancelled
    /// half-way, so the caller gives it a task of its own.
    async fn begin(&self, mode: SqliteTransactionMode) -> Result<Transaction, DbErr> {
        let generation = self.current();
        let begins = generation.connections.begin_with_options(options(mode));
        let limit = |_: &Limit| CONNECTING + BEGINNING;
        let transaction = self.in_time(generation.number, limit, begins).await?;
        Ok(Transaction {
            transaction,
            pool: self.clone(),
            generation: generation.number,
        })
    }

    /// Waits for open transactions, and ends all connections for good.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let last = {
            let generation = self.shared.current.write();
            let mut generation = generation.unwrap_or_else(PoisonError::into_inner);
            generation.number = LAST;
            generation.connections.clone()
        };
        let closes = last.close_by_ref();
        match &self.shared.limit {
            // A silent server gets no further wait: the connections end with the process.
            Some(limit) => timeout(limit.statement, closes).await.unwrap_or(Ok(())),
            None => closes.await,
        }
    }

    /// How many connections there are, and how many of them are idle.
    pub(crate) fn count(&self) -> (u32, usize) {
        let connections = self.current().connections;
        match connections.get_database_backend() {
            DbBackend::Postgres => {
                let pool = connections.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = connections.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
        }
    }

    fn current(&self) -> Generation {
        let generation = self.shared.current.read();
        generation.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a statement outside of a transaction. It waits for a connection first.
    async fn alone<T>(
        &self,
        generation: &Generation,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let limit = |limit: &Limit| CONNECTING + limit.statement;
        self.in_time(generation.number, limit, work).await
    }

    /// The answer of the database, if it comes in time. If it does not, nobody knows whether the
    /// question arrived.
    async fn in_time<T>(
        &self,
        generation: u64,
        limit: impl FnOnce(&Limit) -> Duration,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let Some(limits) = &self.shared.limit else {
            return work.await;
        };
        let limit = limit(limits);
        let asked = Instant::now();
        let mut work = pin!(work);
        let Ok(answer) = timeout(limit, work.as_mut()).await else {
            // Renewed before the work is dropped: otherwise the pool would hand the connection,
            // still inside that work, to the next caller.
            self.renew(generation, limits, limit).await;
            let late = format!("no answer of the database within {} s", limit.as_secs());
            let late = std::io::Error::new(std::io::ErrorKind::TimedOut, late);
            let late = sqlx::Error::Io(late);
            return Err(DbErr::Query(RuntimeErr::SqlxError(late.into())));
        };
        if matches!(
            answer,
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        ) {
            // The pool pings a returned connection and waits for the reply without a limit. So a
            // time-out here may mean silence too.
            if self.heard() <= asked {
                self.renew(generation, limits, CONNECTING).await;
            }
        } else {
            let now = self.shared.opened.elapsed().as_millis();
            let now = u64::try_from(now).unwrap_or(u64::MAX);
            self.shared.heard.fetch_max(now, Ordering::Relaxed);
        }
        answer
    }

    fn heard(&self) -> Instant {
        let heard = self.shared.heard.load(Ordering::Relaxed);
        self.shared.opened + Duration::from_millis(heard)
    }

    /// Abandons the connections of a generation, unless another caller has done so. Each ends when its
    /// answer comes, or when the system gives it up.
    async fn renew(&self, old: u64, limit: &Limit, silent: Duration) {
        let mut anew = limit.anew.clone();
        anew.connect_lazy(true);
        let connections = match Database::connect(anew).await {
            Ok(connections) => connections,
            Err(error) => {
                tracing::error!(%error, "cannot open new connections to the database");
                return;
            }
        };
        let new = Generation {
            number: old + 1,
            connections,
        };
        let left = {
            let generation = self.shared.current.write();
            let mut generation = generation.unwrap_or_else(PoisonError::into_inner);
            if generation.number != old {
                return;
            }
            std::mem::replace(&mut *generation, new)
        };
        // Closing starts here, before anybody awaits it, so that the pool hands out none of them
        // any more.
        drop(left.connections.get_postgres_connection_pool().close());
        tracing::warn!(
            seconds = silent.as_secs(),
            "the database does not answer; new connections replace the old ones"
        );
    }
}

#[async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.current().connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let generation = self.current();
        self.alone(&generation, generation.connections.execute_raw(statement))
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let generation = self.current();
        self.alone(&generation, generation.connections.execute_unprepared(sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let generation = self.current();
        self.alone(&generation, generation.connections.query_one_raw(statement))
            .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let generation = self.current();
        self.alone(&generation, generation.connections.query_all_raw(statement))
            .await
    }
}

/// Begins for writing on a connection that nobody limits: that of migrations, and of the pieces that follow them.
pub(crate) async fn begin_writing(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    db.begin_with_options(options(SqliteTransactionMode::Immediate))
        .await
}

fn options(mode: SqliteTransactionMode) -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(mode),
        ..TransactionOptions::default()
    }
}

/// A transaction on one of the connections.
pub(crate) struct Transaction {
    transaction: DatabaseTransaction,
    pool: Pool,
    /// The generation of its connection.
    generation: u64,
}

impl Transaction {
    /// Commits. Without an answer nobody knows whether the commit happened.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let (pool, generation) = (self.pool, self.generation);
        let commits = self.transaction.commit();
        pool.in_time(generation, |limit| limit.statement, commits)
            .await
    }

    /// Undoes it.
    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        let (pool, generation) = (self.pool, self.generation);
        let undoes = self.transaction.rollback();
        pool.in_time(generation, |_| BEGINNING, undoes).await
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let limit = |limit: &Limit| limit.statement;
        self.pool.in_time(self.generation, limit, work).await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.within(self.transaction.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.within(self.transaction.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.within(self.transaction.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.within(self.transaction.query_all_raw(statement)).await
    }
}
