//! Sums of tallies, and numbers of overdue dossiers.

use std::collections::HashMap;

use app::ports::{Scope, StoreError, Sums, SumsWanted};
use chrono::{Datelike, Months, NaiveDate};
use domain::dossier::Channel;
use domain::id::UnitCode;
use domain::tally::{Counts, Measure};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::numbers::number_of;
use crate::page::VISIBLE;
use crate::row::{NEVER, Place};

/// Rows of one grain that cover a part of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    grain: &'static str,
    from: NaiveDate,
    until: NaiveDate,
    within: bool,
}

/// The time before a period and the period itself, in whole months as far as possible.
fn stretches(from: NaiveDate, until: NaiveDate) -> Vec<Stretch> {
    let mut all = Vec::with_capacity(5);
    let mut days = |from: NaiveDate, until: NaiveDate, within| {
        if from < until {
            all.push(Stretch {
                grain: "day",
                from,
                until,
                within,
            });
        }
    };
    let (first, last) = (month_of(from), month_of(until));
    days(first, from, false);
    // The first whole month of the period.
    let whole = if from == first {
        first
    } else {
        first + Months::new(1)
    };
    if whole <= last {
        days(from, whole, true);
        days(last, until, true);
    } else {
        days(from, until, true);
    }
    let mut months = |from, until, within| {
        if from < until {
            all.push(Stretch {
                grain: "month",
                from,
                until,
                within,
            });
        }
    };
    months(NaiveDate::MIN, first, false);
    months(whole, last, true);
    all
}

fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

pub(crate) async fn sums<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &SumsWanted,
) -> Result<HashMap<UnitCode, Sums>, StoreError> {
    let until = wanted.to.succ_opt().unwrap_or(wanted.to);
    let measures = Measure::ALL.map(Measure::as_str);
    let mut parts = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let (of_units, units) = units_of(&wanted.scope, "unit");
    for stretch in stretches(wanted.from, until) {
        parts.push(format!(
            "SELECT {} AS within, unit, channel, {} FROM tally \
             WHERE province = ? AND grain = '{}' AND day >= ? AND day < ? \
                 AND shard >= 0{of_units}",
            u8::from(stretch.within),
            measures.join(", "),
            stretch.grain,
        ));
        values.push(wanted.scope.province().as_str().into());
        values.push(number_of(Ord::max(stretch.from, FIRST)).into());
        values.push(number_of(stretch.until).into());
        values.extend(units.iter().cloned());
    }
    let sums = measures.map(|measure| format!("CAST(sum({measure}) AS BIGINT) AS {measure}"));
    let sql = format!(
        "SELECT within, unit, channel, {} FROM ({}) AS t GROUP BY within, unit, channel",
        sums.join(", "),
        parts.join(" UNION ALL ")
    );
    let rows: Vec<SumRow> = db.all(&sql, values).await.map_err(store_error)?;
    let mut found: HashMap<UnitCode, Sums> = HashMap::new();
    for row in rows {
        let place = Place {
            table: "tally",
            id: &row.unit,
        };
        let sums = found.entry(place.parse("unit", &row.unit)?).or_default();
        if row.within {
            let channel: Channel = place.parse("channel", &row.channel)?;
            *sums.within.entry(channel).or_default() += row.counts;
        } else {
            sums.before += row.counts;
        }
    }
    Ok(found)
}

/// No dossier is older. [`NaiveDate::MIN`] cannot be used, because it has no number.
const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

