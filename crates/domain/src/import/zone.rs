//! Times as other systems write them.

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::time::{self, Instant};

/// How times without an offset are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    clock: Clock,
    /// Other forms than ISO 8601, as chrono writes them: `%d/%m/%Y %H:%M`.
    forms: Vec<String>,
}

/// The clock that the file's times follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Fixed(FixedOffset),
    Named(Tz),
}

/// The meaning of a time without its time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayEdge {
    /// The beginning of the day.
    Begins,
    /// The end of the day: a dossier due on a day has the whole day.
    Ends,
}

impl Zone {
    /// The clock of the desk, and the forms that people write: day first, and ISO 8601.
    #[must_use]
    pub fn of_the_desk() -> Self {
        let forms = ["%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y"];
        Self {
            clock: Clock::Fixed(time::VIETNAM),
            forms: forms.map(ToOwned::to_owned).to_vec(),
        }
    }

    /// A zone by name: `UTC`, a name of the IANA list such as `Asia/Ho_Chi_Minh`, or an offset
    /// such as `+07:00`; and the forms of times besides ISO 8601.
    ///
    /// A form that says hours and minutes is also read with seconds. A form of a date alone lets
    /// times be days.
    pub fn parse(name: &str, forms: Vec<String>) -> Result<Self, String> {
        let offset = match name {
            "UTC" | "Z" => Some(FixedOffset::east_opt(0).expect("no offset is a valid one")),
            "Asia/Ho_Chi_Minh" => Some(time::VIETNAM),
            other => DateTime::parse_from_rfc3339(&format!("2000-01-01T00:00:00{other}"))
                .ok()
                .map(|at| *at.offset()),
        };
        let named = || name.parse().ok().map(Clock::Named);
        let clock = offset.map(Clock::Fixed).or_else(named).ok_or_else(|| {
            format!(
                "`{name}` is not a zone; expected UTC, a name such as Asia/Ho_Chi_Minh or an offset \
                 such as +07:00"
            )
        })?;
        for form in &forms {
            let wrong = chrono::format::StrftimeItems::new(form)
                .any(|item| item == chrono::format::Item::Error);
            if wrong || form.trim().is_empty() {
                return Err(format!(
                    "`{form}` is not the form of a time, such as %d/%m/%Y %H:%M"
                ));
            }
        }
        Ok(Self { clock, forms })
    }

    /// Reads a time. Years 1900 to 9999.
    ///
    /// Tries the forms in their order, then ISO 8601, then the days since 1899-12-30 that a
    /// spreadsheet counts.
    pub fn read(&self, text: &str, part: DayEdge) -> Result<Instant, String> {
        let at = self
            .forms
            .iter()
            .find_map(|form| self.formed(text, form, part));
        let at = at
            .or_else(|| self.iso(text, part))
            .or_else(|| self.serial(text, part));
        at.filter(|at| (1900..=9999).contains(&at.year()))
            .map(time::to_micros)
            .ok_or_else(|| {
                let expected = if self.forms.is_empty() {
                    "2026-08-21T09:00:00 or 2026-08-21".to_owned()
                } else {
                    self.forms.join(" or ")
                };
                let text: String = text.chars().take(64).collect();
                format!("`{text}` is not a time of the form {expected} in the years 1900 to 9999")
            })
    }

    fn iso(&self, text: &str, part: DayEdge) -> Option<Instant> {
        if let Some(at) = plain(text.as_bytes()) {
            return self.local(at);
        }
        let with_offset = DateTime::parse_from_rfc3339(text)
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"))
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"));
        if let Ok(at) = with_offset {
            return Some(at.with_timezone(&Utc));
        }
        for form in [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ] {
            if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
                return self.local(at);
            }
        }
        self.day(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?, part)
    }

    fn formed(&self, text: &str, form: &str, part: DayEdge) -> Option<Instant> {
        if let Ok(at) = DateTime::parse_from_str(text, form) {
            return Some(at.with_timezone(&Utc));
        }
        if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
            return self.local(at);
        }
        if form.contains("%H:%M") && !form.contains("%S") {
            let form = form.replace("%H:%M", "%H:%M:%S%.f");
            if let Ok(at) = NaiveDateTime::parse_from_str(text, &form) {
                return self.local(at);
            }
        }
        self.day(NaiveDate::parse_from_str(text, form).ok()?, part)
    }

    /// The number by which a spreadsheet stores a time, to the second; a whole number is a day.
    ///
    /// Only numbers of the years 1954 to 2119, so that `2026` or `20260921` is no time.
    fn serial(&self, text: &str, part: DayEdge) -> Option<Instant> {
        let number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let days: f64 = text.parse().ok().filter(|_| number)?;
        if !(20_000.0..80_000.0).contains(&days) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "less than 80,000 days of seconds, rounded"
        )]
        let seconds = (days * 86_400.0).round() as i64;
        let first = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
        let at = first + TimeDelta::seconds(seconds);
        if text.contains('.') {
            self.local(at)
        } else {
            self.day(at.date(), part)
        }
    }

    fn day(&self, day: NaiveDate, part: DayEdge) -> Option<Instant> {
        match part {
            DayEdge::Begins => self.local(day.and_time(NaiveTime::MIN)),
            DayEdge::Ends => {
                let next = self.local(day.succ_opt()?.and_time(NaiveTime::MIN))?;
                Some(next - TimeDelta::microseconds(1))
            }
        }
    }

    /// The moment at which the clock shows this. If the clock shows it twice, the first moment; if
    /// the clock skips it, one hour later.
    fn local(&self, at: NaiveDateTime) -> Option<Instant> {
        let hour = TimeDelta::hours(1);
        let at = match self.clock {
            Clock::Fixed(offset) => offset.from_local_datetime(&at).single()?.to_utc(),
            Clock::Named(zone) => {
                let shown = |at: NaiveDateTime| zone.from_local_datetime(&at).earliest();
                match shown(at) {
                    Some(at) => at.to_utc(),
                    None => shown(at - hour)?.to_utc() + hour,
                }
            }
        };
        Some(at)
    }
}

