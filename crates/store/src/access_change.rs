//! Changes of who may do what, looks at personal values, and the log of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::ports::{
    AccessChange, AccessDeed, AccessEvent, AccessEventKind, AccessLogPage, AccessOutcome, Account,
    LogSource, ReadAccess, StoreError, Token, Viewed, WriteAccess,
};
use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode, RequestId};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::json;

use crate::executor::Executor;
use crate::fault::{store_error, unfinished};
use crate::inner::Inner;
use crate::read::Reading;
use crate::row::{Place, roles_text, units_text};
use crate::value_table::ValueTable;
use crate::{SeaStore, access, accounts, viewed};

/// How often a number is tried for that another writer may take at the same moment.
const TRIES: u32 = 8;

#[async_trait]
impl WriteAccess for SeaStore {
    async fn change_access(&self, wanted: &AccessChange) -> Result<AccessOutcome, StoreError> {
        let (inner, wanted) = (Arc::clone(&self.inner), wanted.clone());
        // A task of its own, so that a dropped caller cannot cut the transaction.
        let changed = tokio::spawn(async move { change(&inner, &wanted).await });
        changed.await.map_err(unfinished)?
    }

    async fn forget_viewed(
        &self,
        province: &ProvinceCode,
        before: Instant,
        most: u32,
    ) -> Result<u64, StoreError> {
        let (inner, province) = (Arc::clone(&self.inner), province.clone());
        let gone =
            tokio::spawn(async move { viewed::forget(&inner, &province, before, most).await });
        gone.await.map_err(unfinished)?
    }

    async fn record_viewed(&self, viewed: &[Viewed]) -> Result<(), StoreError> {
        let (inner, viewed) = (Arc::clone(&self.inner), viewed.to_vec());
        let noted = tokio::spawn(async move { note_viewed(&inner, &viewed).await });
        noted.await.map_err(unfinished)?
    }
}

#[async_trait]
impl ReadAccess for Reading {
    async fn user(&self, actor: &ActorId) -> Result<Option<Account>, StoreError> {
        accounts::one(&self.db(), actor).await
    }

    async fn users(
        &self,
        province: &ProvinceCode,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        accounts::page(&self.db(), province, after, limit).await
    }

    async fn token_by_id(
        &self,
        province: &ProvinceCode,
        id: &str,
    ) -> Result<Option<Token>, StoreError> {
        access::token_by_id(&self.db(), province, id).await
    }

