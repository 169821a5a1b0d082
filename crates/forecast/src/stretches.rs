//! The open time of a calendar as one list.
//!
//! A fit asks for millions of moments. With this list each costs one binary search and no date
//! arithmetic.

use chrono::{Datelike, NaiveDate};

/// A stretch of open time without a pause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenStretch {
    /// The first and last microsecond, since the Unix epoch.
    pub from: i64,
    pub to: i64,
    /// When the day of the stretch opened.
    pub opens: i64,
    /// Open microseconds before the stretch.
    before: i64,
    /// The local day, counted from the first of the common era.
    pub date: i32,
}

/// All the open time of a calendar, in order.
#[derive(Debug, Default)]
pub(crate) struct Stretches(Vec<OpenStretch>);

impl Stretches {
    /// Builds the list from days, in order, with the stretches of each.
    pub fn new(days: impl Iterator<Item = (NaiveDate, Vec<(i64, i64)>)>) -> Stretches {
        let mut before = 0;
        let mut stretches = Vec::new();
        for (day, open) in days {
            let Some((opens, _)) = open.first().copied() else {
                continue;
            };
            for (from, to) in open {
                stretches.push(OpenStretch {
                    from,
                    to,
                    opens,
                    before,
                    date: day.num_days_from_ce(),
                });
                before += to - from;
            }
        }
        Stretches(stretches)
    }

    /// The stretch that holds a moment, or the last one before it; none before the first stretch or
    /// after the last.
    pub fn at(&self, micros: i64) -> Option<OpenStretch> {
        let place = self.0.partition_point(|stretch| stretch.from <= micros);
        let is_last = place == self.0.len();
        let stretch = self.0.get(place.checked_sub(1)?)?;
        (!is_last || micros <= stretch.to).then_some(*stretch)
    }

    /// The first moment by which so many open microseconds, at least one, have passed, with its
    /// stretch; none beyond the calendar.
    pub fn reached(&self, open: i64) -> Option<(i64, OpenStretch)> {
        let place = self.0.partition_point(|stretch| stretch.before < open);
        let stretch = self.0.get(place.checked_sub(1)?)?;
        let at = stretch.from + (open - stretch.before);
        (at <= stretch.to).then_some((at, *stretch))
    }

    /// The openings of days after one moment and up to another; none if the calendar does not reach
    /// that far.
    pub fn openings(&self, after: i64, until: i64) -> Option<impl Iterator<Item = i64>> {
        self.at(after)?;
        self.at(until)?;
        let from = self.0.partition_point(|stretch| stretch.from <= after);
        let to = self.0.partition_point(|stretch| stretch.from <= until);
        let days = self.0[from..to].iter();
        Some(
            days.filter(|stretch| stretch.from == stretch.opens)
                .map(|stretch| stretch.from),
        )
    }
}

impl OpenStretch {
    /// Whether a moment lies in the stretch.
    pub fn holds(&self, micros: i64) -> bool {
        (self.from..=self.to).contains(&micros)
    }

    /// Open microseconds that have passed by a moment not before the stretch.
    pub fn passed(&self, micros: i64) -> i64 {
        self.before + (micros.min(self.to) - self.from)
    }
}
