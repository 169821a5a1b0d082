//! Working time as one number: how many working days have passed.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use domain::calendar::{Calendar, Error};
use domain::deadline;
use domain::limit::Limit;
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

/// Time as one place counts it: by its calendar, or without a pause.
///
/// A position counts open time since the first day, in working days of average length. It is a
/// coordinate for statistics, never a due time: legal limits in days and in hours do not convert
/// into each other.
pub struct WorkingTime {
    counts: Counts,
    zone: Box<dyn LocalTime>,
    opens: Instant,
    /// Open microseconds of an average working day.
    day: f64,
}

/// What passes as time.
enum Counts {
    /// The open time of a calendar.
    Open(Calendar),
    /// All of it, nights and days off included, between two days: for limits in elapsed hours.
    Elapsed(NaiveDate, NaiveDate),
}

/// How days of a [`WorkingTime`] read in hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale {
    /// Hours of an average day.
    pub hours_a_day: f64,
    /// Whether nights and days off count.
    pub elapsed: bool,
}

/// A moment and how much working time had passed by then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WorkMoment {
    pub micros: i64,
    /// Working days since the calendar's first day.
    pub day: f64,
    /// The local one, Monday 0.
    pub weekday: u8,
    /// The local day, counted from the first of the common era.
    pub date: i32,
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
            counts: Counts::Open(calendar),
            zone,
            opens,
            day: if day > 0.0 { day } else { 8.0 * 3_600e6 },
        }
    }

    /// Time that passes by night and on days off too, over the days of a calendar.
    #[must_use]
    pub fn elapsed(calendar: &Calendar, zone: Box<dyn LocalTime>) -> WorkingTime {
        let (first, last) = (calendar.first_day(), calendar.last_day());
        WorkingTime {
            counts: Counts::Elapsed(first, last),
            opens: zone.moment(first.and_time(NaiveTime::MIN)),
            zone,
            day: 24.0 * 3_600e6,
        }
    }

    /// How its days read in hours.
    #[must_use]
    pub fn scale(&self) -> TimeScale {
        TimeScale {
            hours_a_day: self.day / 3_600e6,
            elapsed: matches!(self.counts, Counts::Elapsed(..)),
        }
    }

    /// When a limit ends that begins at a moment, as the law counts it on these walls.
    pub fn due(&self, start: Instant, limit: Limit) -> Result<Instant, Error> {
        match (&self.counts, limit) {
            (_, Limit::ElapsedHours(hours)) => Ok(start + TimeDelta::hours(i64::from(hours))),
            (Counts::Open(calendar), limit) => {
                let due = deadline::due(self.shown(start), limit, calendar)?;
                Ok(self.unshown(due.at))
            }
            (Counts::Elapsed(..), limit) => {
                let days = match limit {
                    Limit::WorkingDays(days) | Limit::CalendarDays(days) => i64::from(days),
                    Limit::CalendarMonths(months) => i64::from(months) * 30,
                    Limit::WorkingHours(_) | Limit::ElapsedHours(_) | Limit::SameDay => 1,
                };
                Ok(start + TimeDelta::days(days))
            }
        }
    }

    /// A moment as the walls show it, read as if they stood in Viet Nam, where calendars count.
    fn shown(&self, at: Instant) -> Instant {
        let wall = self.zone.wall(at);
        instant(wall.date(), wall.time())
    }

    /// The first moment at which the wall clock reads at least this.
    pub(crate) fn at(&self, wall: NaiveDateTime) -> Instant {
        self.zone.moment(wall)
    }

    fn unshown(&self, shown: Instant) -> Instant {
        self.zone.moment(local(shown).naive_local())
    }

    fn knows(&self, at: Instant) -> Result<(), Error> {
        match &self.counts {
            Counts::Open(_) => Ok(()),
            Counts::Elapsed(first, last) => {
                let day = self.local_day(at);
                if day < *first {
                    Err(Error::Begins { first_day: *first })
                } else if day > *last {
                    Err(Error::Ends { last_day: *last })
                } else {
                    Ok(())
                }
            }
        }
    }

    /// The working days that have passed by a moment since the calendar's first day.
    pub fn position(&self, at: Instant) -> Result<f64, Error> {
        let open = match &self.counts {
            Counts::Open(calendar) => calendar.open_time_between(self.opens, self.shown(at))?,
            Counts::Elapsed(..) => {
                self.knows(at)?;
                at - self.opens
            }
        };
        Ok(open.num_microseconds().unwrap_or(i64::MAX) as f64 / self.day)
    }

    /// The first moment by which so many working days have passed.
    pub fn moment_of(&self, position: f64) -> Result<Instant, Error> {
        let open = TimeDelta::microseconds((position * self.day).round() as i64);
        match &self.counts {
            Counts::Open(calendar) => Ok(self.unshown(calendar.add_open_time(self.opens, open)?)),
            Counts::Elapsed(..) => {
                let at = self.opens + open;
                self.knows(at).map(|()| at)
            }
        }
    }

    /// When a day's time begins; none on a day without any.
    fn opening(&self, day: NaiveDate) -> Result<Option<Instant>, Error> {
        Ok(match &self.counts {
            Counts::Open(calendar) => calendar.opening(day)?.map(|at| self.unshown(at)),
            Counts::Elapsed(..) => Some(self.zone.moment(day.and_time(NaiveTime::MIN))),
        })
    }

    /// The last moment, up to this one, at which the office opened for the day.
    ///
    /// Before the calendar's first opening it is that moment itself.
    pub(crate) fn opened(&self, at: Instant) -> Result<Instant, Error> {
        let mut day = self.local_day(at);
        loop {
            if let Some(opening) = self.opening(day)?.filter(|opening| *opening <= at) {
                return Ok(opening);
            }
            match day.pred_opt().filter(|day| *day >= self.days().0) {
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
            openings.extend(self.opening(day)?);
        }
        openings.retain(|opening| after < *opening && *opening <= until);
        Ok(openings)
    }

    /// The first and last day of the calendar.
    pub(crate) fn days(&self) -> (NaiveDate, NaiveDate) {
        match &self.counts {
            Counts::Open(calendar) => (calendar.first_day(), calendar.last_day()),
            Counts::Elapsed(first, last) => (*first, *last),
        }
    }

    /// The positions between which some local days lie; none outside the calendar.
    pub(crate) fn stretch(&self, first: NaiveDate, last: NaiveDate) -> Option<(f64, f64)> {
        let midnight = |day: NaiveDate| {
            let at = self.zone.moment(day.and_time(NaiveTime::MIN));
            self.position(at).ok()
        };
        Some((midnight(first)?, midnight(last.succ_opt()?)?))
    }

    /// The working days among some local days.
    pub(crate) fn working_days(&self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let days = first.iter_days().take_while(|day| *day <= last);
        days.filter(|day| match &self.counts {
            Counts::Open(calendar) => calendar.is_working_day(*day).unwrap_or(false),
            Counts::Elapsed(..) => true,
        })
        .collect()
    }

    pub(crate) fn moment(&self, at: Instant) -> Result<WorkMoment, Error> {
        let day = self.local_day(at);
        Ok(WorkMoment {
            micros: at.timestamp_micros(),
            day: self.position(at)?,
            weekday: day.weekday().num_days_from_monday() as u8,
            date: day.num_days_from_ce(),
        })
    }

    /// The local day of a moment.
    #[must_use]
    pub fn local_day(&self, at: Instant) -> NaiveDate {
        self.zone.wall(at).date()
    }

    /// The moment of each working day at which 95 % of its open time has passed, in order.
    pub(crate) fn evenings(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<WorkMoment>, Error> {
        let mut evenings = Vec::new();
        for day in self.working_days(first, last) {
            let evening = match &self.counts {
                Counts::Open(calendar) => {
                    let (Some(opens), Some(closes)) =
                        (calendar.opening(day)?, calendar.closing(day)?)
                    else {
                        continue;
                    };
                    let open = calendar.open_time_between(opens, closes)?;
                    self.unshown(calendar.add_open_time(opens, open * 19 / 20)?)
                }
                Counts::Elapsed(..) => {
                    self.zone.moment(day.and_time(NaiveTime::MIN)) + TimeDelta::minutes(24 * 57)
                }
            };
            evenings.push(self.moment(evening)?);
        }
        Ok(evenings)
    }
}
