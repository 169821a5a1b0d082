//! Reserves dossier numbers, without gaps per receiving unit and local day.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use app::ports::{Change, StoreError};
use chrono::{Datelike, NaiveDate};
use domain::code::{AnyCode, DossierCode};
use domain::id::{ProvinceCode, UnitCode};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};

use crate::commit::failure::Failure;
use crate::commit::people;
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::row::Place;
use crate::value_table::ValueTable;

/// The changes of one unit that want numbers of one day, in the order of the batch.
#[derive(Debug)]
struct Run {
    day: NaiveDate,
    changes: Vec<usize>,
}

#[derive(FromQueryResult)]
struct CounterRow {
    province: String,
    unit: String,
    day: i64,
    last: i64,
}

/// Whether to check first that no dossier has the next numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// No. If a dossier has one, writing the codes finds it.
    Trusting,
    /// Yes. Numbers that dossiers have are skipped, because they belong to those.
    Looking,
}

/// Reserves the numbers that the changes want, and seals them in as codes.
///
/// A unit's day never goes back: if the clock does, the newest day continues.
pub(crate) async fn reserve<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &mut [Change],
    numbering: Numbering,
) -> Result<(), Failure> {
    let mut runs = runs(changes);
    hold(db, changes, &runs).await?;
    if runs.is_empty() {
        return Ok(());
    }
    // One statement serves the first day of every unit. Only a batch around midnight has a second
    // day for a unit, and that day must see the first.
    while !runs.is_empty() {
        let mut now = BTreeMap::new();
        for (key, rest) in &mut runs {
            now.insert(key.clone(), rest.remove(0));
        }
        runs.retain(|_, rest| !rest.is_empty());
        match numbering {
            Numbering::Trusting => reserve_one_day_each(db, changes, &now).await?,
            Numbering::Looking => {
                for ((province, unit), run) in &now {
                    let wanted = run.changes.len();
                    let (day, free) = take_free(db, province, unit, run.day, wanted).await?;
                    for (serial, at) in free.into_iter().zip(&run.changes) {
                        changes[*at].seal(&DossierCode::new(unit, day, serial));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Takes this many free numbers of a day, or of a newer day that has begun, and returns the day.
async fn take_free<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
    day: NaiveDate,
    wanted: usize,
) -> Result<(NaiveDate, Vec<u32>), Failure> {
    let newest = newest_day(db, province, unit).await?;
    let day = newest.map_or(day, |newest| Ord::max(newest, day));
    let free = free_after_last(db, province, unit, day, wanted).await?;
    if let Some(last) = free.last() {
        set_last(db, province, unit, day, *last, true).await?;
    }
    Ok((day, free))
}

/// The newest day of which a unit has given a dossier a number.
pub(crate) async fn newest_day<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
) -> Result<Option<NaiveDate>, StoreError> {
    let rows: Vec<NumberRow> = db
        .all(
            "SELECT coalesce(max(day), 0) AS number FROM counter \
             WHERE province = ? AND unit = ? AND begun = 1",
            vec![province.as_str().into(), unit.as_str().into()],
        )
        .await
        .map_err(store_error)?;
    let place = Place {
        table: "counter",
        id: unit.as_str(),
    };
    match rows.first() {
        None | Some(NumberRow { number: 0 }) => Ok(None),
        Some(row) => day_of(row.number)
            .map(Some)
            .ok_or_else(|| place.wrong("day")),
    }
}

/// The next numbers of a day, above its counter, that no dossier has.
///
/// A portal may have brought codes in our number space; each is the number of its dossier.
pub(crate) async fn free_after_last<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
    day: NaiveDate,
    wanted: usize,
) -> Result<Vec<u32>, StoreError> {
    let rows: Vec<NumberRow> = db
        .all(
            "SELECT last AS number FROM counter WHERE province = ? AND unit = ? AND day = ?",
            vec![
                province.as_str().into(),
                unit.as_str().into(),
                number_of(day).into(),
            ],
        )
        .await
        .map_err(store_error)?;
    let place = Place {
        table: "counter",
        id: unit.as_str(),
    };
    let last: u32 = place.number("last", rows.first().map_or(0, |row| row.number))?;
    // The longer code has the greater number; of two equally long codes the greater text has.
    let last_code = DossierCode::new(unit, day, last).to_string();
    let length = as_i64(last_code.len());
    let beginning = last_code.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let rows: Vec<CodeRow> = db
        .all(
            "SELECT code FROM code WHERE province = ? AND code >= ? AND code < ? \
             AND (length(code) > ? OR length(code) = ? AND code > ?)",
            vec![
                province.as_str().into(),
                beginning.into(),
                // A tilde sorts after every digit and stands in no code, so this ends the codes of
                // the day.
                format!("{beginning}~").into(),
                length.into(),
                length.into(),
                last_code.as_str().into(),
            ],
        )
        .await
        .map_err(store_error)?;
    let taken: HashSet<u32> = rows
        .iter()
        .filter_map(|row| AnyCode::parse(&row.code).ok())
        .filter_map(|code| DossierCode::of(&code, unit))
        .map(|code| code.serial())
        .collect();
    let free = (last + 1..).filter(|number| !taken.contains(number));
    Ok(free.take(wanted).collect())
}

/// Sets the last number of a day. `begins` says that a dossier gets one of the numbers.
pub(crate) async fn set_last<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
    day: NaiveDate,
    last: u32,
    begins: bool,
) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO counter (province, unit, day, last, begun) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (province, unit, day) DO UPDATE SET last = excluded.last, \
             begun = CASE WHEN excluded.begun = 1 THEN 1 ELSE counter.begun END",
        vec![
            province.as_str().into(),
            unit.as_str().into(),
            number_of(day).into(),
            i64::from(last).into(),
            i64::from(begins).into(),
        ],
    )
    .await
    .map_err(store_error)?;
    Ok(())
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

#[derive(FromQueryResult)]
struct CodeRow {
    code: String,
}

type Counters<T> = BTreeMap<(ProvinceCode, UnitCode), T>;

fn runs(changes: &[Change]) -> Counters<Vec<Run>> {
    let mut runs: Counters<Vec<Run>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        let Some(wanted) = &change.number else {
            continue;
        };
        let key = (change.dossier.province.clone(), wanted.unit.clone());
        let unit = runs.entry(key).or_default();
        match unit.last_mut() {
            // A change whose clock is behind gets a number of the newer day, because a unit's day
            // never goes back.
            Some(run) if wanted.day <= run.day => run.changes.push(at),
            Some(_) | None => unit.push(Run {
                day: wanted.day,
                changes: vec![at],
            }),
        }
    }
    runs
}

