//! Writes history from other systems: many rows at once, invisible until the end.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use app::import::{Begun, End, Import, Life, Lives, NewImport, Origin, Piece, Plan};
use app::ports::{CommitError, Ids, StoreError};
use domain::code::{AnyCode, DossierCode};
use domain::dossier::event::digest;
use domain::dossier::{Dossier, ImportNumber, Interest, Precedence, Record};
use domain::id::{ProvinceCode, UnitCode};
use domain::tally::{self, Tallies};
use domain::time::{self, Instant};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::json;

use crate::bulk::{BulkInsert, Nothing};
use crate::commit::dossiers::{assignee, overdue_from, step};
use crate::commit::tallies;
use crate::document;
use crate::executor::{Dialect, Executor};
use crate::fault::{store_error, wrote_nothing};
use crate::feed;
use crate::fold;
use crate::numbers;
use crate::open::{self, OpenError, Options};
use crate::page::of_units;
use crate::pool::Pool;
use crate::rating::{self, RATING};
use crate::request_key;
use crate::row::{DossierRow, EVENT_COLUMNS, EventRow, NEVER, Place};
use crate::value_table::ValueTable;

/// The place before an import's first event. Imported places lie below zero, which the feed does
/// not serve; each import has room for a million million.
pub(crate) fn before_first(number: ImportNumber) -> i64 {
    (i64::MIN / 2) + (i64::from(number.get()) << 40)
}

#[derive(Debug, FromQueryResult)]
struct ImportRow {
    province: String,
    number: i64,
    source: String,
    actor: String,
    begun: i64,
    done: i64,
    dossiers: i64,
    events: i64,
    finished: Option<i64>,
    place: Option<i64>,
}

const COLUMNS: &str =
    "province, number, source, actor, begun, done, dossiers, events, finished, place";

impl TryFrom<ImportRow> for Import {
    type Error = StoreError;

    fn try_from(row: ImportRow) -> Result<Self, StoreError> {
        let id = row.number.to_string();
        let place = Place {
            table: "import",
            id: &id,
        };
        let number = ImportNumber::new(place.number("number", row.number)?);
        Ok(Import {
            province: place.parse("province", &row.province)?,
            number: number.ok_or_else(|| place.wrong("number"))?,
            actor: place.parse("actor", &row.actor)?,
            begun: place.instant("begun", row.begun)?,
            done: place.number("done", row.done)?,
            dossiers: place.number("dossiers", row.dossiers)?,
            events: place.number("events", row.events)?,
            finished: row
                .finished
                .map(|at| place.instant("finished", at))
                .transpose()?,
            place: row.place.map(|at| place.number("place", at)).transpose()?,
            source: row.source,
        })
    }
}

async fn select<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    which: &str,
    values: Vec<Value>,
) -> Result<Vec<Import>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM import WHERE {which}");
    let rows: Vec<ImportRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Import::try_from).collect()
}

/// Begins an import, or finds the one with the same files.
pub(crate) async fn begin(
    writer: &Pool,
    statements: &AtomicU64,
    new: &NewImport,
) -> Result<Begun, StoreError> {
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    if db.dialect() == Dialect::Postgres {
        // The lock makes processes take import numbers one after another.
        db.run("LOCK TABLE import IN SHARE ROW EXCLUSIVE MODE", Vec::new())
            .await
            .map_err(store_error)?;
    }
    let same = select(
        &db,
        "province = ? AND source = ? AND files = ? ORDER BY number DESC LIMIT 1",
        vec![
            new.province.as_str().into(),
            new.source.as_str().into(),
            new.files.as_str().into(),
        ],
    );
    let begun = match same.await?.pop() {
        Some(import) if import.finished.is_some() => Begun::Finished(import),
        Some(import) => Begun::Ready(import),
        None => {
            let other = select(
                &db,
                "province = ? AND source = ? AND finished IS NULL",
                vec![new.province.as_str().into(), new.source.as_str().into()],
            );
            match other.await?.pop() {
                Some(import) => Begun::Unfinished(import),
                None => Begun::Ready(insert(&db, new).await?),
            }
        }
    };
    transaction.commit().await.map_err(store_error)?;
    Ok(begun)
}

