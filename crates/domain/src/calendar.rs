//! Which days and hours an office works (*lịch làm việc*).
//!
//! A calendar is built once from the published days and the counted hours, and
//! then answers every question by looking up sums: no answer walks the days.
//! Counted hours are not desk hours: a desk open on a Saturday morning receives
//! dossiers, but that morning counts towards no deadline.

mod invalid;
mod outage;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday};
use serde::{Deserialize, Serialize};

use crate::id::{ProcedureCode, UnitCode};
use crate::time::{Instant, day_start, local};

pub use invalid::InvalidCalendar;
pub use outage::Outage;

/// Why a day differs from its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A public holiday (*nghỉ lễ, Tết*): Labour Code 2019, Article 112.
    Holiday,
    /// A working day given off in exchange for a make-up day (*nghỉ hoán đổi*).
    SwapOff,
    /// A day off for a holiday that fell on a weekend (*nghỉ bù*): Labour Code 2019, Article 111(3).
    Compensatory,
    /// A weekend day worked in exchange for a swapped one (*làm bù*), with ordinary hours.
    MakeUp,
}

/// A published day that differs from its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// The legal day.
    pub date: NaiveDate,
    /// What kind of day it is.
    pub kind: DayKind,
    /// The name as published, in Vietnamese: `Quốc khánh`.
    pub name: String,
    /// The notice or article it rests on: `9441/TB-BNV (2025)`.
    pub source: String,
    /// Whether it was derived before an official notice appeared. It counts all the same.
    pub provisional: bool,
}

/// The counted hours of every working day from a date on, make-up days included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// The first day they hold.
    pub from: NaiveDate,
    /// Opening and closing times, in order and apart: `[(07:30, 11:30), (13:30, 17:00)]`.
    pub opens: Vec<(NaiveTime, NaiveTime)>,
}

/// A day was needed that the calendar does not publish. Holidays are never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The question reaches back before the first day.
    #[error("the calendar begins on {first_day}; the count needs an earlier day")]
    Begins {
        /// The first published day.
        first_day: NaiveDate,
    },
    /// The question reaches past the last day.
    #[error("the calendar ends on {last_day}; the count needs a later day")]
    Ends {
        /// The last published day.
        last_day: NaiveDate,
    },
}

/// The days and counted hours of one office, from a first to a last day.
///
/// Saturdays and Sundays are off unless a make-up day says otherwise (forty-hour
/// week of state offices, Decision 188/1999/QĐ-TTg, Article 1).
#[derive(Debug, Clone)]
pub struct Calendar {
    id: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// One for each day in order, and one past the end that holds the totals.
    days: Vec<Day>,
    /// Places in `days` of the working days, in order.
    working: Vec<u32>,
    hours: Vec<Table>,
    /// In order of date.
    special: Vec<SpecialDay>,
}

/// A day with the sums of all days before it.
#[derive(Debug, Clone, Copy)]
struct Day {
    /// Open microseconds.
    open_before: i64,
    working_before: u32,
    provisional_before: u32,
    /// The place of its hours in `Calendar::hours`; none on a day off.
    hours: Option<usize>,
}

/// One list of hours, in microseconds after midnight.
#[derive(Debug, Clone)]
struct Table {
    from: NaiveDate,
    opens: Vec<(i64, i64)>,
}

impl Calendar {
    /// Builds a calendar that publishes every day from `first_day` to `last_day`.
    ///
    /// `days` and `hours` may come in any order; what contradicts itself is refused.
    pub fn new(
        id: &str,
        first_day: NaiveDate,
        last_day: NaiveDate,
        days: &[SpecialDay],
        hours: &[Hours],
    ) -> Result<Calendar, InvalidCalendar> {
        if last_day < first_day {
            return Err(InvalidCalendar::NoDays {
                first_day,
                last_day,
            });
        }
        let special = invalid::checked_days(first_day, last_day, days)?;
        let hours = invalid::checked_hours(first_day, hours)?;
        let mut calendar = Calendar {
            id: id.to_owned(),
            first_day,
            last_day,
            days: Vec::new(),
            working: Vec::new(),
            hours: hours.into_iter().map(Table::from).collect(),
            special,
        };
        calendar.sum_up();
        Ok(calendar)
    }

    /// The same calendar with more special days: what if these were published too?
    ///
    /// Errors: [`InvalidCalendar`] for days that contradict it or each other.
    pub fn with_days(&self, more: &[SpecialDay]) -> Result<Calendar, InvalidCalendar> {
        let days: Vec<_> = self.special.iter().chain(more).cloned().collect();
        let mut calendar = Calendar {
            special: invalid::checked_days(self.first_day, self.last_day, &days)?,
            days: Vec::with_capacity(self.days.len()),
            working: Vec::with_capacity(self.working.len()),
            ..self.clone()
        };
        calendar.sum_up();
        Ok(calendar)
    }