/// Lets one writer at a time reserve numbers of a unit.
///
/// The row of a day is not enough for that: a writer whose clock is behind would not see the row of
/// the next day, and would give a number of a day that is over.
///
/// Nor may a desk take a number along while a portal brings it, or two processes take a dossier of
/// the same person and procedure.
async fn hold<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
    runs: &Counters<Vec<Run>>,
) -> Result<(), DbErr> {
    let counted = runs.keys().map(|(province, unit)| (province, unit));
    let brought = changes.iter().filter_map(|change| {
        let number = change.portal_number.as_ref()?;
        Some((&number.province, &number.unit))
    });
    let units: BTreeSet<_> = counted.chain(brought).collect();
    let units = units.into_iter();
    let units = units.map(|(province, unit)| lock_name(province, unit));
    // Units before people, each in order, as every writer takes them.
    let people: BTreeSet<String> = people::keys(changes).map(people::lock_name).collect();
    let names: Vec<_> = units.chain(people).map(|name| [json!(name)]).collect();
    if names.is_empty() {
        return Ok(());
    }
    hold_names(db, names).await
}

async fn hold_names<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    names: Vec<[Json; 1]>,
) -> Result<(), DbErr> {
    match db.dialect() {
        // There is but one writer.
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            let given = ValueTable::new(db, "w", ["name"], names);
            let sql = format!(
                // The names come sorted and the inner select keeps their order, so that all writers
                // take these locks in the same order.
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) \
                 FROM (SELECT name FROM {} ORDER BY at) AS n",
                given.table
            );
            db.run(&sql, given.values).await?;
            Ok(())
        }
    }
}

