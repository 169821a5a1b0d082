//! The ports of `app` on a relational database: an SQLite file or a PostgreSQL server.
//!
//! On a file in WAL mode there is one writer; on a server there are several, also of other
//! processes. Readers see the last answered commit and never wait for a writer. The hot
//! path is set-based statements written by hand; the lists, whose conditions vary, are
//! built. Where the databases differ, `executor::Dialect` chooses the spelling.

mod access;
mod access_change;
mod accounts;
mod acknowledged;
mod address;
mod bulk;
mod commit;
mod copy;
mod document;
mod executor;
mod export;
mod fault;
mod feed;
mod fold;
mod foresight;
mod halving;
mod history;
mod import;
mod inner;
mod installation;
mod job;
mod kept_sheets;
mod list;
mod load;
mod notices;
mod number_block;
mod numbers;
mod open;
mod page;
mod pending;
mod pool;
mod portal;
mod print;
mod rating;
mod read;
mod readings;
mod received;
mod recount;
mod report;
mod request_key;
mod restoration;
mod rewriting;
mod row;
pub mod scratch;
mod tally;
mod value_table;
mod verification;
mod viewed;
mod webhooks;
mod wrong_pin;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::foresight::{Flag, Foretold, KeptModel};
use app::import::{Archive, Begun, End, Import, NewImport, Origin, Piece, Viewing};
use app::ports::{
    Account, AccountStore, Batch, BeginAgain, BlockWanted, CommitError, Committed, Document,
    FeedHead, Installation, Job, Key, KeyMark, Loaded, LookAtEnds, Numbering, PrintWanted, Printed,
    Proposal, Published, ReadKept, ReadTx, Reserved, Restorable, Session, Store, StoreError, Token,
    Verdict, Verifiable, VoidWanted, Voided, Wanted, WriteBatches, WriteCatalogue, WriteForecasts,
    WriteJobs, WriteNumbers, WritePins, WritePrints, WriteTokens, WrongPin,
};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::code::AnyCode;
use domain::dossier::Dossier;
use domain::id::{ActorId, ProvinceCode};
use domain::time::Instant;

pub use address::{check_address, shown};
pub use copy::{copy_into, file_of};
use executor::Executor;
use fault::{store_error, unfinished};
pub use import::write_raw;
use inner::Inner;
use open::lock::Lock;
pub use open::{
    Durability, OpenError, Options, Patience, go_without_log, migrate, migrate_and_tell,
    migrations, schema,
};
use pool::Pool;
use read::Reading;

/// A store on a database. Clones share it.
#[derive(Clone)]
pub struct SeaStore {
    inner: Arc<Inner>,
}

impl SeaStore {
    /// Opens a database that [`migrate`] has brought to the current schema.
    ///
    /// It refuses a schema that is behind, ahead or incomplete. It also refuses a database that
    /// could lose an answered commit, unless the options permit that.
    pub async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        let (writer, readers, lock) = open::open(url, options).await?;
        let store = Self::over(writer, readers, lock);
        if options.durability == Durability::Full {
            store.assert_durable().await?;
        }
        Ok(store)
    }

    fn over(writer: Pool, readers: Pool, lock: Option<Lock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                writer,
                readers,
                statements: AtomicU64::new(0),
                lock: Mutex::new(lock),
            }),
        }
    }

    /// Fails unless an answered commit survives a power cut. The error names the setting.
    pub async fn assert_durable(&self) -> Result<(), OpenError> {
        open::assert_durable(&self.inner.writer).await
    }

    /// Whether other processes are expected to write to the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match self.writing().dialect() {
            executor::Dialect::Sqlite => false,
            executor::Dialect::Postgres => true,
        }
    }

    /// Closes the database. An SQLite file then holds everything without its WAL.
    ///
    /// It waits for open transactions. Every later call fails with [`StoreError::Unavailable`].
    pub async fn close(&self) -> Result<(), StoreError> {
        self.inner.readers.close().await.map_err(store_error)?;
        open::settle(&self.inner.writer)
            .await
            .map_err(store_error)?;
        self.inner.writer.close().await.map_err(store_error)?;
        let lock = self.inner.lock.lock();
        drop(lock.unwrap_or_else(PoisonError::into_inner).take());
        Ok(())
    }

    /// The pools of connections: name, how many, and how many of them are idle.
    #[must_use]
    pub fn pools(&self) -> [(&'static str, u32, usize); 2] {
        let pools = [
            ("writers", &self.inner.writer),
            ("readers", &self.inner.readers),
        ];
        pools.map(|(name, pool)| {
            let (size, idle) = pool.count();
            (name, size, idle)
        })
    }

    /// What time it is on the database's server; none of a file, which has this machine's.
    pub async fn server_time(&self) -> Result<Option<Instant>, StoreError> {
        restoration::server_time(&self.reading()).await
    }

    /// The number of statements so far, without begin and commit. For tests.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    fn reading(&self) -> Executor<'_, Pool> {
        Executor {
            connection: &self.inner.readers,
            statements: &self.inner.statements,
        }
    }

    fn writing(&self) -> Executor<'_, Pool> {
        Executor {
            connection: &self.inner.writer,
            statements: &self.inner.statements,
        }
    }
}

