//! How long an office has: the six kinds of limit (*thời hạn giải quyết*).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::language::Language;

/// A time limit, in the unit the procedure states it in.
///
/// Units never convert into each other: a working day is whatever the calendar
/// opens that day, not 8 working hours and not 24 hours.
///
/// Written `3wd`, `8wh`, `30d`, `1mo`, `12h`, `same-day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Working days (*ngày làm việc*), `3wd`. The day of receipt is not counted.
    WorkingDays(u16),
    /// Working hours (*giờ làm việc*), `8wh`: open time from the moment of receipt.
    WorkingHours(u16),
    /// Calendar days (*ngày*), `30d`. Days off count; a last day that is off moves forward.
    CalendarDays(u16),
    /// Calendar months (*tháng*), `1mo`: the same day of a later month, or its last day.
    CalendarMonths(u16),
    /// Elapsed hours (*giờ*), `12h`: nights and days off count.
    ElapsedHours(u16),
    /// Within the day (*trong ngày*), `same-day`; see [`crate::deadline::same_day`].
    SameDay,
}

impl Limit {
    /// Whether the limit is kept by the day rather than by the moment.
    ///
    /// On time is judged by local dates for these (`wd`, `d`, `mo`, `same-day`)
    /// and by instants for limits in hours (`wh`, `h`).
    #[must_use]
    pub fn in_days(self) -> bool {
        match self {
            Limit::WorkingDays(_)
            | Limit::CalendarDays(_)
            | Limit::CalendarMonths(_)
            | Limit::SameDay => true,
            Limit::WorkingHours(_) | Limit::ElapsedHours(_) => false,
        }
    }

    /// The limit as a citizen reads it: `3 ngày làm việc`, `3 working days`.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match language {
            Language::Vietnamese => match self {
                Limit::WorkingDays(n) => format!("{n} ngày làm việc"),
                Limit::WorkingHours(n) => format!("{n} giờ làm việc"),
                Limit::CalendarDays(n) => format!("{n} ngày"),
                Limit::CalendarMonths(n) => format!("{n} tháng"),
                Limit::ElapsedHours(n) => format!("{n} giờ"),
                Limit::SameDay => "trong ngày".to_owned(),
            },
            Language::English => {
                let many =
                    |n: u16, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
                match self {
                    Limit::WorkingDays(n) => many(n, "working day"),
                    Limit::WorkingHours(n) => many(n, "working hour"),
                    Limit::CalendarDays(n) => many(n, "day"),
                    Limit::CalendarMonths(n) => many(n, "month"),
                    Limit::ElapsedHours(n) => many(n, "hour"),
                    Limit::SameDay => "same day".to_owned(),
                }
            }
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WorkingDays(n) => write!(f, "{n}wd"),
            Limit::WorkingHours(n) => write!(f, "{n}wh"),
            Limit::CalendarDays(n) => write!(f, "{n}d"),
            Limit::CalendarMonths(n) => write!(f, "{n}mo"),
            Limit::ElapsedHours(n) => write!(f, "{n}h"),
            Limit::SameDay => f.write_str("same-day"),
        }
    }
}

/// A text that is not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is not a limit; expected a whole number from 1 to 65535 and a unit \
     (3wd, 8wh, 30d, 1mo, 12h), or same-day"
)]
pub struct ParseError {
    given: String,
}

impl FromStr for Limit {
    type Err = ParseError;

    /// Reads the written form, and only that form: no spaces, signs or leading zeros.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let refused = || ParseError {
            given: text.to_owned(),
        };
        if text == "same-day" {
            return Ok(Limit::SameDay);
        }
        let unit_at = text
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refused)?;
        let (digits, unit) = text.split_at(unit_at);
        let number: u16 = digits.parse().map_err(|_| refused())?;
        // Zero would be due before it starts. A leading zero would give one limit two spellings.
        if digits.starts_with('0') {
            return Err(refused());
        }
        match unit {
            "wd" => Ok(Limit::WorkingDays(number)),
            "wh" => Ok(Limit::WorkingHours(number)),
            "d" => Ok(Limit::CalendarDays(number)),
            "mo" => Ok(Limit::CalendarMonths(number)),
            "h" => Ok(Limit::ElapsedHours(number)),
            _ => Err(refused()),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_what_it_writes() {
        for text in ["3wd", "8wh", "30d", "1mo", "12h", "65535d", "same-day"] {
            let limit: Limit = text.parse().expect(text);
            assert_eq!(limit.to_string(), text);
            let json = serde_json::to_string(&limit).expect("a string");
            assert_eq!(json, format!("{text:?}"));
            assert_eq!(
                serde_json::from_str::<Limit>(&json).expect("read back"),
                limit
            );
        }
    }

    #[test]
    fn anything_else_is_refused_and_told_what_was_expected() {
        for text in [
            "", "0wd", "03wd", "+3wd", "-1d", "3", "wd", "3 wd", "3WD", "3w", "65536d", "1.5h",
            "same day", "٣d",
        ] {
            let error = text.parse::<Limit>().expect_err(text);
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("{text:?} is not a limit; expected"))
            );
        }
    }

    #[test]
    fn words_follow_the_language_and_the_number() {
        let words = |text: &str, language| text.parse::<Limit>().expect(text).words(language);
        assert_eq!(words("3wd", Language::Vietnamese), "3 ngày làm việc");
        assert_eq!(words("3wd", Language::English), "3 working days");
        assert_eq!(words("1mo", Language::English), "1 month");
        assert_eq!(words("same-day", Language::Vietnamese), "trong ngày");
    }
}
