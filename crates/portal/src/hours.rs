//! Hours of a day: when citizens are left in peace, and when all dossiers are compared.

use chrono::{NaiveTime, TimeDelta};
use domain::time::{self, Instant};
use serde::Deserialize;

/// The hours of a day, such as `21:00-07:00`; local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Hours {
    from: NaiveTime,
    to: NaiveTime,
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").ok();
        let parts = text.split_once('-');
        let parts = parts.and_then(|(from, to)| Some((read(from)?, read(to)?)));
        let (from, to) = parts.ok_or("expected hours such as 21:00-07:00; 00:00-00:00 for none")?;
        Ok(Self { from, to })
    }
}

impl Hours {
    /// From one full hour to another.
    #[must_use]
    pub fn between(from: u32, to: u32) -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self {
            from: hour(from),
            to: hour(to),
        }
    }

    /// When these hours end if a moment lies in them; none if it does not.
    #[must_use]
    pub fn end(&self, now: Instant) -> Option<Instant> {
        let (day, at) = (time::local_day(now), time::local(now).time());
        let Self { from, to } = *self;
        let over_midnight = from > to;
        let lies_in = if over_midnight {
            at >= from || at < to
        } else {
            from <= at && at < to
        };
        let ends = if over_midnight && at >= from {
            day + TimeDelta::days(1)
        } else {
            day
        };
        lies_in.then(|| time::instant(ends, to))
    }

    /// When these hours last ended.
    #[must_use]
    pub fn last_end(&self, now: Instant) -> Instant {
        let day = time::local_day(now);
        let today = time::instant(day, self.to);
        if today <= now {
            today
        } else {
            time::instant(day - TimeDelta::days(1), self.to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> Instant {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 8, day).unwrap();
        time::instant(day, NaiveTime::from_hms_opt(hour, minute, 0).unwrap())
    }

    #[test]
    fn the_night_ends_in_the_morning_before_or_after_midnight() {
        let night = Hours::between(21, 7);
        assert_eq!(night.end(at(3, 20, 59)), None);
        assert_eq!(night.end(at(3, 21, 0)), Some(at(4, 7, 0)));
        assert_eq!(night.end(at(4, 6, 59)), Some(at(4, 7, 0)));
        assert_eq!(night.end(at(4, 7, 0)), None);
        assert_eq!(night.last_end(at(4, 7, 0)), at(4, 7, 0));
        assert_eq!(night.last_end(at(4, 6, 59)), at(3, 7, 0));
        let noon = Hours::try_from("11:30-13:30".to_owned()).unwrap();
        assert_eq!(noon.end(at(3, 12, 0)), Some(at(3, 13, 30)));
        assert_eq!(noon.end(at(3, 13, 30)), None);
        let never = Hours::try_from("00:00-00:00".to_owned()).unwrap();
        assert_eq!(never.end(at(3, 0, 0)), None);
        for wrong in ["", "21-7", "21:00", "25:00-07:00"] {
            assert!(Hours::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