async fn insert<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    new: &NewImport,
) -> Result<Import, StoreError> {
    let sql = format!(
        "INSERT INTO import \
         (province, number, source, files, actor, begun, done, dossiers, events) \
         SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, 0, 0, 0 FROM import \
         RETURNING {COLUMNS}"
    );
    let values = vec![
        new.province.as_str().into(),
        new.source.as_str().into(),
        new.files.as_str().into(),
        new.actor.as_str().into(),
        new.at.timestamp_micros().into(),
    ];
    let rows: Vec<ImportRow> = db.all(&sql, values).await.map_err(store_error)?;
    let place = Place {
        table: "import",
        id: &new.source,
    };
    let row = rows.into_iter().next();
    row.ok_or_else(|| place.wrong("number"))?.try_into()
}

#[derive(FromQueryResult)]
struct OriginRow {
    name: String,
    dossier: String,
    digest: i64,
}

/// The existing dossiers of another system.
pub(crate) async fn origins<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    source: &str,
    names: &[&str],
) -> Result<HashMap<Box<str>, Origin>, StoreError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let list = names.iter().map(|name| [json!(name)]).collect();
    let given = ValueTable::new(db, "w", ["name"], list);
    let sql = format!(
        "SELECT o.name, o.dossier, o.digest FROM {} CROSS JOIN origin o \
         WHERE o.name = w.name AND o.province = ? AND o.source = ?",
        given.table
    );
    let mut values = given.values;
    values.extend([province.as_str().into(), source.into()]);
    let rows: Vec<OriginRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "origin",
                id: &row.name,
            };
            let origin = Origin {
                dossier: place.parse("dossier", &row.dossier)?,
                digest: row.digest.cast_unsigned(),
            };
            Ok((row.name.into(), origin))
        })
        .collect()
}

/// Keeps the digests of what another system says of its dossiers by now.
pub(crate) async fn keep_digests<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    source: &str,
    digests: &[(String, u64)],
) -> Result<(), StoreError> {
    let list = digests
        .iter()
        .map(|(name, digest)| [json!(name), json!(digest.cast_signed())])
        .collect();
    let given = ValueTable::new(db, "w", ["name", "digest"], list);
    let sql = format!(
        "WITH wanted AS MATERIALIZED (SELECT name, digest FROM {}) \
         UPDATE origin SET digest = wanted.digest FROM wanted \
         WHERE origin.province = ? AND origin.source = ? AND origin.name = wanted.name",
        given.table
    );
    let mut values = given.values;
    values.extend([province.as_str().into(), source.into()]);
    db.run(&sql, values).await.map_err(store_error)?;
    Ok(())
}

#[derive(FromQueryResult)]
struct HolderRow {
    code: String,
    id: String,
    version: i64,
    fold: String,
}

/// Which dossiers have some codes.
pub(crate) async fn code_holders<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    codes: &[AnyCode],
) -> Result<HashMap<AnyCode, Dossier>, StoreError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let list = codes.iter().map(|code| [json!(code.as_str())]).collect();
    let given = ValueTable::new(db, "w", ["code"], list);
    let sql = format!(
        "SELECT c.code, d.id, d.version, d.fold FROM {} CROSS JOIN code c \
         JOIN dossier d ON d.province = c.province AND d.id = c.dossier \
         WHERE c.code = w.code AND c.province = ?",
        given.table
    );
    let mut values = given.values;
    values.push(province.as_str().into());
    let rows: Vec<HolderRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "code",
                id: &row.id,
            };
            let code = AnyCode::parse(&row.code).map_err(|_| place.wrong("code"))?;
            let dossier = DossierRow::new(row.id.clone(), row.version, row.fold);
            Ok((code, dossier.try_into()?))
        })
        .collect()
}

/// Writes a piece. False if another process has written it.
pub(crate) async fn write(
    writer: &Pool,
    statements: &AtomicU64,
    piece: &Piece,
) -> Result<bool, CommitError> {
    let none = |error| CommitError::Store(store_error(error));
    let transaction = writer.begin_writing().await.map_err(none)?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    db.take_time().await.map_err(none)?;
    if !advance(&db, piece).await.map_err(none)? {
        transaction.rollback().await.map_err(none)?;
        return Ok(false);
    }
    rows(&db, piece).await.map_err(none)?;
    match transaction.commit().await {
        Ok(()) => Ok(true),
        Err(error) if wrote_nothing(&error) => Err(none(error)),
        Err(error) => Err(CommitError::Unknown(store_error(error))),
    }
}

