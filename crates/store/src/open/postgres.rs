//! A server to which other processes may write at the same time.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{Connection, Executor, PgConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    Statement,
};

use super::error::OpenError;
use super::options::{Durability, Options, Patience};
use super::schema::check_schema;
use crate::pool::{CONNECTING, Limit, Pool};

/// How many transactions of this process may write at the same time: one for the batch of the
/// lane, two for what is no batch, and some for units that wait for what somebody else holds.
const WRITERS: u32 = 6;

/// How long a connection counts as alive after its last use.
const RECENT: Duration = Duration::from_millis(500);

/// How long a statement that writes may take, for a caller who waits. It is seen from here: a server
/// that is cut off cannot end a statement by its own clock in a way that anybody hears of, and must
/// not end one that waits for a standby. A batch takes some hundredths of a second, and a wait for a
/// lock ends after half of one.
const WRITTEN: Duration = Duration::from_secs(10);

/// The same for reads, which include reports of a whole province.
const READ: Duration = Duration::from_secs(20);

/// Settings of a connection for as long as it lives.
type Settings = &'static [(&'static str, &'static str)];

/// A process that stops in the middle of a transaction would hold its locks, and the feed,
/// for ever; so the server ends such a transaction itself, long after any of ours has said its next
/// word. Who waits for a lock gives it up soon, so that a batch with others in it goes on without
/// whoever is held. No `statement_timeout`: it would cancel a COMMIT that waits for
/// a standby, and the server then answers success for what no standby has. A limit of ours
/// ([`WRITTEN`]) says nothing to the server.
const WRITING: Settings = &[
    ("default_transaction_isolation", "read committed"),
    ("idle_in_transaction_session_timeout", "2s"),
    ("lock_timeout", "500ms"),
    ("jit", "off"),
];

/// Keeps each plan of the first run. Writers look lists up by key, whatever their length; by
/// default the server plans such a statement again each time, which takes longer than running it.
///
/// Only once the table has grown: on a small table all plans cost the same, and the kept one would
/// be wrong later. A connection from that time plans each time, until another replaces it
/// ([`Options::renewed_after`]).
const KEEP_PLANS: &str = "SELECT set_config('plan_cache_mode', 'force_generic_plan', false) \
     FROM pg_class AS events \
     LEFT JOIN pg_inherits AS piece ON piece.inhparent = events.oid \
     LEFT JOIN pg_class AS part ON part.oid = piece.inhrelid \
     WHERE events.oid = to_regclass('event') \
     HAVING greatest(max(events.reltuples), sum(part.reltuples)) >= 10000";

