//! When to try again, when to leave a remote alone, and when to give up: decisions as values.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::TimeDelta;
use domain::time::Instant;

/// How patient a worker is with a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long it waits after the first failure.
    pub first: Duration,
    /// How long at most.
    pub longest: Duration,
    /// After how many tries a parcel is parked.
    pub tries: u32,
    /// After how many failures in a row the remote is left alone.
    pub breaks: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            longest: Duration::from_secs(300),
            tries: 12,
            breaks: 5,
        }
    }
}

impl Patience {
    /// How long to wait after so many failures: twice as long each time, up to the longest, and by
    /// chance up to twice that, so that those that failed together do not come back together.
    #[must_use]
    pub fn pause(&self, failures: u32, chance: u64) -> Duration {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_factor(2.0)
            .with_jitter()
            .with_jitter_seed(chance)
            .without_max_times()
            .build();
        let nth = usize::try_from(failures.saturating_sub(1).min(MOST)).unwrap_or(usize::MAX);
        pauses.into_iter().nth(nth).unwrap_or(self.longest)
    }

    /// Whether a parcel that has failed so often is a person's.
    #[must_use]
    pub fn gives_up(&self, attempts: u32) -> bool {
        attempts >= self.tries
    }
}

/// Doublings after which every pause is the longest.
const MOST: u32 = 32;

/// Whether a remote is called at all.
///
/// Closed for all after some failures in a row; when the pause is over one call tries whether it is
/// there again. Failures while it is closed count against the remote, not against the parcel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaker {
    /// How many calls failed in a row.
    pub failures: u32,
    /// No call before this.
    pub closed_until: Option<Instant>,
}

impl Breaker {
    /// How many parcels may be under way at `now`, of at most `most`.
    #[must_use]
    pub fn room(&self, now: Instant, most: usize) -> usize {
        match self.closed_until {
            Some(until) if now < until => 0,
            // One call finds out.
            Some(_) => 1,
            None => most,
        }
    }

    /// After an answer: the remote is there.
    #[must_use]
    pub fn answered(self) -> Self {
        Self::default()
    }

    /// After a call without an answer.
    #[must_use]
    pub fn failed(self, patience: &Patience, now: Instant, chance: u64) -> Self {
        let failures = self.failures.saturating_add(1);
        let closed_until = (failures >= patience.breaks).then(|| {
            let pause = patience.pause(failures - patience.breaks + 1, chance);
            now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)
        });
        Self {
            failures,
            closed_until,
        }
    }

    /// Whether a failure counts against the parcel that met it.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.closed_until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    #[test]
    fn pauses_grow_to_a_longest_and_differ_by_chance() {
        let patience = Patience::default();
        for (failures, least) in [(1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (90, 300)] {
            for chance in [0, 7, u64::MAX] {
                let pause = patience.pause(failures, chance).as_secs_f64();
                let least = f64::from(least);
                assert!(
                    (least..=2.0 * least + 0.01).contains(&pause),
                    "{failures}: {pause}"
                );
            }
        }
        assert_ne!(patience.pause(3, 1), patience.pause(3, 2));
        assert_eq!(patience.pause(3, 1), patience.pause(3, 1));
    }

    #[test]
    fn a_remote_that_is_away_is_left_alone_and_tried_with_one_call() {
        let patience = Patience::default();
        let mut breaker = Breaker::default();
        for failure in 1..patience.breaks {
            breaker = breaker.failed(&patience, at(0), 1);
            assert_eq!(breaker.room(at(0), 16), 16, "after {failure}");
            assert!(breaker.counts());
        }
        breaker = breaker.failed(&patience, at(0), 1);
        assert!(!breaker.counts(), "what is away is no fault of a parcel");
        assert_eq!(breaker.room(at(1), 16), 0);
        assert_eq!(breaker.room(at(5), 16), 1);
        assert_eq!(breaker.answered().room(at(5), 16), 16);
    }
}
