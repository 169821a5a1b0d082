//! Writing a batch: one transaction, or nothing.
//!
//! Locks are taken in one order by every writer: counters, dossiers by id, the rest.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;

use app::ports::{Batch, Change, CommitError, Committed, Key, StoreError};
use domain::dossier::private::Content;
use domain::id::DossierId;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, SqliteTransactionMode,
    TransactionOptions, TransactionTrait, Value,
};
use serde_json::json;

use crate::door::{Door, is_busy, is_refused_by_trigger, store_error};
use crate::load::as_list;
use crate::many::{Nothing, insert, places};
use crate::numbers;
use crate::row::{NEVER, personal_columns};

/// Writes a batch. Not to be cancelled half-way: the caller gives it a task of its own.
pub(crate) async fn commit(
    writer: &DatabaseConnection,
    statements: &AtomicU64,
    mut batch: Batch,
) -> Result<Committed, CommitError> {
    if batch.changes.is_empty() {
        return Ok(Committed {
            dossiers: Vec::new(),
        });
    }
    // A deferred transaction that has read cannot wait for the lock; it fails.
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = writer
        .begin_with_options(immediate)
        .await
        .map_err(|error| CommitError::Store(store_error(error)))?;
    let door = Door {
        connection: &transaction,
        statements,
    };
    match write(&door, &mut batch.changes).await {
        Ok(()) => transaction.commit().await.map_err(outcome)?,
        Err(failure) => {
            if let Err(error) = transaction.rollback().await {
                // Dropping it has asked for the same again; the commit failed either way.
                tracing::warn!(%error, "a batch could not be rolled back at once");
            }
            return Err(failure.into());
        }
    }
    let dossiers = batch.changes.into_iter().map(|change| change.dossier);
    Ok(Committed {
        dossiers: dossiers.collect(),
    })
}

/// What a failed COMMIT means: a busy database has done nothing, anything else is unclear.
fn outcome(error: DbErr) -> CommitError {
    if is_busy(&error) {
        CommitError::Store(store_error(error))
    } else {
        CommitError::Unknown(store_error(error))
    }
}

/// Why a batch must be rolled back.
enum Failure {
    Clash(Vec<Key>),
    Store(StoreError),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Failure::Store(store_error(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Clash(dossiers) => CommitError::Clash { dossiers },
            Failure::Store(error) => CommitError::Store(error),
        }
    }
}

async fn write<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &mut [Change],
) -> Result<(), Failure> {
    numbers::reserve(door, changes).await?;
    let changes: &[Change] = changes;
    dossiers(door, changes).await?;
    codes(door, changes).await?;
    events(door, changes).await?;
    interest(door, changes).await?;
    personal(door, changes).await?;
    secrets(door, changes).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Written {
    dossier: String,
}

const DOSSIER_COLUMNS: usize = 15;

/// Few enough rows for one statement to carry them, with their former versions beside.
const DOSSIERS_AT_ONCE: usize = 1_500;

async fn dossiers<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut by_id: Vec<&Change> = changes.iter().collect();
    by_id.sort_by(|a, b| key_order(a).cmp(&key_order(b)));
    let mut written = HashSet::with_capacity(changes.len());
    for chunk in by_id.chunks(DOSSIERS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO dossier (province, id, version, status, procedure, channel, resolving, \
                 begun, received, ended, due, last_event, first_record, last_record, fold) \
             VALUES {} \
             ON CONFLICT (province, id) DO UPDATE SET version = excluded.version, \
                 status = excluded.status, channel = excluded.channel, \
                 resolving = excluded.resolving, received = excluded.received, \
                 ended = excluded.ended, due = excluded.due, last_event = excluded.last_event, \
                 last_record = max(last_record, excluded.last_record), fold = excluded.fold \
             WHERE (dossier.province, dossier.id, dossier.version) IN (VALUES {}) \
             RETURNING id AS dossier",
            places(DOSSIER_COLUMNS, chunk.len()),
            places(3, chunk.len()),
        );
        let mut values = Vec::with_capacity(chunk.len() * (DOSSIER_COLUMNS + 3));
        for change in chunk {
            values.extend(dossier_row(change));
        }
        for change in chunk {
            let (province, id) = key_columns(change);
            values.extend([province, id, change.before.into()]);
        }
        let rows: Vec<Written> = door.all(&sql, values).await?;
        written.extend(rows.into_iter().map(|row| row.dossier));
    }
    clash_unless(changes, |change| {
        written.contains(&change.dossier.id.to_string())
    })
}

