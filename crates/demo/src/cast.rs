//! Dossiers that exist every morning, whatever chance gives: the ones for which a chairman opens a
//! worklist.

use chrono::{NaiveDate, NaiveTime};
use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::Channel;
use domain::id::ProcedureCode;
use domain::limit::Limit;
use domain::time::{Instant, instant, local_day};

use crate::arrivals::Arrival;
use crate::fate::{Course, Fate};

/// Procedure, how many working days ago it was due, and how it fared.
const CAST: [(&str, u32, Course); 7] = [
    ("1.013831", 7, Course::Stuck),
    ("1.013992", 5, Course::Stuck),
    ("1.013225", 3, Course::Stuck),
    ("1.013992", 2, Course::Stuck),
    ("1.013831", 1, Course::Stuck),
    ("1.013225", 0, Course::Apologised),
    ("3.000722", 0, Course::LegLate),
];

/// The fixed dossiers of one ward, with the day on which each came.
pub fn arrivals(catalogue: &Catalogue, ward: usize, now: Instant) -> Vec<Arrival> {
    let calendar = catalogue.calendars.national();
    let mut cast = Vec::with_capacity(CAST.len());
    for (number, (code, ago, course)) in CAST.into_iter().enumerate() {
        let Some(day) = came(catalogue, calendar, code, ago, now) else {
            continue;
        };
        let minutes = 8 * 60 + 7 * u32::try_from(number).unwrap_or_default();
        let time = NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0);
        cast.push(Arrival {
            at: instant(day, time.unwrap_or_default()),
            unit: ward,
            procedure: ProcedureCode::parse(code).expect("the list has codes"),
            channel: Channel::Desk,
            fate: Some(Fate::of(course)),
        });
    }
    cast
}

/// The day of arrival of a dossier that was due so many working days ago.
fn came(
    catalogue: &Catalogue,
    calendar: &Calendar,
    code: &str,
    ago: u32,
    now: Instant,
) -> Option<NaiveDate> {
    let today = local_day(now);
    let procedure = catalogue.procedures.find(code, today)?;
    let Some(Limit::WorkingDays(limit)) = procedure.cases.first()?.limit else {
        return None;
    };
    // On a day off, count back from the last working day.
    let working = calendar.is_working_day(today).ok()?;
    let last = if working {
        today
    } else {
        calendar.nth_working_day_before(today, 1).ok()?
    };
    let back = ago + u32::from(limit);
    calendar.nth_working_day_before(last, back).ok()
}
