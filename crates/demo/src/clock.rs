//! The time in which made-up people act.

use app::ports::Clock;
use domain::time::Instant;

tokio::task_local! {
    /// The simulated moment at which a made-up person acts.
    pub(crate) static NOW: Instant;
}

/// A clock that shows the moment of whoever acts.
pub struct SimulatedClock;

impl Clock for SimulatedClock {
    fn now(&self) -> Instant {
        NOW.get()
    }
}
