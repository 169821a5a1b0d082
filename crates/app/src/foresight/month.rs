//! A month of legal days.

use chrono::{Datelike, Months, NaiveDate};
use domain::time::{self, Instant};

/// A calendar month in Asia/Ho_Chi_Minh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month that a day lies in; none at the end of all days.
    #[must_use]
    pub fn of(day: NaiveDate) -> Option<Self> {
        let first = day.with_day(1)?;
        first.checked_add_months(Months::new(1))?;
        Some(Self { first })
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// Its first moment.
    #[must_use]
    pub fn begins(self) -> Instant {
        time::day_start(self.first)
    }

    /// The first moment after it.
    #[must_use]
    pub fn ends(self) -> Instant {
        time::day_start(self.first + Months::new(1))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}
