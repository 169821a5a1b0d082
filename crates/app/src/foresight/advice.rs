//! What to do about one dossier, and until when that still helps.

use domain::time::Instant;

use super::outlook::{Act, act};
use crate::engine::Engine;
use crate::error::Error;
use crate::view::View;
use forecast::level::Level;

impl Engine {
    /// What to do about a dossier that is at risk or late, and the last moment at which that still helps; none about
    /// any other.
    pub async fn advice(&self, view: &View) -> Result<Option<(Act, Option<Instant>)>, Error> {
        let worries = |level| level >= Level::AtRisk;
        if !view.foreseen.as_ref().is_some_and(|it| worries(it.level)) {
            return Ok(None);
        }
        let (context, dossier) = (&self.context, &view.dossier);
        let now = self.now();
        let read = context.store.read().await?;
        let laid = context
            .foresight
            .lay_out(
                read.as_ref(),
                &context.catalogues,
                &dossier.province,
                &[dossier],
                now,
            )
            .await?;
        let start = laid.get(&dossier.id).and_then(|laid| laid.last_start(now));
        Ok(Some(act(view, start, now)))
    }
}
