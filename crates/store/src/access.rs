//! Tokens, and the catalogue versions in use.

use app::ports::{Published, StoreError, Token};
use domain::id::UnitCode;
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::bulk::{BulkInsert, Nothing};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::row::{PublishedRow, TokenRow};

const TOKEN: BulkInsert<9> = BulkInsert {
    table: "token",
    columns: [
        "province", "id", "hash", "actor", "role", "units", "created", "expires", "revoked",
    ],
    nullable: &["revoked"],
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
    let units: Vec<&str> = token.units.iter().map(UnitCode::as_str).collect();
    let row = [
        token.province.as_str().into(),
        token.id.as_str().into(),
        token.hash.as_str().into(),
        token.actor.as_str().into(),
        token.role.as_str().into(),
        serde_json::Value::from(units).to_string().into(),
        token.created.timestamp_micros().into(),
        token.expires.timestamp_micros().into(),
        token.revoked.map(|at| at.timestamp_micros()).into(),
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

pub(crate) async fn token<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    hash: &str,
) -> Result<Option<Token>, StoreError> {
    let sql = format!(
        "SELECT {} FROM token WHERE hash = ?",
        TOKEN.columns.join(", ")
    );
    let rows: Vec<TokenRow> = db.all(&sql, vec![hash.into()]).await.map_err(store_error)?;
    rows.into_iter().next().map(Token::try_from).transpose()
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
    let sql = format!(
        "SELECT {} FROM token ORDER BY province, created, id",
        TOKEN.columns.join(", ")
    );
    let rows: Vec<TokenRow> = db.all(&sql, Vec::new()).await.map_err(store_error)?;
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
