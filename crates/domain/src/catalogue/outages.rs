//! `calendar/outages.csv`: announced failures of the system.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::{Fault, Sorted, dated, table};
use crate::calendar::{Calendars, Outage};
use crate::id::{ProcedureCode, UnitCode};
use crate::time::{self, Instant, VIETNAM};
use crate::unit::{UnitKind, Units};

const COLUMNS: &[&str] = &[
    "unit",
    "procedure",
    "from",
    "until",
    "document",
    "mark",
    "source",
];

/// Reads the outages; there are none without the file. A line for a province holds for its units.
pub(super) fn parse(
    files: &Sorted<'_>,
    units: &Units,
    calendars: &Calendars,
    faults: &mut Vec<Fault>,
) -> Vec<Outage> {
    let mut outages: Vec<Outage> = Vec::new();
    for file in &files.outages {
        for row in table::rows(file, COLUMNS, faults) {
            let Some(outage) = outage(&row, units, calendars, faults) else {
                continue;
            };
            if let Some(other) = outages.iter().find(|other| other.overlaps(&outage)) {
                faults.push(row.fault(format!(
                    "the outage overlaps that of {} from {} to {}; expected each moment once",
                    other.document,
                    time::rfc3339(other.from),
                    time::rfc3339(other.until)
                )));
                continue;
            }
            outages.push(outage);
        }
    }
    outages.sort_by_key(|outage| (outage.until, outage.from));
    outages
}

fn outage(
    row: &table::Row<'_>,
    units: &Units,
    calendars: &Calendars,
    faults: &mut Vec<Fault>,
) -> Option<Outage> {
    let unit = row.read("unit", faults, |text| {
        if text.is_empty() {
            return Ok(None);
        }
        let code = UnitCode::parse(text).map_err(|invalid| invalid.to_string())?;
        if !units.is_empty() && units.get(&code).is_none() {
            return Err(format!("{code} is not listed"));
        }
        Ok(Some(code))
    });
    let procedure = row.read("procedure", faults, |text| match text {
        "" => Ok(None),
        text => ProcedureCode::parse(text)
            .map(Some)
            .map_err(|invalid| invalid.to_string()),
    });
    let from = row.read("from", faults, moment);
    let until = row.read("until", faults, moment);
    let document = row.read("document", faults, |text| match text {
        "" => Err("expected the number of the announcement".to_owned()),
        text => Ok(text.to_owned()),
    });
    row.read("mark", faults, dated::mark);
    dated::sourced(row, faults);
    let (unit, from, until) = (unit?, from?, until?);
    if until <= from {
        let reason = format!("until: expected a moment after {}", time::rfc3339(from));
        faults.push(row.fault(reason));
        return None;
    }
    let calendar = match &unit {
        Some(unit) => calendars.for_unit(unit.as_str()),
        None => calendars.national(),
    };
    for (column, at) in [("from", from), ("until", until)] {
        let day = time::local_day(at);
        match calendar.is_working_day(day) {
            Ok(true) => {}
            Ok(false) => faults.push(row.fault(format!(
                "{column}: {day} is a day off, on which no time is lost; expected a working day"
            ))),
            Err(error) => faults.push(row.fault(format!("{column}: {error}"))),
        }
    }
    Some(Outage {
        from,
        until,
        units: unit.map(|unit| with_members(&unit, units)),
        procedure: procedure?,
        document: document?,
    })
}

/// The unit; for a province all its units too.
fn with_members(unit: &UnitCode, units: &Units) -> BTreeSet<UnitCode> {
    let province = units
        .get(unit)
        .filter(|unit| unit.kind == UnitKind::Province);
    let below = province.into_iter().flat_map(|province| {
        let members = units.in_province(&province.province);
        members.map(|unit| unit.code.clone()).collect::<Vec<_>>()
    });
    below.chain([unit.clone()]).collect()
}

/// A moment as the wall clock of Viet Nam shows it: `2026-11-16 08:00`.
fn moment(text: &str) -> Result<Instant, String> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M");
    let at = wall
        .ok()
        .and_then(|wall| wall.and_local_timezone(VIETNAM).single());
    at.map(Instant::from)
        .ok_or_else(|| format!("`{text}` is not a moment such as 2026-11-16 08:00"))
}
