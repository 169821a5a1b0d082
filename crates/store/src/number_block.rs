//! Blocks of numbers that desks reserve, and the state of each number.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use app::ports::{
    Block, BlockNumber, BlockWanted, Change, Reserved, SkippedNumbers, StoreError, VoidWanted,
    Voided,
};
use chrono::NaiveDate;
use domain::id::{ProvinceCode, UnitCode};
use domain::number::NumberState;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::json;

use crate::bulk::{BulkInsert, Nothing};
use crate::commit::failure::{Failure, clash_unless};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::numbers::{self, number_of};
use crate::pool::Pool;
use crate::row::Place;
use crate::value_table::ValueTable;

const NUMBER: BulkInsert<6> = BulkInsert {
    table: "block_number",
    columns: ["province", "unit", "day", "number", "first", "state"],
    nullable: &[],
};

/// Reserves the next numbers of a unit's day.
pub(crate) async fn reserve(
    writer: &Pool,
    db: &Executor<'_, Pool>,
    wanted: &BlockWanted,
) -> Result<Reserved, StoreError> {
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let inside = Executor {
        connection: &transaction,
        statements: db.statements,
    };
    let reserved = reserve_within(&inside, wanted).await?;
    transaction.commit().await.map_err(store_error)?;
    Ok(reserved)
}

async fn reserve_within<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &BlockWanted,
) -> Result<Reserved, StoreError> {
    // Nobody else is in this transaction who would be kept waiting.
    if db.dialect() == Dialect::Postgres {
        let patient = "SET LOCAL lock_timeout = '5s'";
        db.run(patient, Vec::new()).await.map_err(store_error)?;
    }
    numbers::hold_unit(db, &wanted.province, &wanted.unit)
        .await
        .map_err(store_error)?;
    // Before the checks of time: a repeat gets its block even after the day.
    if let Some(before) = asked_before(db, wanted).await? {
        return Ok(before);
    }
    if !wanted.in_time {
        return Ok(Reserved::NotInTime);
    }
    let (province, unit, day) = (&wanted.province, &wanted.unit, wanted.day);
    let newest = numbers::newest_day(db, province, unit).await?;
    if let Some(newest) = newest.filter(|newest| *newest > day) {
        return Ok(Reserved::DayOver { newest });
    }
    let count = usize::try_from(wanted.count).unwrap_or(usize::MAX);
    let free = numbers::free_after_last(db, province, unit, day, count).await?;
    let (Some(first), Some(last)) = (free.first().copied(), free.last().copied()) else {
        unreachable!("a block of no number was refused before");
    };
    numbers::set_last(db, province, unit, day, last, wanted.begins).await?;
    db.run(
        "INSERT INTO block (province, unit, day, first, last, actor, request_id, taken) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        vec![
            wanted.province.as_str().into(),
            wanted.unit.as_str().into(),
            number_of(day).into(),
            first.into(),
            last.into(),
            wanted.actor.as_str().into(),
            wanted.request_id.as_str().into(),
            wanted.at.timestamp_micros().into(),
        ],
    )
    .await
    .map_err(store_error)?;
    let rows = free.into_iter().map(|number| {
        [
            Value::from(wanted.province.as_str()),
            wanted.unit.as_str().into(),
            number_of(day).into(),
            number.into(),
            first.into(),
            OPEN.into(),
        ]
    });
    let _none: Vec<Nothing> = NUMBER
        .insert(db, rows.collect(), "")
        .await
        .map_err(store_error)?;
    found(db, wanted, first.into()).await
}

const OPEN: &str = "open";