/// `2011-10-11T11:42:22`, the form of almost every time. The general parser would cost ten times as
/// much.
fn plain(text: &[u8]) -> Option<NaiveDateTime> {
    if text.len() != 19
        || text[4] != b'-'
        || text[7] != b'-'
        || !matches!(text[10], b'T' | b' ')
        || text[13] != b':'
        || text[16] != b':'
    {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to].iter().try_fold(0_u32, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let day = NaiveDate::from_ymd_opt(
        i32::try_from(number(0, 4)?).ok()?,
        number(5, 7)?,
        number(8, 10)?,
    )?;
    day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(zone: &str, forms: &[&str], text: &str, part: DayEdge) -> Result<String, String> {
        let forms = forms.iter().map(ToString::to_string).collect();
        let zone = Zone::parse(zone, forms)?;
        zone.read(text, part).map(|at| at.to_rfc3339())
    }

    #[test]
    fn a_time_without_an_offset_is_in_the_zone_of_the_map() {
        for (zone, text, expected) in [
            ("UTC", "2011-10-11T11:42:22", "2011-10-11T11:42:22+00:00"),
            (
                "Asia/Ho_Chi_Minh",
                "2011-10-11 11:42:22",
                "2011-10-11T04:42:22+00:00",
            ),
            ("+01:00", "2011-10-11T11:42", "2011-10-11T10:42:00+00:00"),
            (
                "Europe/Amsterdam",
                "2011-10-11T11:42:22",
                "2011-10-11T09:42:22+00:00",
            ),
            (
                "Europe/Amsterdam",
                "2011-12-11T11:42:22",
                "2011-12-11T10:42:22+00:00",
            ),
            (
                "Europe/Amsterdam",
                "2011-03-27T02:30:00",
                "2011-03-27T01:30:00+00:00",
            ),
            (
                "UTC",
                "2011-10-11T11:42:22.1234567",
                "2011-10-11T11:42:22.123456+00:00",
            ),
            (
                "UTC",
                "2011-10-11T11:42:22+07:00",
                "2011-10-11T04:42:22+00:00",
            ),
        ] {
            assert_eq!(
                read(zone, &[], text, DayEdge::Begins).unwrap(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn who_is_due_on_a_day_has_the_whole_of_it() {
        let day = |part| read("Asia/Ho_Chi_Minh", &[], "2026-08-21", part).unwrap();
        assert_eq!(day(DayEdge::Begins), "2026-08-20T17:00:00+00:00");
        assert_eq!(day(DayEdge::Ends), "2026-08-21T16:59:59.999999+00:00");
    }

    #[test]
    fn a_map_may_name_other_forms_and_days_only_where_one_of_them_is_a_day() {
        let forms = ["%d/%m/%Y %H:%M", "%d-%m-%Y"];
        let at = |text| read("Asia/Ho_Chi_Minh", &forms, text, DayEdge::Begins);
        assert_eq!(at("21/08/2026 09:30").unwrap(), "2026-08-21T02:30:00+00:00");
        assert_eq!(at("1/8/2026 9:30").unwrap(), "2026-08-01T02:30:00+00:00");
        assert_eq!(
            at("21/08/2026 09:30:15").unwrap(),
            "2026-08-21T02:30:15+00:00"
        );
        assert_eq!(at("21-08-2026").unwrap(), "2026-08-20T17:00:00+00:00");
        assert!(at("21/08/2026").is_err(), "no form is such a day");
        assert!(Zone::parse("UTC", vec!["%Q".into()]).is_err());
    }

    #[test]
    fn the_numbers_of_a_spreadsheet_are_times() {
        let at = |text, part| read("Asia/Ho_Chi_Minh", &["%d/%m/%Y"], text, part);
        assert_eq!(
            at("46281.4736111111", DayEdge::Begins).unwrap(),
            "2026-09-16T04:22:00+00:00"
        );
        assert_eq!(
            at("46281", DayEdge::Begins).unwrap(),
            "2026-09-15T17:00:00+00:00"
        );
        for text in ["2026", "20260916", "-46281", "4.6e4"] {
            assert!(at(text, DayEdge::Begins).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_named() {
        for text in [
            "",
            "soon",
            "2011-13-01T00:00:00",
            "2011-02-30T00:00:00",
            "1811-02-03",
            "2011-1０-11T11:42:22",
        ] {
            assert!(read("UTC", &[], text, DayEdge::Begins).is_err(), "{text}");
        }
        assert!(Zone::parse("Mars", Vec::new()).is_err());
    }
}
