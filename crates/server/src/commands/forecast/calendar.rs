//! The working time of a backtest: Monday to Friday, or a file.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::calendar::{Calendar, DayKind, Hours, SpecialDay};
use domain::limit::Limit;
use domain::time::Instant;
use forecast::log::{Deadline, Log};
use forecast::working_time::{LocalTime, WorkingTime};

use super::span;

/// The clock of a zone of the IANA database.
struct Named(Tz);

impl LocalTime for Named {
    fn wall(&self, at: Instant) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    fn moment(&self, wall: NaiveDateTime) -> Instant {
        // In spring a clock skips an hour, and no moment has such a time. Take the first moment
        // after it.
        let quarters = (0..96).map(|quarter| wall + TimeDelta::minutes(15 * quarter));
        let mut shown = quarters.filter_map(|wall| self.0.from_local_datetime(&wall).earliest());
        shown
            .next()
            .map_or_else(|| wall.and_utc(), |at| at.to_utc())
    }
}

/// Finds a zone by its name, such as `Europe/Amsterdam`.
pub(super) fn zone(name: &str) -> Result<Box<dyn LocalTime>, String> {
    let zone = name.parse::<Tz>().map_err(|_unknown| {
        format!("`{name}` is not a time zone; expected a name such as Asia/Ho_Chi_Minh")
    })?;
    Ok(Box::new(Named(zone)))
}

/// The office hours of a log: `mon-fri` is 08:00 to 18:00 without holidays; any other value is a
/// file.
///
/// The calendar reaches from before the log to well past its last deadline.
pub(super) fn office(
    name: &str,
    zone: Box<dyn LocalTime>,
    log: &Log,
    deadline: Deadline,
) -> Result<WorkingTime, String> {
    let (first, last) = span(log).ok_or("the log has no events")?;
    let allowance = match deadline {
        Deadline::Days(days) => TimeDelta::days(i64::from(days)),
        Deadline::Limit(limit) => match limit {
            Limit::WorkingDays(days) => TimeDelta::days(i64::from(days) * 2 + 30),
            Limit::WorkingHours(hours) => TimeDelta::days(i64::from(hours) + 30),
            Limit::CalendarDays(days) => TimeDelta::days(i64::from(days) + 30),
            Limit::CalendarMonths(months) => TimeDelta::days(i64::from(months) * 31 + 30),
            Limit::ElapsedHours(hours) => TimeDelta::hours(i64::from(hours)),
            Limit::SameDay => TimeDelta::days(30),
        },
        // No case lasts longer than the log.
        Deadline::Percentile(_) | Deadline::Given => last - first,
    };
    let first = zone.wall(first).date() - TimeDelta::days(2);
    let last = zone.wall(last + allowance).date() + TimeDelta::days(14);
    let (mut days, mut hours) = (Vec::new(), Vec::new());
    if name != "mon-fri" {
        read(name, &mut days, &mut hours)?;
    }
    days.retain(|day: &SpecialDay| (first..=last).contains(&day.date));
    if hours.iter().all(|hours: &Hours| hours.from > first) {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        hours.push(Hours {
            from: first,
            opens: vec![(time(8), time(18))],
        });
    }
    let calendar = Calendar::new(name, first, last, &days, &hours)
        .map_err(|error| format!("{name}: {error}"))?;
    Ok(WorkingTime::new(calendar, zone))
}

/// Reads `date,kind,name`. The kinds are those of the catalogue's calendar, and `hours`, whose name
/// is such as `07:30-11:30 13:30-17:00` and which holds from its day on.
fn read(file: &str, days: &mut Vec<SpecialDay>, hours: &mut Vec<Hours>) -> Result<(), String> {
    let mut rows = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(file)
        .map_err(|error| {
            format!(
                "{file}: cannot be read as a calendar ({error}); expected mon-fri or a CSV file"
            )
        })?;
    let header = rows
        .headers()
        .map_err(|error| format!("{file}:1: {error}"))?
        .clone();
    let place = |name: &str| header.iter().position(|title| title.trim() == name);
    let (Some(date), Some(kind), Some(name)) = (place("date"), place("kind"), place("name")) else {
        return Err(format!("{file}:1: needs the columns date,kind,name"));
    };
    for row in rows.records() {
        let row = row.map_err(|error| format!("{file}: {error}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |place: usize| row.get(place).unwrap_or_default().trim();
        let day = cell(date).parse::<NaiveDate>().map_err(|_not_a_date| {
            format!(
                "{file}:{line}: `{}` is not a date such as 2026-09-02",
                cell(date)
            )
        })?;
        let special = match cell(kind) {
            "first_day" | "last_day" => continue,
            "hours" => {
                let opens = opens(cell(name)).map_err(|wrong| format!("{file}:{line}: {wrong}"))?;
                hours.push(Hours { from: day, opens });
                continue;
            }
            "holiday" => DayKind::Holiday,
            "swap_off" => DayKind::SwapOff,
            "compensatory" => DayKind::Compensatory,
            "make_up" => DayKind::MakeUp,
            other => {
                return Err(format!(
                    "{file}:{line}: `{other}` is no kind of day; expected holiday, swap_off, \
                     compensatory, make_up or hours"
                ));
            }
        };
        days.push(SpecialDay {
            date: day,
            kind: special,
            name: cell(name).to_owned(),
            source: file.to_owned(),
            provisional: false,
        });
    }
    Ok(())
}

fn opens(text: &str) -> Result<Vec<(NaiveTime, NaiveTime)>, String> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    text.split_whitespace()
        .map(|part| {
            let (opens, closes) = part.split_once('-')?;
            Some((time(opens)?, time(closes)?))
        })
        .collect::<Option<Vec<_>>>()
        .filter(|opens| !opens.is_empty())
        .ok_or_else(|| format!("`{text}` are no hours; expected such as 07:30-11:30 13:30-17:00"))
}