/// Marks the piece as done, unless another process did.
async fn advance<C: ConnectionTrait>(db: &Executor<'_, C>, piece: &Piece) -> Result<bool, DbErr> {
    let number = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
    let moved = db
        .run(
            "UPDATE import SET done = ?, dossiers = dossiers + ?, events = events + ? \
             WHERE province = ? AND number = ? AND done = ? AND finished IS NULL",
            vec![
                number(piece.done),
                number(piece.lives.len() as u64),
                number(piece.events()),
                piece.import.province.as_str().into(),
                i64::from(piece.import.number.get()).into(),
                number(piece.import.done),
            ],
        )
        .await?;
    Ok(moved > 0)
}

const DOSSIER: BulkInsert<23> = BulkInsert {
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
        "apart",
        "overdue_from",
        "import",
        "precedence",
        "step",
        "assignee",
        "elsewhere",
        "marks",
    ],
    nullable: &["received"],
};

const EVENT: BulkInsert<14> = BulkInsert {
    table: "event",
    columns: [
        "seq",
        "province",
        "dossier",
        "version",
        "event_time",
        "record_time",
        "actor",
        "role",
        "unit",
        "request",
        "part",
        "content",
        "bytes",
        "digest",
    ],
    nullable: &[],
};

const INTEREST: BulkInsert<7> = BulkInsert {
    table: "interest",
    columns: [
        "province",
        "unit",
        "dossier",
        "roles",
        "open",
        "due",
        "precedence",
    ],
    nullable: &[],
};

const SECRET: BulkInsert<3> = BulkInsert {
    table: "secret",
    columns: ["province", "dossier", "salt"],
    nullable: &[],
};

const ORIGIN: BulkInsert<5> = BulkInsert {
    table: "origin",
    columns: ["province", "source", "name", "dossier", "digest"],
    nullable: &[],
};

const CODE: BulkInsert<3> = BulkInsert {
    table: "code",
    columns: ["province", "code", "dossier"],
    nullable: &[],
};

/// All rows of a piece, table by table.
pub(crate) async fn rows<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    piece: &Piece,
) -> Result<(), DbErr> {
    raise(db, piece).await?;
    let lives = &piece.lives;
    let number = piece.import.number;
    let dossiers = lives.iter().map(|life| dossier_row(life, number)).collect();
    bulk(db, &DOSSIER, dossiers, "").await?;
    let mut seq = before_first(number) + i64::try_from(piece.import.events).unwrap_or(i64::MAX);
    let mut events = Vec::with_capacity(lives.len() * 8);
    for life in lives {
        for (record, bytes) in &life.events {
            seq += 1;
            events.push(event_row(seq, life, record, bytes));
        }
    }
    bulk(db, &EVENT, events, "").await?;
    let interests = lives.iter().flat_map(|life| {
        Interest::of(&life.dossier).into_iter().map(|interest| {
            let (province, id) = key(life);
            [
                province,
                interest.unit.as_str().into(),
                id,
                interest.roles.into(),
                u8::from(interest.open).into(),
                interest
                    .due
                    .map_or(NEVER, |at| at.timestamp_micros())
                    .into(),
                interest.precedence.key().into(),
            ]
        })
    });
    bulk(db, &INTEREST, interests.collect(), "").await?;
    let secrets = lives.iter().map(|life| {
        let (province, id) = key(life);
        [province, id, life.salt.as_bytes().to_vec().into()]
    });
    bulk(db, &SECRET, secrets.collect(), "").await?;
    let origins = lives.iter().map(|life| {
        let (province, id) = key(life);
        [
            province,
            piece.import.source.as_str().into(),
            life.name.as_ref().into(),
            id,
            life.digest.cast_signed().into(),
        ]
    });
    bulk(db, &ORIGIN, origins.collect(), "").await?;
    let codes = lives.iter().flat_map(|life| {
        life.codes().map(|code| {
            let (province, id) = key(life);
            [province, code.as_str().into(), id]
        })
    });
    // Whoever took a code since it was looked for is found by it.
    let first = "ON CONFLICT (province, code) DO NOTHING";
    bulk(db, &CODE, codes.collect(), first).await?;
    let ratings = lives.iter().flat_map(|life| {
        let records = life.events.iter().map(|(record, _)| record);
        records.filter_map(|record| rating::row(&life.dossier, record))
    });
    bulk(db, &RATING, ratings.collect(), "").await?;
    let mut sum = Tallies::new();
    for life in lives {
        tally::add(&mut sum, tally::difference(None, &life.dossier));
    }
    let shard = tallies::unseen(number);
    tallies::add_to(db, &piece.import.province, shard, &sum).await
}

