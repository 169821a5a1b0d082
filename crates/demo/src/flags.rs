//! The forecasts of the made-up months: models and flags as a server would have made them.

use app::Engine;
use app::foresight::Sweep;
use chrono::{Datelike, NaiveDate, Timelike};
use domain::time::{self, Instant};

use crate::clock::NOW;
use crate::failure::Failure;
use crate::place::province_code;

/// How often the demo looks for crossings in the made-up months, in minutes. A server sees each
/// crossing when it happens; the demo misses a level that comes and goes within this time.
const EVERY_MINUTES: u32 = 15;

/// Keeps models and flag log up to date with the simulated clock.
#[derive(Default)]
pub struct Flags {
    sweep: Sweep,
    /// When it was last looked.
    looked: Option<(NaiveDate, u32)>,
    /// The day of the latest model.
    fitted: Option<NaiveDate>,
}

impl Flags {
    /// Fits once a month, and looks for crossings all day.
    pub async fn keep_up(&mut self, engine: &Engine, now: Instant) -> Result<(), Failure> {
        let local = time::local(now);
        let day = local.date_naive();
        let slot = Some((day, (local.hour() * 60 + local.minute()) / EVERY_MINUTES));
        if self.looked == slot {
            return Ok(());
        }
        self.looked = slot;
        if self.fitted.map(|fitted| fitted.month()) != Some(day.month()) {
            self.fit(engine, day, now).await?;
        }
        self.look(engine, now).await
    }

    /// Has today's model, and flags what it flags now.
    pub async fn catch_up(&mut self, engine: &Engine, now: Instant) -> Result<(), Failure> {
        let today = time::local_day(now);
        if self.fitted != Some(today) {
            self.fit(engine, today, now).await?;
        }
        self.look(engine, now).await
    }

    async fn look(&mut self, engine: &Engine, now: Instant) -> Result<(), Failure> {
        let looked = NOW.scope(now, engine.sweep(&mut self.sweep)).await;
        looked.map_err(|error| Failure::work("cannot flag the demo's dossiers", error))?;
        Ok(())
    }

    async fn fit(&mut self, engine: &Engine, day: NaiveDate, now: Instant) -> Result<(), Failure> {
        self.fitted = Some(day);
        let province = province_code();
        let fitting = engine.fit_forecasts(&province, time::day_start(day));
        let fitted = NOW.scope(now, fitting).await;
        fitted.map_err(|error| Failure::work("cannot fit the demo's forecasts", error))?;
        Ok(())
    }
}
