//! Lets go, once a night, what is kept for a time only.

use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use chrono::{NaiveTime, TimeDelta};
use domain::time::{self, Instant};

/// When, in local hours: desks are empty, and the comparisons with portals have begun to thin out.
const HOUR: u32 = 3;

/// Lets viewings go every night for as long as the server runs.
pub async fn keep_up(engine: Arc<Engine>, months: u32) {
    loop {
        tokio::time::sleep(until_next(engine.now())).await;
        match engine.forget_viewings(months).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, months, "viewings went whose time was over"),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "viewings whose time is over are still there; it is tried again next night"
            ),
        }
    }
}

fn until_next(now: Instant) -> Duration {
    let hour = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
    let today = time::instant(time::local_day(now), hour);
    let next = match today > now {
        true => today,
        false => today + TimeDelta::days(1),
    };
    (next - now).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_three_o_clock_of_this_night_or_the_next() {
        let hours = |now: &str| until_next(now.parse().unwrap()).as_secs() / 3_600;
        assert_eq!(hours("2026-08-03T19:00:00Z"), 1, "it is 02:00");
        assert_eq!(hours("2026-08-03T20:00:00Z"), 24, "it is 03:00 now");
        assert_eq!(hours("2026-08-04T03:00:00Z"), 17, "it is 10:00");
    }
}
