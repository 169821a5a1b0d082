//! Accounts of officials, and the sessions of signed-in officials.

use app::ports::{Account, Holder, Session, StoreError};
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::{Place, roles_text, units_text};

const ACCOUNT: &str = "province, actor, full_name, position, role, also, units, password, one_time, created, disabled";

const SESSION: &str = "province, hash, account, token, begun, used, ended";

#[derive(Debug, FromQueryResult)]
struct AccountRow {
    province: String,
    actor: String,
    full_name: String,
    position: String,
    role: String,
    also: String,
    units: String,
    password: String,
    one_time: i64,
    created: i64,
    disabled: Option<i64>,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "account",
            id: &row.actor,
        };
        Ok(Account {
            province: place.parse("province", &row.province)?,
            actor: place.parse("actor", &row.actor)?,
            role: place.parse("role", &row.role)?,
            also: serde_json::from_str::<Vec<Role>>(&row.also).map_err(|_| place.wrong("also"))?,
            units: serde_json::from_str::<Vec<UnitCode>>(&row.units)
                .map_err(|_| place.wrong("units"))?,
            created: place.instant("created", row.created)?,
            disabled: row
                .disabled
                .map(|at| place.instant("disabled", at))
                .transpose()?,
            full_name: row.full_name,
            position: row.position,
            password: row.password,
            one_time: row.one_time != 0,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct SessionRow {
    province: String,
    hash: String,
    account: Option<String>,
    token: Option<String>,
    begun: i64,
    used: i64,
    ended: Option<i64>,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "session",
            id: &row.hash,
        };
        Ok(Session {
            province: place.parse("province", &row.province)?,
            holder: match (row.account, row.token) {
                (Some(actor), None) => Holder::Account(place.parse("account", &actor)?),
                (None, Some(token)) => Holder::Token(token),
                (Some(_), Some(_)) | (None, None) => return Err(place.wrong("account")),
            },
            begun: place.instant("begun", row.begun)?,
            used: place.instant("used", row.used)?,
            ended: row.ended.map(|at| place.instant("ended", at)).transpose()?,
            hash: row.hash.clone(),
        })
    }
}

pub(crate) async fn add<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    account: &Account,
) -> Result<bool, StoreError> {
    let values = vec![
        account.province.as_str().into(),
        account.actor.as_str().into(),
        account.full_name.as_str().into(),
        account.position.as_str().into(),
        account.role.as_str().into(),
        roles_text(&account.also).into(),
        units_text(&account.units).into(),
        account.password.as_str().into(),
        i64::from(account.one_time).into(),
        account.created.timestamp_micros().into(),
        account.disabled.map(|at| at.timestamp_micros()).into(),
    ];
    let sql = format!(
        "INSERT INTO account ({ACCOUNT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    );
    let added = db.run(&sql, values).await.map_err(store_error)?;
    Ok(added > 0)
}

pub(crate) async fn set_password<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    actor: &ActorId,
    password: &str,
    one_time: bool,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = db
        .run(
            "UPDATE account SET password = ?, one_time = ? WHERE actor = ?",
            vec![
                password.into(),
                i64::from(one_time).into(),
                actor.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    end_sessions(db, actor, at).await?;
    Ok(changed > 0)
}

/// Disabling twice keeps the first time.
pub(crate) async fn disable<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    actor: &ActorId,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = db
        .run(
            "UPDATE account SET disabled = coalesce(disabled, ?) WHERE actor = ?",
            vec![at.timestamp_micros().into(), actor.as_str().into()],
        )
        .await
        .map_err(store_error)?;
    end_sessions(db, actor, at).await?;
    Ok(changed > 0)
}

async fn end_sessions<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    actor: &ActorId,
    at: Instant,
) -> Result<(), StoreError> {
    db.run(
        "UPDATE session SET ended = coalesce(ended, ?) WHERE account = ?",
        vec![at.timestamp_micros().into(), actor.as_str().into()],
    )
    .await
    .map(drop)
    .map_err(store_error)
}

pub(crate) async fn one<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    actor: &ActorId,
) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} FROM account WHERE actor = ?");
    let rows: Vec<AccountRow> = db
        .all(&sql, vec![actor.as_str().into()])
        .await
        .map_err(store_error)?;
    rows.into_iter().next().map(Account::try_from).transpose()
}

pub(crate) async fn all<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: Option<&ProvinceCode>,
) -> Result<Vec<Account>, StoreError> {
    let (only, values) = match province {
        Some(province) => ("WHERE province = ?", vec![province.as_str().into()]),
        None => ("", Vec::new()),
    };
    let sql = format!("SELECT {ACCOUNT} FROM account {only} ORDER BY province, actor");
    let rows: Vec<AccountRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Accounts of a province by name, after a name.
pub(crate) async fn page<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM account WHERE province = ? AND actor > ? ORDER BY actor LIMIT ?"
    );
    let values = vec![
        province.as_str().into(),
        after.unwrap_or_default().into(),
        i64::from(limit).into(),
    ];
    let rows: Vec<AccountRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Account::try_from).collect()
}

pub(crate) async fn begin_session<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    session: &Session,
    forget: Instant,
) -> Result<(), StoreError> {
    db.run(
        "DELETE FROM session WHERE used < ?",
        vec![forget.timestamp_micros().into()],
    )
    .await
    .map_err(store_error)?;
    let (account, token) = match &session.holder {
        Holder::Account(actor) => (Some(actor.as_str()), None),
        Holder::Token(hash) => (None, Some(hash.as_str())),
    };
    let values = vec![
        session.province.as_str().into(),
        session.hash.as_str().into(),
        account.into(),
        token.into(),
        session.begun.timestamp_micros().into(),
        session.used.timestamp_micros().into(),
        session.ended.map(|at| at.timestamp_micros()).into(),
    ];
    let sql = format!("INSERT INTO session ({SESSION}) VALUES (?, ?, ?, ?, ?, ?, ?)");
    db.run(&sql, values).await.map(drop).map_err(store_error)
}

pub(crate) async fn session<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    hash: &str,
) -> Result<Option<Session>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM session WHERE hash = ?");
    let rows: Vec<SessionRow> = db.all(&sql, vec![hash.into()]).await.map_err(store_error)?;
    rows.into_iter().next().map(Session::try_from).transpose()
}

/// Of two pages loaded at the same time the later use counts.
pub(crate) async fn use_session<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    hash: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let at = at.timestamp_micros();
    db.run(
        "UPDATE session SET used = ? WHERE hash = ? AND used < ?",
        vec![at.into(), hash.into(), at.into()],
    )
    .await
    .map(drop)
    .map_err(store_error)
}

pub(crate) async fn end_session<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    hash: &str,
    at: Instant,
) -> Result<(), StoreError> {
    db.run(
        "UPDATE session SET ended = coalesce(ended, ?) WHERE hash = ?",
        vec![at.timestamp_micros().into(), hash.into()],
    )
    .await
    .map(drop)
    .map_err(store_error)
}
