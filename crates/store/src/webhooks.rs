//! Programs that are told of every event, with their places among the remotes.

use std::sync::Arc;

use app::ports::{ReadWebhooks, StoreError, Webhook, WriteWebhooks, remote_of};
use async_trait::async_trait;
use domain::dossier::Event;
use domain::id::{ProvinceCode, RequestId};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::SeaStore;
use crate::executor::Executor;
use crate::fault::{store_error, unfinished};
use crate::read::Reading;
use crate::row::Place;

const WEBHOOK: &str = "province, name, address, is_inside, salt, generation, old_until, created, created_by, \
    last_request, kinds";

/// What happens to a webhook.
enum Change {
    Add(Box<Webhook>, String),
    Rotate(RequestId, Instant),
    Remove,
    Rewind(RequestId, String),
}

#[async_trait]
impl WriteWebhooks for SeaStore {
    async fn add_webhook(&self, webhook: &Webhook, cursor: &str) -> Result<bool, StoreError> {
        let change = Change::Add(Box::new(webhook.clone()), cursor.to_owned());
        self.change_webhook(&webhook.province, &webhook.name, change)
            .await
    }

    async fn rotate_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        old_until: Instant,
    ) -> Result<Option<Webhook>, StoreError> {
        let change = Change::Rotate(request.clone(), old_until);
        self.change_webhook(province, name, change).await?;
        let found = select(&self.writing(), Some(province)).await?;
        Ok(found.into_iter().find(|webhook| webhook.name == name))
    }

    async fn remove_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
    ) -> Result<bool, StoreError> {
        self.change_webhook(province, name, Change::Remove).await
    }

    async fn rewind_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        cursor: &str,
    ) -> Result<bool, StoreError> {
        let change = Change::Rewind(request.clone(), cursor.to_owned());
        self.change_webhook(province, name, change).await?;
        let found = select(&self.writing(), Some(province)).await?;
        Ok(found.iter().any(|webhook| webhook.name == name))
    }
}

#[async_trait]
impl ReadWebhooks for Reading {
    async fn webhooks(&self, province: Option<&ProvinceCode>) -> Result<Vec<Webhook>, StoreError> {
        select(&self.db(), province).await
    }
}

impl SeaStore {
    /// Changes a webhook in one transaction. False if nothing changed.
    async fn change_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        change: Change,
    ) -> Result<bool, StoreError> {
        let inner = Arc::clone(&self.inner);
        let (province, name) = (province.clone(), name.to_owned());
        // A task of its own, so that a dropped caller cannot cut the transaction.
        let changed = tokio::spawn(async move {
            let begun = inner.writer.begin_writing().await;
            let transaction = begun.map_err(store_error)?;
            let db = Executor {
                connection: &transaction,
                statements: &inner.statements,
            };
            let done = apply(&db, &province, &name, &change).await;
            let done = done.map_err(store_error)?;
            transaction.commit().await.map_err(store_error)?;
            Ok(done)
        });
        changed.await.map_err(unfinished)?
    }
}

async fn apply<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    name: &str,
    change: &Change,
) -> Result<bool, DbErr> {
    let remote = remote_of(name);
    let done = match change {
        Change::Add(webhook, cursor) => {
            let added = add(db, webhook).await?;
            if added > 0 {
                db.run(
                    "INSERT INTO remote (province, name, epoch, holder, lease_until, cursor, failures, \
                         last_words, walk_request) VALUES (?, ?, 1, '', 0, ?, 0, '', '')",
                    vec![province.as_str().into(), remote.into(), cursor.as_str().into()],
                )
                .await?;
            }
            added
        }
        Change::Rotate(request, old_until) => {
            let values = vec![
                old_until.timestamp_micros().into(),
                request.as_str().into(),
                province.as_str().into(),
                name.into(),
                request.as_str().into(),
            ];
            db.run(
                "UPDATE webhook SET generation = generation + 1, old_until = ?, last_request = ? \
                 WHERE province = ? AND name = ? AND last_request <> ?",
                values,
            )
            .await?
        }
        Change::Remove => {
            let of = |name: &str| -> Vec<Value> { vec![province.as_str().into(), name.into()] };
            let place = "DELETE FROM remote WHERE province = ? AND name = ?";
            db.run(place, of(&remote)).await?;
            let parcels = "DELETE FROM parcel WHERE province = ? AND remote = ?";
            db.run(parcels, of(&remote)).await?;
            let own = "DELETE FROM webhook WHERE province = ? AND name = ?";
            db.run(own, of(name)).await?
        }
        Change::Rewind(request, cursor) => {
            let values = vec![
                cursor.as_str().into(),
                request.as_str().into(),
                province.as_str().into(),
                remote.into(),
                request.as_str().into(),
            ];
            // The process that works for it has the old place in mind, so its lease ends.
            db.run(
                "UPDATE remote SET cursor = ?, walk_request = ?, epoch = epoch + 1, holder = '', \
                     lease_until = 0 \
                 WHERE province = ? AND name = ? AND walk_request <> ?",
                values,
            )
            .await?
        }
    };
    Ok(done > 0)
}

/// Adds a webhook. Nothing happens where its name is taken.
async fn add<C: ConnectionTrait>(db: &Executor<'_, C>, webhook: &Webhook) -> Result<u64, DbErr> {
    let values = vec![
        webhook.province.as_str().into(),
        webhook.name.as_str().into(),
        webhook.address.as_str().into(),
        i64::from(webhook.is_inside).into(),
        webhook.salt.as_str().into(),
        i64::from(webhook.generation).into(),
        webhook.old_until.map(|at| at.timestamp_micros()).into(),
        webhook.created.timestamp_micros().into(),
        webhook.created_by.as_str().into(),
        webhook.last_request.as_str().into(),
        webhook.kinds.join(" ").into(),
    ];
    let sql = format!(
        "INSERT INTO webhook ({WEBHOOK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (province, name) DO NOTHING"
    );
    db.run(&sql, values).await
}

async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: Option<&ProvinceCode>,
) -> Result<Vec<Webhook>, StoreError> {
    let (of, values): (&str, Vec<Value>) = match province {
        Some(province) => (" WHERE province = ?", vec![province.as_str().into()]),
        None => ("", Vec::new()),
    };
    let sql = format!("SELECT {WEBHOOK} FROM webhook{of} ORDER BY province, name");
    let rows: Vec<WebhookRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Webhook::try_from).collect()
}

#[derive(Debug, FromQueryResult)]
struct WebhookRow {
    province: String,
    name: String,
    address: String,
    is_inside: i64,
    salt: String,
    generation: i64,
    old_until: Option<i64>,
    created: i64,
    created_by: String,
    last_request: String,
    kinds: String,
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = StoreError;

    fn try_from(row: WebhookRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "webhook",
            id: &row.name,
        };
        let old_until = row.old_until;
        let kinds = row.kinds.split_whitespace().map(Event::kind_named);
        let kinds = kinds.collect::<Result<_, _>>();
        Ok(Webhook {
            province: place.parse("province", &row.province)?,
            is_inside: row.is_inside != 0,
            generation: place.number("generation", row.generation)?,
            old_until: old_until
                .map(|at| place.instant("old_until", at))
                .transpose()?,
            created: place.instant("created", row.created)?,
            created_by: place.parse("created_by", &row.created_by)?,
            last_request: place.parse("last_request", &row.last_request)?,
            kinds: kinds.map_err(|_| place.wrong("kinds"))?,
            name: row.name.clone(),
            address: row.address,
            salt: row.salt,
        })
    }
}
