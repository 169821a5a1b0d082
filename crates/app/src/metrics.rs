//! What is counted and measured of the whole process, to be read by Prometheus.
//!
//! Names are a contract with the dashboards and alerts of those who watch: they grow, and do not
//! change. Labels have few values, all of them ours; nothing a caller sends becomes a label.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;

use crate::error::reasons;

/// One label.
pub type One = [(&'static str, String); 1];

/// Two labels.
pub type Two = [(&'static str, String); 2];

/// A gauge of seconds or shares.
pub type FloatGauge = Gauge<f64, AtomicU64>;

type Times = Family<One, Histogram, fn() -> Histogram>;

/// Bounds of what a person waits for, in seconds.
const SECONDS: [f64; 13] = [
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// Bounds of how many commands a batch has.
const COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

fn times() -> Histogram {
    Histogram::new(SECONDS)
}

/// Everything that is counted and measured.
#[expect(
    missing_docs,
    reason = "each is described where it is registered, for whoever reads it"
)]
pub struct Metrics {
    registry: Registry,
    calls: Family<Two, Counter>,
    call_seconds: Times,
    refusals: Family<One, Counter>,
    security_events: Family<One, Counter>,
    pub calls_in_flight: Gauge,
    pub streams: Gauge,
    pub queue: Gauge,
    batch_commands: Histogram,
    batch_seconds: Histogram,
    pub load_seconds: Histogram,
    pub commit_seconds: Histogram,
    pub sweep_seconds: Histogram,
    pub swept_at: FloatGauge,
    pub flags: Counter,
    pub feed_held_seconds: FloatGauge,
    pub forecast_age_seconds: Family<One, FloatGauge>,
    pub connections: Family<Two, Gauge>,
    pub backup_age_seconds: FloatGauge,
    pub backup_failures: Counter,
    pub ready: Gauge,
    pub resident_bytes: Gauge,
    pub open_files: Gauge,
    pub started_at: FloatGauge,
    pub info: Family<Two, Gauge>,
}

/// Those of this process.
#[must_use]
pub fn get() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

impl Metrics {
    fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(times),
            refusals: Family::default(),
            security_events: Family::default(),
            calls_in_flight: Gauge::default(),
            streams: Gauge::default(),
            queue: Gauge::default(),
            batch_commands: Histogram::new(COMMANDS),
            batch_seconds: times(),
            load_seconds: times(),
            commit_seconds: times(),
            sweep_seconds: times(),
            swept_at: FloatGauge::default(),
            flags: Counter::default(),
            feed_held_seconds: FloatGauge::default(),
            forecast_age_seconds: Family::default(),
            connections: Family::default(),
            backup_age_seconds: FloatGauge::default(),
            backup_failures: Counter::default(),
            ready: Gauge::default(),
            resident_bytes: Gauge::default(),
            open_files: Gauge::default(),
            started_at: FloatGauge::default(),
            info: Family::default(),
        };
        metrics.register();
        // What has not happened yet is zero, not absent, so that its first time is a rise.
        for reason in reasons::TRANSPORT.iter().chain(&reasons::USE_CASES) {
            let label = [("reason", reason.reason.to_owned())];
            drop(metrics.refusals.get_or_create(&label));
        }
        metrics
    }

    fn register(&mut self) {
        let all = &mut self.registry;
        let mut add = |name: &str, help: &str, metric: Metric| match metric {
            Metric::Counts(metric) => all.register(name, help, metric),
            Metric::ByOne(metric) => all.register(name, help, metric),
            Metric::Pairs(metric) => all.register(name, help, metric),
            Metric::Times(metric) => all.register(name, help, metric),
            Metric::Measured(metric) => all.register(name, help, metric),
            Metric::Number(metric) => all.register(name, help, metric),
            Metric::Numbers(metric) => all.register(name, help, metric),
            Metric::Level(metric) => all.register(name, help, metric),
            Metric::Levels(metric) => all.register(name, help, metric),
        };
        let own: [(&str, &str, Metric); 24] = [
            (
                "motcua_calls",
                "Calls by method and code; pages are the method `page`",
                Metric::Pairs(self.calls.clone()),
            ),
            (
                "motcua_call_duration_seconds",
                "How long calls took until their answer began",
                Metric::Times(self.call_seconds.clone()),
            ),
            (
                "motcua_refusals",
                "Calls that were refused or failed, by reason (docs/errors.md)",
                Metric::ByOne(self.refusals.clone()),
            ),
            (
                "motcua_security_events",
                "What somebody did who may be hostile, by event",
                Metric::ByOne(self.security_events.clone()),
            ),
            (
                "motcua_calls_in_flight",
                "Calls that have a place now",
                Metric::Number(self.calls_in_flight.clone()),
            ),
            (
                "motcua_streams",
                "Streams that are open now",
                Metric::Number(self.streams.clone()),
            ),
            (
                "motcua_queue_commands",
                "Commands that wait for the writing lane",
                Metric::Number(self.queue.clone()),
            ),
            (
                "motcua_batch_commands",
                "How many commands a batch of the lane had",
                Metric::Measured(self.batch_commands.clone()),
            ),
            (
                "motcua_batch_duration_seconds",
                "How long a batch took from loading to the last answer",
                Metric::Measured(self.batch_seconds.clone()),
            ),
            (
                "motcua_load_duration_seconds",
                "How long a batch took to load",
                Metric::Measured(self.load_seconds.clone()),
            ),
            (
                "motcua_commit_duration_seconds",
                "How long a batch took to commit",
                Metric::Measured(self.commit_seconds.clone()),
            ),
            (
                "motcua_sweep_duration_seconds",
                "How long a sweep for flags took",
                Metric::Measured(self.sweep_seconds.clone()),
            ),
            (
                "motcua_swept_timestamp_seconds",
                "When the last sweep for flags ended",
                Metric::Level(self.swept_at.clone()),
            ),
            (
                "motcua_flags_raised",
                "Flags that this process wrote",
                Metric::Counts(self.flags.clone()),
            ),
            (
                "motcua_feed_held_seconds",
                "For how long an open transaction has held the feed up; 0 when none does",
                Metric::Level(self.feed_held_seconds.clone()),
            ),
            (
                "motcua_forecast_age_seconds",
                "How old the newest thing is that the forecasts of a province learned from",
                Metric::Levels(self.forecast_age_seconds.clone()),
            ),
            (
                "motcua_pool_connections",
                "Connections to the database by pool and state",
                Metric::Numbers(self.connections.clone()),
            ),
            (
                "motcua_backup_age_seconds",
                "How old the newest backup of the server's own is; NaN when it takes none",
                Metric::Level(self.backup_age_seconds.clone()),
            ),
            (
                "motcua_backup_failures",
                "Backups that could not be taken",
                Metric::Counts(self.backup_failures.clone()),
            ),
            (
                "motcua_ready",
                "Whether calls can be answered",
                Metric::Number(self.ready.clone()),
            ),
            (
                "process_resident_memory_bytes",
                "Memory of the process",
                Metric::Number(self.resident_bytes.clone()),
            ),
            (
                "process_open_fds",
                "Files and connections that the process has open",
                Metric::Number(self.open_files.clone()),
            ),
            (
                "process_start_time_seconds",
                "When the process started",
                Metric::Level(self.started_at.clone()),
            ),
            (
                "motcua_build_info",
                "The version and the schema; always 1",
                Metric::Numbers(self.info.clone()),
            ),
        ];
        for (name, help, metric) in own {
            add(name, help, metric);
        }
    }

    /// Notes a call that was answered.
    pub fn call(&self, method: &str, code: &str, took: Duration) {
        let labels = [("method", method.to_owned()), ("code", code.to_owned())];
        self.calls.get_or_create(&labels).inc();
        let label = [("method", method.to_owned())];
        self.call_seconds
            .get_or_create(&label)
            .observe(took.as_secs_f64());
    }

    /// Notes a batch of the lane.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a batch has 256 commands at most"
    )]
    pub(crate) fn batch(&self, commands: usize, took: Duration) {
        self.batch_commands.observe(commands as f64);
        self.batch_seconds.observe(took.as_secs_f64());
    }

    /// Notes why a call was refused or failed.
    pub fn refusal(&self, reason: &str) {
        let label = [("reason", reason.to_owned())];
        self.refusals.get_or_create(&label).inc();
    }

    /// Notes how often somebody did something who may be hostile; none yet shows as zero.
    pub fn security_events(&self, event: &'static str, count: u64) {
        let label = [("event", event.to_owned())];
        self.security_events.get_or_create(&label).inc_by(count);
    }

    /// All of it, as OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut written = String::new();
        // Writing into a text cannot fail.
        let _never = text::encode(&mut written, &self.registry);
        written
    }
}

