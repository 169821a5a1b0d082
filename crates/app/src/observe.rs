//! What changes with time alone, looked at when somebody reads the metrics.

use crate::engine::Engine;
use crate::error::Error;
use crate::metrics;

impl Engine {
    /// Brings the measures up to date that no call moves.
    pub async fn observe(&self) -> Result<(), Error> {
        let measures = metrics::get();
        let now = self.now();
        let seconds = |since: domain::time::Instant| (now - since).as_seconds_f64().max(0.0);
        for province in self.context.catalogues.provinces() {
            if let Some(until) = self.context.foresight.models.until(&province) {
                let label = [("province", province.to_string())];
                let age = measures.forecast_age_seconds.get_or_create(&label);
                age.set(seconds(until));
            }
        }
        let head = self.feed_end().await?;
        let held = head.held.map_or(0.0, |holder| seconds(holder.since));
        measures.feed_held_seconds.set(held);
        Ok(())
    }
}
