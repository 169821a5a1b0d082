//! A second implementation of deadlines, which counts day by day and minute by minute.
//!
//! It shares no function, table or type with the crate, and uses only dates and times from chrono.
//! It is slow. Its merit is that each rule stands as the law states it.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

/// A date as year, month, day.
pub type Ymd = (i32, u32, u32);
/// Opening and closing minutes of the day.
pub type Opens = &'static [(u32, u32)];

/// An office, as literal lists.
pub struct Office {
    pub first: Ymd,
    pub last: Ymd,
    /// The hours from a day on, latest first.
    pub hours: &'static [(Ymd, Opens)],
}

/// The published end that a count has run past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    Begin,
    End,
}

/// Weekdays off.
const OFF: &[Ymd] = &[
    (2024, 1, 1),
    (2024, 2, 8),
    (2024, 2, 9),
    (2024, 2, 12),
    (2024, 2, 13),
    (2024, 2, 14),
    (2024, 4, 18),
    (2024, 4, 29),
    (2024, 4, 30),
    (2024, 5, 1),
    (2024, 9, 2),
    (2024, 9, 3),
    (2025, 1, 1),
    (2025, 1, 27),
    (2025, 1, 28),
    (2025, 1, 29),
    (2025, 1, 30),
    (2025, 1, 31),
    (2025, 4, 7),
    (2025, 4, 30),
    (2025, 5, 1),
    (2025, 5, 2),
    (2025, 9, 1),
    (2025, 9, 2),
    (2026, 1, 1),
    (2026, 1, 2),
    (2026, 2, 16),
    (2026, 2, 17),
    (2026, 2, 18),
    (2026, 2, 19),
    (2026, 2, 20),
    (2026, 4, 27),
    (2026, 4, 30),
    (2026, 5, 1),
    (2026, 8, 31),
    (2026, 9, 1),
    (2026, 9, 2),
    (2026, 11, 24),
    (2027, 1, 1),
    (2027, 2, 4),
    (2027, 2, 5),
    (2027, 2, 8),
    (2027, 2, 9),
    (2027, 2, 10),
    (2027, 4, 16),
    (2027, 4, 30),
    (2027, 5, 3),
    (2027, 9, 2),
    (2027, 9, 3),
    (2027, 11, 24),
];

/// Saturdays that are working days.
const MAKE_UP: &[Ymd] = &[(2024, 5, 4), (2025, 4, 26), (2026, 1, 10), (2026, 8, 22)];

const fn hm(hour: u32, minute: u32) -> u32 {
    hour * 60 + minute
}

const DEFAULT: Opens = &[(hm(7, 30), hm(11, 30)), (hm(13, 30), hm(17, 0))];
const EIGHT: Opens = &[(hm(7, 0), hm(11, 30)), (hm(13, 30), hm(17, 0))];

pub const NATIONAL: Office = Office {
    first: (2024, 1, 1),
    last: (2027, 12, 31),
    hours: &[((2024, 1, 1), DEFAULT)],
};
pub const EIGHT_HOURS: Office = Office {
    first: (2024, 1, 1),
    last: (2027, 12, 31),
    hours: &[((2024, 1, 1), EIGHT)],
};
pub const SEASONS: Office = Office {
    first: (2024, 1, 1),
    last: (2027, 12, 31),
    hours: &[
        (
            (2026, 4, 16),
            &[(hm(6, 30), hm(11, 0)), (hm(14, 0), hm(17, 30))],
        ),
        (
            (2025, 10, 16),
            &[(hm(7, 30), hm(12, 0)), (hm(13, 0), hm(16, 30))],
        ),
        ((2023, 10, 16), EIGHT),
    ],
};
pub const ODD_HOURS: Office = Office {
    first: (2024, 1, 1),
    last: (2027, 12, 31),
    hours: &[
        (
            (2026, 3, 2),
            &[
                (hm(6, 30), hm(9, 0)),
                (hm(9, 30), hm(12, 15)),
                (hm(14, 0), hm(18, 45)),
            ],
        ),
        ((2024, 1, 1), &[(hm(7, 0), hm(11, 0))]),
    ],
};
pub const FOUR_WEEKS: Office = Office {
    first: (2026, 8, 15),
    last: (2026, 9, 11),
    hours: &[((2024, 1, 1), DEFAULT)],
};

const MINUTE: i64 = 60_000_000;

fn ymd(day: NaiveDate) -> Ymd {
    (day.year(), day.month(), day.day())
}

fn tomorrow(day: NaiveDate) -> NaiveDate {
    day.succ_opt().expect("a day before the end of time")
}

/// Microseconds since midnight.
fn micro(time: NaiveTime) -> i64 {
    time.signed_duration_since(NaiveTime::MIN)
        .num_microseconds()
        .expect("a day has few microseconds")
}

fn wall(day: NaiveDate, micro: i64) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + chrono::Duration::microseconds(micro)
}

/// Whether a day has no official notice: all of 2027, because swaps move ordinary days too.
fn unconfirmed(day: NaiveDate) -> bool {
    day.year() == 2027
}

