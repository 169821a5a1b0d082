//! PostgreSQL: begin, insert, update, commit; prepared statements, one connection a caller.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use super::{BYTES, Error, Rows};

/// The database of its own, so that neither measurement's rows are in the other's caches, locks or
/// vacuums.
const DATABASE: &str = "motcua_bench_raw";

async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    options.database(DATABASE).connect().await
}

pub(super) async fn clear(url: &str) -> Result<(), Error> {
    let mut db = PgConnection::connect(url).await?;
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    db.execute(sqlx::AssertSqlSafe(drop)).await?;
    Ok(db.close().await?)
}

pub(super) async fn prepare(url: &str, rows: u32) -> Result<(), Error> {
    clear(url).await?;
    let mut server = PgConnection::connect(url).await?;
    let create = format!("CREATE DATABASE {DATABASE}");
    server.execute(sqlx::AssertSqlSafe(create)).await?;
    server.close().await?;
    let fill = format!(
        "CREATE TABLE raw_dossier (
             id bigint PRIMARY KEY, version bigint NOT NULL, body bytea NOT NULL
         );
         CREATE TABLE raw_event (
             id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, dossier bigint NOT NULL,
             version bigint NOT NULL, bytes bytea NOT NULL, UNIQUE (dossier, version)
         );
         INSERT INTO raw_dossier
             SELECT id, 1, decode(repeat('07', {BYTES}), 'hex')
             FROM generate_series(0, {rows} - 1) AS n (id);"
    );
    let mut db = connect(url).await?;
    db.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(fill))).await?;
    db.execute("VACUUM ANALYZE raw_dossier").await?;
    Ok(db.close().await?)
}

pub(super) async fn run(
    url: &str,
    rows: Arc<Rows>,
    callers: usize,
    lasts: Duration,
) -> Result<f64, Error> {
    let mut connections = Vec::with_capacity(callers);
    for _ in 0..callers {
        connections.push(connect(url).await?);
    }
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for db in connections {
        running.spawn(call(db, Arc::clone(&rows), began, lasts));
    }
    let mut done = 0.0;
    while let Some(caller) = running.join_next().await {
        done += caller??;
    }
    Ok(done / began.elapsed().as_secs_f64())
}

/// One caller for the whole time; returns its number of transitions.
async fn call(
    mut db: PgConnection,
    rows: Arc<Rows>,
    began: Instant,
    lasts: Duration,
) -> Result<f64, sqlx::Error> {
    let body = [7u8; BYTES];
    let mut done = 0.0;
    while began.elapsed() < lasts {
        let (id, version) = rows.take();
        sqlx::query("BEGIN").execute(&mut db).await?;
        sqlx::query("INSERT INTO raw_event (dossier, version, bytes) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(version)
            .bind(&body[..])
            .execute(&mut db)
            .await?;
        sqlx::query(
            "UPDATE raw_dossier SET version = $2 + 1, body = $3 WHERE id = $1 AND version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(&body[..])
        .execute(&mut db)
        .await?;
        sqlx::query("COMMIT").execute(&mut db).await?;
        done += 1.0;
    }
    db.close().await?;
    Ok(done)
}