#[async_trait]
impl LookAtEnds for SeaStore {
    async fn feed_head(&self) -> Result<FeedHead, StoreError> {
        feed::head(&self.reading()).await
    }

    async fn flags_head(&self) -> Result<FeedHead, StoreError> {
        foresight::head(&self.reading()).await
    }
}

#[async_trait]
impl Store for SeaStore {
    async fn read(&self) -> Result<Box<dyn ReadTx>, StoreError> {
        Ok(Box::new(self.begin_reading().await?))
    }
}

impl SeaStore {
    async fn begin_reading(&self) -> Result<Reading, StoreError> {
        let inner = Arc::clone(&self.inner);
        // A task of its own: if the caller is dropped while the transaction begins, the connection
        // must not stay inside it, because its snapshot would grow old.
        let span = tracing::info_span!("reading");
        let begun = tokio::spawn(async move {
            let transaction = inner.readers.begin_reading().await.map_err(store_error)?;
            Ok(Reading {
                transaction,
                inner,
                _span: span,
            })
        });
        begun.await.map_err(unfinished)?
    }
}

#[async_trait]
impl WriteBatches for SeaStore {
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        // On a server the lane's own connection is idle while it loads. The only writer of a file
        // may be busy with a token or a job, so loading uses a reader there.
        let connection = match self.writing().dialect() {
            executor::Dialect::Sqlite => &self.inner.readers,
            executor::Dialect::Postgres => &self.inner.writer,
        };
        let db = Executor {
            connection,
            statements: &self.inner.statements,
        };
        load::load(&db, wanted).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let inner = Arc::clone(&self.inner);
        // A task of its own, so that a dropped caller cannot cut the transaction.
        let written =
            tokio::spawn(
                async move { commit::commit(&inner.writer, &inner.statements, batch).await },
            );
        written
            .await
            .unwrap_or_else(|error| Err(CommitError::Unknown(unfinished(error))))
    }
}

#[async_trait]
impl WriteNumbers for SeaStore {
    async fn reserve_block(&self, wanted: &BlockWanted) -> Result<Reserved, StoreError> {
        let (inner, wanted) = (Arc::clone(&self.inner), wanted.clone());
        // A task of its own, as for a batch.
        let reserved = tokio::spawn(async move {
            let store = SeaStore { inner };
            number_block::reserve(&store.inner.writer, &store.writing(), &wanted).await
        });
        reserved.await.map_err(unfinished)?
    }

    async fn void_numbers(&self, wanted: &VoidWanted) -> Result<Voided, StoreError> {
        let (inner, wanted) = (Arc::clone(&self.inner), wanted.clone());
        let voided = tokio::spawn(async move {
            let store = SeaStore { inner };
            number_block::void(&store.inner.writer, &store.writing(), &wanted).await
        });
        voided.await.map_err(unfinished)?
    }
}

#[async_trait]
impl WritePins for SeaStore {
    async fn count_wrong_pins(
        &self,
        wrong: &[WrongPin],
        forget: Instant,
    ) -> Result<(), StoreError> {
        wrong_pin::count(&self.writing(), wrong, forget).await
    }

    async fn count_lookups(
        &self,
        visitor: &str,
        cost: TimeDelta,
        now: Instant,
    ) -> Result<Option<Instant>, StoreError> {
        if !self.is_shared() {
            return Ok(None);
        }
        wrong_pin::count_lookups(&self.writing(), visitor, cost, now)
            .await
            .map(Some)
    }

    async fn forgive_pins(&self, dossier: &Key, peer: &str) -> Result<(), StoreError> {
        wrong_pin::forgive(&self.writing(), dossier, peer).await
    }
}

#[async_trait]
impl WritePrints for SeaStore {
    async fn record_print(&self, wanted: &PrintWanted) -> Result<Printed, StoreError> {
        print::record(&self.writing(), wanted).await
    }
}

#[async_trait]
impl WriteTokens for SeaStore {
    async fn add_token(&self, token: &Token) -> Result<(), StoreError> {
        access::add_token(&self.writing(), token).await
    }

    async fn revoke_token(&self, id: &str, at: Instant) -> Result<bool, StoreError> {
        access::revoke_token(&self.writing(), id, at).await
    }

    async fn note_token_uses(&self, uses: &[(String, Instant)]) -> Result<(), StoreError> {
        access::note_token_uses(&self.writing(), uses).await
    }
}

#[async_trait]
impl WriteCatalogue for SeaStore {
    async fn publish(&self, versions: &[Published]) -> Result<Vec<Published>, StoreError> {
        access::publish(&self.writing(), versions).await
    }

    async fn propose(&self, proposal: &Proposal) -> Result<Document, StoreError> {
        document::propose(&self.writing(), proposal).await
    }

    async fn decide(&self, decision: &Verdict) -> Result<bool, StoreError> {
        document::decide(&self.writing(), decision).await
    }
}

