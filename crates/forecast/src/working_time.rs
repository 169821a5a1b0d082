//! Working time as one number: how many working days have passed.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use domain::calendar::{Calendar, Error};
use domain::deadline;
use domain::limit::Limit;
use domain::time::{Instant, day_start, instant, local};

use crate::stretches::Stretches;

/// The local time of an office: converts between moments and wall clocks.
pub trait LocalTime: Send + Sync {
    /// What the wall clock shows at a moment.
    fn wall(&self, at: Instant) -> NaiveDateTime;
    /// The first moment at which the wall clock shows at least this.
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

/// Time as one office counts it: by its calendar, or without a pause.
///
/// A position counts open time since the calendar's first day, in working days of average length.
/// It is a coordinate for statistics, never a due time, because legal limits in days and in hours
/// do not convert into each other.
pub struct WorkingTime {
    counts: Counts,
    zone: Box<dyn LocalTime>,
    opens: Instant,
    /// The open time of the calendar; empty if all time counts.
    stretches: Stretches,
    /// Open microseconds of an average working day.
    day: f64,
}

/// What counts as time.
enum Counts {
    /// The open time of a calendar.
    Open(Calendar),
    /// All time between two days, nights and days off included: for limits in elapsed hours.
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

/// A moment, and how much working time has passed by then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WorkMoment {
    pub micros: i64,
    /// Working days since the calendar's first day.
    pub day: f64,
    /// The local day, counted from the first of the common era.
    pub date: i32,
}

impl WorkMoment {
    pub fn before(self, other: WorkMoment) -> bool {
        self.micros < other.micros
    }

    /// The local weekday, 0 for Monday.
    pub fn weekday(self) -> u8 {
        // The first day of the common era was a Monday.
        (self.date - 1).rem_euclid(7) as u8
    }

    /// The weekday times four, plus the quarter of the working day.
    pub fn phase(self) -> u8 {
        let quarter = (self.day.fract().clamp(0.0, 1.0) * 4.0) as u8;
        self.weekday() * 4 + quarter.min(3)
    }

