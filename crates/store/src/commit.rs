//! Writing a batch: one transaction, or nothing.
//!
//! Locks are taken in one order by every writer: counters, dossiers by id, the rest. A
//! writer on PostgreSQL that still meets another crosswise is broken off by the server and
//! begins again.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;

use app::ports::{Batch, Change, CommitError, Committed, Key, StoreError};
use domain::dossier::private::Content;
use domain::id::DossierId;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, SqliteTransactionMode,
    TransactionOptions, TransactionTrait, Value,
};
use serde_json::{Value as Json, json};

use crate::door::{Dialect, Door};
use crate::fault::{is_deadlock, is_refused_by_trigger, store_error, wrote_nothing};
use crate::feed;
use crate::given::Given;
use crate::many::{Into, Nothing, places, unnest};
use crate::numbers;
use crate::row::{NEVER, personal_columns};

/// How often a transaction is begun that the server broke off for others.
const TRIES: usize = 5;

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
    for _ in 1..TRIES {
        let unsealed = batch.changes.clone();
        match attempt(writer, statements, &mut batch.changes).await {
            Err(Failure::Deadlock(error)) => {
                tracing::debug!(%error, "a batch met another one crosswise and begins again");
                batch.changes = unsealed;
            }
            done => return answer(done, batch),
        }
    }
    let done = attempt(writer, statements, &mut batch.changes).await;
    answer(done, batch)
}

fn answer(done: Result<(), Failure>, batch: Batch) -> Result<Committed, CommitError> {
    done?;
    let dossiers = batch.changes.into_iter().map(|change| change.dossier);
    Ok(Committed {
        dossiers: dossiers.collect(),
    })
}

/// One transaction: it has written everything, or failed and written nothing.
async fn attempt(
    writer: &DatabaseConnection,
    statements: &AtomicU64,
    changes: &mut [Change],
) -> Result<(), Failure> {
    // On SQLite a deferred transaction that has read cannot wait for the lock; it fails.
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = writer.begin_with_options(immediate).await?;
    let door = Door {
        connection: &transaction,
        statements,
    };
    match write(&door, changes).await {
        Ok(()) => transaction.commit().await.map_err(outcome),
        Err(failure) => {
            if let Err(error) = transaction.rollback().await {
                // Dropping it has asked for the same again; the commit failed either way.
                tracing::warn!(%error, "a batch could not be rolled back at once");
            }
            Err(failure)
        }
    }
}

/// What a failed COMMIT means: some errors say that nothing was written, all others leave
/// it open.
fn outcome(error: DbErr) -> Failure {
    if wrote_nothing(&error) {
        error.into()
    } else {
        Failure::Unknown(store_error(error))
    }
}