/// The same for one unit.
pub(crate) async fn hold_unit<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
) -> Result<(), DbErr> {
    hold_names(db, vec![[json!(lock_name(province, unit))]]).await
}

fn lock_name(province: &ProvinceCode, unit: &UnitCode) -> String {
    format!("motcua counter {province} {unit}")
}

async fn reserve_one_day_each<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &mut [Change],
    runs: &Counters<Run>,
) -> Result<(), Failure> {
    let wanted = runs.iter().map(|((province, unit), run)| {
        [
            json!(province.as_str()),
            json!(unit.as_str()),
            json!(number_of(run.day)),
            json!(run.changes.len()),
        ]
    });
    let columns = ["province", "unit", "day", "wanted"];
    let given = ValueTable::new(db, "w", columns, wanted.collect());
    let later = match db.dialect() {
        Dialect::Sqlite => "max",
        Dialect::Postgres => "greatest",
    };
    // WHERE true, because without it SQLite reads ON as the ON of a join.
    let sql = format!(
        "INSERT INTO counter (province, unit, day, last) \
         SELECT w.province, w.unit, {later}(w.day, coalesce((SELECT max(c.day) FROM counter c \
             WHERE c.province = w.province AND c.unit = w.unit AND c.begun = 1), 0)), w.wanted \
         FROM {} WHERE true \
         ON CONFLICT (province, unit, day) DO UPDATE SET last = counter.last + excluded.last, begun = 1 \
         RETURNING province, unit, day, last",
        given.table
    );
    let rows: Vec<CounterRow> = db.all(&sql, given.values).await?;
    for row in rows {
        let place = Place {
            table: "counter",
            id: &row.unit,
        };
        let key = (
            place.parse("province", &row.province)?,
            place.parse("unit", &row.unit)?,
        );
        let run = runs.get(&key).ok_or_else(|| place.wrong("unit"))?;
        let day = day_of(row.day).ok_or_else(|| place.wrong("day"))?;
        let first = row.last - as_i64(run.changes.len()) + 1;
        for (serial, at) in (first..).zip(&run.changes) {
            let serial = place.number("last", serial)?;
            changes[*at].seal(&DossierCode::new(&key.1, day, serial));
        }
    }
    Ok(())
}

/// Moves counters so that no number up to these is given again.
pub(crate) async fn raise<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    last: &HashMap<(&UnitCode, NaiveDate), u32>,
) -> Result<(), DbErr> {
    if last.is_empty() {
        return Ok(());
    }
    let mut last: Vec<_> = last.iter().collect();
    // In one order, as every writer locks them.
    last.sort();
    let rows: Vec<[Json; 4]> = last
        .into_iter()
        .map(|((unit, day), last)| {
            [
                json!(province.as_str()),
                json!(unit.as_str()),
                json!(number_of(*day)),
                json!(last),
            ]
        })
        .collect();
    let given = ValueTable::new(db, "w", ["province", "unit", "day", "last"], rows);
    let sql = format!(
        "INSERT INTO counter (province, unit, day, last) \
         SELECT w.province, w.unit, w.day, w.last FROM {} WHERE true \
         ON CONFLICT (province, unit, day) DO UPDATE SET last = excluded.last \
         WHERE counter.last < excluded.last",
        given.table
    );
    db.run(&sql, given.values).await?;
    Ok(())
}

/// 21 November 2026 as 20261121.
pub(crate) fn number_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

pub(crate) fn day_of(number: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(
        i32::try_from(number / 10_000).ok()?,
        u32::try_from(number / 100 % 100).ok()?,
        u32::try_from(number % 100).ok()?,
    )
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).expect("a batch fits in memory, so its length fits in 63 bits")
}
