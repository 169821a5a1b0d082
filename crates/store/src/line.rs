//! The connections to a database, and how long an answer is waited for.
//!
//! A database that is gone says so: a connection breaks, or none comes about. One that is cut off
//! says nothing at all. A cut connection is of no use to anybody and cannot be closed either, for
//! closing takes a word too; so all of them are left to themselves then, and others are made.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sqlx;
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    TransactionOptions, TransactionTrait,
};
use tokio::time::{Instant, timeout};

/// How long a free connection is waited for, and a new one to come about: a server that starts again
/// is waited for, but no caller waits for several such spans longer than a call may take.
pub(crate) const CONNECTING: Duration = Duration::from_secs(6);

/// How long a transaction may take to begin: nothing is done there that a busy server could be slow
/// at.
const BEGINNING: Duration = Duration::from_secs(5);

/// The connections of a store for one purpose. Clones are the same ones.
#[derive(Clone)]
pub(crate) struct Line {
    shared: Arc<Shared>,
}

struct Shared {
    pool: RwLock<Pool>,
    limit: Option<Limit>,
    opened: Instant,
    /// When the database last said anything, in milliseconds since the opening.
    heard: AtomicU64,
}

/// Connections that were made by the same options; replaced by the next ones.
#[derive(Clone)]
struct Pool {
    number: u64,
    connections: DatabaseConnection,
}

/// The number of connections that are closed, which no others follow.
const LAST: u64 = u64::MAX;

/// When to give a database up, and how to find it again.
pub(crate) struct Limit {
    /// How long one statement may take.
    pub(crate) statement: Duration,
    /// How new connections are made.
    pub(crate) anew: ConnectOptions,
}

impl Line {
    /// Without a limit, an answer is waited for as long as it takes.
    pub(crate) fn new(connections: DatabaseConnection, limit: Option<Limit>) -> Self {
        let pool = Pool {
            number: 0,
            connections,
        };
        Self {
            shared: Arc::new(Shared {
                pool: RwLock::new(pool),
                limit,
                opened: Instant::now(),
                heard: AtomicU64::new(0),
            }),
        }
    }

    /// Begins a transaction whose statements have the same limit. Not to be cancelled half-way: the
    /// caller gives it a task of its own.
    pub(crate) async fn begin_with_options(
        &self,
        options: TransactionOptions,
    ) -> Result<Turn, DbErr> {
        let pool = self.pool();
        let begins = pool.connections.begin_with_options(options);
        let limit = |_: &Limit| CONNECTING + BEGINNING;
        let transaction = self.in_time(pool.number, limit, begins).await?;
        Ok(Turn {
            transaction,
            line: self.clone(),
            pool: pool.number,
        })
    }

    /// Waits for transactions that are open, and ends all connections for good.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let last = {
            let pool = self.shared.pool.write();
            let mut pool = pool.unwrap_or_else(PoisonError::into_inner);
            pool.number = LAST;
            pool.connections.clone()
        };
        let closes = last.close_by_ref();
        match &self.shared.limit {
            // Whoever says nothing is not waited for: the connections end with the process.
            Some(limit) => timeout(limit.statement, closes).await.unwrap_or(Ok(())),
            None => closes.await,
        }
    }

    fn pool(&self) -> Pool {
        let pool = self.shared.pool.read();
        pool.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A statement outside of a transaction, which waits for a connection first.
    async fn alone<T>(
        &self,
        pool: &Pool,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let limit = |limit: &Limit| CONNECTING + limit.statement;
        self.in_time(pool.number, limit, work).await
    }

    /// The answer to what was asked of some connections, if it comes in time; whether the question
    /// has arrived nobody knows otherwise.
    async fn in_time<T>(
        &self,
        pool: u64,
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
            // Before the work is dropped, and its connection handed to somebody who would find
            // himself in the middle of it.
            self.renew(pool, limits, limit).await;
            let late = format!("no answer of the database within {} s", limit.as_secs());
            let late = std::io::Error::new(std::io::ErrorKind::TimedOut, late);
            let late = sqlx::Error::Io(late);
            return Err(DbErr::Query(RuntimeErr::SqlxError(late.into())));
        };
        if matches!(
            answer,
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        ) {
            // A connection that is handed back says a word first, and waits for it without a limit.
            if self.heard() <= asked {
                self.renew(pool, limits, CONNECTING).await;
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

    /// Leaves the connections of a pool to themselves, unless somebody else has done so: each ends
    /// when its answer comes, or when the system gives it up.
    async fn renew(&self, old: u64, limit: &Limit, silent: Duration) {
        let mut anew = limit.anew.clone();
        anew.connect_lazy(true);
        let connections = match Database::connect(anew).await {
            Ok(connections) => connections,
            Err(error) => {
                tracing::error!(%error, "the database cannot be connected to anew");
                return;
            }
        };
        let new = Pool {
            number: old + 1,
            connections,
        };
        let left = {
            let pool = self.shared.pool.write();
            let mut pool = pool.unwrap_or_else(PoisonError::into_inner);
            if pool.number != old {
                return;
            }
            std::mem::replace(&mut *pool, new)
        };
        // From here on, not from when it is waited for, none of them is handed out any more.
        drop(left.connections.get_postgres_connection_pool().close());
        tracing::warn!(
            seconds = silent.as_secs(),
            "the database says nothing; it is connected to anew"
        );
    }
}

#[async_trait]
impl ConnectionTrait for Line {
    fn get_database_backend(&self) -> DbBackend {
        self.pool().connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let pool = self.pool();
        self.alone(&pool, pool.connections.execute_raw(statement))
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let pool = self.pool();
        self.alone(&pool, pool.connections.execute_unprepared(sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let pool = self.pool();
        self.alone(&pool, pool.connections.query_one_raw(statement))
            .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let pool = self.pool();
        self.alone(&pool, pool.connections.query_all_raw(statement))
            .await
    }
}

/// A transaction on one of the connections.
pub(crate) struct Turn {
    transaction: DatabaseTransaction,
    line: Line,
    /// The number of the pool that the connection is of.
    pool: u64,
}

impl Turn {
    /// Makes it last. When no answer comes nobody knows whether it did.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let (line, pool) = (self.line, self.pool);
        let commits = self.transaction.commit();
        line.in_time(pool, |limit| limit.statement, commits).await
    }

    /// Undoes it.
    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        let (line, pool) = (self.line, self.pool);
        let undoes = self.transaction.rollback();
        line.in_time(pool, |_| BEGINNING, undoes).await
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let limit = |limit: &Limit| limit.statement;
        self.line.in_time(self.pool, limit, work).await
    }
}

#[async_trait]
impl ConnectionTrait for Turn {
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
