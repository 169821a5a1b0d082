//! The parts that all forms share: the two heads, moments in full, and the number of prints.

use chrono::{Datelike, Timelike};
use domain::time::{self, Instant};
use minijinja::{Value, context};

use crate::form::Form;

/// The heads of a form: the agency on the left, place and day on the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The agency: `Ủy ban nhân dân phường Minh Xuân`.
    pub agency: String,
    /// The place before the day: `Minh Xuân`.
    pub place: String,
    /// The day.
    pub day: Instant,
    /// The version of the form.
    pub form: Form,
    /// How often the form has been printed, including this time.
    pub printed: Printed,
}

/// How often a form has been printed, including this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed(pub u32);

impl Printed {
    /// `In lại lần 2` on the second print, which counts all prints so far. None on the first print.
    #[must_use]
    pub fn words(self) -> Option<String> {
        (self.0 > 1).then(|| format!("In lại lần {}", self.0))
    }
}

impl Head {
    /// The agency in lines as on letterheads: `Ủy ban nhân dân`, then the rest.
    #[must_use]
    pub fn agency_lines(&self) -> Vec<&str> {
        const COMMITTEE: &str = "Ủy ban nhân dân ";
        match self.agency.strip_prefix(COMMITTEE) {
            Some(of_what) => vec![COMMITTEE.trim_end(), of_what],
            None => vec![&self.agency],
        }
    }

    /// The heads, as layouts name them.
    pub(crate) fn values(&self) -> Value {
        let lines = self.agency_lines().into_iter().map(Value::from);
        context! {
            agency => self.agency.as_str(),
            agency_lines => lines.collect::<Vec<_>>(),
            place_and_day => self.place_and_day(),
            number => self.form.number.as_str(),
            title => self.form.title.as_str(),
            again => self.printed.words(),
        }
    }

    /// `Minh Xuân, ngày 30 tháng 11 năm 2026`.
    #[must_use]
    pub fn place_and_day(&self) -> String {
        format!("{}, {}", self.place, day(self.day))
    }
}

/// `ngày 30 tháng 11 năm 2026`. Days below 10, and the months 1 and 2, have a leading zero. Source:
/// Decree 30/2020/NĐ-CP, Annex I, Part II, I.4.
pub(crate) fn day(at: Instant) -> String {
    let day = time::local_day(at);
    let month = match day.month() {
        month @ 1..=2 => format!("0{month}"),
        month => month.to_string(),
    };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}

/// `17 giờ 00 phút, ngày 03 tháng 12 năm 2026`.
pub(crate) fn moment(at: Instant) -> String {
    let wall = time::local(at);
    format!(
        "{:02} giờ {:02} phút, {}",
        wall.hour(),
        wall.minute(),
        day(at)
    )
}

/// `30/11/2026`; empty without a moment.
pub(crate) fn short(at: Option<Instant>) -> String {
    at.map_or_else(String::new, |at| {
        time::local(at).format("%d/%m/%Y").to_string()
    })
}

/// `17:00 30/11/2026`; empty without a moment.
pub(crate) fn short_moment(at: Option<Instant>) -> String {
    let shown = |at| time::local(at).format("%H:%M %d/%m/%Y").to_string();
    at.map_or_else(String::new, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_written_as_official_letters_write_them() {
        assert_eq!(day(at("2026-11-30T01:00:00Z")), "ngày 30 tháng 11 năm 2026");
        assert_eq!(day(at("2026-02-03T01:00:00Z")), "ngày 03 tháng 02 năm 2026");
        assert_eq!(day(at("2026-03-03T01:00:00Z")), "ngày 03 tháng 3 năm 2026");
        assert_eq!(
            moment(at("2026-12-03T10:00:00Z")),
            "17 giờ 00 phút, ngày 03 tháng 12 năm 2026"
        );
    }

    #[test]
    fn only_what_is_printed_again_says_so() {
        assert_eq!(Printed(1).words(), None);
        assert_eq!(Printed(2).words().as_deref(), Some("In lại lần 2"));
    }
}
