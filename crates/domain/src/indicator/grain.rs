//! The periods that reports come in.

use chrono::{Datelike, Days, Months, NaiveDate};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// A day.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// From the 15th of the month before to the 14th: what the forms call a month.
    /// Source: Decree 09/2019/NĐ-CP.
    OfficialMonth,
    /// Three months of the calendar.
    Quarter,
    /// A year of the calendar.
    Year,
}

/// The day of an official month on which it begins.
const OFFICIAL: u32 = 15;

impl Grain {
    /// The first day of the period that a day lies in.
    #[must_use]
    pub fn first(self, day: NaiveDate) -> NaiveDate {
        let month = day.with_day(1).unwrap_or(day);
        match self {
            Grain::Day => day,
            Grain::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Grain::Month => month,
            Grain::OfficialMonth if day.day() >= OFFICIAL => month + Days::new(14),
            Grain::OfficialMonth => month - Months::new(1) + Days::new(14),
            Grain::Quarter => month - Months::new(month.month0() % 3),
            Grain::Year => month - Months::new(month.month0()),
        }
    }

    /// The first day of the period after the one that begins on a day.
    #[must_use]
    pub fn next(self, first: NaiveDate) -> NaiveDate {
        match self {
            Grain::Day => first + Days::new(1),
            Grain::Week => first + Days::new(7),
            Grain::Month | Grain::OfficialMonth => first + Months::new(1),
            Grain::Quarter => first + Months::new(3),
            Grain::Year => first + Months::new(12),
        }
    }

    /// The periods that days lie in, from the first day to the last, both inclusive; those at the ends
    /// are cut off there.
    pub fn periods(
        self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
        let mut first = self.first(from);
        std::iter::from_fn(move || {
            let begins = Ord::max(first, from);
            first = self.next(first);
            (begins <= to).then(|| (begins, Ord::min(first - Days::new(1), to)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(grain: Grain, from: &str, to: &str) -> Vec<String> {
        let day = |text: &str| text.parse().expect("a day");
        let periods = grain.periods(day(from), day(to));
        periods.map(|(from, to)| format!("{from} {to}")).collect()
    }

    #[test]
    fn an_official_month_goes_from_the_15th_to_the_14th() {
        assert_eq!(
            told(Grain::OfficialMonth, "2026-10-15", "2027-01-14"),
            [
                "2026-10-15 2026-11-14",
                "2026-11-15 2026-12-14",
                "2026-12-15 2027-01-14",
            ]
        );
        let first = |day: &str| Grain::OfficialMonth.first(day.parse().expect("a day"));
        assert_eq!(first("2026-11-14").to_string(), "2026-10-15");
        assert_eq!(first("2026-01-01").to_string(), "2025-12-15");
    }

    #[test]
    fn periods_follow_each_other_without_a_gap_and_end_with_the_days_asked_for() {
        assert_eq!(
            told(Grain::Week, "2026-11-26", "2026-12-08"),
            [
                "2026-11-26 2026-11-29",
                "2026-11-30 2026-12-06",
                "2026-12-07 2026-12-08",
            ]
        );
        assert_eq!(told(Grain::Quarter, "2026-11-15", "2027-02-01").len(), 2);
        assert_eq!(told(Grain::Year, "2026-01-01", "2026-12-31").len(), 1);
        assert_eq!(told(Grain::Day, "2026-02-28", "2026-03-01").len(), 2);
        assert!(told(Grain::Month, "2026-03-02", "2026-03-01").is_empty());
    }
}
