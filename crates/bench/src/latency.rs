//! How long calls took.

use std::time::Duration;

/// The times of calls. All of them are kept: a run has thousands, and each takes four bytes.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds a call.
    pub fn add(&mut self, took: Duration) {
        self.0
            .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds all calls of another.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many calls there were.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The milliseconds within which these shares of all calls were answered, in the order of the
    /// shares; 0 without any call.
    pub fn percentiles_ms<const N: usize>(mut self, shares: [f64; N]) -> [f64; N] {
        self.0.sort_unstable();
        shares.map(|share| {
            let last = self.0.len().saturating_sub(1);
            let at = (share * self.0.len() as f64).ceil() as usize;
            let micros = self.0.get(at.saturating_sub(1).min(last));
            f64::from(micros.copied().unwrap_or_default()) / 1_000.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_time_within_which_that_share_was_answered() {
        let mut all = Latencies::default();
        for ms in (1..=100).rev() {
            all.add(Duration::from_millis(ms));
        }
        let shares = [0.5, 0.95, 0.99, 1.0];
        assert_eq!(all.percentiles_ms(shares), [50.0, 95.0, 99.0, 100.0]);
        assert_eq!(Latencies::default().percentiles_ms(shares), [0.0; 4]);
    }
}