    /// Fills the sums, one day after another.
    fn sum_up(&mut self) {
        let mut next = Day {
            open_before: 0,
            working_before: 0,
            provisional_before: 0,
            hours: None,
        };
        let unofficial = self.unofficial_from();
        for (place, date) in (0..).zip(self.first_day.iter_days()) {
            let mut day = next;
            if date <= self.last_day && self.works(date) {
                let table = self.hours.partition_point(|table| table.from <= date) - 1;
                day.hours = Some(table);
                next.open_before += self.hours[table].length();
                next.working_before += 1;
                self.working.push(place);
            }
            self.days.push(day);
            if date > self.last_day {
                break;
            }
            let special = self.special(date);
            let provisional = special.is_some_and(|day| day.provisional)
                || unofficial.is_some_and(|from| date >= from);
            next.provisional_before += u32::from(provisional);
        }
    }

    /// The last day of which it is published officially whether it is worked.
    #[must_use]
    pub fn last_official_day(&self) -> NaiveDate {
        let before = self.unofficial_from().and_then(|from| from.pred_opt());
        before.map_or(self.last_day, |day| day.min(self.last_day))
    }

    /// The first day of the first year of which nothing is published officially, if there is one.
    ///
    /// Days off and swaps are announced a year at a time. Until they are, a swap may take an ordinary
    /// working day, so that none of that year is sure.
    fn unofficial_from(&self) -> Option<NaiveDate> {
        let official = self.special.iter().filter(|day| !day.provisional);
        let last = official.map(|day| day.date.year()).max();
        let derived = self.special.iter().filter(|day| day.provisional);
        let mut years = derived.map(|day| day.date.year());
        let first = years.find(|year| last.is_none_or(|last| *year > last))?;
        NaiveDate::from_ymd_opt(first, 1, 1)
    }

    /// What the published days and the weekday say, before any sums.
    fn works(&self, date: NaiveDate) -> bool {
        match self.special(date).map(|special| special.kind) {
            Some(DayKind::Holiday | DayKind::SwapOff | DayKind::Compensatory) => false,
            Some(DayKind::MakeUp) => true,
            None => !is_weekend(date),
        }
    }