/// How many rows a statement carries on SQLite, largest first. With only a few texts, each is
/// parsed once.
const STEPS: [usize; 4] = [512, 64, 8, 1];

async fn bulk<C: ConnectionTrait, const N: usize>(
    db: &Executor<'_, C>,
    table: &BulkInsert<N>,
    mut rows: Vec<[Value; N]>,
    tail: &str,
) -> Result<(), DbErr> {
    if db.dialect() == Dialect::Postgres {
        let _none: Vec<Nothing> = table.insert(db, rows, tail).await?;
        return Ok(());
    }
    let mut rows = rows.drain(..);
    for step in STEPS {
        while rows.len() >= step {
            let chunk = rows.by_ref().take(step).collect();
            let statement = table.statement::<0>(db.dialect(), chunk, tail, Vec::new());
            let _none: Vec<Nothing> = db.all(&statement.sql, statement.values).await?;
        }
    }
    Ok(())
}

fn key(life: &Life) -> (Value, Value) {
    (
        life.dossier.province.as_str().into(),
        life.dossier.id.to_string().into(),
    )
}

fn dossier_row(life: &Life, number: ImportNumber) -> [Value; 23] {
    let dossier = &life.dossier;
    let times = life.events.iter().map(|(record, _)| record.event_time);
    let begun = times.min().unwrap_or(dossier.since);
    let records = || life.events.iter().map(|(record, _)| record.record_time);
    let micros = |at: Option<Instant>| at.unwrap_or_default().timestamp_micros();
    let (province, id) = key(life);
    [
        province,
        id,
        dossier.version.into(),
        dossier.status().code().into(),
        dossier.procedure.as_str().into(),
        dossier.channel.as_str().into(),
        dossier.resolving.as_str().into(),
        begun.timestamp_micros().into(),
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
        micros(records().min()).into(),
        micros(records().max()).into(),
        fold::shortened(&life.fold).into(),
        u8::from(tally::stands_apart(dossier)).into(),
        overdue_from(dossier).into(),
        i64::from(number.get()).into(),
        Precedence::of(dossier).key().into(),
        step(dossier).into(),
        assignee(dossier).into(),
        u8::from(dossier.is_elsewhere()).into(),
        dossier.marks().into(),
    ]
}

fn event_row(seq: i64, life: &Life, record: &Record, bytes: &[u8]) -> [Value; 14] {
    let (province, id) = key(life);
    let dossier = life.dossier.id.to_string();
    let event = record.frame(&dossier).within(bytes);
    [
        seq.into(),
        province,
        id,
        record.version.into(),
        record.event_time.timestamp_micros().into(),
        record.record_time.timestamp_micros().into(),
        record.actor.as_str().into(),
        record.role.as_str().into(),
        record.unit.as_str().into(),
        request_key::kept(record.actor.as_str(), record.request_id.as_str()).into(),
        (record.version - 1).into(),
        life.content.to_vec().into(),
        event.expect("these are its bytes").to_vec().into(),
        digest(bytes).to_vec().into(),
    ]
}

/// Moves the counters past the numbers that imported codes have.
///
/// Only a code of the day of its own reception counts: any other day in a code is unreliable, and a
/// counter never goes back from the last day that it has seen.
async fn raise<C: ConnectionTrait>(db: &Executor<'_, C>, piece: &Piece) -> Result<(), DbErr> {
    let mut last: HashMap<(&UnitCode, chrono::NaiveDate), u32> = HashMap::new();
    for life in &piece.lives {
        let dossier = &life.dossier;
        let ours = dossier
            .code
            .as_ref()
            .and_then(|code| DossierCode::of(code, &dossier.receiving));
        let (Some(ours), Some(received)) = (ours, dossier.received) else {
            continue;
        };
        if ours.day() == time::local_day(received) {
            let serial = last.entry((&dossier.receiving, ours.day())).or_default();
            *serial = Ord::max(*serial, ours.serial());
        }
    }
    numbers::raise(db, &piece.import.province, &last).await
}