fn key_order(change: &Change) -> (&str, DossierId) {
    (change.dossier.province.as_str(), change.dossier.id)
}

/// The columns of a dossier. What only its first event knows is ignored for a known one.
fn dossier_row(change: &Change) -> [Value; DOSSIER_COLUMNS] {
    let dossier = &change.dossier;
    let (first, last) = match change.entries.as_slice() {
        [first, .., last] => (&first.record, &last.record),
        [only] => (&only.record, &only.record),
        [] => unreachable!("a change without an event is none"),
    };
    let (province, id) = key_columns(change);
    let fold = serde_json::to_string(dossier).expect("a dossier holds only texts and numbers");
    [
        province,
        id,
        dossier.version.into(),
        dossier.status().code().into(),
        dossier.procedure.as_str().into(),
        dossier.channel.as_str().into(),
        dossier.resolving.as_str().into(),
        first.event_time.timestamp_micros().into(),
        dossier.received.map(|at| at.timestamp_micros()).into(),
        dossier
            .ended
            .map_or(NEVER, |at| at.timestamp_micros())
            .into(),
        dossier
            .due()
            .map_or(NEVER, |at| at.timestamp_micros())
            .into(),
        dossier.last.timestamp_micros().into(),
        first.record_time.timestamp_micros().into(),
        last.record_time.timestamp_micros().into(),
        fold.into(),
    ]
}

#[derive(FromQueryResult)]
struct WrittenCode {
    code: String,
    dossier: String,
}

async fn codes<C: ConnectionTrait>(door: &Door<'_, C>, changes: &[Change]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for change in changes {
        let (province, id) = key_columns(change);
        for code in &change.codes {
            rows.push([province.clone(), code.as_str().into(), id.clone()]);
        }
    }
    // A code that the dossier already has is no clash; the update that changes nothing
    // makes RETURNING name it.
    let written: Vec<WrittenCode> = insert(
        door,
        "INSERT INTO code (province, code, dossier)",
        rows,
        "ON CONFLICT (province, code) DO UPDATE SET dossier = excluded.dossier \
             WHERE code.dossier = excluded.dossier \
         RETURNING code, dossier",
    )
    .await?;
    let written: HashSet<(String, String)> = written
        .into_iter()
        .map(|row| (row.code, row.dossier))
        .collect();
    clash_unless(changes, |change| {
        let id = change.dossier.id.to_string();
        change
            .codes
            .iter()
            .all(|code| written.contains(&(code.as_str().to_owned(), id.clone())))
    })
}

#[derive(FromQueryResult)]
struct WrittenEvent {
    dossier: String,
    version: i64,
}

async fn events<C: ConnectionTrait>(door: &Door<'_, C>, changes: &[Change]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for change in changes {
        for entry in &change.entries {
            let record = &entry.record;
            let (province, id) = key_columns(change);
            rows.push([
                province,
                id,
                record.version.into(),
                record.event_time.timestamp_micros().into(),
                record.record_time.timestamp_micros().into(),
                record.actor.as_str().into(),
                record.request_id.as_str().into(),
                entry.part.into(),
                entry.content.to_vec().into(),
                record.to_bytes().into(),
            ]);
        }
    }
    let written: Result<Vec<WrittenEvent>, DbErr> = insert(
        door,
        "INSERT INTO event (province, dossier, version, event_time, record_time, actor, \
             request_id, part, content, bytes)",
        rows,
        "ON CONFLICT DO NOTHING RETURNING dossier, version",
    )
    .await;
    let written: HashSet<(String, i64)> = match written {
        Ok(rows) => rows
            .into_iter()
            .map(|row| (row.dossier, row.version))
            .collect(),
        // The second part of a request whose first part was there before: which one it is
        // cannot be told, so all are tried again one by one.
        Err(error) if is_refused_by_trigger(&error) => return clash_unless(changes, |_| false),
        Err(error) => return Err(error.into()),
    };
    clash_unless(changes, |change| {
        let id = change.dossier.id.to_string();
        change
            .entries
            .iter()
            .all(|entry| written.contains(&(id.clone(), entry.record.version.into())))
    })
}

