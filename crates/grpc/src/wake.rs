//! When an open stream looks again: after a commit, after a while, or never again.

use std::time::Duration;

use app::Gate;
use tokio::sync::watch;
use tonic::Status;

use crate::call::Calls;
use crate::status;

/// Wakes one stream.
pub(crate) struct Wakes {
    changes: watch::Receiver<u64>,
    gate: Gate,
    poll: Duration,
}

impl Wakes {
    /// Begins to listen, so that no change after this moment is missed.
    pub(crate) fn new(calls: &Calls) -> Self {
        let mut changes = calls.engine().changes();
        changes.mark_unchanged();
        Self {
            changes,
            gate: calls.gate.clone(),
            poll: calls.poll,
        }
    }

    /// Waits for a change. It also returns after a while without one, because another process may
    /// have written, and time passes.
    ///
    /// Errors: the server stops.
    pub(crate) async fn next(&mut self) -> Result<(), Status> {
        tokio::select! {
            biased;
            () = self.gate.closing() => Err(status::stopping()),
            changed = self.changes.changed() => changed.map_err(|_engine_gone| status::stopping()),
            () = tokio::time::sleep(self.poll) => Ok(()),
        }
    }
}
