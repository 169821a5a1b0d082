//! The months of a year as tables, each day with what it is.

use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::{Calendar, DayKind};

use crate::words::Words;

/// A month.
pub(super) struct Month {
    pub(super) number: u32,
    pub(super) weeks: Vec<[MonthDay; 7]>,
}

/// A cell; without a number it belongs to the month before or after.
#[derive(Clone, Default)]
pub(super) struct MonthDay {
    pub(super) number: Option<u32>,
    pub(super) class: String,
    /// What only a screen reader needs to be told.
    pub(super) said: String,
}

/// The months of a year, as far as the calendar reaches.
pub(super) fn months(
    calendar: &Calendar,
    year: i32,
    today: NaiveDate,
    words: &Words,
) -> Vec<Month> {
    let firsts = (1..=12).filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1));
    firsts
        .map(|first| {
            let mut weeks: Vec<[MonthDay; 7]> = Vec::new();
            let days = (0..31).map(|after| first + Days::new(after));
            for day in days.filter(|day| day.month() == first.month()) {
                let place = day.weekday().num_days_from_monday() as usize;
                if place == 0 || weeks.is_empty() {
                    weeks.push(Default::default());
                }
                if let Some(week) = weeks.last_mut() {
                    week[place] = cell(calendar, day, today, words);
                }
            }
            Month {
                number: first.month(),
                weeks,
            }
        })
        .collect()
}

fn cell(calendar: &Calendar, day: NaiveDate, today: NaiveDate, words: &Words) -> MonthDay {
    let mut classes = Vec::new();
    let mut said = String::new();
    match calendar.special(day) {
        Some(special) => {
            classes.push(match special.kind {
                DayKind::MakeUp => "work",
                DayKind::Holiday | DayKind::SwapOff | DayKind::Compensatory => "off",
            });
            if special.provisional {
                classes.push("guess");
            }
            said = format!("{}: {}", words.t(kind_key(special.kind)), special.name);
        }
        None if !calendar.is_working_day(day).unwrap_or(false) => classes.push("dim"),
        None => {}
    }
    if day == today {
        classes.push("today");
    }
    MonthDay {
        number: Some(day.day()),
        class: classes.join(" "),
        said,
    }
}

/// The key of the word for a kind of day.
pub(super) fn kind_key(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Holiday => "calendar.holiday",
        DayKind::SwapOff => "calendar.swap_off",
        DayKind::Compensatory => "calendar.compensatory",
        DayKind::MakeUp => "calendar.make_up",
    }
}