async fn interest<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut known = Vec::new();
    let mut kept = Vec::new();
    let mut rows = Vec::new();
    for change in changes {
        let (province, id) = (
            change.dossier.province.as_str(),
            change.dossier.id.to_string(),
        );
        if change.before > 0 {
            known.push(json!([province, id]));
        }
        for interest in &change.interest {
            if change.before > 0 {
                kept.push(json!([province, interest.unit.as_str(), id]));
            }
            rows.push([
                province.into(),
                interest.unit.as_str().into(),
                id.clone().into(),
                interest.roles.into(),
                u8::from(interest.open).into(),
                interest
                    .due
                    .map_or(NEVER, |at| at.timestamp_micros())
                    .into(),
            ]);
        }
    }
    if !known.is_empty() {
        door.run(
            "DELETE FROM interest \
             WHERE (province, dossier) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) \
                 AND (province, unit, dossier) NOT IN \
                     (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))",
            vec![as_list(known), as_list(kept)],
        )
        .await?;
    }
    insert::<_, Nothing, 6>(
        door,
        "INSERT INTO interest (province, unit, dossier, roles, open, due)",
        rows,
        "ON CONFLICT (province, unit, dossier) DO UPDATE SET roles = excluded.roles, \
             open = excluded.open, due = excluded.due \
         WHERE interest.roles <> excluded.roles OR interest.open <> excluded.open \
             OR interest.due <> excluded.due",
    )
    .await?;
    Ok(())
}

async fn personal<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for change in changes {
        for private in &change.private {
            let (province, id) = key_columns(change);
            let (kind, value) = personal_columns(&private.content);
            let (name_key, phone_key) = match &private.content {
                Content::Person(person) if private.item == APPLICANT => {
                    (Some(person.name_key()), Some(person.phone_key()))
                }
                Content::Person(_) | Content::Words(_) => (None, None),
            };
            rows.push([
                province,
                id,
                private.item.as_str().into(),
                kind.into(),
                value.into(),
                name_key.into(),
                phone_key.into(),
            ]);
        }
    }
    // No upsert: an event commits to what is there, so overwriting it would break the proof.
    insert::<_, Nothing, 7>(
        door,
        "INSERT INTO personal (province, dossier, item, kind, value, name_key, phone_key)",
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// The item under which the applicant is kept, and the only one that is searched.
pub(crate) const APPLICANT: &str = "applicant";

async fn secrets<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut pins = Vec::new();
    for change in changes {
        let (province, id) = key_columns(change);
        match (&change.secrets, &change.pin_hash) {
            (Some(secrets), pin_hash) => rows.push([
                province,
                id,
                secrets.salt.as_bytes().to_vec().into(),
                secrets.person.clone().into(),
                pin_hash.clone().into(),
            ]),
            (None, Some(pin_hash)) => pins.push(json!([
                change.dossier.province.as_str(),
                change.dossier.id.to_string(),
                pin_hash
            ])),
            (None, None) => {}
        }
    }
    insert::<_, Nothing, 5>(
        door,
        "INSERT INTO secret (province, dossier, salt, person, pin_hash)",
        rows,
        "",
    )
    .await?;
    if !pins.is_empty() {
        door.run(
            "WITH wanted AS MATERIALIZED (SELECT value ->> 0 AS province, value ->> 1 AS dossier, \
                 value ->> 2 AS pin_hash FROM json_each(?)) \
             UPDATE secret SET pin_hash = wanted.pin_hash FROM wanted \
             WHERE secret.province = wanted.province AND secret.dossier = wanted.dossier",
            vec![as_list(pins)],
        )
        .await?;
    }
    Ok(())
}

fn key_columns(change: &Change) -> (Value, Value) {
    (
        change.dossier.province.as_str().into(),
        change.dossier.id.to_string().into(),
    )
}

/// Fails with the dossiers of the changes that were not written.
fn clash_unless(changes: &[Change], written: impl Fn(&Change) -> bool) -> Result<(), Failure> {
    let clashing: Vec<Key> = changes
        .iter()
        .filter(|change| !written(change))
        .map(|change| (change.dossier.province.clone(), change.dossier.id))
        .collect();
    if clashing.is_empty() {
        Ok(())
    } else {
        Err(Failure::Clash(clashing))
    }
}