/// Why a batch was not written, or may not have been.
pub(crate) enum Failure {
    Clash(Vec<Key>),
    Deadlock(DbErr),
    Unknown(StoreError),
    Store(StoreError),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        if is_deadlock(&error) {
            Failure::Deadlock(error)
        } else {
            Failure::Store(store_error(error))
        }
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
            Failure::Deadlock(error) => CommitError::Store(store_error(error)),
            Failure::Unknown(error) => CommitError::Unknown(error),
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

const DOSSIER: Into<DOSSIER_COLUMNS> = Into {
    table: "dossier",
    columns: [
        "province",
        "id",
        "version",
        "status",
        "procedure",
        "channel",
        "resolving",
        "begun",
        "received",
        "ended",
        "due",
        "last_event",
        "first_record",
        "last_record",
        "fold",
    ],
    nullable: &["received"],
};

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
        // A list of places on SQLite, which would otherwise walk a list in a list.
        let former = match door.dialect() {
            Dialect::Sqlite => format!("VALUES {}", places(3, chunk.len())),
            Dialect::Postgres => {
                let columns = ["province", "id", "version"];
                format!("SELECT province, id, version FROM {}", unnest("f", columns))
            }
        };
        let tail = format!(
            "ON CONFLICT (province, id) DO UPDATE SET version = excluded.version, \
                 status = excluded.status, channel = excluded.channel, \
                 resolving = excluded.resolving, received = excluded.received, \
                 ended = excluded.ended, due = excluded.due, last_event = excluded.last_event, \
                 last_record = CASE WHEN excluded.last_record > dossier.last_record \
                     THEN excluded.last_record ELSE dossier.last_record END, \
                 fold = excluded.fold \
             WHERE (dossier.province, dossier.id, dossier.version) IN ({former}) \
             RETURNING id AS dossier"
        );
        let rows = chunk.iter().map(|change| dossier_row(change)).collect();
        let former = chunk.iter().map(|change| {
            let (province, id) = key_columns(change);
            [province, id, change.before.into()]
        });
        let rows: Vec<Written> = DOSSIER
            .insert_with(door, rows, &tail, former.collect())
            .await?;
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
struct CodeRow {
    province: String,
    code: String,
    dossier: String,
}

const CODE: Into<3> = Into {
    table: "code",
    columns: ["province", "code", "dossier"],
    nullable: &[],
};

async fn codes<C: ConnectionTrait>(door: &Door<'_, C>, changes: &[Change]) -> Result<(), Failure> {
    let mut wanted: Vec<[String; 3]> = Vec::new();
    for change in changes {
        let province = change.dossier.province.as_str();
        let id = change.dossier.id.to_string();
        for code in &change.codes {
            wanted.push([province.to_owned(), code.as_str().to_owned(), id.clone()]);
        }
    }
    // By code, as every writer does. Of two dossiers that want one, the first one gets it.
    wanted.sort_by(|a, b| a[..2].cmp(&b[..2]));
    let rows = wanted.iter().cloned().map(|row| row.map(Value::from));
    let written: Vec<CodeRow> = CODE
        .insert(
            door,
            rows.collect(),
            "ON CONFLICT (province, code) DO NOTHING RETURNING province, code, dossier",
        )
        .await?;
    let mut taken: HashSet<[String; 3]> = written.into_iter().map(CodeRow::into_row).collect();
    // A code that the dossier already has is no clash.
    let rest = wanted.iter().filter(|row| !taken.contains(*row));
    let rest: Vec<[Json; 2]> = rest
        .map(|[province, code, _]| [json!(province), json!(code)])
        .collect();
    if !rest.is_empty() {
        let given = Given::new(door, "w", ["province", "code"], rest);
        let sql = format!(
            "SELECT c.province, c.code, c.dossier FROM {} CROSS JOIN code c \
             WHERE c.province = w.province AND c.code = w.code",
            given.table
        );
        let held: Vec<CodeRow> = door.all(&sql, given.values).await?;
        taken.extend(held.into_iter().map(CodeRow::into_row));
    }
    clash_unless(changes, |change| {
        change.codes.iter().all(|code| {
            taken.contains(&[
                change.dossier.province.as_str().to_owned(),
                code.as_str().to_owned(),
                change.dossier.id.to_string(),
            ])
        })
    })
}

impl CodeRow {
    fn into_row(self) -> [String; 3] {
        [self.province, self.code, self.dossier]
    }
}

#[derive(FromQueryResult)]
struct WrittenEvent {
    dossier: String,
    version: i64,
}

async fn events<C: ConnectionTrait>(door: &Door<'_, C>, changes: &[Change]) -> Result<(), Failure> {
    let mut in_order: Vec<&Change> = changes.iter().collect();
    match door.dialect() {
        Dialect::Sqlite => {}
        // By request, as every writer does: two that bring the same requests meet here.
        Dialect::Postgres => in_order.sort_by(|a, b| request_order(a).cmp(&request_order(b))),
    }
    let mut rows = Vec::new();
    for change in in_order {
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
    let written: Result<Vec<WrittenEvent>, DbErr> = feed::append(
        door,
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

fn request_order(change: &Change) -> Option<(&str, &str, &str)> {
    let record = &change.entries.first()?.record;
    Some((
        record.province.as_str(),
        record.actor.as_str(),
        record.request_id.as_str(),
    ))
}

const INTEREST: Into<6> = Into {
    table: "interest",
    columns: ["province", "unit", "dossier", "roles", "open", "due"],
    nullable: &[],
};

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
            known.push([json!(province), json!(id)]);
        }
        for interest in &change.interest {
            if change.before > 0 {
                kept.push([json!(province), json!(interest.unit.as_str()), json!(id)]);
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
        let mut known = Given::new(door, "w", ["province", "dossier"], known);
        let kept = Given::new(door, "k", ["province", "unit", "dossier"], kept);
        let sql = format!(
            "DELETE FROM interest \
             WHERE (province, dossier) IN (SELECT province, dossier FROM {}) \
                 AND (province, unit, dossier) NOT IN \
                     (SELECT province, unit, dossier FROM {})",
            known.table, kept.table
        );
        known.values.extend(kept.values);
        door.run(&sql, known.values).await?;
    }
    let _none: Vec<Nothing> = INTEREST
        .insert(
            door,
            rows,
            "ON CONFLICT (province, unit, dossier) DO UPDATE SET roles = excluded.roles, \
             open = excluded.open, due = excluded.due \
         WHERE interest.roles <> excluded.roles OR interest.open <> excluded.open \
             OR interest.due <> excluded.due",
        )
        .await?;
    Ok(())
}

const PERSONAL: Into<7> = Into {
    table: "personal",
    columns: [
        "province",
        "dossier",
        "item",
        "kind",
        "value",
        "name_key",
        "phone_key",
    ],
    nullable: &["name_key", "phone_key"],
};

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
    let _none: Vec<Nothing> = PERSONAL.insert(door, rows, "").await?;
    Ok(())
}

/// The item under which the applicant is kept, and the only one that is searched.
pub(crate) const APPLICANT: &str = "applicant";

const SECRET: Into<5> = Into {
    table: "secret",
    columns: ["province", "dossier", "salt", "person", "pin_hash"],
    nullable: &["person", "pin_hash"],
};

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
            (None, Some(pin_hash)) => pins.push([
                json!(change.dossier.province.as_str()),
                json!(change.dossier.id.to_string()),
                json!(pin_hash),
            ]),
            (None, None) => {}
        }
    }
    let _none: Vec<Nothing> = SECRET.insert(door, rows, "").await?;
    if !pins.is_empty() {
        let given = Given::new(door, "w", ["province", "dossier", "pin_hash"], pins);
        let sql = format!(
            "WITH wanted AS MATERIALIZED (SELECT province, dossier, pin_hash FROM {}) \
             UPDATE secret SET pin_hash = wanted.pin_hash FROM wanted \
             WHERE secret.province = wanted.province AND secret.dossier = wanted.dossier",
            given.table
        );
        door.run(&sql, given.values).await?;
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
