//! Adds what the dossiers of a batch change in the tallies of their units.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use app::ports::Change;
use chrono::Datelike;
use domain::dossier::ImportNumber;
use domain::id::ProvinceCode;
use domain::tally::{Counts, Measure, Tallies};
use sea_orm::{ConnectionTrait, DbErr, Value};

use crate::bulk::{BulkInsert, Statement};
use crate::executor::{Dialect, Executor};
use crate::numbers::number_of;

/// How many rows each place has on a server, so that parallel writers seldom update the same row.
const SHARDS: u64 = 4;

const KEY: usize = 6;
const COLUMNS: usize = KEY + Measure::ALL.len();

const TALLY: BulkInsert<COLUMNS> = BulkInsert {
    table: "tally",
    columns: [
        "province",
        "grain",
        "day",
        "unit",
        "channel",
        "shard",
        "received",
        "no_due_received",
        "early",
        "on_due",
        "late",
        "no_due",
        "withdrawn",
        "stopped",
        "in_time_766",
        "in_time_original",
        "mirror_begun",
        "mirror_ended",
    ],
    nullable: &[],
};

pub(super) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
    let mut sums: BTreeMap<&ProvinceCode, Tallies> = BTreeMap::new();
    for change in changes {
        let sum = sums.entry(&change.dossier.province).or_default();
        domain::tally::add(sum, change.tallies.clone());
    }
    let shard = shard(dialect);
    let rows = sums
        .iter()
        .flat_map(|(province, tallies)| rows(province, shard, tallies));
    added(dialect, rows.collect())
}

/// Adds to the tallies of a province in the order of their keys, so that no two writers deadlock.
pub(crate) async fn add<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    tallies: &Tallies,
) -> Result<(), DbErr> {
    add_to(db, province, shard(db.dialect()), tallies).await
}

fn shard(dialect: Dialect) -> i64 {
    match dialect {
        Dialect::Sqlite => 0,
        Dialect::Postgres => next_shard(),
    }
}

/// The shard of an unfinished import. It lies below zero, where no report looks.
pub(crate) fn unseen(import: ImportNumber) -> i64 {
    -i64::from(import.get())
}

/// Makes an import's tallies visible to reports. The import keeps a shard of its own.
pub(crate) async fn show<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    import: ImportNumber,
) -> Result<(), DbErr> {
    let shard = unseen(import);
    db.run(
        "UPDATE tally SET shard = ? WHERE province = ? AND shard = ?",
        vec![
            (FIRST_OF_IMPORTS - shard).into(),
            province.as_str().into(),
            shard.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The shards of imports lie above those of writers.
const FIRST_OF_IMPORTS: i64 = 1_000;

/// Adds to the tallies of a province in one shard.
pub(crate) async fn add_to<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    shard: i64,
    tallies: &Tallies,
) -> Result<(), DbErr> {
    for statement in added(db.dialect(), rows(province, shard, tallies)) {
        db.run(&statement.sql, statement.values).await?;
    }
    Ok(())
}

/// The rows that add to the tallies of a province in one shard, in the order of their keys.
fn rows(province: &ProvinceCode, shard: i64, tallies: &Tallies) -> Vec<[Value; COLUMNS]> {
    let mut cells: BTreeMap<(&str, i64, &str, &str), Counts> = BTreeMap::new();
    for (place, counts) in tallies {
        let month = place.day.with_day(1).unwrap_or(place.day);
        for (grain, day) in [("day", place.day), ("month", month)] {
            let key = (
                grain,
                number_of(day),
                place.unit.as_str(),
                place.channel.as_str(),
            );
            *cells.entry(key).or_default() += *counts;
        }
    }
    cells
        .into_iter()
        .filter(|(_, counts)| *counts != Counts::default())
        .map(|((grain, day, unit, channel), counts)| {
            let key: [Value; KEY] = [
                province.as_str().into(),
                grain.into(),
                day.into(),
                unit.into(),
                channel.into(),
                shard.into(),
            ];
            let mut values = key.into_iter().chain(counts.0.map(Value::from));
            std::array::from_fn(|_| values.next().expect("as many values as columns"))
        })
        .collect()
}

fn added(dialect: Dialect, rows: Vec<[Value; COLUMNS]>) -> Vec<Statement> {
    let measures = Measure::ALL.map(|measure| {
        let name = measure.as_str();
        format!("{name} = tally.{name} + excluded.{name}")
    });
    let tail = format!(
        "ON CONFLICT (province, grain, day, unit, channel, shard) DO UPDATE SET {}",
        measures.join(", ")
    );
    TALLY.statements(dialect, rows, &tail)
}

/// Each write takes the next shard, and processes begin at different shards, so that two
/// simultaneous writers seldom update the same row. If they do, one waits, and the sums stay right.
fn next_shard() -> i64 {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    let start = u64::from(std::process::id());
    i64::try_from((start + turn) % SHARDS).expect("there are few shards")
}
