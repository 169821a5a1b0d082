//! What is measured when somebody reads the metrics: the process, the pools, the backups.

use std::path::PathBuf;
use std::sync::Arc;

use app::Engine;
use app::metrics;
use app::ports::Clock;
use app::security::Event;
use motcua_http::Health;
use store::SeaStore;

use crate::backup;
use crate::clock::SystemClock;

/// What is looked at.
#[derive(Clone)]
pub struct Observed {
    engine: Arc<Engine>,
    store: Arc<SeaStore>,
    health: Health,
    backups: Option<PathBuf>,
}

impl Observed {
    /// Of a server that begins.
    pub fn new(
        engine: Arc<Engine>,
        store: Arc<SeaStore>,
        health: Health,
        backups: Option<PathBuf>,
    ) -> Self {
        let measures = metrics::get();
        measures.started_at.set(now());
        for event in Event::ALL {
            measures.security_events(event.name(), 0);
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let labels = [("version", version), ("schema", store::schema())];
        measures.info.get_or_create(&labels).set(1);
        Self {
            engine,
            store,
            health,
            backups,
        }
    }

    /// All metrics, as they are now.
    pub async fn text(self) -> String {
        let measures = metrics::get();
        let is_ready = self.health.readiness().await.is_ready();
        measures.ready.set(i64::from(is_ready));
        // A database that does not answer would keep the rest from being read.
        if is_ready && let Err(error) = self.engine.observe().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "cannot look at the feed for the metrics");
        }
        for (pool, size, idle) in self.store.pools() {
            let size = i64::from(size);
            let idle = i64::try_from(idle).unwrap_or(size).min(size);
            for (state, count) in [("idle", idle), ("busy", size - idle)] {
                let labels = [("pool", pool.to_owned()), ("state", state.to_owned())];
                measures.connections.get_or_create(&labels).set(count);
            }
        }
        let newest = self.backups.as_deref().and_then(backup::newest);
        let age = newest.map(|taken| (SystemClock.now() - taken).as_seconds_f64());
        measures.backup_age_seconds.set(age.unwrap_or(f64::NAN));
        if let Some(bytes) = resident() {
            measures.resident_bytes.set(bytes);
        }
        if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
            measures
                .open_files
                .set(i64::try_from(files.count()).unwrap_or(i64::MAX));
        }
        measures.text()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of this century fit into 53 bits"
)]
fn now() -> f64 {
    SystemClock.now().timestamp_millis() as f64 / 1_000.0
}

fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}
