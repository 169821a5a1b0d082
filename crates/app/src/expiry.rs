//! Ends dossiers whose citizens did not answer a request for papers in time.
//!
//! Nobody asks for it: the rule is that of the version which the dossier keeps. Every process looks;
//! the request id follows from the dossier and its window, so the end is written once.

use std::sync::Arc;
use std::time::Duration;

use domain::dossier::Rewrite;
use domain::dossier::change::expiry::expires;
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::role::Role;
use domain::time::Instant;

use crate::catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::jobs::Order;

/// How many dossiers are read at once.
const PAGE: u32 = 1_000;

/// The kind of the order; nothing of it is kept, because the dossiers themselves say what is due.
const EXPIRY: &str = "supplement_expiry";

impl Engine {
    /// Ends what has expired, again and again, as long as the engine lives. The first look comes after a
    /// pause: a start has enough to read, and a minute more or less is nobody's due time.
    pub async fn follow_expiry(self: Arc<Self>, every: Duration) {
        let engine = Arc::downgrade(&self);
        drop(self);
        let mut pause = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            if let Err(error) = engine.end_expired().await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot end dossiers whose window for papers is over");
            }
        }
    }

    /// Ends every dossier whose window for papers is over now; returns how many.
    pub async fn end_expired(&self) -> Result<u64, Error> {
        let now = domain::time::to_micros(self.now());
        let mut ended = 0;
        for province in self.context.catalogues.provinces() {
            for (dossier, respond_by) in self.expired(&province, now).await? {
                let order = Order {
                    id: format!("expiry-{}", respond_by.timestamp_micros()),
                    kind: EXPIRY,
                    ..self.order_for(&province, &clerk(), Role::Admin)?
                };
                let done = self
                    .rewrite_one(&order, dossier, Rewrite::Expiry { now })
                    .await?;
                ended += u64::from(done);
            }
        }
        Ok(ended)
    }

    /// The dossiers of a province whose window is over, each with its last moment.
    async fn expired(
        &self,
        province: &ProvinceCode,
        now: Instant,
    ) -> Result<Vec<(DossierId, Instant)>, Error> {
        let catalogue = self.catalogue(province);
        let law = catalogues::law(&catalogue);
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = {
                let read = self.context.store.read().await?;
                read.waiting_for_papers(province, after, PAGE).await?
            };
            let Some(last) = page.last() else {
                return Ok(found);
            };
            after = Some(last.id);
            let over = page.iter().filter_map(|dossier| {
                let by = expires(dossier, &law).filter(|by| now > *by)?;
                Some((dossier.id, by))
            });
            found.extend(over);
        }
    }
}

/// The program itself, which no person stands behind.
fn clerk() -> ActorId {
    ActorId::parse("expiry").expect("a word is an actor id")
}
