//! The stops of one dossier's clock, as intervals.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Error};
use crate::limit::Limit;
use crate::time::Instant;

use super::stop::{Length, stop_length};

/// One stop of the clock; open until it has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// When the clock stopped.
    pub from: Instant,
    /// When it went on; none while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

/// Every stop of a clock, in order of time and never overlapping.
///
/// Stops that overlap or touch become one, so that no moment is credited twice
/// and none is lost when a second stop follows the first. At most the last
/// interval is open. Written as the list of its intervals; reading a list merges it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Interval>", into = "Vec<Interval>")]
pub struct Ledger {
    intervals: Vec<Interval>,
}

impl Ledger {
    /// A clock that has never stopped.
    #[must_use]
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// Enters a stop, closed or open, and merges it with those it overlaps or touches.
    ///
    /// An open stop swallows whatever begins after it. A stop that ends no later
    /// than it begins leaves no trace.
    pub fn add(&mut self, stop: Interval) {
        if stop.to.is_some_and(|to| to <= stop.from) {
            return;
        }
        let mut merged = stop;
        // Those that end before the new one begins stay in front; those that
        // begin after it ends stay behind; the rest melt into it.
        let before = self
            .intervals
            .partition_point(|old| old.to.is_some_and(|to| to < stop.from));
        let behind = self
            .intervals
            .partition_point(|old| stop.to.is_none_or(|to| old.from <= to));
        for old in &self.intervals[before..behind] {
            merged.from = merged.from.min(old.from);
            merged.to = merged.to.zip(old.to).map(|(a, b)| a.max(b));
        }
        self.intervals.splice(before..behind, [merged]);
    }

    /// Stops the clock; does nothing to a clock that already stands.
    pub fn open(&mut self, from: Instant) {
        self.add(Interval { from, to: None });
    }

    /// Lets the clock go on, and returns the stop that has just ended.
    ///
    /// None when the clock was not standing. A stop closed no later than it
    /// began is removed, and returned with no length.
    pub fn close(&mut self, at: Instant) -> Option<Interval> {
        let open = self.intervals.pop_if(|last| last.to.is_none())?;
        let closed = Interval {
            to: Some(at.max(open.from)),
            ..open
        };
        self.add(closed);
        Some(closed)
    }

    /// Since when the clock stands; none when it runs.
    #[must_use]
    pub fn open_since(&self) -> Option<Instant> {
        self.intervals
            .last()
            .filter(|last| last.to.is_none())
            .map(|last| last.from)
    }

    /// The stops in order.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The open time the clock has stood still, up to a moment.
    ///
    /// An open stop counts up to that moment, and nothing after it counts.
    pub fn total_open_time(&self, until: Instant, calendar: &Calendar) -> Result<TimeDelta, Error> {
        let mut total = TimeDelta::zero();
        for (from, to) in self.up_to(until) {
            total += calendar.open_time_between(from, to)?;
        }
        Ok(total)
    }

    /// The time the clock has stood still, nights and days off included, up to a moment.
    #[must_use]
    pub fn total_elapsed(&self, until: Instant) -> TimeDelta {
        self.up_to(until).map(|(from, to)| to - from).sum()
    }

    /// The length of every stop up to a moment, in the unit of a limit.
    pub fn lengths(
        &self,
        limit: Limit,
        until: Instant,
        calendar: &Calendar,
    ) -> Result<Vec<Length>, Error> {
        self.up_to(until)
            .map(|(from, to)| stop_length(limit, from, to, calendar))
            .collect()
    }

    /// The length of all stops together up to a moment, in the unit of a limit.
    pub fn total_length(
        &self,
        limit: Limit,
        until: Instant,
        calendar: &Calendar,
    ) -> Result<Length, Error> {
        let none = stop_length(limit, until, until, calendar)?;
        let lengths = self.lengths(limit, until, calendar)?;
        Ok(lengths.into_iter().fold(none, Length::plus))
    }

    fn up_to(&self, until: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        self.intervals
            .iter()
            .map(move |stop| (stop.from, stop.to.map_or(until, |to| to.min(until))))
            .filter(|(from, to)| from < to)
    }
}

impl From<Vec<Interval>> for Ledger {
    fn from(intervals: Vec<Interval>) -> Ledger {
        let mut ledger = Ledger::new();
        for interval in intervals {
            ledger.add(interval);
        }
        ledger
    }
}

impl From<Ledger> for Vec<Interval> {
    fn from(ledger: Ledger) -> Vec<Interval> {
        ledger.intervals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn stop(from: i64, to: i64) -> Interval {
        Interval {
            from: at(from),
            to: Some(at(to)),
        }
    }

    #[test]
    fn overlapping_stops_count_once() {
        let ledger = Ledger::from(vec![stop(10, 20), stop(1, 3), stop(15, 25), stop(25, 26)]);
        assert_eq!(ledger.intervals(), [stop(1, 3), stop(10, 26)]);
        assert_eq!(ledger.total_elapsed(at(100)), TimeDelta::hours(18));
        assert_eq!(ledger.total_elapsed(at(12)), TimeDelta::hours(4));
    }

    #[test]
    fn a_second_stop_does_not_forget_the_first() {
        let mut ledger = Ledger::new();
        ledger.open(at(1));
        assert_eq!(ledger.close(at(4)), Some(stop(1, 4)));
        ledger.open(at(10));
        assert_eq!(ledger.open_since(), Some(at(10)));
        assert_eq!(ledger.total_elapsed(at(12)), TimeDelta::hours(5));
        assert_eq!(ledger.close(at(15)), Some(stop(10, 15)));
        assert_eq!(ledger.close(at(16)), None);
        assert_eq!(ledger.intervals(), [stop(1, 4), stop(10, 15)]);
    }

    #[test]
    fn a_clock_that_stands_cannot_stop_again() {
        let mut ledger = Ledger::new();
        ledger.open(at(1));
        ledger.open(at(5));
        ledger.add(stop(7, 9));
        assert_eq!(ledger.close(at(8)), Some(stop(1, 8)));
        assert_eq!(ledger.intervals(), [stop(1, 8)]);
    }

    #[test]
    fn a_stop_without_length_leaves_no_trace() {
        let mut ledger = Ledger::new();
        ledger.add(stop(3, 3));
        ledger.add(stop(5, 4));
        ledger.open(at(6));
        assert_eq!(ledger.close(at(2)), Some(stop(6, 6)));
        assert_eq!(ledger, Ledger::new());
    }

    #[test]
    fn a_ledger_reads_back_what_it_writes_and_merges_what_it_reads() {
        let mut ledger = Ledger::from(vec![stop(1, 3)]);
        ledger.open(at(9));
        let json = serde_json::to_string(&ledger).expect("a ledger");
        assert_eq!(
            json,
            r#"[{"from":"1970-01-01T01:00:00Z","to":"1970-01-01T03:00:00Z"},{"from":"1970-01-01T09:00:00Z"}]"#
        );
        assert_eq!(
            serde_json::from_str::<Ledger>(&json).expect("read back"),
            ledger
        );

        let overlapping = serde_json::to_string(&[stop(1, 3), stop(2, 4)]).expect("a list");
        let merged: Ledger = serde_json::from_str(&overlapping).expect("a list of stops");
        assert_eq!(merged.intervals(), [stop(1, 4)]);
    }
}