/// Makes an import visible, with what it creates.
pub(crate) async fn finish(
    writer: &Pool,
    statements: &AtomicU64,
    end: &End,
) -> Result<Import, StoreError> {
    let import = &end.import;
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let db = Executor {
        connection: &transaction,
        statements,
    };
    let place = feed::take_place(&db).await.map_err(store_error)?;
    let values = vec![
        end.at.timestamp_micros().into(),
        place.into(),
        import.province.as_str().into(),
        i64::from(import.number.get()).into(),
    ];
    let finished = db.run(
        "UPDATE import SET finished = ?, place = ? \
         WHERE province = ? AND number = ? AND finished IS NULL",
        values,
    );
    // Two processes may have written it together; only one creates.
    if finished.await.map_err(store_error)? > 0 {
        document::create(&db, &end.creates).await?;
    }
    tallies::show(&db, &import.province, import.number)
        .await
        .map_err(store_error)?;
    let written = by_number(&db, &import.province, import.number).await?;
    transaction.commit().await.map_err(store_error)?;
    written.ok_or_else(|| {
        Place {
            table: "import",
            id: &import.number.to_string(),
        }
        .wrong("number")
    })
}

/// An import of a province.
pub(crate) async fn by_number<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    number: ImportNumber,
) -> Result<Option<Import>, StoreError> {
    let values = vec![province.as_str().into(), i64::from(number.get()).into()];
    Ok(select(db, "province = ? AND number = ?", values)
        .await?
        .pop())
}

/// The imports of a province that finished between two places of the feed.
pub(crate) async fn between<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    after: u64,
    until: u64,
) -> Result<Vec<Import>, StoreError> {
    let number = |place: u64| Value::from(i64::try_from(place).unwrap_or(i64::MAX));
    let values = vec![province.as_str().into(), number(after), number(until)];
    select(
        db,
        "province = ? AND place > ? AND place <= ? ORDER BY place",
        values,
    )
    .await
}

/// The events of an import after a place in it, in order.
pub(crate) async fn events<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    scope: &app::ports::Scope,
    number: ImportNumber,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Record)>, StoreError> {
    use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
    let before = before_first(number);
    let after = before.saturating_add(i64::try_from(after).unwrap_or(i64::MAX));
    let mut select = Query::select();
    select
        .columns(EVENT_COLUMNS.map(|column| ("e", column)))
        .from_as("event", "e")
        .and_where(Expr::col(("e", "seq")).gt(after))
        .and_where(Expr::col(("e", "seq")).lt(before + (1 << 40)))
        .and_where(Expr::cust("e.province || ''").eq(scope.province().as_str()))
        .order_by(("e", "seq"), Order::Asc)
        .limit(limit.into());
    if let app::ports::Scope::Units(_, units) = scope {
        let mut involved = Query::select();
        involved
            .expr(Expr::val(1))
            .from_as("interest", "i")
            .and_where(Expr::col(("i", "province")).equals(("e", "province")))
            .and_where(of_units(("i", "unit"), units))
            .and_where(Expr::col(("i", "dossier")).equals(("e", "dossier")));
        select.and_where(Expr::exists(involved));
    }
    let rows: Vec<EventRow> = db.select(&select).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = u64::try_from(row.seq() - before);
            let place = place.map_err(|_| {
                Place {
                    table: "event",
                    id: "seq",
                }
                .wrong("seq")
            })?;
            Ok((place, row.record()?))
        })
        .collect()
}

/// Writes a plan's rows into an empty database, one by one and with nothing around them. Returns
/// the time of the writing; making the rows does not count.
pub async fn write_raw(
    url: &str,
    plan: Plan,
    ids: &dyn Ids,
    micros: &(dyn Fn() -> i64 + Sync),
) -> Result<Duration, OpenError> {
    let (writer, readers, _unserved) = open::open(url, Options::default()).await?;
    let statements = AtomicU64::new(0);
    let mut import = Import {
        province: plan.map.province.clone(),
        number: ImportNumber::new(1).expect("1 is not 0"),
        source: plan.map.source.clone(),
        actor: plan.actor.clone(),
        begun: plan.now,
        done: 0,
        dossiers: 0,
        events: 0,
        finished: None,
        place: None,
    };
    let mut lives = Lives::new(plan, import.number);
    let mut took = 0;
    while let Some(piece) = lives.piece(&import, ids) {
        let began = micros();
        let transaction = writer.begin_writing().await?;
        let db = Executor {
            connection: &transaction,
            statements: &statements,
        };
        rows(&db, &piece).await?;
        transaction.commit().await?;
        took += micros() - began;
        import.events += piece.events();
    }
    readers.close().await?;
    writer.close().await?;
    Ok(Duration::from_micros(
        u64::try_from(took).unwrap_or_default(),
    ))
}