/// One snapshot a transaction, without a statement that asks for it. A statement reads what an index finds, in
/// milliseconds; the server would take longer to start parallel workers for it, or to compile it.
const READING: Settings = &[
    ("default_transaction_isolation", "repeatable read"),
    ("default_transaction_read_only", "on"),
    ("idle_in_transaction_session_timeout", "60s"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
];

const MIGRATING: Settings = &[("idle_in_transaction_session_timeout", "0")];

/// For a demo that can be built again.
const CARELESS: Settings = &[("synchronous_commit", "off")];

/// The oldest server version that has the statements used here.
const OLDEST: i32 = 150_000;

/// "motcua" and a number: the key of the lock around migrating, since the migrator itself locks
/// nothing.
const MIGRATION_LOCK: i64 = 0x6d6f_7463_7561_0001;

/// The one connection for migrating. It holds the migration lock until it is closed.
pub(super) async fn migrator(url: &str, dry_run: bool) -> Result<DatabaseConnection, OpenError> {
    let settings = if dry_run { READING } else { MIGRATING };
    let db = connected(url, connections(url, 1, settings, &[], None)).await?;
    check_version(&db).await?;
    if !dry_run {
        let lock = format!("SELECT pg_advisory_lock({MIGRATION_LOCK})");
        db.execute_unprepared(&lock).await?;
    }
    Ok(db)
}

/// The connections, as soon as the server is there. A pool waits for it for a while, and then only says that it
/// waited; one connection more says why.
async fn connected(url: &str, options: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    let waited = match Database::connect(options).await {
        Ok(db) => return Ok(db),
        Err(waited) => waited,
    };
    let alone = tokio::time::timeout(CONNECTING, PgConnection::connect(url)).await;
    Err(match alone {
        Ok(Err(why)) => DbErr::Conn(RuntimeErr::Internal(why.to_string())).into(),
        Ok(Ok(_)) | Err(_) => waited.into(),
    })
}

/// The writers and the readers.
pub(super) async fn open(url: &str, options: Options) -> Result<(Pool, Pool), OpenError> {
    let careless = match options.durability {
        Durability::Full => &[],
        Durability::Scratch => CARELESS,
    };
    let line = async |mut anew: ConnectOptions, statement| {
        anew.max_lifetime(options.renewed_after);
        let limit = match options.patience {
            Patience::Endless => None,
            Patience::ForCallers => Some(Limit {
                statement,
                anew: anew.clone(),
            }),
        };
        let connections = connected(url, anew).await?;
        Ok::<_, OpenError>(Pool::new(connections, limit))
    };
    let writers = connections(url, WRITERS, WRITING, careless, Some(KEEP_PLANS));
    let writer = line(writers, WRITTEN).await?;
    if let Err(error) = check(&writer).await {
        writer.close().await?;
        return Err(error);
    }
    let readers = connections(url, Ord::max(options.readers, 1), READING, &[], None);
    Ok((writer, line(readers, READ).await?))
}

async fn check(writer: &Pool) -> Result<(), OpenError> {
    check_version(writer).await?;
    check_schema(writer).await?;
    settle_in(writer).await
}

/// Fails unless an answered commit survives a power cut of the server.
pub(super) async fn assert_durable(writer: &Pool) -> Result<(), OpenError> {
    for (setting, enough, expected) in [
        ("fsync", ["on", "on"], "on"),
        ("full_page_writes", ["on", "on"], "on"),
        // The lower levels do not wait for the disk, here or at the standby.
        (
            "synchronous_commit",
            ["on", "remote_apply"],
            "on or remote_apply",
        ),
    ] {
        let found: String = one(writer, &format!("SHOW {setting}")).await?;
        if !enough.contains(&found.as_str()) {
            return Err(OpenError::NotDurable {
                setting,
                expected,
                found,
            });
        }
    }
    Ok(())
}

async fn check_version(db: &impl ConnectionTrait) -> Result<(), OpenError> {
    let number = "SELECT current_setting('server_version_num')::int";
    if one::<i32>(db, number).await? < OLDEST {
        let found = one(db, "SHOW server_version").await?;
        return Err(OpenError::TooOld { found });
    }
    Ok(())
}

/// Gives the feed another identity in a copy of a database, made from a template or by dump and
/// restore. The copy lacks what the original wrote afterwards, so cursors of the original must
/// expire.
///
/// Another server also numbers its transactions lower than the existing events and imports; `lift`
/// raises them above those, so that the feed keeps growing.
async fn settle_in(writer: &Pool) -> Result<(), OpenError> {
    // Province by province, because the index begins with the province.
    let copied = "
        WITH RECURSIVE provinces AS (
            SELECT min(province) AS province FROM event
            UNION ALL
            SELECT (SELECT min(e.province) FROM event e WHERE e.province > p.province)
            FROM provinces p WHERE p.province IS NOT NULL
        ), last AS (
            SELECT greatest(0,
                max((SELECT max(e.seq) FROM event e WHERE e.province = p.province)) >> 20,
                (SELECT max(place) FROM import) >> 20) AS number
            FROM provinces p
        ), here AS (
            SELECT oid::bigint AS home,
                pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
            FROM pg_database WHERE datname = current_database()
        )
        UPDATE feed SET lift = greatest(feed.lift, last.number + 1 - here.next),
            home = here.home, id = replace(gen_random_uuid()::text, '-', '')
        FROM last, here
        WHERE feed.home <> here.home OR last.number >= here.next + feed.lift";
    let done = writer.execute_unprepared(copied).await?;
    if done.rows_affected() > 0 {
        tracing::warn!("the database is a copy of another one: cursors of that feed expire here");
    }
    Ok(())
}

async fn one<T: sea_orm::TryGetable>(db: &impl ConnectionTrait, sql: &str) -> Result<T, OpenError> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| OpenError::Database(format!("{sql} gave nothing").into()))?;
    Ok(row.try_get_by_index(0)?)
}

fn connections(
    url: &str,
    most: u32,
    settings: Settings,
    more: Settings,
    first: Option<&'static str>,
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(most)
        .min_connections(1)
        .idle_timeout(Duration::from_secs(600))
        .acquire_timeout(CONNECTING)
        // A check of a connection costs a round trip, so only an idle one is checked.
        .test_before_acquire(false)
        .map_sqlx_postgres_pool_opts(move |options| {
            let options = options.before_acquire(|connection, found| {
                Box::pin(async move {
                    if found.idle_for < RECENT {
                        return Ok(true);
                    }
                    connection.ping().await.map(|()| true)
                })
            });
            options.after_connect(move |connection, _| {
                Box::pin(async move {
                    if let Some(first) = first {
                        connection.execute(first).await?;
                    }
                    Ok(())
                })
            })
        })
        .set_application_name("motcua")
        // Statements carry personal values.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_postgres_opts(move |options: PgConnectOptions| {
            let all = settings.iter().chain(more).copied();
            options.options(all)
        });
    options
}
