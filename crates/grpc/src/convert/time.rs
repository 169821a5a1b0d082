//! Moments, lengths and days on the wire.

use app::foresight::Month;
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::calendar::Calendar;
use domain::time::{self, Instant};
use prost_types::{Duration, Timestamp};

use super::fields::Fields;

/// A moment as it is sent.
pub fn timestamp(at: Instant) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: at.timestamp_subsec_nanos().cast_signed(),
    }
}

/// A length of time, for the wire.
pub fn duration(length: TimeDelta) -> Duration {
    Duration {
        seconds: length.num_seconds(),
        nanos: length.subsec_nanos(),
    }
}

impl Fields {
    /// A moment to the microsecond, if given.
    pub fn moment(&mut self, field: &str, given: Option<&Timestamp>) -> Option<Instant> {
        let given = given?;
        let moment = u32::try_from(given.nanos)
            .ok()
            .filter(|nanos| *nanos < 1_000_000_000)
            .and_then(|nanos| DateTime::from_timestamp(given.seconds, nanos))
            // The years that RFC 3339 and protobuf can write.
            .filter(|at| (1..=9999).contains(&chrono::Datelike::year(at)));
        if moment.is_none() {
            self.wrong(
                field,
                "expected a moment from year 1 to 9999 with 0 to 999999999 nanoseconds",
            );
        }
        moment.map(time::to_micros)
    }

    /// The moments, if given, from which on and before which something is wanted.
    pub fn interval(
        &mut self,
        (from_field, from): (&str, Option<&Timestamp>),
        (until_field, until): (&str, Option<&Timestamp>),
    ) -> (Option<Instant>, Option<Instant>) {
        let (from, until) = (
            self.moment(from_field, from),
            self.moment(until_field, until),
        );
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            self.wrong(until_field, format!("must be after {from_field}"));
        }
        (from, until)
    }

    /// The moment of a fact: it lies in the calendar and not in the future.
    pub fn fact(
        &mut self,
        field: &str,
        given: Option<&Timestamp>,
        calendar: &Calendar,
        now: Instant,
    ) -> Option<Instant> {
        let at = self.moment(field, given)?;
        if at > now {
            let now = time::rfc3339(now);
            self.wrong(
                field,
                format!("must not be in the future; it is {now} here"),
            );
            return None;
        }
        self.published(field, at, calendar)
    }

    /// A moment to come, in the calendar. Whether it has passed is checked later, once the request
    /// is known not to be a repeat, because a repeat may come at any time.
    pub fn coming(
        &mut self,
        field: &str,
        given: Option<&Timestamp>,
        calendar: &Calendar,
    ) -> Option<Instant> {
        let at = self.moment(field, given)?;
        self.published(field, at, calendar)
    }

    fn published(&mut self, field: &str, at: Instant, calendar: &Calendar) -> Option<Instant> {
        let day = time::local_day(at);
        let (first, last) = (calendar.first_day(), calendar.last_day());
        if day < first || day > last {
            self.wrong(
                field,
                format!("must lie in the published calendar, from {first} to {last}"),
            );
            return None;
        }
        Some(at)
    }

    /// A required legal day.
    pub fn day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        let text = text.trim();
        let day = (text.len() == 10)
            .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .flatten();
        if day.is_none() {
            let empty = if text.is_empty() {
                "must not be empty; "
            } else {
                ""
            };
            self.wrong(field, format!("{empty}expected a day such as 2026-08-31"));
        }
        day
    }

    /// An optional month.
    pub fn optional_month(&mut self, field: &str, text: &str) -> Option<Month> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let day = (text.len() == 7)
            .then(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok())
            .flatten();
        let month = day.and_then(Month::of);
        if month.is_none() {
            self.wrong(field, "expected a month such as 2026-08");
        }
        month
    }

    /// An optional legal day.
    pub fn optional_day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        if text.trim().is_empty() {
            None
        } else {
            self.day(field, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_to_the_microsecond() {
        let mut fields = Fields::default();
        let given = Timestamp {
            seconds: 1_786_000_000,
            nanos: 123_456_789,
        };
        let at = fields.moment("submit_time", Some(&given));
        assert_eq!(at.map(|at| at.timestamp_subsec_nanos()), Some(123_456_000));
        assert!(fields.done(at).is_ok());
    }

    #[test]
    fn a_moment_out_of_range_names_its_field() {
        for given in [
            Timestamp {
                seconds: 0,
                nanos: -1,
            },
            Timestamp {
                seconds: 0,
                nanos: 1_000_000_000,
            },
            Timestamp {
                seconds: i64::MAX,
                nanos: 0,
            },
            Timestamp {
                seconds: 253_402_300_800,
                nanos: 0,
            },
        ] {
            let mut fields = Fields::default();
            assert_eq!(fields.moment("due_time", Some(&given)), None);
            assert!(fields.done(Some(())).is_err(), "{given:?}");
        }
    }

    #[test]
    fn a_length_below_zero_keeps_its_sign() {
        let length = TimeDelta::milliseconds(-1_500);
        assert_eq!(
            duration(length),
            Duration {
                seconds: -1,
                nanos: -500_000_000
            }
        );
    }
}
