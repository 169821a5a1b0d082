//! Time goes on: no record time lies before one that is in the database.
//!
//! A machine whose clock was set back would record an act before what led to it, and end an overdue
//! dossier early. Of two processes whose clocks differ, the later one waits for the other.

use chrono::TimeDelta;
use domain::time::Instant;

use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;

/// How far a clock may be behind what is recorded and still be waited for: clocks that are kept right
/// differ by far less, and a caller has the time.
const PATIENCE: TimeDelta = TimeDelta::seconds(2);

impl Context {
    /// Waits until the clock has come to what was recorded last, and refuses to write where that
    /// would take long.
    pub(crate) async fn keep_pace(&self, newest: Option<Instant>) -> Result<(), Error> {
        let Some(newest) = newest else {
            return Ok(());
        };
        let behind = newest - self.clock.now();
        if behind > TimeDelta::zero() && behind <= PATIENCE {
            tokio::time::sleep(behind.to_std().unwrap_or_default()).await;
        }
        let now = self.clock.now();
        if now >= newest {
            return Ok(());
        }
        Err(Error::ClockBehind { newest, now })
    }
}

impl Engine {
    /// Refuses where the clock is so far behind what was recorded that nothing would be written.
    pub async fn check_clock(&self) -> Result<(), Error> {
        let read = self.context.store.read().await?;
        let newest = read.newest_record().await?;
        let now = self.context.clock.now();
        match newest.filter(|newest| *newest - now > PATIENCE) {
            Some(newest) => Err(Error::ClockBehind { newest, now }),
            None => Ok(()),
        }
    }
}
