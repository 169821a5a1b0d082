//! Halves the keyed hashes that an older version wrote beside dossiers, in pieces: each is a transaction, and
//! whoever is killed between two of them goes on where it was.

use std::sync::atomic::AtomicU64;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, Value};

use crate::executor::Executor;
use crate::pool::begin_writing;
use crate::rewriting::{has_table, number};

/// How many dossiers one transaction goes through.
const PIECE: i64 = 2_000;

/// The dossiers whose hashes are of full length.
const LONG: &str = "(length(person) > 32 OR length(pin_hash) > 32 OR length(namesake) > 32)";

#[derive(FromQueryResult)]
struct KeyRow {
    province: String,
    dossier: String,
}

/// How many dossiers have hashes of full length, also in a database that the migrations have not reached.
pub(crate) async fn left(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let statements = AtomicU64::new(0);
    let db = Executor {
        connection: db,
        statements: &statements,
    };
    if !has_table(&db, "secret").await? {
        return Ok(0);
    }
    let sql = format!("SELECT count(*) AS number FROM secret WHERE {LONG}");
    Ok(u64::try_from(number(&db, &sql).await?).unwrap_or_default())
}

/// Whether the migrations have left hashes to be halved.
pub(crate) async fn is_needed(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let statements = AtomicU64::new(0);
    let db = Executor {
        connection: db,
        statements: &statements,
    };
    has_table(&db, "long_hashes").await
}

/// Halves every hash of full length, and tells after each piece how many dossiers it changed.
pub(crate) async fn halve(
    db: &DatabaseConnection,
    tell: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DbErr> {
    if !is_needed(db).await? {
        return Ok(());
    }
    while let Some(changed) = piece(db).await? {
        if changed > 0 {
            tell(changed);
        }
    }
    db.execute_unprepared("DROP TABLE long_hashes")
        .await
        .map(drop)
}

/// Goes through the next dossiers in one transaction, and says how many it changed. None if none are left.
async fn piece(db: &DatabaseConnection) -> Result<Option<u64>, DbErr> {
    let statements = AtomicU64::new(0);
    let transaction = begin_writing(db).await?;
    let executor = Executor {
        connection: &transaction,
        statements: &statements,
    };
    // The last of the next dossiers.
    let next = "SELECT province, dossier FROM ( \
             SELECT s.province, s.dossier FROM secret s CROSS JOIN long_hashes l \
             WHERE (s.province, s.dossier) > (l.province, l.dossier) \
             ORDER BY s.province, s.dossier LIMIT ?) AS next \
         ORDER BY province DESC, dossier DESC LIMIT 1";
    let rows: Vec<KeyRow> = executor.all(next, vec![PIECE.into()]).await?;
    let Some(last) = rows.into_iter().next() else {
        return Ok(None);
    };
    let until: Vec<Value> = vec![last.province.into(), last.dossier.into()];
    let halved = format!(
        "UPDATE secret SET person = substr(person, 1, 32), pin_hash = substr(pin_hash, 1, 32), \
             namesake = substr(namesake, 1, 32) \
         WHERE (province, dossier) > (SELECT l.province, l.dossier FROM long_hashes l) \
             AND (province, dossier) <= (?, ?) AND {LONG}"
    );
    let changed = executor.run(&halved, until.clone()).await?;
    let moved = "UPDATE long_hashes SET province = ?, dossier = ?";
    executor.run(moved, until).await?;
    transaction.commit().await?;
    Ok(Some(changed))
}
