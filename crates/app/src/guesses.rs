//! Wrong guesses of PINs: a code is closed for a while after a few.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::TimeDelta;
use domain::time::Instant;

use crate::error::Error;

/// Wrong PINs a code may meet before it is closed for a while.
const TRIES: u32 = 5;

/// For how long.
const PAUSE: TimeDelta = TimeDelta::minutes(15);

/// How many codes are remembered; past that all wrong guesses share one pause.
const REMEMBERED: usize = 10_000;

/// Wrong guesses of PINs, by code. In memory: a restart forgives.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<HashMap<String, (u32, Instant)>>);

impl Guesses {
    /// Refuses while a code is closed.
    pub fn check(&self, code: &str, now: Instant) -> Result<(), Error> {
        let mut guesses = self.0.lock().expect("no panic happens while it is held");
        guesses.retain(|_, (_, last)| now - *last < PAUSE);
        let closed = guesses.get(code).filter(|(wrong, _)| *wrong >= TRIES);
        let flooded = guesses.len() >= REMEMBERED && !guesses.contains_key(code);
        match closed {
            Some((_, last)) => {
                let left = (*last + PAUSE - now)
                    .num_seconds()
                    .clamp(1, PAUSE.num_seconds());
                Err(Error::TooMany {
                    seconds: u32::try_from(left).unwrap_or(1),
                })
            }
            None if flooded => Err(Error::TooMany { seconds: 60 }),
            None => Ok(()),
        }
    }

    /// Notes a wrong guess.
    pub fn wrong(&self, code: &str, now: Instant) {
        let mut guesses = self.0.lock().expect("no panic happens while it is held");
        let entry = guesses.entry(code.to_owned()).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }

    /// Forgives a code whose PIN was known.
    pub fn right(&self, code: &str) {
        self.0
            .lock()
            .expect("no panic happens while it is held")
            .remove(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_pins_a_code_is_closed_for_a_quarter_of_an_hour() {
        let guesses = Guesses::default();
        let start = Instant::UNIX_EPOCH;
        for second in 0..5 {
            let now = start + TimeDelta::seconds(second);
            assert!(guesses.check("H60-261121-0001", now).is_ok());
            guesses.wrong("H60-261121-0001", now);
        }
        let soon = start + TimeDelta::seconds(10);
        assert!(guesses.check("H60-261121-0001", soon).is_err());
        assert!(
            guesses.check("H60-261121-0002", soon).is_ok(),
            "other codes stay open"
        );
        assert!(
            guesses
                .check("H60-261121-0001", start + TimeDelta::minutes(16))
                .is_ok()
        );
    }
}
