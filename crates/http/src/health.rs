//! Whether the process is alive, and whether it can serve.

use std::sync::Arc;
use std::time::Duration;

use app::readiness::Readiness;
use app::{Engine, Gate};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer serves later callers too. Load balancers ask often, and each fresh answer
/// costs the database a query.
const GOOD_FOR: Duration = Duration::from_millis(500);

/// How long the database has to answer. A health check gives up after a second or two.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers whether this process can serve. Clones share the last answer.
#[derive(Clone)]
pub struct Health {
    engine: Arc<Engine>,
    gate: Gate,
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
}

impl Health {
    /// Of an engine behind a gate.
    #[must_use]
    pub fn new(engine: Arc<Engine>, gate: Gate) -> Self {
        Self {
            engine,
            gate,
            last: Arc::default(),
        }
    }

    /// What prevents serving; at most half a second old.
    pub async fn readiness(&self) -> Readiness {
        if self.gate.is_closing() {
            return Readiness::failed("server", "it stops");
        }
        let mut last = self.last.lock().await;
        if let Some((asked, found)) = last.as_ref()
            && asked.elapsed() < GOOD_FOR
        {
            return found.clone();
        }
        let asked = Instant::now();
        let found = match tokio::time::timeout(PATIENCE, self.engine.readiness()).await {
            Ok(found) => found,
            Err(_elapsed) => Readiness::failed("database", "it does not answer within a second"),
        };
        *last = Some((asked, found.clone()));
        found
    }

    /// Whether the server stops.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.gate.is_closing()
    }

    /// Waits until the server stops.
    pub async fn closing(&self) {
        self.gate.closing().await;
    }
}