pub(crate) async fn overdue<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    scope: &Scope,
    at: Instant,
    open_until: Instant,
) -> Result<HashMap<UnitCode, u32>, StoreError> {
    let (of_units, units) = units_of(scope, "resolving");
    // The literal opens the index of all that were ever overdue. Of some units it must not: they have an index
    // of their own, and SQLite would take the other one for several.
    let ever = match scope {
        Scope::Province(_) => format!(" AND overdue_from < {NEVER}"),
        Scope::Units(_, _) => String::new(),
    };
    let sql = format!(
        "SELECT resolving, count(*) AS overdue FROM dossier d \
         WHERE province = ? AND overdue_from < ?{ever} AND ended >= ? \
             AND apart = 0 AND {VISIBLE}{of_units} \
         GROUP BY resolving"
    );
    let mut values: Vec<Value> = vec![
        scope.province().as_str().into(),
        at.timestamp_micros().into(),
        open_until.timestamp_micros().into(),
    ];
    values.extend(units);
    let rows: Vec<OverdueRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.iter()
        .map(|row| {
            let place = Place {
                table: "dossier",
                id: &row.resolving,
            };
            Ok((
                place.parse("resolving", &row.resolving)?,
                place.number("overdue_from", row.overdue)?,
            ))
        })
        .collect()
}

/// The condition of a scope of some units, and its values.
pub(crate) fn units_of(scope: &Scope, column: &str) -> (String, Vec<Value>) {
    match scope {
        Scope::Province(_) => (String::new(), Vec::new()),
        Scope::Units(_, units) => {
            let places = vec!["?"; units.len()].join(", ");
            let values = units.iter().map(|unit| unit.as_str().into()).collect();
            (format!(" AND {column} IN ({places})"), values)
        }
    }
}

struct SumRow {
    within: bool,
    unit: String,
    channel: String,
    counts: Counts,
}

impl FromQueryResult for SumRow {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, sea_orm::DbErr> {
        let mut counts = Counts::default();
        for (count, measure) in counts.0.iter_mut().zip(Measure::ALL) {
            *count = row.try_get("", measure.as_str())?;
        }
        Ok(Self {
            within: row.try_get::<i32>("", "within")? == 1,
            unit: row.try_get("", "unit")?,
            channel: row.try_get("", "channel")?,
            counts,
        })
    }
}

#[derive(FromQueryResult)]
struct OverdueRow {
    resolving: String,
    overdue: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: &str, until: &str) -> Vec<String> {
        let day = |text: &str| text.parse().unwrap();
        let mut all: Vec<String> = stretches(day(from), day(until))
            .iter()
            .map(|stretch| {
                let part = if stretch.within { "in" } else { "before" };
                let from = Ord::max(stretch.from, FIRST);
                format!("{part}: {}s {from} to {}", stretch.grain, stretch.until)
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn a_year_is_read_by_its_months() {
        assert_eq!(
            told("2026-01-01", "2027-01-01"),
            [
                "before: months 1900-01-01 to 2026-01-01",
                "in: months 2026-01-01 to 2027-01-01",
            ]
        );
    }

    #[test]
    fn a_period_between_months_takes_days_at_both_ends() {
        assert_eq!(
            told("2026-02-15", "2026-05-15"),
            [
                "before: days 2026-02-01 to 2026-02-15",
                "before: months 1900-01-01 to 2026-02-01",
                "in: days 2026-02-15 to 2026-03-01",
                "in: days 2026-05-01 to 2026-05-15",
                "in: months 2026-03-01 to 2026-05-01",
            ]
        );
        assert_eq!(
            told("2026-02-15", "2026-03-15"),
            [
                "before: days 2026-02-01 to 2026-02-15",
                "before: months 1900-01-01 to 2026-02-01",
                "in: days 2026-02-15 to 2026-03-01",
                "in: days 2026-03-01 to 2026-03-15",
            ]
        );
    }

    #[test]
    fn a_few_days_of_a_month_are_days() {
        assert_eq!(
            told("2026-02-03", "2026-02-05"),
            [
                "before: days 2026-02-01 to 2026-02-03",
                "before: months 1900-01-01 to 2026-02-01",
                "in: days 2026-02-03 to 2026-02-05",
            ]
        );
        assert_eq!(
            told("2026-02-01", "2026-02-05"),
            [
                "before: months 1900-01-01 to 2026-02-01",
                "in: days 2026-02-01 to 2026-02-05",
            ]
        );
    }
}
