//! `calendar/national.csv` and `calendar/hours.csv`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};

use super::{Fault, Sorted, SourceFile, fault, missing, table};
use crate::calendar::{Calendar, Calendars, DayKind, Hours, InvalidCalendar, SpecialDay};
use crate::id::UnitCode;
use crate::unit::{UnitKind, Units};

const NATIONAL: &[&str] = &["date", "kind", "name", "source", "mark"];
const HOURS: &[&str] = &["unit", "from", "opens", "source"];

const KINDS: &[&str] = &[
    "first_day",
    "last_day",
    "holiday",
    "swap_off",
    "compensatory",
    "make_up",
];
/// Confirmed by a public source; reported widely; derived, no notice yet.
const MARKS: &[&str] = &["confirmed", "reported", "provisional"];

/// Builds the national calendar and one for each unit with its own hours.
///
/// The hours of a province hold for its centre and communes too, until these have their own. A
/// unit's hours hold from their day until its next ones; before that day the national hours hold.
pub(super) fn parse(
    files: &Sorted<'_>,
    units: &Units,
    faults: &mut Vec<Fault>,
) -> Option<Calendars> {
    let before = faults.len();
    let year = files.national.first().map(|file| Year::read(file, faults));
    let opening = files
        .hours
        .first()
        .map(|file| Opening::read(file, units, faults));
    let year = year.or_else(|| {
        faults.push(missing("calendar/national.csv"));
        None
    });
    let opening = opening.or_else(|| {
        faults.push(missing("calendar/hours.csv"));
        None
    });
    let (year, opening) = (year?, opening?);
    if faults.len() > before {
        return None;
    }
    let national = year.calendar("national", &opening.national, &opening, faults)?;
    let mut own: HashMap<String, Arc<Calendar>> = HashMap::new();
    for (code, hours) in &opening.units {
        let Some(unit) = units.get(code) else {
            // If the units were refused, nobody can say whether this one exists.
            if !units.is_empty() {
                let line = hours.first().map_or(1, |(_, line)| *line);
                faults.push(fault(
                    opening.file,
                    line,
                    format!("unit: {code} is not listed"),
                ));
            }
            continue;
        };
        let province = units
            .province(&unit.province)
            .map(|province| &province.code);
        let inherited = province.filter(|province| *province != code);
        let inherited = inherited.and_then(|province| opening.units.get(province));
        let base = match inherited {
            Some(province) => after(&opening.national, province),
            None => opening.national.clone(),
        };
        let hours = after(&base, hours);
        let calendar = Arc::new(year.calendar(code.as_str(), &hours, &opening, faults)?);
        if unit.kind == UnitKind::Province {
            for below in units.in_province(&unit.province) {
                own.entry(below.code.to_string())
                    .or_insert_with(|| Arc::clone(&calendar));
            }
        }
        own.insert(code.to_string(), calendar);
    }
    Some(Calendars::new(Arc::new(national), own))
}

/// The lines of `base` up to the first day of `own`, then `own`.
fn after(base: &[(Hours, usize)], own: &[(Hours, usize)]) -> Vec<(Hours, usize)> {
    let Some(start) = own.iter().map(|(hours, _)| hours.from).min() else {
        return base.to_vec();
    };
    base.iter()
        .filter(|(hours, _)| hours.from < start)
        .chain(own)
        .cloned()
        .collect()
}

/// `national.csv`: the published range and its special days.
struct Year<'a> {
    file: &'a SourceFile,
    first: Option<(NaiveDate, usize)>,
    last: Option<(NaiveDate, usize)>,
    days: Vec<SpecialDay>,
    lines: Vec<usize>,
}

impl<'a> Year<'a> {
    fn read(file: &'a SourceFile, faults: &mut Vec<Fault>) -> Self {
        let mut year = Self {
            file,
            first: None,
            last: None,
            days: Vec::new(),
            lines: Vec::new(),
        };
        for row in table::rows(file, NATIONAL, faults) {
            let date = row.read("date", faults, table::date);
            let kind = row.read("kind", faults, |text| table::one_of(text, KINDS));
            let mark = row.read("mark", faults, |text| table::one_of(text, MARKS));
            let (Some(date), Some(kind), Some(mark)) = (date, kind, mark) else {
                continue;
            };
            let kind = match kind {
                "first_day" => {
                    once(&mut year.first, date, &row, faults);
                    continue;
                }
                "last_day" => {
                    once(&mut year.last, date, &row, faults);
                    continue;
                }
                "holiday" => DayKind::Holiday,
                "swap_off" => DayKind::SwapOff,
                "compensatory" => DayKind::Compensatory,
                _ => DayKind::MakeUp,
            };
            let (name, source) = (row.cell("name").to_owned(), row.cell("source").to_owned());
            if name.is_empty() || source.is_empty() {
                faults.push(row.fault(format!("{date} needs a name and a source")));
            }
            let provisional = mark == "provisional";
            year.days.push(SpecialDay {
                date,
                kind,
                name,
                source,
                provisional,
            });
            year.lines.push(row.line);
        }
        for (bound, word) in [(year.first, "first_day"), (year.last, "last_day")] {
            if bound.is_none() {
                faults.push(fault(
                    file,
                    1,
                    format!("no row of kind {word}: which days are published?"),
                ));
            }
        }
        year
    }

