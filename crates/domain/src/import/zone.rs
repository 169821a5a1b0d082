//! Times as other systems write them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::time::{self, Instant};

/// How the times of a file are read that do not carry their offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    offset: FixedOffset,
    /// Another form than ISO 8601, as chrono writes it: `%d/%m/%Y %H:%M`.
    form: Option<String>,
}

/// What a time without its time of day stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The beginning of the day.
    Begins,
    /// Its end: who is due on a day has the whole of it.
    Ends,
}

impl Zone {
    /// A zone by name: `UTC`, `Asia/Ho_Chi_Minh`, or an offset such as `+07:00`.
    pub fn parse(name: &str, form: Option<String>) -> Result<Self, String> {
        let offset = match name {
            "UTC" | "Z" => Some(FixedOffset::east_opt(0).expect("no offset is a valid one")),
            "Asia/Ho_Chi_Minh" => Some(time::VIETNAM),
            other => DateTime::parse_from_rfc3339(&format!("2000-01-01T00:00:00{other}"))
                .ok()
                .map(|at| *at.offset()),
        };
        let offset = offset.ok_or_else(|| {
            format!(
                "`{name}` is not a zone; expected UTC, Asia/Ho_Chi_Minh or an offset such as +07:00"
            )
        })?;
        if let Some(form) = &form
            && chrono::format::StrftimeItems::new(form)
                .any(|item| item == chrono::format::Item::Error)
        {
            return Err(format!(
                "`{form}` is not the form of a time, such as %d/%m/%Y %H:%M"
            ));
        }
        Ok(Self { offset, form })
    }

    /// Reads a time. Years 1900 to 9999.
    pub fn read(&self, text: &str, part: Part) -> Result<Instant, String> {
        let at = match &self.form {
            Some(form) => self.formed(text, form, part),
            None => self.iso(text, part),
        };
        at.filter(|at| (1900..=9999).contains(&at.year()))
            .map(time::to_micros)
            .ok_or_else(|| {
                let expected = self
                    .form
                    .as_deref()
                    .unwrap_or("2026-08-21T09:00:00 or 2026-08-21");
                let text: String = text.chars().take(64).collect();
                format!("`{text}` is not a time of the form {expected} in the years 1900 to 9999")
            })
    }

    fn iso(&self, text: &str, part: Part) -> Option<Instant> {
        if let Some(at) = plain(text.as_bytes()) {
            return self.local(at);
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
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

    fn formed(&self, text: &str, form: &str, part: Part) -> Option<Instant> {
        if let Ok(at) = DateTime::parse_from_str(text, form) {
            return Some(at.with_timezone(&Utc));
        }
        match NaiveDateTime::parse_from_str(text, form) {
            Ok(at) => self.local(at),
            Err(_without_time) => self.day(NaiveDate::parse_from_str(text, form).ok()?, part),
        }
    }

    fn day(&self, day: NaiveDate, part: Part) -> Option<Instant> {
        match part {
            Part::Begins => self.local(day.and_time(NaiveTime::MIN)),
            Part::Ends => {
                let next = self.local(day.succ_opt()?.and_time(NaiveTime::MIN))?;
                Some(next - chrono::TimeDelta::microseconds(1))
            }
        }
    }

    fn local(&self, at: NaiveDateTime) -> Option<Instant> {
        at.and_local_timezone(self.offset)
            .single()
            .map(|at| at.with_timezone(&Utc))
    }
}

/// `2011-10-11T11:42:22`, the form of almost every time; read without the general parser,
/// which costs ten times as much.
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

    fn read(zone: &str, form: Option<&str>, text: &str, part: Part) -> Result<String, String> {
        let zone = Zone::parse(zone, form.map(ToOwned::to_owned))?;
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
                read(zone, None, text, Part::Begins).unwrap(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn who_is_due_on_a_day_has_the_whole_of_it() {
        let day = |part| read("Asia/Ho_Chi_Minh", None, "2026-08-21", part).unwrap();
        assert_eq!(day(Part::Begins), "2026-08-20T17:00:00+00:00");
        assert_eq!(day(Part::Ends), "2026-08-21T16:59:59.999999+00:00");
    }

    #[test]
    fn a_map_may_name_another_form() {
        let form = Some("%d/%m/%Y %H:%M");
        let at = read("Asia/Ho_Chi_Minh", form, "21/08/2026 09:30", Part::Begins).unwrap();
        assert_eq!(at, "2026-08-21T02:30:00+00:00");
        assert!(read("UTC", form, "2026-08-21 09:30", Part::Begins).is_err());
        assert!(Zone::parse("UTC", Some("%Q".into())).is_err());
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
            assert!(read("UTC", None, text, Part::Begins).is_err(), "{text}");
        }
        assert!(Zone::parse("Europe/Amsterdam", None).is_err());
    }
}
