//! The time in which made-up people act.

use std::sync::atomic::{AtomicI64, Ordering};

use app::ports::Clock;
use chrono::DateTime;
use domain::time::Instant;

tokio::task_local! {
    /// The simulated moment at which a made-up person acts.
    pub(crate) static NOW: Instant;
}

/// A clock that shows the moment of whoever acts. To what runs for all of them, such as the writing of
/// a batch, it shows the latest moment at which anybody has acted.
#[derive(Default)]
pub struct SimulatedClock {
    /// In microseconds since 1970.
    reached: AtomicI64,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Instant {
        match NOW.try_get() {
            Ok(now) => {
                self.reached
                    .fetch_max(now.timestamp_micros(), Ordering::Relaxed);
                now
            }
            Err(_nobody_acts) => {
                let reached = self.reached.load(Ordering::Relaxed);
                DateTime::from_timestamp_micros(reached).expect("a moment that was shown before")
            }
        }
    }
}