#[async_trait]
impl WriteJobs for SeaStore {
    async fn keep_job(&self, job: &Job) -> Result<(), StoreError> {
        job::keep(&self.writing(), job).await
    }
}

#[async_trait]
impl WriteForecasts for SeaStore {
    async fn keep_model(&self, model: &KeptModel) -> Result<KeptModel, StoreError> {
        foresight::keep_model(&self.writing(), model).await
    }

    async fn raise(&self, flags: &[Flag]) -> Result<u64, StoreError> {
        foresight::raise(&self.writing(), flags).await
    }

    async fn foretell(&self, foretold: &[Foretold]) -> Result<(), StoreError> {
        foresight::foretell(&self.writing(), foretold).await
    }
}

#[async_trait]
impl Verifiable for SeaStore {
    async fn snapshot(&self) -> Result<Box<dyn ReadKept>, StoreError> {
        Ok(Box::new(self.begin_reading().await?))
    }
}

#[async_trait]
impl Installation for SeaStore {
    async fn key_mark(&self) -> Result<KeyMark, StoreError> {
        installation::key_mark(&self.writing()).await
    }

    async fn keep_key_check(&self, check: &str, replaces: bool) -> Result<(), StoreError> {
        installation::keep_key_check(&self.writing(), check, replaces).await
    }
}

#[async_trait]
impl Archive for SeaStore {
    async fn begin_import(&self, new: &NewImport) -> Result<Begun, StoreError> {
        let (inner, new) = (Arc::clone(&self.inner), new.clone());
        let begun =
            tokio::spawn(
                async move { import::begin(&inner.writer, &inner.statements, &new).await },
            );
        begun.await.map_err(unfinished)?
    }

    async fn origins(
        &self,
        province: &ProvinceCode,
        source: &str,
        names: &[&str],
    ) -> Result<HashMap<Box<str>, Origin>, StoreError> {
        import::origins(&self.writing(), province, source, names).await
    }

    async fn keep_digests(
        &self,
        province: &ProvinceCode,
        source: &str,
        digests: &[(&str, u64)],
    ) -> Result<(), StoreError> {
        let owned: Vec<(String, u64)> = digests
            .iter()
            .map(|(name, digest)| ((*name).to_owned(), *digest))
            .collect();
        let (inner, province) = (Arc::clone(&self.inner), province.clone());
        let source = source.to_owned();
        let kept = tokio::spawn(async move {
            let db = Executor {
                connection: &inner.writer,
                statements: &inner.statements,
            };
            import::keep_digests(&db, &province, &source, &owned).await
        });
        kept.await.map_err(unfinished)?
    }

    async fn code_holders(
        &self,
        province: &ProvinceCode,
        codes: &[AnyCode],
    ) -> Result<HashMap<AnyCode, Dossier>, StoreError> {
        import::code_holders(&self.writing(), province, codes).await
    }

    async fn write_import(&self, piece: Piece) -> Result<bool, CommitError> {
        let inner = Arc::clone(&self.inner);
        let written =
            tokio::spawn(
                async move { import::write(&inner.writer, &inner.statements, &piece).await },
            );
        written
            .await
            .unwrap_or_else(|error| Err(CommitError::Unknown(unfinished(error))))
    }

    async fn finish_import(&self, end: &End) -> Result<Import, StoreError> {
        let (inner, end) = (Arc::clone(&self.inner), end.clone());
        let finished =
            tokio::spawn(
                async move { import::finish(&inner.writer, &inner.statements, &end).await },
            );
        finished.await.map_err(unfinished)?
    }

    async fn record_viewing(&self, viewing: &Viewing) -> Result<(), StoreError> {
        export::record(&self.writing(), viewing).await
    }
}

#[async_trait]
impl Restorable for SeaStore {
    async fn numbering(&self) -> Result<Numbering, StoreError> {
        restoration::numbering(&self.reading()).await
    }

    async fn begin_again(&self, again: &BeginAgain) -> Result<u64, StoreError> {
        restoration::begin_again(&self.inner.writer, &self.inner.statements, again).await
    }
}

#[async_trait]
impl AccountStore for SeaStore {
    async fn add_account(&self, account: &Account) -> Result<bool, StoreError> {
        accounts::add(&self.writing(), account).await
    }

    async fn account(&self, actor: &ActorId) -> Result<Option<Account>, StoreError> {
        accounts::one(&self.reading(), actor).await
    }

    async fn accounts(&self, province: Option<&ProvinceCode>) -> Result<Vec<Account>, StoreError> {
        accounts::all(&self.reading(), province).await
    }

    async fn begin_session(&self, session: &Session, forget: Instant) -> Result<(), StoreError> {
        accounts::begin_session(&self.writing(), session, forget).await
    }

    async fn session(&self, hash: &str) -> Result<Option<Session>, StoreError> {
        accounts::session(&self.reading(), hash).await
    }

    async fn use_session(&self, hash: &str, at: Instant) -> Result<(), StoreError> {
        accounts::use_session(&self.writing(), hash, at).await
    }

    async fn end_session(&self, hash: &str, at: Instant) -> Result<(), StoreError> {
        accounts::end_session(&self.writing(), hash, at).await
    }
}