/// The block that an earlier call of the same request reserved.
async fn asked_before<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &BlockWanted,
) -> Result<Option<Reserved>, StoreError> {
    let rows: Vec<AskedRow> = db
        .all(
            "SELECT unit, day, first, \
                 (SELECT count(*) FROM block_number n WHERE n.province = b.province \
                     AND n.unit = b.unit AND n.day = b.day AND n.first = b.first) AS count \
             FROM block b WHERE province = ? AND actor = ? AND request_id = ?",
            vec![
                wanted.province.as_str().into(),
                wanted.actor.as_str().into(),
                wanted.request_id.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let same = row.unit == wanted.unit.as_str()
        && row.day == number_of(wanted.day)
        && row.count == i64::from(wanted.count);
    if !same {
        return Ok(Some(Reserved::OtherRequest));
    }
    found(db, wanted, row.first).await.map(Some)
}

async fn found<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &BlockWanted,
    first: i64,
) -> Result<Reserved, StoreError> {
    let day = wanted.day;
    let blocks = blocks(db, &wanted.province, &wanted.unit, day..=day).await?;
    let own = blocks
        .into_iter()
        .find(|block| i64::from(block.first) == first);
    let place = Place {
        table: "block",
        id: wanted.unit.as_str(),
    };
    own.map(Reserved::Block).ok_or_else(|| place.wrong("first"))
}

/// The blocks of a unit's days with all their numbers, by day and number.
pub(crate) async fn blocks<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
    days: RangeInclusive<NaiveDate>,
) -> Result<Vec<Block>, StoreError> {
    let values = of_days(province, unit, &days);
    let rows: Vec<BlockRow> = db
        .all(
            "SELECT day, first, last, taken FROM block \
             WHERE province = ? AND unit = ? AND day BETWEEN ? AND ? ORDER BY day, first",
            values.clone(),
        )
        .await
        .map_err(store_error)?;
    let numbers: Vec<NumberRow> = db
        .all(
            "SELECT day, number, first, state, dossier, reason, later, actor, settled \
             FROM block_number \
             WHERE province = ? AND unit = ? AND day BETWEEN ? AND ? ORDER BY day, number",
            values,
        )
        .await
        .map_err(store_error)?;
    let place = Place {
        table: "block",
        id: unit.as_str(),
    };
    let mut blocks = Vec::with_capacity(rows.len());
    let mut places = BTreeMap::new();
    for row in rows {
        places.insert((row.day, row.first), blocks.len());
        blocks.push(Block {
            unit: unit.clone(),
            day: day_of(&place, row.day)?,
            first: place.number("first", row.first)?,
            last: place.number("last", row.last)?,
            taken: place.instant("taken", row.taken)?,
            numbers: Vec::new(),
            voided: BTreeMap::new(),
        });
    }
    for row in numbers {
        let number = place.number("number", row.number)?;
        let own = places.get(&(row.day, row.first));
        let own = &mut blocks[*own.ok_or_else(|| place.wrong("first"))?];
        let state = state(&place, &row)?;
        own.numbers.push((number, state));
        if let (NumberState::Void { .. }, Some(actor), Some(at)) = (state, row.actor, row.settled) {
            let by = place.parse("actor", &actor)?;
            own.voided
                .insert(number, (by, place.instant("settled", at)?));
        }
    }
    Ok(blocks)
}

/// The numbers of a unit's days that a restoration skipped, by day and number.
pub(crate) async fn skipped<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
    days: RangeInclusive<NaiveDate>,
) -> Result<Vec<SkippedNumbers>, StoreError> {
    let rows: Vec<SkippedRow> = db
        .all(
            "SELECT day, first, last, restored FROM skipped \
             WHERE province = ? AND unit = ? AND day BETWEEN ? AND ? ORDER BY day, first",
            of_days(province, unit, &days),
        )
        .await
        .map_err(store_error)?;
    let place = Place {
        table: "skipped",
        id: unit.as_str(),
    };
    rows.into_iter()
        .map(|row| {
            Ok(SkippedNumbers {
                day: day_of(&place, row.day)?,
                first: place.number("first", row.first)?,
                last: place.number("last", row.last)?,
                restored: place.instant("restored", row.restored)?,
            })
        })
        .collect()
}

fn of_days(
    province: &ProvinceCode,
    unit: &UnitCode,
    days: &RangeInclusive<NaiveDate>,
) -> Vec<Value> {
    vec![
        province.as_str().into(),
        unit.as_str().into(),
        number_of(*days.start()).into(),
        number_of(*days.end()).into(),
    ]
}

fn day_of(place: &Place<'_>, day: i64) -> Result<NaiveDate, StoreError> {
    NaiveDate::parse_from_str(&day.to_string(), "%Y%m%d").map_err(|_| place.wrong("day"))
}

fn state(place: &Place<'_>, row: &NumberRow) -> Result<NumberState, StoreError> {
    match (row.state.as_str(), &row.dossier, &row.reason) {
        (OPEN, None, None) => Ok(NumberState::Open),
        ("used", Some(dossier), None) => Ok(NumberState::Used(place.parse("dossier", dossier)?)),
        ("void", None, Some(reason)) => Ok(NumberState::Void {
            reason: place.parse("reason", reason)?,
            later: (row.later.as_ref())
                .map(|later| place.parse("later", later))
                .transpose()?,
        }),
        _ => Err(place.wrong("state")),
    }
}

/// Voids numbers, all or none of them.
pub(crate) async fn void(
    writer: &Pool,
    db: &Executor<'_, Pool>,
    wanted: &VoidWanted,
) -> Result<Voided, StoreError> {
    let transaction = writer.begin_writing().await.map_err(store_error)?;
    let inside = Executor {
        connection: &transaction,
        statements: db.statements,
    };
    let numbers = wanted.numbers.iter().map(|number| [json!(number)]);
    let given = ValueTable::new(&inside, "w", ["number"], numbers.collect());
    let sql = format!(
        "UPDATE block_number SET state = 'void', reason = ?, later = ?, actor = ?, settled = ? \
         WHERE province = ? AND unit = ? AND day = ? AND state = 'open' \
             AND number IN (SELECT number FROM {})",
        given.table
    );
    let mut values: Vec<Value> = vec![
        wanted.reason.as_str().into(),
        wanted.later.map(|later| later.to_string()).into(),
        wanted.actor.as_str().into(),
        wanted.at.timestamp_micros().into(),
        wanted.province.as_str().into(),
        wanted.unit.as_str().into(),
        number_of(wanted.day).into(),
    ];
    values.extend(given.values);
    inside.run(&sql, values).await.map_err(store_error)?;
    let day = wanted.day;
    let blocks = blocks(&inside, &wanted.province, &wanted.unit, day..=day).await?;
    let is = |number: u32| {
        let mut all = blocks.iter().flat_map(|block| &block.numbers);
        all.find(|(known, _)| *known == number)
            .map(|(_, state)| *state)
    };
    for number in &wanted.numbers {
        let state = is(*number);
        let (reason, later) = (wanted.reason, wanted.later);
        if state != Some(NumberState::Void { reason, later }) {
            transaction.rollback().await.map_err(store_error)?;
            let number = *number;
            return Ok(Voided::NotOpen { number, state });
        }
    }
    transaction.commit().await.map_err(store_error)?;
    Ok(Voided::Done(blocks))
}