    async fn tokens_of(
        &self,
        province: &ProvinceCode,
        actor: Option<&ActorId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Token>, StoreError> {
        access::tokens_of(&self.db(), province, actor, after, limit).await
    }

    async fn change_made(
        &self,
        province: &ProvinceCode,
        actor: &ActorId,
        request_id: &RequestId,
    ) -> Result<Option<(String, Option<String>)>, StoreError> {
        let found = before(&self.db(), province, actor, request_id).await?;
        Ok(found.map(|row| (row.content, row.token)))
    }

    async fn oldest_viewed(&self) -> Result<Option<Instant>, StoreError> {
        viewed::oldest(&self.db()).await
    }

    async fn access_log(&self, page: &AccessLogPage) -> Result<Vec<AccessEvent>, StoreError> {
        log(&self.db(), page).await
    }
}

/// Adds rows behind those that each province has. Another process that does the same at the same moment
/// fails one of the two, and that one is tried again.
async fn note_viewed(inner: &Inner, viewed: &[Viewed]) -> Result<(), StoreError> {
    let mut by_province: BTreeMap<&str, Vec<&Viewed>> = BTreeMap::new();
    for one in viewed {
        let of = by_province.entry(one.province.as_str()).or_default();
        of.push(one);
    }
    let transaction = inner.writer.begin_writing().await.map_err(store_error)?;
    let inside = Executor {
        connection: &transaction,
        statements: &inner.statements,
    };
    for (province, rows) in by_province {
        let rows = rows.into_iter().map(|one| {
            [
                json!(one.at.timestamp_micros()),
                json!(one.actor.as_str()),
                json!(one.kind.as_str()),
                json!(one.token.as_deref().unwrap_or_default()),
                json!(one.detail),
            ]
        });
        let columns = ["moment", "actor", "kind", "token", "detail"];
        let given = ValueTable::new(&inside, "w", columns, rows.collect());
        let sql = format!(
            "INSERT INTO viewed (province, number, at, actor, kind, token, detail) \
             SELECT ?, w.at + (SELECT coalesce(max(number), 0) FROM viewed WHERE province = ?), \
             w.moment, w.actor, w.kind, w.token, w.detail FROM {}",
            given.table
        );
        let mut values: Vec<Value> = vec![province.into(), province.into()];
        values.extend(given.values);
        inside.run(&sql, values).await.map_err(store_error)?;
    }
    transaction.commit().await.map_err(store_error)
}

#[derive(FromQueryResult)]
struct BeforeRow {
    content: String,
    token: Option<String>,
}

async fn change(inner: &Inner, wanted: &AccessChange) -> Result<AccessOutcome, StoreError> {
    for _ in 0..TRIES {
        let transaction = inner.writer.begin_writing().await.map_err(store_error)?;
        let inside = Executor {
            connection: &transaction,
            statements: &inner.statements,
        };
        let found = before(&inside, &wanted.province, &wanted.actor, &wanted.request_id);
        if let Some(before) = found.await? {
            transaction.rollback().await.map_err(store_error)?;
            return Ok(if before.content == wanted.content {
                AccessOutcome::MadeBefore(before.token)
            } else {
                AccessOutcome::OtherRequest
            });
        }
        // The log is written first: whoever else changes something here waits for this transaction.
        if !note(&inside, wanted).await? {
            transaction.rollback().await.map_err(store_error)?;
            continue;
        }
        let at = wanted.at;
        let outcome = carry_out(&inside, &wanted.province, &wanted.deed, at).await?;
        if outcome == AccessOutcome::Made {
            transaction.commit().await.map_err(store_error)?;
        } else {
            transaction.rollback().await.map_err(store_error)?;
        }
        return Ok(outcome);
    }
    Err(StoreError::Unavailable(
        "others change who may do what all the time".into(),
    ))
}

async fn before<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    actor: &ActorId,
    request_id: &RequestId,
) -> Result<Option<BeforeRow>, StoreError> {
    let rows: Vec<BeforeRow> = db
        .all(
            "SELECT content, token FROM access_change \
             WHERE province = ? AND actor = ? AND request_id = ?",
            vec![
                province.as_str().into(),
                actor.as_str().into(),
                request_id.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(rows.into_iter().next())
}

/// False when another writer took the number in the meantime.
async fn note<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &AccessChange,
) -> Result<bool, StoreError> {
    let noted = db
        .run(
            "INSERT INTO access_change (province, number, at, actor, kind, subject, token, detail, \
             request_id, content) \
             SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM access_change \
             WHERE province = ? ON CONFLICT DO NOTHING",
            vec![
                wanted.province.as_str().into(),
                wanted.at.timestamp_micros().into(),
                wanted.actor.as_str().into(),
                wanted.deed.kind().as_str().into(),
                wanted.deed.subject().as_str().into(),
                wanted.deed.token().into(),
                wanted.detail.as_str().into(),
                wanted.request_id.as_str().into(),
                wanted.content.as_str().into(),
                wanted.province.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(noted > 0)
}

async fn carry_out<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    deed: &AccessDeed,
    at: Instant,
) -> Result<AccessOutcome, StoreError> {
    let changed = match deed {
        AccessDeed::Add(user) => {
            return Ok(if accounts::add(db, user).await? {
                AccessOutcome::Made
            } else {
                AccessOutcome::Taken
            });
        }
        AccessDeed::Change { user, revoked } => {
            for id in revoked {
                end_token(db, province, id, at).await?;
            }
            change_user(db, user).await?
        }
        AccessDeed::SetPassword {
            actor,
            password,
            one_time,
        } => accounts::set_password(db, actor, password, *one_time, at).await?,
        AccessDeed::Disable(actor) => {
            let sql =
                "UPDATE token SET revoked = coalesce(revoked, ?) WHERE province = ? AND actor = ?";
            let values = vec![
                at.timestamp_micros().into(),
                province.as_str().into(),
                actor.as_str().into(),
            ];
            db.run(sql, values).await.map_err(store_error)?;
            accounts::disable(db, actor, at).await?
        }
        AccessDeed::Issue { token, user } => {
            let is_as_read = match user {
                Some(user) => is_as_read(db, user).await?,
                None => true,
            };
            if is_as_read {
                access::add_token(db, token).await?;
            }
            is_as_read
        }
        AccessDeed::Rotate { token, old, until } => {
            access::add_token(db, token).await?;
            shorten(db, province, old, *until).await?
        }
        AccessDeed::Revoke(_, id) => end_token(db, province, id, at).await?,
    };
    Ok(if changed {
        AccessOutcome::Made
    } else {
        AccessOutcome::Gone
    })
}

/// Whether a user may still do what they could when they were read: a token must not outlive a change that came
/// in between.
async fn is_as_read<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    user: &Account,
) -> Result<bool, StoreError> {
    let now = accounts::one(db, &user.actor).await?;
    Ok(now.is_some_and(|now| {
        let may = |user: &Account| {
            let roles: Vec<_> = user.roles().collect();
            (roles, user.units.clone(), user.disabled)
        };
        may(&now) == may(user)
    }))
}

async fn change_user<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    user: &Account,
) -> Result<bool, StoreError> {
    let changed = db
        .run(
            "UPDATE account SET full_name = ?, position = ?, role = ?, also = ?, units = ? \
             WHERE province = ? AND actor = ? AND disabled IS NULL",
            vec![
                user.full_name.as_str().into(),
                user.position.as_str().into(),
                user.role.as_str().into(),
                roles_text(&user.also).into(),
                units_text(&user.units).into(),
                user.province.as_str().into(),
                user.actor.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(changed > 0)
}

async fn end_token<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    id: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = db
        .run(
            "UPDATE token SET revoked = coalesce(revoked, ?) WHERE province = ? AND id = ?",
            vec![
                at.timestamp_micros().into(),
                province.as_str().into(),
                id.into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(changed > 0)
}

/// Ends a token that is still good at a moment; never later than it would end anyway.
async fn shorten<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    id: &str,
    until: Instant,
) -> Result<bool, StoreError> {
    let until = until.timestamp_micros();
    let changed = db
        .run(
            "UPDATE token SET expires = CASE WHEN expires < ? THEN expires ELSE ? END \
             WHERE province = ? AND id = ? AND revoked IS NULL",
            vec![
                until.into(),
                until.into(),
                province.as_str().into(),
                id.into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(changed > 0)
}

#[derive(FromQueryResult)]
struct LogRow {
    at: i64,
    source: i64,
    number: i64,
    actor: String,
    kind: String,
    subject: String,
    token: Option<String>,
    detail: String,
}

/// Changes, exports and looks, the newest first. Each table gives as many as the page may take, so that its
/// index ends the reading.
async fn log<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    page: &AccessLogPage,
) -> Result<Vec<AccessEvent>, StoreError> {
    let exported = AccessEventKind::PersonalExported.as_str();
    let sources = LogSource::ALL.map(|source| match source {
        LogSource::Changes => {
            "SELECT at, CAST(0 AS bigint) AS source, number, actor, kind, subject, token, \
             detail FROM access_change"
                .to_owned()
        }
        LogSource::Exports => format!(
            "SELECT at, CAST(1 AS bigint), number, actor, '{exported}', actor, NULL, \
             CASE WHEN reason = '' THEN what ELSE what || ': ' || reason END FROM viewing"
        ),
        LogSource::Views => "SELECT at, CAST(2 AS bigint), number, actor, kind, actor, \
             nullif(token, ''), detail FROM viewed"
            .to_owned(),
    });
    let mut values: Vec<Value> = Vec::new();
    let parts = LogSource::ALL
        .into_iter()
        .zip(sources)
        .map(|(source, from)| {
            let mut which = vec!["province = ?"];
            values.push(page.province.as_str().into());
            if let Some(user) = &page.user {
                let has_subject = source == LogSource::Changes;
                which.push(if has_subject {
                    "(actor = ? OR subject = ?)"
                } else {
                    "actor = ?"
                });
                let times = if has_subject { 2 } else { 1 };
                values.extend(std::iter::repeat_n(user.as_str().into(), times));
            }
            if let Some(before) = page.before {
                let number = i64::try_from(before.number).unwrap_or(i64::MAX);
                which.push("at <= ? AND (at, CAST(? AS bigint), number) < (?, ?, ?)");
                values.extend([
                    before.at.into(),
                    (source as i64).into(),
                    before.at.into(),
                    (before.source as i64).into(),
                    number.into(),
                ]);
            }
            values.push(i64::from(page.limit).into());
            format!(
                "SELECT * FROM ({from} WHERE {} ORDER BY at DESC, number DESC LIMIT ?) AS of_{}",
                which.join(" AND "),
                source as i64
            )
        });
    let parts: Vec<String> = parts.collect();
    values.push(i64::from(page.limit).into());
    let sql = format!(
        "SELECT at, source, number, actor, kind, subject, token, detail FROM ({}) AS log \
         ORDER BY at DESC, source DESC, number DESC LIMIT ?",
        parts.join(" UNION ALL ")
    );
    let rows: Vec<LogRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(AccessEvent::try_from).collect()
}

impl TryFrom<LogRow> for AccessEvent {
    type Error = StoreError;

    fn try_from(row: LogRow) -> Result<Self, StoreError> {
        let place = Place {
            table: match row.source {
                0 => "access_change",
                1 => "viewing",
                _ => "viewed",
            },
            id: &row.actor,
        };
        let mut kinds = AccessEventKind::ALL.into_iter();
        Ok(AccessEvent {
            at: place.instant("at", row.at)?,
            actor: place.parse("actor", &row.actor)?,
            kind: kinds
                .find(|kind| kind.as_str() == row.kind)
                .ok_or_else(|| place.wrong("kind"))?,
            subject: place.parse("subject", &row.subject)?,
            token: row.token,
            detail: row.detail,
            number: place.number("number", row.number)?,
        })
    }
}
