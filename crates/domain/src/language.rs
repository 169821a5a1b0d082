//! The two languages a due time is explained in, and how they write a date.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike, Weekday};

/// A language of slips and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Vietnamese, the language of the office.
    #[default]
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// The name of a weekday as it stands inside a sentence: `thứ Hai`, `Monday`.
    #[must_use]
    pub fn weekday(self, day: Weekday) -> &'static str {
        match self {
            Language::Vietnamese => match day {
                Weekday::Mon => "thứ Hai",
                Weekday::Tue => "thứ Ba",
                Weekday::Wed => "thứ Tư",
                Weekday::Thu => "thứ Năm",
                Weekday::Fri => "thứ Sáu",
                Weekday::Sat => "thứ Bảy",
                Weekday::Sun => "Chủ nhật",
            },
            Language::English => match day {
                Weekday::Mon => "Monday",
                Weekday::Tue => "Tuesday",
                Weekday::Wed => "Wednesday",
                Weekday::Thu => "Thursday",
                Weekday::Fri => "Friday",
                Weekday::Sat => "Saturday",
                Weekday::Sun => "Sunday",
            },
        }
    }

    /// A day with its weekday: `thứ Hai 07/09/2026`, `Monday 7 September 2026`.
    #[must_use]
    pub fn day(self, day: NaiveDate) -> String {
        let weekday = self.weekday(day.weekday());
        match self {
            Language::Vietnamese => format!("{weekday} {}", day.format("%d/%m/%Y")),
            Language::English => format!("{weekday} {}", day.format("%-d %B %Y")),
        }
    }

    /// A day with its weekday and no year: `thứ Hai 07/09`, `Monday 7 September`.
    #[must_use]
    pub fn day_and_month(self, day: NaiveDate) -> String {
        let weekday = self.weekday(day.weekday());
        match self {
            Language::Vietnamese => format!("{weekday} {}", day.format("%d/%m")),
            Language::English => format!("{weekday} {}", day.format("%-d %B")),
        }
    }

    /// A wall-clock moment: `17:00 thứ Hai 07/09/2026`, `17:00 on Monday 7 September 2026`.
    ///
    /// Seconds appear only if there are any, so that 15:00:01 does not look like 15:00.
    #[must_use]
    pub fn moment(self, wall: DateTime<FixedOffset>) -> String {
        let clock = clock(wall);
        let day = self.day(wall.date_naive());
        match self {
            Language::Vietnamese => format!("{clock} {day}"),
            Language::English => format!("{clock} on {day}"),
        }
    }

    /// A moment that a report states in RFC 3339, to the minute: `07:30 ngày 02/11/2026`,
    /// `07:30 on 2 November 2026`. Any other text stays as it is.
    #[must_use]
    pub fn minute_of(self, rfc3339: &str) -> String {
        let Ok(at) = DateTime::parse_from_rfc3339(rfc3339) else {
            return rfc3339.to_owned();
        };
        let format = match self {
            Language::Vietnamese => "%H:%M ngày %d/%m/%Y",
            Language::English => "%H:%M on %-d %B %Y",
        };
        at.format(format).to_string()
    }
}

/// The time of day, with seconds only when there are any.
fn clock(wall: DateTime<FixedOffset>) -> String {
    let whole_minute = wall.second() == 0 && wall.nanosecond() == 0;
    let format = if whole_minute { "%H:%M" } else { "%H:%M:%S" };
    wall.format(format).to_string()
}
