//! Every process follows the models; once a day one process fits new ones.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use domain::digest::keyed_hash;
use domain::id::ProvinceCode;
use domain::time::{self, Instant};

use super::KeptModel;
use crate::engine::Engine;
use crate::error::Error;

/// The minutes after midnight over which the fits of all provinces and processes are spread.
const SPREAD_MINUTES: u16 = 180;

impl Engine {
    /// Fits models of a province on what was known before a moment, and stores them.
    ///
    /// It stores none if there is nothing to learn from.
    pub async fn fit_forecasts(
        &self,
        province: &ProvinceCode,
        until: Instant,
    ) -> Result<Vec<KeptModel>, Error> {
        let context = &self.context;
        let store = context.store.as_ref();
        let fitted = super::fit(store, &context.catalogues, province, until, self.now()).await?;
        let mut kept = Vec::with_capacity(fitted.len());
        for model in fitted {
            kept.push(context.store.keep_model(&model).await?);
        }
        self.refresh_models().await?;
        Ok(kept)
    }

    /// Reads the models that were fitted since, by this process or another.
    pub async fn refresh_models(&self) -> Result<(), Error> {
        let read = self.context.store.read().await?;
        for province in self.context.foresight.models.refresh(read.as_ref()).await? {
            tracing::info!(%province, "there are new forecast models");
        }
        Ok(())
    }

    /// Keeps reading new models, and fits its own each day some time after midnight, as long as the
    /// engine lives.
    ///
    /// The time differs between provinces and between processes; a later process finds the work
    /// done. A process that has just started waits for `settle` before it fits.
    pub async fn follow_models(self: Arc<Self>, every: Duration, settle: Duration) {
        let engine = Arc::downgrade(&self);
        let own = self.context.ids.random();
        let started = tokio::time::Instant::now();
        drop(self);
        let mut tried: HashMap<ProvinceCode, NaiveDate> = HashMap::new();
        let mut pause = tokio::time::interval(every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            let brought = if started.elapsed() < settle {
                engine.refresh_models().await
            } else {
                engine.fit_what_is_old(&own, &mut tried).await
            };
            if let Err(error) = brought {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot bring the forecast models up to date");
            }
        }
    }

    async fn fit_what_is_old(
        &self,
        own: &[u8],
        tried: &mut HashMap<ProvinceCode, NaiveDate>,
    ) -> Result<(), Error> {
        self.refresh_models().await?;
        let now = self.now();
        let today = time::local_day(now);
        let midnight = time::day_start(today);
        for province in self.context.catalogues.provinces() {
            let wait = TimeDelta::minutes(minutes(own, &province));
            let is_new = self.context.foresight.models.until(&province) >= Some(midnight);
            if is_new || now < midnight + wait || tried.get(&province) == Some(&today) {
                continue;
            }
            // One try a day, also if it fails or there is nothing to learn from.
            tried.insert(province.clone(), today);
            for kept in self.fit_forecasts(&province, midnight).await? {
                let (number, hash) = (kept.number, kept.hash);
                tracing::info!(%province, number, hash, "fitted a forecast model");
            }
        }
        Ok(())
    }
}

/// How many minutes after midnight a process fits the models of a province.
fn minutes(own: &[u8], province: &ProvinceCode) -> i64 {
    let hash = keyed_hash(b"forecast", &[own, province.as_str().as_bytes()]);
    i64::from(u16::from_be_bytes([hash[0], hash[1]]) % SPREAD_MINUTES)
}
