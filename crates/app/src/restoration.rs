//! What has to happen to a database that was put back from a backup before it is served.
//!
//! The citizens hold receipts that were printed after the backup. Their numbers are in no table any
//! more, so the units skip as many as may have been given. Sessions that were ended after the backup
//! would be open again, so all of them end.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{NaiveDate, TimeDelta, Timelike};
use domain::id::{ProvinceCode, UnitCode};
use domain::number;
use domain::time::{self, Instant};

use crate::catalogues::Catalogues;
use crate::ports::{BeginAgain, Numbering, Restorable, StoreError};

/// The least that is skipped: the busiest unit seen gives some hundred numbers a day.
const LEAST: u32 = 1_000;

/// How many of the busiest days known may lie between the backup and the loss.
const BUSIEST_DAYS: u32 = 10;

/// The same backup may be put back twice on a day, and nothing in it tells of the first time. So a later
/// restoration skips more: as many numbers as a unit may give in the minutes between.
const A_MINUTE: u32 = 5;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// How many numbers each unit skips on a day.
    pub numbers: u32,
    /// How many units.
    pub units: usize,
    /// How many sessions ended.
    pub sessions: u64,
    /// When the newest record of the backup was written.
    pub newest: Option<Instant>,
}

/// Makes a restored database safe to go on with.
///
/// `numbers` overrides how many numbers are skipped; `all_ahead` skips them on the days ahead also at
/// units that have never reserved a block.
pub async fn begin_again(
    database: &dyn Restorable,
    catalogues: &Catalogues,
    now: Instant,
    numbers: Option<u32>,
    all_ahead: bool,
) -> Result<Restored, StoreError> {
    let numbering = database.numbering().await?;
    let mut known: Vec<(ProvinceCode, UnitCode)> = numbering.units.clone();
    for province in &numbering.provinces {
        let units = catalogues.of(province);
        known.extend(
            units
                .units
                .in_province(province)
                .map(|unit| (province.clone(), unit.code.clone())),
        );
    }
    let again = plan(&numbering, known, now, numbers, all_ahead);
    let sessions = database.begin_again(&again).await?;
    Ok(Restored {
        numbers: again.numbers,
        units: again.units.len(),
        sessions,
        newest: numbering.newest,
    })
}

fn plan(
    numbering: &Numbering,
    known: Vec<(ProvinceCode, UnitCode)>,
    now: Instant,
    numbers: Option<u32>,
    all_ahead: bool,
) -> BeginAgain {
    let now = time::to_micros(now);
    let today = time::local_day(now);
    let ahead = today + TimeDelta::days(number::MOST_DAYS_AHEAD);
    let mut units: BTreeMap<(ProvinceCode, UnitCode), RangeInclusive<NaiveDate>> = BTreeMap::new();
    for unit in known {
        let last = if all_ahead || numbering.reserving.contains(&unit) {
            ahead
        } else {
            today
        };
        units.insert(unit, today..=last);
    }
    BeginAgain {
        at: now,
        numbers: numbers.unwrap_or_else(|| enough(numbering.busiest, now)),
        units: units
            .into_iter()
            .map(|((province, unit), days)| (province, unit, days))
            .collect(),
    }
}

/// More numbers than can have been given out since the backup, and since an earlier restoration of the
/// same day.
fn enough(busiest: u32, now: Instant) -> u32 {
    let minutes = time::local(now).time().num_seconds_from_midnight() / 60;
    let since = busiest.saturating_mul(BUSIEST_DAYS).max(LEAST);
    since + minutes * A_MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn ward(code: &str) -> (ProvinceCode, UnitCode) {
        (
            ProvinceCode::parse("08").unwrap(),
            UnitCode::parse(code).unwrap(),
        )
    }

    #[test]
    fn a_later_restoration_of_the_same_backup_skips_more() {
        // 10:00 and 10:20 in Vietnam.
        let first = enough(40, at("2026-08-03T03:00:00Z"));
        let second = enough(40, at("2026-08-03T03:20:00Z"));
        assert_eq!(first, 1_000 + 600 * 5);
        assert_eq!(second - first, 100);
        assert!(enough(400, at("2026-08-03T03:00:00Z")) >= 4_000);
    }

    #[test]
    fn all_units_skip_today_and_those_that_reserve_also_the_days_ahead() {
        let numbering = Numbering {
            reserving: vec![ward("H60.02215")],
            ..Numbering::default()
        };
        let known = vec![ward("H60.02212"), ward("H60.02215"), ward("H60.02212")];
        let planned = plan(
            &numbering,
            known.clone(),
            at("2026-08-03T18:00:00Z"),
            Some(7),
            false,
        );
        let today = NaiveDate::from_ymd_opt(2026, 8, 4).unwrap();
        let ahead = NaiveDate::from_ymd_opt(2026, 9, 4).unwrap();
        let days: Vec<_> = planned
            .units
            .iter()
            .map(|(_, _, days)| days.clone())
            .collect();
        assert_eq!(days, [today..=today, today..=ahead]);
        assert_eq!(planned.numbers, 7);
        let planned = plan(&numbering, known, at("2026-08-03T18:00:00Z"), None, true);
        assert!(
            planned
                .units
                .iter()
                .all(|(_, _, days)| *days.end() == ahead)
        );
    }
}