/// The kinds that are registered; a clone shares its numbers with the original.
enum Metric {
    Counts(Counter),
    ByOne(Family<One, Counter>),
    Pairs(Family<Two, Counter>),
    Times(Times),
    Measured(Histogram),
    Number(Gauge),
    Numbers(Family<Two, Gauge>),
    Level(FloatGauge),
    Levels(Family<One, FloatGauge>),
}

/// Since when something goes on; noted when it ends.
pub struct Timer(tokio::time::Instant);

impl Timer {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// How long it has taken so far.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Notes how long it took.
    pub fn stop(self, into: &Histogram) {
        into.observe(self.elapsed().as_secs_f64());
    }
}

/// One more of something, until it is dropped.
pub struct OneMore(&'static Gauge);

impl OneMore {
    /// Counts one more.
    #[must_use]
    pub fn one(of: &'static Gauge) -> Self {
        of.inc();
        Self(of)
    }
}

impl Drop for OneMore {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_happened_is_shown_as_zero_and_what_has_is_counted() {
        let metrics = Metrics::new();
        metrics.security_events("pin_refused", 0);
        let text = metrics.text();
        assert!(
            text.contains("motcua_security_events_total{event=\"pin_refused\"} 0\n"),
            "{text}"
        );
        metrics.call("GetDossier", "OK", Duration::from_millis(3));
        metrics.refusal("STALE_DOSSIER");
        metrics.security_events("pin_refused", 1);
        let text = metrics.text();
        for line in [
            "motcua_calls_total{method=\"GetDossier\",code=\"OK\"} 1\n",
            "motcua_call_duration_seconds_bucket{le=\"0.005\",method=\"GetDossier\"} 1\n",
            "motcua_call_duration_seconds_bucket{le=\"0.002\",method=\"GetDossier\"} 0\n",
            "motcua_refusals_total{reason=\"STALE_DOSSIER\"} 1\n",
            "motcua_security_events_total{event=\"pin_refused\"} 1\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