impl Office {
    fn check(&self, day: NaiveDate) -> Result<(), Past> {
        if ymd(day) < self.first {
            Err(Past::Begin)
        } else if ymd(day) > self.last {
            Err(Past::End)
        } else {
            Ok(())
        }
    }

    pub fn works(&self, day: NaiveDate) -> Result<bool, Past> {
        self.check(day)?;
        let weekend = day.weekday().number_from_monday() > 5;
        Ok(MAKE_UP.contains(&ymd(day)) || (!weekend && !OFF.contains(&ymd(day))))
    }

    fn opens(&self, day: NaiveDate) -> Opens {
        self.hours
            .iter()
            .find(|(from, _)| *from <= ymd(day))
            .expect("hours from the first day on")
            .1
    }

    fn closing(&self, day: NaiveDate) -> i64 {
        let mut latest = 0;
        for (_, closes) in self.opens(day) {
            latest = latest.max(i64::from(*closes) * MINUTE);
        }
        latest
    }

    /// When a limit such as (3, "wd") is due in local time, and whether the result is provisional.
    pub fn due(
        &self,
        received: NaiveDateTime,
        number: u32,
        unit: &str,
    ) -> Result<(NaiveDateTime, bool), Past> {
        match unit {
            "wd" => self.working_days(received.date(), number),
            "wh" => self.working_hours(received, i64::from(number) * 60 * MINUTE),
            "d" => {
                self.check(received.date())?;
                let mut last = received.date();
                for _ in 0..number {
                    last = tomorrow(last);
                }
                self.on_or_after(last)
            }
            "mo" => {
                self.check(received.date())?;
                let (mut year, mut month, day) = ymd(received.date());
                for _ in 0..number {
                    month += 1;
                    if month == 13 {
                        (year, month) = (year + 1, 1);
                    }
                }
                let last = (1..=day)
                    .rev()
                    .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
                    .expect("every month has a first day");
                self.on_or_after(last)
            }
            "h" => Ok((received + chrono::Duration::hours(i64::from(number)), false)),
            "same-day" => self.same_day(received),
            other => panic!("{other} is no unit"),
        }
    }

    /// As of when a receipt counts: `none`, `15:00`, or `close-1h`.
    pub fn counted(&self, received: NaiveDateTime, cutoff: &str) -> Result<NaiveDateTime, Past> {
        let day = received.date();
        if cutoff == "none" {
            return Ok(received);
        }
        let works = self.works(day)?;
        let last = match cutoff {
            "15:00" => 15 * 60 * MINUTE,
            "close-1h" => self.closing(day) - 60 * MINUTE,
            other => panic!("{other} is no cut-off"),
        };
        let opening = |day| {
            let first = self.opens(day).iter().map(|(opens, _)| *opens).min();
            wall(day, i64::from(first.expect("it opens")) * MINUTE)
        };
        if works && micro(received.time()) <= last {
            return Ok(received.max(opening(day)));
        }
        let mut next = tomorrow(day);
        while !self.works(next)? {
            next = tomorrow(next);
        }
        Ok(opening(next))
    }

    /// By when papers leave the desk: at closing, after 15:00 when the next working day opens.
    pub fn handed_over(&self, received: NaiveDateTime) -> Result<NaiveDateTime, Past> {
        let day = received.date();
        let clock = micro(received.time());
        if self.works(day)? && clock <= 15 * 60 * MINUTE && clock <= self.closing(day) {
            return Ok(wall(day, self.closing(day)));
        }
        let mut next = tomorrow(day);
        while !self.works(next)? {
            next = tomorrow(next);
        }
        let first = self.opens(next).iter().map(|(opens, _)| *opens).min();
        Ok(wall(next, i64::from(first.expect("it opens")) * MINUTE))
    }

    /// The due time of a limit that counts from a moment, by a cut-off.
    pub fn due_by(
        &self,
        reached: NaiveDateTime,
        cutoff: &str,
        number: u32,
        unit: &str,
    ) -> Result<(NaiveDateTime, bool), Past> {
        let counted = self.counted(reached, cutoff)?;
        let (due, mut provisional) = self.due(counted, number, unit)?;
        let mut day = reached.date();
        while counted > reached && day <= counted.date() {
            provisional |= unconfirmed(day);
            day = tomorrow(day);
        }
        Ok((due, provisional))
    }

    fn working_days(&self, receipt: NaiveDate, number: u32) -> Result<(NaiveDateTime, bool), Past> {
        self.check(receipt)?;
        let (mut day, mut left, mut provisional) = (receipt, number, false);
        while left > 0 {
            day = tomorrow(day);
            if self.works(day)? {
                left -= 1;
            }
            provisional |= unconfirmed(day);
        }
        Ok((wall(day, self.closing(day)), provisional))
    }

    fn on_or_after(&self, last: NaiveDate) -> Result<(NaiveDateTime, bool), Past> {
        let mut day = last;
        let mut provisional = unconfirmed(day);
        while !self.works(day)? {
            day = tomorrow(day);
            provisional |= unconfirmed(day);
        }
        Ok((wall(day, self.closing(day)), provisional))
    }