    pub fn earlier(self, other: WorkMoment) -> WorkMoment {
        if other.before(self) { other } else { self }
    }
}

impl WorkingTime {
    /// Working time by a calendar, whose days are local days of `zone`.
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
            stretches: stretches(&calendar, zone.as_ref()),
            counts: Counts::Open(calendar),
            zone,
            opens,
            day: if day > 0.0 { day } else { 8.0 * 3_600e6 },
        }
    }

    /// Time without a pause, over the days of a calendar: nights and days off count.
    #[must_use]
    pub fn elapsed(calendar: &Calendar, zone: Box<dyn LocalTime>) -> WorkingTime {
        let (first, last) = (calendar.first_day(), calendar.last_day());
        WorkingTime {
            counts: Counts::Elapsed(first, last),
            stretches: Stretches::default(),
            opens: zone.moment(first.and_time(NaiveTime::MIN)),
            zone,
            day: 24.0 * 3_600e6,
        }
    }

    /// How the days of this time read in hours.
    #[must_use]
    pub fn scale(&self) -> TimeScale {
        TimeScale {
            hours_a_day: self.day / 3_600e6,
            elapsed: matches!(self.counts, Counts::Elapsed(..)),
        }
    }

    /// When a limit that begins at `start` ends, counted as the law does, in local time.
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

    /// The moment at which clocks in Việt Nam show what the office's clock shows at `at`. Calendars
    /// count in that time.
    fn shown(&self, at: Instant) -> Instant {
        let wall = self.zone.wall(at);
        instant(wall.date(), wall.time())
    }

    /// The first moment at which the office's clock shows at least this.
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

    /// The working days that have passed from the calendar's first day to a moment.
    pub fn position(&self, at: Instant) -> Result<f64, Error> {
        let micros = at.timestamp_micros();
        match self.stretches.at(micros) {
            Some(stretch) => Ok(stretch.passed(micros) as f64 / self.day),
            None => self.counted_position(at),
        }
    }

    /// [`WorkingTime::position`] by the calendar itself, which can say why a moment lies outside.
    fn counted_position(&self, at: Instant) -> Result<f64, Error> {
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
        let reached = self.stretches.reached(self.open_micros(position));
        match reached.and_then(|(micros, _)| DateTime::from_timestamp_micros(micros)) {
            Some(at) => Ok(at),
            None => self.counted_moment_of(position),
        }
    }

    /// [`WorkingTime::moment_of`], with the position and the local day.
    pub(crate) fn reached(&self, position: f64) -> Result<WorkMoment, Error> {
        match self.stretches.reached(self.open_micros(position)) {
            Some((micros, stretch)) => Ok(WorkMoment {
                micros,
                day: stretch.passed(micros) as f64 / self.day,
                date: stretch.date,
            }),
            None => self.moment(self.counted_moment_of(position)?),
        }
    }

    fn open_micros(&self, position: f64) -> i64 {
        (position * self.day).round() as i64
    }

    fn counted_moment_of(&self, position: f64) -> Result<Instant, Error> {
        let open = TimeDelta::microseconds(self.open_micros(position));
        match &self.counts {
            Counts::Open(calendar) => Ok(self.unshown(calendar.add_open_time(self.opens, open)?)),
            Counts::Elapsed(..) => {
                let at = self.opens + open;
                self.knows(at).map(|()| at)
            }
        }
    }

    /// When a day opens; none on a day that does not.
    fn opening(&self, day: NaiveDate) -> Result<Option<Instant>, Error> {
        Ok(match &self.counts {
            Counts::Open(calendar) => calendar.opening(day)?.map(|at| self.unshown(at)),
            Counts::Elapsed(..) => Some(self.zone.moment(day.and_time(NaiveTime::MIN))),
        })
    }

    /// The office's last opening at or before a moment.
    ///
    /// Before the calendar's first opening it is the moment itself.
    pub(crate) fn opened(&self, at: Instant) -> Result<Instant, Error> {
        let stretch = self.stretches.at(at.timestamp_micros());
        let opening = stretch.and_then(|stretch| DateTime::from_timestamp_micros(stretch.opens));
        if let Some(opening) = opening {
            return Ok(opening);
        }
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

    /// The office's openings after one moment and up to another.
    pub(crate) fn openings(&self, after: Instant, until: Instant) -> Result<Vec<Instant>, Error> {
        let found = self
            .stretches
            .openings(after.timestamp_micros(), until.timestamp_micros());
        if let Some(found) = found {
            return Ok(found.filter_map(DateTime::from_timestamp_micros).collect());
        }
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

    /// The positions at which the first of some local days begins and the last ends; none outside
    /// the calendar.
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
        let micros = at.timestamp_micros();
        if let Some(stretch) = self.stretches.at(micros).filter(|it| it.holds(micros)) {
            return Ok(WorkMoment {
                micros,
                day: stretch.passed(micros) as f64 / self.day,
                date: stretch.date,
            });
        }
        let day = self.local_day(at);
        Ok(WorkMoment {
            micros: at.timestamp_micros(),
            day: self.position(at)?,
            date: day.num_days_from_ce(),
        })
    }

    /// The local day of a moment.
    #[must_use]
    pub fn local_day(&self, at: Instant) -> NaiveDate {
        self.zone.wall(at).date()
    }

    /// For each working day, in order, the moment at which 95 % of its open time has passed.
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

/// The open time of a calendar in the local time of a zone.
///
/// Empty if clocks change during open hours, because an hour on the wall is then not an hour; the
/// calendar itself counts instead.
fn stretches(calendar: &Calendar, zone: &dyn LocalTime) -> Stretches {
    let days = calendar.first_day().iter_days();
    let days = days.take_while(|day| *day <= calendar.last_day());
    let laid = days.map(|day| {
        let shown = |clock: i64| {
            let wall = day.and_time(NaiveTime::MIN) + TimeDelta::microseconds(clock);
            zone.moment(wall).timestamp_micros()
        };
        let open = calendar.opens(day).ok()?.iter();
        let open = open.map(|&(from, to)| {
            let laid = (shown(from), shown(to));
            (laid.1 - laid.0 == to - from).then_some(laid)
        });
        Some((day, open.collect::<Option<Vec<_>>>()?))
    });
    let laid = laid.collect::<Option<Vec<_>>>();
    Stretches::new(laid.unwrap_or_default().into_iter())
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveTime, TimeDelta};
    use domain::calendar::{Calendar, Hours};
    use domain::time::day_start;

    use super::{VietNam, WorkingTime};

    #[test]
    fn moments_found_among_stretches_are_those_that_the_calendar_counts() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        let hours = Hours {
            from: day(2),
            opens: vec![(time(8), time(12)), (time(13), time(17))],
        };
        let calendar = Calendar::new("lunch", day(2), day(13), &[], &[hours]);
        let office = WorkingTime::new(calendar.expect("a calendar"), Box::new(VietNam));
        for quarter in 0..48 * 11 {
            let at = day_start(day(2)) + TimeDelta::minutes(30 * quarter);
            let counted = office.counted_position(at).expect("a day of it");
            assert_eq!(office.position(at).expect("a day of it"), counted, "{at}");
        }
        for eighths in 1..=80 {
            let position = f64::from(eighths) / 8.0;
            let counted = office.counted_moment_of(position).expect("open time");
            assert_eq!(office.moment_of(position).expect("open time"), counted);
            let laid = office.moment(counted).expect("a day of it");
            assert_eq!(office.reached(position).expect("open time"), laid);
        }
        assert_eq!(office.position(day_start(day(1))).expect("before all"), 0.0);
        assert!(office.position(day_start(day(15))).is_err());
        assert!(office.moment_of(11.0).is_err());
    }
}
