//! When an open stream looks again: after a commit, after a while, or never again.

use std::time::Duration;

use tokio::sync::watch;
use tonic::Status;

use crate::call::Calls;
use crate::status;

/// Wakes one stream.
pub(crate) struct Wakes {
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    poll: Duration,
}

impl Wakes {
    /// Begins to listen, so that no change after this moment is missed.
    pub(crate) fn new(calls: &Calls) -> Self {
        let mut changes = calls.engine().changes();
        changes.mark_unchanged();
        Self {
            changes,
            stopping: calls.stopping.clone(),
            poll: calls.poll,
        }
    }

    /// Waits for a change. Another process may have written, and time passes, so this also
    /// returns after a while without one.
    ///
    /// Errors: the server stops.
    pub(crate) async fn next(&mut self) -> Result<(), Status> {
        tokio::select! {
            biased;
            () = told(&mut self.stopping) => Err(status::stopping()),
            changed = self.changes.changed() => changed.map_err(|_engine_gone| status::stopping()),
            () = tokio::time::sleep(self.poll) => Ok(()),
        }
    }
}

/// Waits until the server stops; for ever when nobody is left who could stop it.
async fn told(stopping: &mut watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}