    /// The name it is published under.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The first published day.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.first_day
    }

    /// The last published day. A count that needs a later one is refused.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.last_day
    }

    /// What is published about a day; nothing for an ordinary one.
    #[must_use]
    pub fn special(&self, day: NaiveDate) -> Option<&SpecialDay> {
        self.special
            .binary_search_by_key(&day, |special| special.date)
            .ok()
            .map(|place| &self.special[place])
    }

    /// Whether a provisional day lies between two published days, both included.
    #[must_use]
    pub fn has_provisional(&self, first: NaiveDate, last: NaiveDate) -> bool {
        match (self.place(first), self.place(last)) {
            (Ok(first), Ok(last)) if first <= last => {
                self.days[last + 1].provisional_before > self.days[first].provisional_before
            }
            _ => false,
        }
    }

    /// The counted hours of a working day, as they hold on a day: opening and closing times, in order.
    #[must_use]
    pub fn hours_on(&self, day: NaiveDate) -> Vec<(NaiveTime, NaiveTime)> {
        let later = self.hours.partition_point(|table| table.from <= day);
        let table = &self.hours[later.saturating_sub(1)];
        let opens = table.opens.iter();
        opens
            .map(|&(opens, closes)| (wall(opens), wall(closes)))
            .collect()
    }

    /// Whether the office works that day.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, Error> {
        Ok(self.days[self.place(day)?].hours.is_some())
    }

    /// The last closing time of a working day; none on a day off.
    pub fn closing(&self, day: NaiveDate) -> Result<Option<Instant>, Error> {
        let place = self.place(day)?;
        Ok(self.table(place).map(|table| at(day, table.closes())))
    }

    /// The first opening time of a working day; none on a day off.
    pub fn opening(&self, day: NaiveDate) -> Result<Option<Instant>, Error> {
        let place = self.place(day)?;
        Ok(self.table(place).map(|table| at(day, table.opens[0].0)))
    }

    /// When a day is open: from and until, in microseconds after midnight, in order; nothing on a day
    /// off.
    pub fn opens(&self, day: NaiveDate) -> Result<&[(i64, i64)], Error> {
        let place = self.place(day)?;
        Ok(self.table(place).map_or(&[], |table| &table.opens))
    }

    /// That day if it is worked, otherwise the next working day.
    pub fn working_day_from(&self, day: NaiveDate) -> Result<NaiveDate, Error> {
        self.working_day(self.days[self.place(day)?].working_before as usize)
    }

    /// The n-th working day after a day, which itself never counts.
    ///
    /// `n` = 0 is the day itself, worked or not.
    /// Example: Friday 21 August 2026, 1 = the make-up Saturday 22 August.
    pub fn nth_working_day_after(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, Error> {
        let place = self.place(day)?;
        if n == 0 {
            return Ok(day);
        }
        self.working_day(self.days[place + 1].working_before as usize + n as usize - 1)
    }

    /// The n-th working day before a day, which itself never counts.
    ///
    /// `n` = 0 is the day itself, worked or not.
    pub fn nth_working_day_before(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, Error> {
        let place = self.place(day)?;
        if n == 0 {
            return Ok(day);
        }
        let wanted = self.days[place].working_before.checked_sub(n);
        self.working_day(wanted.ok_or(self.begins())? as usize)
    }

    /// How many working days lie after one day, up to and including another.
    ///
    /// Zero, without consulting the calendar, when `until` is not after `after`.
    pub fn working_days_after_until(
        &self,
        after: NaiveDate,
        until: NaiveDate,
    ) -> Result<u32, Error> {
        if until <= after {
            return Ok(0);
        }
        let (after, until) = (self.place(after)?, self.place(until)?);
        Ok(self.days[until + 1].working_before - self.days[after + 1].working_before)
    }

    /// Adds open time to a moment and returns when it runs out.
    ///
    /// A moment outside open time moves to the next opening first; a count that
    /// ends exactly at a closing ends there. Adding nothing gives the moment
    /// back when it is open or just closing, and otherwise the next opening.
    /// An amount below zero adds nothing.
    ///
    /// Example: Friday 16:50 + 20 minutes = Monday 07:40 when Monday opens at 07:30.
    pub fn add_open_time(&self, from: Instant, amount: TimeDelta) -> Result<Instant, Error> {
        let (place, clock) = self.place_and_clock(from)?;
        let table = self.table(place);
        let passed = self.days[place].open_before + table.map_or(0, |table| table.passed(clock));
        if amount >= TimeDelta::microseconds(1) {
            // An amount beyond all microseconds is beyond the calendar as well.
            let amount = amount.num_microseconds().unwrap_or(i64::MAX);
            return self.ends_at(passed.saturating_add(amount));
        }
        if table.is_some_and(|table| table.holds(clock)) {
            return Ok(from);
        }
        // The next opening is where the first microsecond would be counted from.
        Ok(self.ends_at(passed + 1)? - TimeDelta::microseconds(1))
    }

    /// The open time between two moments.
    ///
    /// Zero, without consulting the calendar, when `to` is not after `from`.
    pub fn open_time_between(&self, from: Instant, to: Instant) -> Result<TimeDelta, Error> {
        if to <= from {
            return Ok(TimeDelta::zero());
        }
        let before = self.passed(from)?;
        Ok(TimeDelta::microseconds(self.passed(to)? - before))
    }

    /// Open microseconds from the first day to a moment.
    fn passed(&self, at: Instant) -> Result<i64, Error> {
        let (place, clock) = self.place_and_clock(at)?;
        let today = self.table(place).map_or(0, |table| table.passed(clock));
        Ok(self.days[place].open_before + today)
    }

    /// The earliest moment by which this many open microseconds, at least one, have passed.
    fn ends_at(&self, passed: i64) -> Result<Instant, Error> {
        let after = self.days.partition_point(|day| day.open_before < passed);
        if after == self.days.len() {
            return Err(self.ends());
        }
        let place = after - 1;
        let table = self
            .table(place)
            .expect("only a working day adds open time");
        let clock = table.clock(passed - self.days[place].open_before);
        Ok(at(self.date(place), clock))
    }

    /// The working day with this many working days before it.
    fn working_day(&self, number: usize) -> Result<NaiveDate, Error> {
        let place = self.working.get(number).ok_or(self.ends())?;
        Ok(self.date(*place as usize))
    }

    fn table(&self, place: usize) -> Option<&Table> {
        self.days[place].hours.map(|table| &self.hours[table])
    }

    fn place_and_clock(&self, at: Instant) -> Result<(usize, i64), Error> {
        let wall = local(at);
        Ok((self.place(wall.date_naive())?, micros(wall.time())))
    }

    fn place(&self, day: NaiveDate) -> Result<usize, Error> {
        if day > self.last_day {
            return Err(self.ends());
        }
        usize::try_from((day - self.first_day).num_days()).map_err(|_| self.begins())
    }

    fn date(&self, place: usize) -> NaiveDate {
        self.first_day + Days::new(place as u64)
    }

    fn begins(&self) -> Error {
        Error::Begins {
            first_day: self.first_day,
        }
    }

    pub(crate) fn ends(&self) -> Error {
        Error::Ends {
            last_day: self.last_day,
        }
    }
}

impl From<Hours> for Table {
    fn from(hours: Hours) -> Table {
        Table {
            from: hours.from,
            opens: hours
                .opens
                .into_iter()
                .map(|(opens, closes)| (micros(opens), micros(closes)))
                .collect(),
        }
    }
}

impl Table {
    fn closes(&self) -> i64 {
        self.opens[self.opens.len() - 1].1
    }

    fn length(&self) -> i64 {
        self.passed(self.closes())
    }

    /// Open microseconds of the day up to a time of day.
    fn passed(&self, clock: i64) -> i64 {
        self.opens
            .iter()
            .map(|&(opens, closes)| clock.clamp(opens, closes) - opens)
            .sum()
    }

    /// Whether a time of day is open, the closing itself included.
    fn holds(&self, clock: i64) -> bool {
        self.opens
            .iter()
            .any(|&(opens, closes)| opens <= clock && clock <= closes)
    }

    /// The earliest time of day by which this many open microseconds have passed.
    fn clock(&self, mut passed: i64) -> i64 {
        for &(opens, closes) in &self.opens {
            if passed <= closes - opens {
                return opens + passed;
            }
            passed -= closes - opens;
        }
        self.closes()
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn micros(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000)
}

/// The time of day so many microseconds after midnight.
fn wall(micros: i64) -> NaiveTime {
    NaiveTime::MIN + TimeDelta::microseconds(micros)
}

fn at(day: NaiveDate, clock: i64) -> Instant {
    day_start(day) + TimeDelta::microseconds(clock)
}

/// The calendars in force: the national one, and those of units with hours of their own.
#[derive(Debug, Clone)]
pub struct Calendars {
    national: Arc<Calendar>,
    units: HashMap<String, Arc<Calendar>>,
    outages: Arc<[Outage]>,
}

impl Calendars {
    /// Puts the calendars of units, by unit id, beside the national one.
    #[must_use]
    pub fn new(national: Arc<Calendar>, units: HashMap<String, Arc<Calendar>>) -> Calendars {
        Calendars {
            national,
            units,
            outages: Arc::default(),
        }
    }

    /// The same calendars with announced outages, none of which overlaps another.
    #[must_use]
    pub fn with_outages(self, mut outages: Vec<Outage>) -> Calendars {
        outages.sort_by_key(|outage| (outage.until, outage.from));
        Calendars {
            outages: outages.into(),
            ..self
        }
    }

    /// All announced outages, by the moment of recovery.
    pub fn all_outages(&self) -> impl Iterator<Item = &Outage> {
        self.outages.iter()
    }

    /// The announced outages that hit the dossiers of a procedure which a unit decides, by the moment
    /// of recovery.
    pub fn outages<'a>(
        &'a self,
        unit: &'a UnitCode,
        procedure: &'a ProcedureCode,
    ) -> impl Iterator<Item = &'a Outage> {
        let all = self.outages.iter();
        all.filter(move |outage| outage.hits(unit, procedure))
    }

    /// The same calendars with more special days in all of them.
    ///
    /// Errors: [`InvalidCalendar`] for days that contradict one of them or each other.
    pub fn with_days(&self, more: &[SpecialDay]) -> Result<Calendars, InvalidCalendar> {
        let national = Arc::new(self.national.with_days(more)?);
        // Units of one province share a calendar; it is built once.
        let mut built: HashMap<*const Calendar, Arc<Calendar>> = HashMap::new();
        let mut units = HashMap::with_capacity(self.units.len());
        for (unit, old) in &self.units {
            let new = match built.get(&Arc::as_ptr(old)) {
                Some(new) => Arc::clone(new),
                None => Arc::new(old.with_days(more)?),
            };
            built.insert(Arc::as_ptr(old), Arc::clone(&new));
            units.insert(unit.clone(), new);
        }
        Ok(Calendars {
            national,
            units,
            outages: Arc::clone(&self.outages),
        })
    }

    /// The calendar of every unit without one of its own.
    #[must_use]
    pub fn national(&self) -> &Arc<Calendar> {
        &self.national
    }

    /// The calendar of a unit; the national one when it has none of its own.
    #[must_use]
    pub fn for_unit(&self, unit: &str) -> &Arc<Calendar> {
        self.units.get(unit).unwrap_or(&self.national)
    }
}
