//! Reserving dossier numbers: gapless per receiving unit and local day.

use std::collections::{BTreeMap, HashMap};

use app::ports::Change;
use chrono::{Datelike, NaiveDate};
use domain::code::DossierCode;
use domain::id::{ProvinceCode, UnitCode};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};

use crate::commit::Failure;
use crate::door::{Dialect, Door};
use crate::given::Given;
use crate::row::Place;

/// Changes of one unit that want numbers of one day, in the order of the batch.
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

/// Reserves the numbers that the changes want and seals them in as codes.
///
/// A unit's day never goes back: when the clock does, the newest day is used on.
pub(crate) async fn reserve<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &mut [Change],
) -> Result<(), Failure> {
    let mut runs = runs(changes);
    if runs.is_empty() {
        return Ok(());
    }
    hold(door, &runs).await?;
    // One statement for the first day of every unit. Only a batch around midnight has a
    // second day for a unit, and that one must see the first.
    while !runs.is_empty() {
        let mut now = BTreeMap::new();
        for (key, rest) in &mut runs {
            now.insert(key.clone(), rest.remove(0));
        }
        runs.retain(|_, rest| !rest.is_empty());
        reserve_one_day_each(door, changes, &now).await?;
    }
    Ok(())
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
/// The row of a day cannot do that: a writer whose clock is behind would not see the row of
/// the next day, and give a number of a day that is over.
async fn hold<C: ConnectionTrait>(
    door: &Door<'_, C>,
    runs: &Counters<Vec<Run>>,
) -> Result<(), DbErr> {
    let units = runs.keys();
    let names = units.map(|(province, unit)| [json!(lock_name(province, unit))]);
    hold_names(door, names.collect()).await
}

async fn hold_names<C: ConnectionTrait>(
    door: &Door<'_, C>,
    names: Vec<[Json; 1]>,
) -> Result<(), DbErr> {
    match door.dialect() {
        // There is but one writer.
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            let given = Given::new(door, "w", ["name"], names);
            let sql = format!(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) \
                 FROM (SELECT name FROM {} ORDER BY at) AS n",
                given.table
            );
            door.run(&sql, given.values).await?;
            Ok(())
        }
    }
}

/// The same for one unit.
pub(crate) async fn hold_unit<C: ConnectionTrait>(
    door: &Door<'_, C>,
    province: &ProvinceCode,
    unit: &UnitCode,
) -> Result<(), DbErr> {
    hold_names(door, vec![[json!(lock_name(province, unit))]]).await
}

fn lock_name(province: &ProvinceCode, unit: &UnitCode) -> String {
    format!("motcua counter {province} {unit}")
}

async fn reserve_one_day_each<C: ConnectionTrait>(
    door: &Door<'_, C>,
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
    let given = Given::new(door, "w", columns, wanted.collect());
    let later = match door.dialect() {
        Dialect::Sqlite => "max",
        Dialect::Postgres => "greatest",
    };
    // WHERE, for without it SQLite takes ON for that of a join.
    let sql = format!(
        "INSERT INTO counter (province, unit, day, last) \
         SELECT w.province, w.unit, {later}(w.day, coalesce((SELECT max(c.day) FROM counter c \
             WHERE c.province = w.province AND c.unit = w.unit AND c.begun = 1), 0)), w.wanted \
         FROM {} WHERE true \
         ON CONFLICT (province, unit, day) DO UPDATE SET last = counter.last + excluded.last, begun = 1 \
         RETURNING province, unit, day, last",
        given.table
    );
    let rows: Vec<CounterRow> = door.all(&sql, given.values).await?;
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

/// Lets no number up to these be given again.
pub(crate) async fn raise<C: ConnectionTrait>(
    door: &Door<'_, C>,
    province: &ProvinceCode,
    last: &HashMap<(&UnitCode, NaiveDate), u32>,
) -> Result<(), DbErr> {
    if last.is_empty() {
        return Ok(());
    }
    let mut last: Vec<_> = last.iter().collect();
    // In one order, as every writer takes them.
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
    let given = Given::new(door, "w", ["province", "unit", "day", "last"], rows);
    let sql = format!(
        "INSERT INTO counter (province, unit, day, last) \
         SELECT w.province, w.unit, w.day, w.last FROM {} WHERE true \
         ON CONFLICT (province, unit, day) DO UPDATE SET last = excluded.last \
         WHERE counter.last < excluded.last",
        given.table
    );
    door.run(&sql, given.values).await?;
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
