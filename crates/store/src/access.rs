//! Tokens, and the catalogue versions in use.

use app::ports::{Published, StoreError, Token};
use domain::id::{ActorId, ProvinceCode};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::json;

use crate::bulk::{BulkInsert, Nothing};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::row::{PublishedRow, TokenRow, roles_text, units_text};
use crate::value_table::ValueTable;

const TOKEN: BulkInsert<11> = BulkInsert {
    table: "token",
    columns: [
        "province", "id", "hash", "actor", "role", "also", "units", "created", "expires",
        "revoked", "used",
    ],
    nullable: &["revoked", "used"],
};

const PUBLISHED: BulkInsert<4> = BulkInsert {
    table: "published",
    columns: ["kind", "code", "version", "hash"],
    nullable: &[],
};

pub(crate) async fn add_token<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    token: &Token,
) -> Result<(), StoreError> {
    let row = [
        token.province.as_str().into(),
        token.id.as_str().into(),
        token.hash.as_str().into(),
        token.actor.as_str().into(),
        token.role.as_str().into(),
        roles_text(&token.also).into(),
        units_text(&token.units).into(),
        token.created.timestamp_micros().into(),
        token.expires.timestamp_micros().into(),
        token.revoked.map(|at| at.timestamp_micros()).into(),
        token.used.map(|at| at.timestamp_micros()).into(),
    ];
    let _none: Vec<Nothing> = TOKEN.insert(db, vec![row], "").await.map_err(store_error)?;
    Ok(())
}

/// Revoking twice keeps the first time.
pub(crate) async fn revoke_token<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    id: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = db
        .run(
            "UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?",
            vec![at.timestamp_micros().into(), id.into()],
        )
        .await
        .map_err(store_error)?;
    Ok(changed > 0)
}

/// Of two processes that note a use, the later one counts.
pub(crate) async fn note_token_uses<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    uses: &[(String, Instant)],
) -> Result<(), StoreError> {
    if uses.is_empty() {
        return Ok(());
    }
    let rows = uses
        .iter()
        .map(|(hash, at)| [json!(hash), json!(at.timestamp_micros())]);
    let given = ValueTable::new(db, "w", ["hash", "moment"], rows.collect());
    let sql = format!(
        "UPDATE token SET used = w.moment FROM {} \
         WHERE token.hash = w.hash AND (token.used IS NULL OR token.used < w.moment)",
        given.table
    );
    db.run(&sql, given.values)
        .await
        .map(drop)
        .map_err(store_error)
}

pub(crate) async fn token<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    hash: &str,
) -> Result<Option<Token>, StoreError> {
    let found = select(db, "WHERE hash = ?", vec![hash.into()]).await?;
    Ok(found.into_iter().next())
}

#[derive(FromQueryResult)]
struct EditionRow {
    edition: i64,
}

/// A number that changes whenever a token is made, revoked or given another end. The sum works
/// because tokens are only added, each is revoked once, and ends are whole microseconds.
pub(crate) async fn token_edition<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(count(*) * 1000003 + count(revoked) * 1009, 0) \
                   + coalesce(sum(expires % 1000000007), 0)::bigint AS edition FROM token";
    let sql = match db.dialect() {
        Dialect::Sqlite => sql.replace("::bigint", ""),
        Dialect::Postgres => sql.to_owned(),
    };
    let rows: Vec<EditionRow> = db.all(&sql, Vec::new()).await.map_err(store_error)?;
    Ok(rows.first().map_or(0, |row| row.edition))
}

pub(crate) async fn tokens<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<Vec<Token>, StoreError> {
    select(db, "ORDER BY province, created, id", Vec::new()).await
}

pub(crate) async fn token_by_id<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    id: &str,
) -> Result<Option<Token>, StoreError> {
    let found = select(
        db,
        "WHERE province = ? AND id = ?",
        vec![province.as_str().into(), id.into()],
    );
    Ok(found.await?.into_iter().next())
}

/// Tokens of a province, or of one user there, by id, after an id.
pub(crate) async fn tokens_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    actor: Option<&ActorId>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Token>, StoreError> {
    let mut values = vec![province.as_str().into(), after.unwrap_or_default().into()];
    let whose = match actor {
        Some(actor) => {
            values.push(actor.as_str().into());
            "AND actor = ?"
        }
        None => "",
    };
    values.push(i64::from(limit).into());
    let which = format!("WHERE province = ? AND id > ? {whose} ORDER BY id LIMIT ?");
    select(db, &which, values).await
}

async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    which: &str,
    values: Vec<Value>,
) -> Result<Vec<Token>, StoreError> {
    let sql = format!("SELECT {} FROM token {which}", TOKEN.columns.join(", "));
    let rows: Vec<TokenRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Token::try_from).collect()
}

/// Notes new versions. Returns those that were noted before with another hash, as noted.
pub(crate) async fn publish<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    versions: &[Published],
) -> Result<Vec<Published>, StoreError> {
    let rows = versions
        .iter()
        .map(|version| {
            [
                version.kind.as_str().into(),
                version.code.as_str().into(),
                version.version.into(),
                version.hash.as_str().into(),
            ]
        })
        .collect();
    let _none: Vec<Nothing> = PUBLISHED
        .insert(db, rows, "ON CONFLICT (kind, code, version) DO NOTHING")
        .await
        .map_err(store_error)?;
    let noted: Vec<PublishedRow> = db
        .all(
            "SELECT kind, code, version, hash FROM published ORDER BY kind, code, version",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    let mut differing = Vec::new();
    for row in noted {
        let noted = Published::try_from(row)?;
        let differs = versions.iter().any(|given| {
            (&given.kind, &given.code, given.version) == (&noted.kind, &noted.code, noted.version)
                && given.hash != noted.hash
        });
        if differs {
            differing.push(noted);
        }
    }
    Ok(differing)
}
