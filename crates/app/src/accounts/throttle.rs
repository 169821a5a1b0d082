//! Wrong passwords: after a few, a peer waits longer and longer before it may try a name again.
//!
//! The wait belongs to the pair of name and peer, so that nobody can lock an official out from
//! elsewhere. The count is in memory: a restart clears it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::time::Instant;

use crate::error::Error;

/// Wrong passwords without a wait: people mistype.
const FREE: u32 = 5;

/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// After this time without a wrong password the count starts again.
const FORGIVEN: TimeDelta = TimeDelta::minutes(30);

/// How many pairs are remembered. Beyond it the oldest are forgotten, so that a flood of invented
/// names cannot fill the memory.
const REMEMBERED: usize = 10_000;

#[derive(Default)]
pub(super) struct Throttle(Mutex<HashMap<(String, String), Wrong>>);

#[derive(Clone, Copy)]
struct Wrong {
    count: u32,
    last: Instant,
}

impl Wrong {
    fn free_again(self) -> Instant {
        let over = self.count.saturating_sub(FREE);
        if over == 0 && self.count < FREE {
            return self.last;
        }
        // 2, 4, 8 … seconds.
        let seconds = TimeDelta::seconds(1_i64 << (over + 1).min(12));
        self.last + Ord::min(seconds, LONGEST)
    }
}

impl Throttle {
    /// Refuses while the pair must wait.
    pub fn check(&self, name: &str, peer: &str, now: Instant) -> Result<(), Error> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = known.get(&key(name, peer)).map(|it| it.free_again());
        match free {
            Some(free) if now < free => {
                let seconds = (free - now).num_seconds() + 1;
                Err(Error::TooMany {
                    seconds: u32::try_from(seconds).unwrap_or(1),
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Notes a wrong one.
    pub fn wrong(&self, name: &str, peer: &str, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, wrong| now - wrong.last < FORGIVEN);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let wrong = known.entry(key(name, peer)).or_insert(Wrong {
            count: 0,
            last: now,
        });
        if now - wrong.last >= FORGIVEN {
            wrong.count = 0;
        }
        *wrong = Wrong {
            count: wrong.count.saturating_add(1),
            last: now,
        };
    }

    /// Clears the count of a pair that gave the right password.
    pub fn right(&self, name: &str, peer: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&key(name, peer));
    }
}

fn key(name: &str, peer: &str) -> (String, String) {
    (name.chars().take(64).collect(), peer.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_of_a_peer_waits_and_the_owner_elsewhere_does_not() {
        let throttle = Throttle::default();
        let now = Instant::UNIX_EPOCH;
        for _ in 0..FREE {
            assert!(throttle.check("hoa", "10.0.0.9", now).is_ok());
            throttle.wrong("hoa", "10.0.0.9", now);
        }
        assert!(matches!(
            throttle.check("hoa", "10.0.0.9", now),
            Err(Error::TooMany { seconds: 3 })
        ));
        assert!(throttle.check("hoa", "10.0.0.1", now).is_ok());
        assert!(throttle.check("lan", "10.0.0.9", now).is_ok());
        let later = now + TimeDelta::seconds(2);
        assert!(throttle.check("hoa", "10.0.0.9", later).is_ok());
        throttle.wrong("hoa", "10.0.0.9", later);
        assert!(
            throttle
                .check("hoa", "10.0.0.9", later + TimeDelta::seconds(3))
                .is_err()
        );
    }

    #[test]
    fn the_wait_is_bounded_and_forgotten_with_the_right_password() {
        let throttle = Throttle::default();
        let now = Instant::UNIX_EPOCH;
        for _ in 0..100 {
            throttle.wrong("hoa", "10.0.0.9", now);
        }
        assert!(throttle.check("hoa", "10.0.0.9", now + LONGEST).is_ok());
        assert!(throttle.check("hoa", "10.0.0.9", now).is_err());
        throttle.right("hoa", "10.0.0.9");
        assert!(throttle.check("hoa", "10.0.0.9", now).is_ok());
    }
}
