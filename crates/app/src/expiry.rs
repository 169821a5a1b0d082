//! What follows when somebody who was asked has not answered in time: the dossier of a citizen ends, the
//! silence of an agency counts as consent.
//!
//! Nobody asks for it: the rule is that which the dossier keeps. Every process looks; the request id
//! follows from the dossier and the moment, so it is written once.

use std::sync::Arc;
use std::time::Duration;

use domain::dossier::change::expiry::expires;
use domain::dossier::{OpenMark, Rewrite};
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::role::Role;
use domain::time::Instant;

use crate::catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::jobs::Order;
use crate::ports::{Scope, Sieve, WorklistPage};

/// How many dossiers are read at once.
const PAGE: u32 = 1_000;

/// The kinds of the orders; nothing of them is kept, because the dossiers themselves say what is due.
const EXPIRY: &str = "expiry";
const SILENCE: &str = "silence";

impl Engine {
    /// Writes what has expired, again and again, as long as the engine lives. The first look comes after a
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
            if let Err(error) = engine.consent_by_silence().await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot write which silence counts as consent");
            }
        }
    }

    /// Ends every dossier whose window for papers is over now; returns how many.
    pub async fn end_expired(&self) -> Result<u64, Error> {
        let now = domain::time::to_micros(self.now());
        let mut ended = 0;
        for province in self.context.catalogues.provinces() {
            let expired = self.expired(&province, now).await?;
            ended += self.expire(EXPIRY, (&province, now), expired).await?;
        }
        Ok(ended)
    }

    /// Writes for every dossier which silence counts as consent by now; returns for how many.
    pub async fn consent_by_silence(&self) -> Result<u64, Error> {
        let now = domain::time::to_micros(self.now());
        let mut consented = 0;
        for province in self.context.catalogues.provinces() {
            let silent = self.silent(&province, now).await?;
            consented += self.expire(SILENCE, (&province, now), silent).await?;
        }
        Ok(consented)
    }

    /// Carries it out for each dossier, whose order is named by its moment; returns for how many.
    async fn expire(
        &self,
        kind: &'static str,
        (province, now): (&ProvinceCode, Instant),
        over: Vec<(DossierId, Instant)>,
    ) -> Result<u64, Error> {
        let mut written = 0;
        for (dossier, by) in over {
            let order = Order {
                id: format!("{kind}-{}", by.timestamp_micros()),
                kind,
                ..self.order_for(province, &clerk(), Role::Admin)?
            };
            let done = self
                .rewrite_one(&order, dossier, Rewrite::Expiry { now })
                .await?;
            written += u64::from(done);
        }
        Ok(written)
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

    /// The dossiers of a province in which silence has become consent, each with the last such moment.
    async fn silent(
        &self,
        province: &ProvinceCode,
        now: Instant,
    ) -> Result<Vec<(DossierId, Instant)>, Error> {
        let asked = Sieve {
            mark: Some(OpenMark::OpenConsultation),
            ..Sieve::default()
        };
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let wanted = WorklistPage {
                sieves: vec![asked],
                ..WorklistPage::all(Scope::Province(province.clone()), after, PAGE)
            };
            let page = {
                let read = self.context.store.read().await?;
                read.worklist(&wanted).await?
            };
            let Some(last) = page.last() else {
                return Ok(found);
            };
            after = Some(WorklistPage::place(&wanted.scope, last));
            let over = page.iter().filter_map(|dossier| {
                let silent = dossier.open_consultations();
                let silent = silent.filter(|asked| asked.is_consent(now));
                Some((dossier.id, silent.map(|asked| asked.due).max()?))
            });
            found.extend(over);
        }
    }
}

/// The program itself, which no person stands behind.
fn clerk() -> ActorId {
    ActorId::parse("expiry").expect("a word is an actor id")
}
