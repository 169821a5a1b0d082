//! Security events: every one counted, few of them logged.
//!
//! A hostile caller must be seen at the default log level and must not fill the log, so each
//! kind of event has a line at once when it begins and at most one in ten seconds while it goes
//! on. The line tells how many there were since the last one.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics;

/// The least time between two lines about the same kind of event.
const QUIET: Duration = Duration::from_secs(10);

/// What somebody did who may be hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Came with no token, or one that is unknown, expired or revoked.
    TokenRefused,
    /// Sent a wrong PIN for a dossier that exists.
    PinRefused,
    /// Sent so many wrong PINs that the next one has to wait.
    PinSlowed,
    /// Looked up so much that the next look-up has to wait.
    LookupSlowed,
    /// Found no place among the calls in flight.
    CallsFull,
    /// Opened more connections than one peer may have.
    PeerFull,
    /// Lost a connection that did nothing, for somebody else needed its place.
    IdleClosed,
    /// Did not send the body of a request in time.
    BodyTooSlow,
    /// Opened more streams than one token may have.
    StreamsFull,
    /// Entered a person who has a dossier in a unit that the caller does not reach.
    DuplicateElsewhere,
}

impl Event {
    /// All of them, in the order in which they are declared.
    pub const ALL: [Event; 10] = [
        Event::TokenRefused,
        Event::PinRefused,
        Event::PinSlowed,
        Event::LookupSlowed,
        Event::CallsFull,
        Event::PeerFull,
        Event::IdleClosed,
        Event::BodyTooSlow,
        Event::StreamsFull,
        Event::DuplicateElsewhere,
    ];

    /// Its name in the log and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Event::TokenRefused => "token_refused",
            Event::PinRefused => "pin_refused",
            Event::PinSlowed => "pin_slowed",
            Event::LookupSlowed => "lookup_slowed",
            Event::CallsFull => "calls_full",
            Event::PeerFull => "peer_full",
            Event::IdleClosed => "idle_closed",
            Event::BodyTooSlow => "body_too_slow",
            Event::StreamsFull => "streams_full",
            Event::DuplicateElsewhere => "duplicate_elsewhere",
        }
    }
}

/// How often something happened, and when that was last told.
#[derive(Debug, Clone, Copy)]
struct Count {
    all: u64,
    told: u64,
    told_at: Option<Instant>,
}

impl Count {
    const NONE: Count = Count {
        all: 0,
        told: 0,
        told_at: None,
    };

    /// Counts one more; how many there are to be told of, when a line is due.
    fn add(&mut self, now: Instant) -> Option<u64> {
        self.all += 1;
        if self.told_at.is_some_and(|told| now - told < QUIET) {
            return None;
        }
        let since = self.all - self.told;
        self.told = self.all;
        self.told_at = Some(now);
        Some(since)
    }
}

/// Of the whole process, like the log that it writes to.
static COUNTS: Mutex<[Count; Event::ALL.len()]> = Mutex::new([Count::NONE; Event::ALL.len()]);

/// Counts an event, and logs it unless another one of its kind was logged a moment ago.
///
/// `peer` is the address that it came from, where one is known.
pub fn note(event: Event, peer: Option<IpAddr>) {
    metrics::get().security_events(event.name(), 1);
    let due = {
        let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        counts[event as usize].add(Instant::now())
    };
    if let Some(count) = due {
        let peer = peer.map(|peer| peer.to_string());
        let event = event.name();
        tracing::warn!(
            target: "motcua::security",
            event,
            count,
            peer,
            "security event; more of it in the next ten seconds is only counted"
        );
    }
}

/// How often each event has happened in this process.
#[must_use]
pub fn counts() -> Vec<(&'static str, u64)> {
    let counts = *COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    let named = Event::ALL.iter().map(|event| event.name());
    named.zip(counts.map(|count| count.all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_a_line_at_once_and_one_in_ten_seconds() {
        let mut count = Count::NONE;
        assert_eq!(count.add(Instant::now()), Some(1));
        for _ in 0..120_000 {
            assert_eq!(count.add(Instant::now()), None);
        }
        tokio::time::advance(QUIET).await;
        assert_eq!(count.add(Instant::now()), Some(120_001));
        assert_eq!(count.all, 120_002, "every one is counted");
    }

    #[test]
    fn every_event_has_its_own_place_among_the_counts() {
        for (at, event) in Event::ALL.iter().enumerate() {
            assert_eq!(*event as usize, at, "{}", event.name());
        }
    }
}
