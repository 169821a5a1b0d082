//! Working time as one number: how many working days have passed.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use domain::calendar::{Calendar, Error};
use domain::time::{Instant, day_start, instant, local};

/// How the clocks on the office's walls read.
pub trait LocalTime: Send + Sync {
    /// The wall clock at a moment.
    fn wall(&self, at: Instant) -> NaiveDateTime;
    /// The first moment at which the wall clock reads at least this.
    fn moment(&self, wall: NaiveDateTime) -> Instant;
}

/// Asia/Ho_Chi_Minh.
#[derive(Debug, Clone, Copy)]
pub struct VietNam;

impl LocalTime for VietNam {
    fn wall(&self, at: Instant) -> NaiveDateTime {
        local(at).naive_local()
    }

    fn moment(&self, wall: NaiveDateTime) -> Instant {
        instant(wall.date(), wall.time())
    }
}

/// A calendar on the walls of one place.
///
/// A position counts open time since the calendar's first day, in working days
/// of average length. It is a coordinate for statistics, never a due time: legal
/// limits in days and in hours do not convert into each other.
pub struct WorkingTime {
    calendar: Calendar,
    zone: Box<dyn LocalTime>,
    opens: Instant,
    /// Open microseconds of an average working day.
    day: f64,
}

/// A moment and how much working time had passed by then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WorkMoment {
    pub micros: i64,
    /// Working days since the calendar's first day.
    pub day: f64,
    /// The local one, Monday 0.
    pub weekday: u8,
}

impl WorkMoment {
    pub fn before(self, other: WorkMoment) -> bool {
        self.micros < other.micros
    }

    /// The weekday times four, and the quarter of the working day.
    pub fn phase(self) -> u8 {
        let quarter = (self.day.fract().clamp(0.0, 1.0) * 4.0) as u8;
        self.weekday * 4 + quarter.min(3)
    }

    pub fn earlier(self, other: WorkMoment) -> WorkMoment {
        if other.before(self) { other } else { self }
    }
}

impl WorkingTime {
    /// Puts a calendar, whose days are local days of the zone, on the wall.
    #[must_use]
    pub fn new(calendar: Calendar, zone: Box<dyn LocalTime>) -> WorkingTime {
        let opens = day_start(calendar.first_day());
        let closes = day_start(calendar.last_day());
        let open = calendar
            .open_time_between(opens, closes)
            .unwrap_or_default();
        let days = calendar.first_day().iter_days();
        let days = days.take_while(|day| *day < calendar.last_day());
        let worked = days
            .filter(|day| calendar.is_working_day(*day).unwrap_or(false))
            .count();
        let open = open.num_microseconds().unwrap_or(i64::MAX) as f64;
        let day = open / worked.max(1) as f64;
        WorkingTime {
            calendar,
            zone,
            opens,
            day: if day > 0.0 { day } else { 8.0 * 3_600e6 },
        }
    }

    /// How many open hours an average working day has.
    #[must_use]
    pub fn hours_a_day(&self) -> f64 {
        self.day / 3_600e6
    }

    /// The working days that have passed by a moment since the calendar's first day.
    pub fn position(&self, at: Instant) -> Result<f64, Error> {
        let wall = self.zone.wall(at);
        let shown = instant(wall.date(), wall.time());
        let open = self.calendar.open_time_between(self.opens, shown)?;
        Ok(open.num_microseconds().unwrap_or(i64::MAX) as f64 / self.day)
    }

    /// The first moment by which so many working days have passed.
    pub fn moment_of(&self, position: f64) -> Result<Instant, Error> {
        let open = TimeDelta::microseconds((position * self.day).round() as i64);
        let shown = self.calendar.add_open_time(self.opens, open)?;
        Ok(self.zone.moment(local(shown).naive_local()))
    }

    /// The last moment, up to this one, at which the office opened for the day.
    ///
    /// Before the calendar's first opening it is that moment itself.
    pub(crate) fn opened(&self, at: Instant) -> Result<Instant, Error> {
        let wall = self.zone.wall(at);
        let shown = instant(wall.date(), wall.time());
        let mut day = wall.date();
        loop {
            let opening = self.calendar.opening(day)?;
            if let Some(opening) = opening.filter(|opening| *opening <= shown) {
                return Ok(self.zone.moment(local(opening).naive_local()));
            }
            match day
                .pred_opt()
                .filter(|day| *day >= self.calendar.first_day())
            {
                Some(before) => day = before,
                None => return Ok(at),
            }
        }
    }

    /// When the office opens on each working day after a moment and up to another.
    pub(crate) fn openings(&self, after: Instant, until: Instant) -> Result<Vec<Instant>, Error> {
        let mut openings = Vec::new();
        let last = self.local_day(until);
        let days = self.local_day(after).iter_days();
        for day in days.take_while(|day| *day <= last) {
            if let Some(opening) = self.calendar.opening(day)? {
                openings.push(self.zone.moment(local(opening).naive_local()));
            }
        }
        openings.retain(|opening| after < *opening && *opening <= until);
        Ok(openings)
    }

    /// The first and last day of the calendar.
    pub(crate) fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.calendar.first_day(), self.calendar.last_day())
    }

    /// The positions between which some local days lie; none outside the calendar.
    pub(crate) fn stretch(&self, first: NaiveDate, last: NaiveDate) -> Option<(f64, f64)> {
        let midnight = |day: NaiveDate| {
            let open = self
                .calendar
                .open_time_between(self.opens, day_start(day))
                .ok()?;
            Some(open.num_microseconds()? as f64 / self.day)
        };
        Some((midnight(first)?, midnight(last.succ_opt()?)?))
    }

    /// The working days among some local days.
    pub(crate) fn working_days(&self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let days = first.iter_days().take_while(|day| *day <= last);
        days.filter(|day| self.calendar.is_working_day(*day).unwrap_or(false))
            .collect()
    }

    pub(crate) fn moment(&self, at: Instant) -> Result<WorkMoment, Error> {
        Ok(WorkMoment {
            micros: at.timestamp_micros(),
            day: self.position(at)?,
            weekday: self.local_day(at).weekday().num_days_from_monday() as u8,
        })
    }

    pub(crate) fn local_day(&self, at: Instant) -> NaiveDate {
        self.zone.wall(at).date()
    }

    /// The moment of each working day at which 95 % of its open time has passed, in order.
    pub(crate) fn evenings(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<WorkMoment>, Error> {
        let mut evenings = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            let (Some(opens), Some(closes)) =
                (self.calendar.opening(day)?, self.calendar.closing(day)?)
            else {
                continue;
            };
            let open = self.calendar.open_time_between(opens, closes)?;
            let shown = self.calendar.add_open_time(opens, open * 19 / 20)?;
            evenings.push(self.moment(self.zone.moment(local(shown).naive_local()))?);
        }
        Ok(evenings)
    }
}