    fn calendar(
        &self,
        id: &str,
        hours: &[(Hours, usize)],
        opening: &Opening<'_>,
        faults: &mut Vec<Fault>,
    ) -> Option<Calendar> {
        let ((first, first_line), (last, _)) = (self.first?, self.last?);
        let plain: Vec<_> = hours.iter().map(|(hours, _)| hours.clone()).collect();
        let invalid = match Calendar::new(id, first, last, &self.days, &plain) {
            Ok(calendar) => return Some(calendar),
            Err(invalid) => invalid,
        };
        let day_line = |date: NaiveDate| {
            let at = self.days.iter().rposition(|day| day.date == date);
            at.map_or(first_line, |at| self.lines[at])
        };
        let hours_line = |from: NaiveDate| {
            let same = hours.iter().rev().find(|(hours, _)| hours.from == from);
            same.map_or(1, |(_, line)| *line)
        };
        let (file, line) = match &invalid {
            InvalidCalendar::NoDays { .. } => (self.file, first_line),
            InvalidCalendar::OutOfRange { date, .. }
            | InvalidCalendar::Twice { date }
            | InvalidCalendar::OffOnWeekend { date, .. }
            | InvalidCalendar::MakeUpOnWeekday { date, .. } => (self.file, day_line(*date)),
            InvalidCalendar::NoHours { .. } => {
                (opening.file, hours.first().map_or(1, |(_, line)| *line))
            }
            InvalidCalendar::HoursTwice { from }
            | InvalidCalendar::NeverOpen { from }
            | InvalidCalendar::OutOfOrder { from, .. } => (opening.file, hours_line(*from)),
        };
        faults.push(fault(file, line, invalid));
        None
    }
}

fn once(
    place: &mut Option<(NaiveDate, usize)>,
    date: NaiveDate,
    row: &table::Row<'_>,
    faults: &mut Vec<Fault>,
) {
    if let Some((_, first)) = place.replace((date, row.line)) {
        let kind = row.cell("kind");
        faults.push(row.fault(format!("a second {kind}; the first is on line {first}")));
    }
}

/// `hours.csv`: counted hours with the line of each, national and per unit.
struct Opening<'a> {
    file: &'a SourceFile,
    national: Vec<(Hours, usize)>,
    units: BTreeMap<UnitCode, Vec<(Hours, usize)>>,
}

impl<'a> Opening<'a> {
    fn read(file: &'a SourceFile, units: &Units, faults: &mut Vec<Fault>) -> Self {
        let mut opening = Self {
            file,
            national: Vec::new(),
            units: BTreeMap::new(),
        };
        for row in table::rows(file, HOURS, faults) {
            let from = row.read("from", faults, table::date);
            let opens = row.read("opens", faults, openings);
            let unit = row.read("unit", faults, |text| match text {
                "" => Ok(None),
                text => match units.find(text) {
                    Some(unit) => Ok(Some(unit.code.clone())),
                    None => UnitCode::parse(text)
                        .map(Some)
                        .map_err(|invalid| invalid.to_string()),
                },
            });
            let (Some(from), Some(opens), Some(unit)) = (from, opens, unit) else {
                continue;
            };
            let place = match unit {
                None => &mut opening.national,
                Some(code) => opening.units.entry(code).or_default(),
            };
            place.push((Hours { from, opens }, row.line));
        }
        opening
    }
}

/// Openings as `07:30-11:30 13:30-17:00`.
fn openings(text: &str) -> Result<Vec<(NaiveTime, NaiveTime)>, String> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let opening = |text: &str| {
        let (opens, closes) = text.split_once('-')?;
        Some((time(opens)?, time(closes)?))
    };
    let openings: Option<Vec<_>> = text.split_whitespace().map(opening).collect();
    openings.ok_or_else(|| format!("`{text}` are not hours such as 07:30-11:30 13:30-17:00"))
}