/// Marks the numbers of offline receptions as used.
pub(crate) async fn take<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let rows: Vec<_> = changes
        .iter()
        .filter_map(|change| {
            let number = change.block_number.as_ref()?;
            let record = change.entries.first().map(|entry| &entry.record)?;
            Some([
                json!(number.province.as_str()),
                json!(number.unit.as_str()),
                json!(number_of(number.day)),
                json!(number.number),
                json!(change.dossier.id.to_string()),
                json!(record.actor.as_str()),
                json!(record.record_time.timestamp_micros()),
            ])
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let columns = [
        "province", "unit", "day", "number", "dossier", "actor", "settled",
    ];
    let given = ValueTable::new(db, "w", columns, rows);
    let sql = format!(
        "WITH wanted AS MATERIALIZED (SELECT {} FROM {}) \
         UPDATE block_number SET state = 'used', dossier = wanted.dossier, \
             actor = wanted.actor, settled = wanted.settled FROM wanted \
         WHERE block_number.province = wanted.province AND block_number.unit = wanted.unit \
             AND block_number.day = wanted.day AND block_number.number = wanted.number \
             AND block_number.state = 'open' \
         RETURNING block_number.dossier AS dossier",
        columns.join(", "),
        given.table
    );
    let taken: Vec<TakenRow> = db.all(&sql, given.values).await?;
    clash_unless(changes, |change| {
        let id = change.dossier.id.to_string();
        change.block_number.is_none() || taken.iter().any(|row| row.dossier == id)
    })
}

/// Fails with the dossiers whose portal brings a number that a desk has reserved.
pub(crate) async fn leave<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let brought = changes.iter().filter_map(|one| one.portal_number.clone());
    let brought: Vec<BlockNumber> = brought.collect();
    let in_blocks = states(db, &brought).await?;
    clash_unless(changes, |change| {
        let number = change.portal_number.as_ref();
        number.is_none_or(|number| in_blocks.iter().all(|(taken, _)| taken != number))
    })
}

/// The state of each number that is in a block.
pub(crate) async fn states<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &[BlockNumber],
) -> Result<Vec<(BlockNumber, NumberState)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows = wanted.iter().map(|number| {
        [
            json!(number.province.as_str()),
            json!(number.unit.as_str()),
            json!(number_of(number.day)),
            json!(number.number),
        ]
    });
    let columns = ["province", "unit", "day", "number"];
    let given = ValueTable::new(db, "w", columns, rows.collect());
    let sql = format!(
        "SELECT w.at, b.state, b.dossier, b.reason, b.later FROM {} CROSS JOIN block_number b \
         WHERE b.province = w.province AND b.unit = w.unit AND b.day = w.day \
             AND b.number = w.number",
        given.table
    );
    let rows: Vec<StateRow> = db.all(&sql, given.values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let at = usize::try_from(row.at - 1).expect("the places of a list are positive");
            let number = wanted[at].clone();
            let known = NumberRow {
                day: 0,
                number: 0,
                first: 0,
                state: row.state,
                dossier: row.dossier,
                reason: row.reason,
                later: row.later,
                actor: None,
                settled: None,
            };
            let place = Place {
                table: "block_number",
                id: number.unit.as_str(),
            };
            let state = state(&place, &known)?;
            Ok((number, state))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct AskedRow {
    unit: String,
    day: i64,
    first: i64,
    count: i64,
}

#[derive(FromQueryResult)]
struct BlockRow {
    day: i64,
    first: i64,
    last: i64,
    taken: i64,
}

#[derive(FromQueryResult)]
struct NumberRow {
    day: i64,
    number: i64,
    first: i64,
    state: String,
    dossier: Option<String>,
    reason: Option<String>,
    later: Option<String>,
    actor: Option<String>,
    settled: Option<i64>,
}

#[derive(FromQueryResult)]
struct SkippedRow {
    day: i64,
    first: i64,
    last: i64,
    restored: i64,
}

#[derive(FromQueryResult)]
struct StateRow {
    at: i64,
    state: String,
    dossier: Option<String>,
    reason: Option<String>,
    later: Option<String>,
}

#[derive(FromQueryResult)]
struct TakenRow {
    dossier: String,
}
