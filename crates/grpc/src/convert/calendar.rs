//! Calendars as they are sent.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};
use domain::calendar::{self, Calendar, DayKind};
use domain::time::{Instant, local};

use crate::proto;
use crate::proto::calendar_day::Kind;

/// The days of a calendar from a first to a last one, for the wire.
///
/// Errors: a day is not published.
pub fn calendar(
    calendar: &Calendar,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<proto::Calendar, calendar::Error> {
    let days = from
        .iter_days()
        .take_while(|date| *date <= to)
        .map(|date| day(calendar, date))
        .collect::<Result<_, _>>()?;
    Ok(proto::Calendar {
        name: format!("calendars/{}", calendar.id()),
        first_day: calendar.first_day().to_string(),
        last_day: calendar.last_day().to_string(),
        days,
    })
}

fn day(calendar: &Calendar, date: NaiveDate) -> Result<proto::CalendarDay, calendar::Error> {
    let working = calendar.is_working_day(date)?;
    let special = calendar.special(date);
    let kind = match special.map(|day| day.kind) {
        Some(DayKind::Holiday) => Kind::Holiday,
        Some(DayKind::SwapOff) => Kind::SwapOff,
        Some(DayKind::Compensatory) => Kind::Compensatory,
        Some(DayKind::MakeUp) => Kind::MakeUp,
        None if working => Kind::Working,
        None => Kind::Weekend,
    };
    Ok(proto::CalendarDay {
        date: date.to_string(),
        kind: kind.into(),
        working,
        display_name: special.map(|day| day.name.clone()).unwrap_or_default(),
        source: special.map(|day| day.source.clone()).unwrap_or_default(),
        provisional: special.is_some_and(|day| day.provisional),
        hours: hours(calendar, date)?,
    })
}

/// The open hours of a day, derived from what the calendar counts.
///
/// The hours are one or more stretches. Each ends where the counted time begins to lag behind the
/// clock; halving finds that point.
fn hours(calendar: &Calendar, date: NaiveDate) -> Result<Vec<proto::Hours>, calendar::Error> {
    let (Some(mut open), Some(closing)) = (calendar.opening(date)?, calendar.closing(date)?) else {
        return Ok(Vec::new());
    };
    let mut stretches = Vec::new();
    loop {
        let counts_until = |seconds: i64| {
            let until = open + TimeDelta::seconds(seconds);
            let counted = calendar.open_time_between(open, until)?;
            Ok(counted == until - open)
        };
        let close =
            open + TimeDelta::seconds(last_true((closing - open).num_seconds(), counts_until)?);
        stretches.push(proto::Hours {
            open: clock(open),
            close: clock(close),
        });
        if close >= closing {
            return Ok(stretches);
        }
        // The next stretch opens where the next microsecond is counted from.
        let moment = TimeDelta::microseconds(1);
        open = calendar.add_open_time(close, moment)? - moment;
    }
}

/// The largest number up to `most` for which a claim holds that turns false once.
fn last_true<E>(most: i64, holds: impl Fn(i64) -> Result<bool, E>) -> Result<i64, E> {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if holds(middle)? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

fn clock(at: Instant) -> String {
    let wall: DateTime<FixedOffset> = local(at);
    let with_seconds = wall.format("%H:%M:%S").to_string();
    match with_seconds.strip_suffix(":00") {
        Some(minutes) => minutes.to_owned(),
        None => with_seconds,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;
    use domain::calendar::Hours;

    use super::*;

    #[test]
    fn the_hours_of_a_day_are_told_as_they_were_published() {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let date = |day| NaiveDate::from_ymd_opt(2026, 8, day).unwrap();
        let opens = vec![
            (time(7, 30), time(11, 30)),
            (time(13, 30), time(15, 0)),
            (time(15, 15), time(17, 0)),
        ];
        let hours = [Hours {
            from: date(1),
            opens,
        }];
        let calendar = Calendar::new("test", date(1), date(31), &[], &hours).unwrap();
        let monday = super::calendar(&calendar, date(2), date(3)).unwrap();
        let told: Vec<_> = monday.days[1]
            .hours
            .iter()
            .map(|hours| format!("{}-{}", hours.open, hours.close))
            .collect();
        assert_eq!(told, ["07:30-11:30", "13:30-15:00", "15:15-17:00"]);
        assert!(monday.days[0].hours.is_empty(), "a Sunday");
        assert_eq!(monday.days[0].kind(), Kind::Weekend);
    }
}