    fn same_day(&self, received: NaiveDateTime) -> Result<(NaiveDateTime, bool), Past> {
        let receipt = received.date();
        let clock = micro(received.time());
        if self.works(receipt)? && clock <= 15 * 60 * MINUTE && clock <= self.closing(receipt) {
            return Ok((wall(receipt, self.closing(receipt)), unconfirmed(receipt)));
        }
        let (due, provisional) = self.working_days(receipt, 1)?;
        Ok((due, provisional || unconfirmed(receipt)))
    }

    /// Walks through open time, minute by minute, until `left` microseconds are used.
    fn working_hours(
        &self,
        received: NaiveDateTime,
        mut left: i64,
    ) -> Result<(NaiveDateTime, bool), Past> {
        let mut day = received.date();
        let mut clock = micro(received.time());
        let mut provisional = false;
        loop {
            provisional |= unconfirmed(day);
            if self.works(day)? {
                let opens = self.opens(day);
                while clock < 24 * 60 * MINUTE {
                    let minute = clock / MINUTE;
                    let end = (minute + 1) * MINUTE;
                    if is_open(opens, minute) {
                        if left <= end - clock {
                            return Ok((wall(day, clock + left), provisional));
                        }
                        left -= end - clock;
                    }
                    clock = end;
                }
            }
            day = tomorrow(day);
            clock = 0;
        }
    }

    /// Open microseconds between two local times, minute by minute.
    pub fn open_time(&self, from: NaiveDateTime, to: NaiveDateTime) -> Result<i64, Past> {
        let (mut day, mut clock, mut total) = (from.date(), micro(from.time()), 0);
        while day <= to.date() {
            let until = if day == to.date() {
                micro(to.time())
            } else {
                24 * 60 * MINUTE
            };
            if self.works(day)? {
                let opens = self.opens(day);
                while clock < until {
                    let end = ((clock / MINUTE + 1) * MINUTE).min(until);
                    if is_open(opens, clock / MINUTE) {
                        total += end - clock;
                    }
                    clock = end;
                }
            }
            day = tomorrow(day);
            clock = 0;
        }
        Ok(total)
    }

    /// The working days after one day, up to and including another.
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> Result<u32, Past> {
        let (mut day, mut number) = (after, 0);
        if day < until {
            self.check(day)?;
        }
        while day < until {
            day = tomorrow(day);
            number += u32::from(self.works(day)?);
        }
        Ok(number)
    }

    /// The due time after a stop, in the unit of the limit.
    pub fn shifted(
        &self,
        due: NaiveDateTime,
        unit: &str,
        from: NaiveDateTime,
        to: NaiveDateTime,
    ) -> Result<NaiveDateTime, Past> {
        if from > due || to <= from {
            return Ok(due);
        }
        match unit {
            "wd" | "same-day" => match self.working_days_between(from.date(), to.date())? {
                0 => Ok(due),
                days => Ok(self.working_days(due.date(), days)?.0),
            },
            "wh" => match self.open_time(from, to)? {
                0 => Ok(due),
                time => Ok(self.working_hours(due, time)?.0),
            },
            "d" | "mo" => {
                let mut last = due.date();
                let mut day = from.date();
                while day < to.date() {
                    day = tomorrow(day);
                    last = tomorrow(last);
                }
                if last == due.date() {
                    return Ok(due);
                }
                Ok(self.on_or_after(last)?.0)
            }
            "h" => Ok(due + (to - from)),
            other => panic!("{other} is no unit"),
        }
    }
}

/// A stop of the clock, and when it ran again; none while it stands.
pub type Stood = (NaiveDateTime, Option<NaiveDateTime>);

impl Office {
    /// The due time after an outage: each piece of the outage during which the clock ran counts as a
    /// stop of its own.
    pub fn after_outage(
        &self,
        (due, unit): (NaiveDateTime, &str),
        started: NaiveDateTime,
        (from, until): (NaiveDateTime, NaiveDateTime),
        stood: &[Stood],
    ) -> Result<NaiveDateTime, Past> {
        let mut edges = vec![from, until, started];
        for (stop, resumed) in stood {
            edges.push(*stop);
            edges.extend(resumed);
        }
        edges.sort();
        edges.dedup();
        let ran = |at: NaiveDateTime| {
            let mut stops = stood.iter();
            let stands = stops.any(|(stop, on)| *stop <= at && on.is_none_or(|on| at < on));
            started <= at && from <= at && at < until && !stands
        };
        let mut at = due;
        let mut begun = None;
        for edge in edges {
            match (begun, ran(edge)) {
                (None, true) => begun = Some(edge),
                (Some(since), false) => {
                    at = self.shifted(at, unit, since, edge)?;
                    begun = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        Ok(at)
    }
}

fn is_open(opens: Opens, minute: i64) -> bool {
    opens
        .iter()
        .any(|(from, to)| i64::from(*from) <= minute && minute < i64::from(*to))
}
