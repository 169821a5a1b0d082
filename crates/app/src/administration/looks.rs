//! Looks at personal values, from the use cases to the log.

use std::sync::Arc;
use std::time::Duration;

use domain::time;

use crate::access::{self, Caller, Visibility};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::AccessEventKind;
use crate::view::View;

impl Engine {
    /// Notes that a caller sees whose dossier this is, if they do.
    pub(crate) fn saw_dossier(&self, caller: &Caller, view: &View) {
        if view.applicant.is_some() {
            let code = view.dossier.label();
            self.saw(caller, AccessEventKind::PersonalViewed, code);
        }
    }

    /// Notes that a caller sees personal values in full; whoever sees none or a mask is not noted.
    pub(crate) fn saw(&self, caller: &Caller, kind: AccessEventKind, detail: String) {
        if access::sight(caller) == Visibility::Full {
            let now = time::to_micros(self.now());
            self.viewings.note(caller, kind, detail, now);
        }
    }

    /// Writes who looked since the last time that this was done.
    pub async fn note_viewings(&self) -> Result<(), Error> {
        let unwritten = self.viewings.take();
        if unwritten.is_empty() {
            return Ok(());
        }
        let written = self.context.store.record_viewed(&unwritten).await;
        if written.is_err() {
            self.viewings.give_back(unwritten);
        }
        Ok(written?)
    }

    /// Keeps writing who looked, as long as the engine lives.
    pub async fn follow_viewings(self: Arc<Self>, every: Duration) {
        let engine = Arc::downgrade(&self);
        drop(self);
        let mut pause = tokio::time::interval(every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            if let Err(error) = engine.note_viewings().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot note who looked; it is tried again");
            }
        }
    }
}
