//! What came of reading the one-stop products that a province already runs.

use domain::id::ProvinceCode;

use super::plain::is_late;
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::SystemReading;

/// What came of a reading, and whether the next one is late.
#[derive(Debug, Clone)]
pub struct ReadingStatus {
    /// What came of it.
    pub reading: SystemReading,
    /// Whether the next one is later than systems may be in step.
    pub late: bool,
}

impl Engine {
    /// What came of the last reading of each system of the caller's province.
    pub async fn readings(&self, caller: &Caller) -> Result<Vec<ReadingStatus>, Error> {
        access::check_province(caller, Method::ListReadings)?;
        let read = self.context.store.read().await?;
        let readings = read.readings(&caller.province).await?;
        let now = self.now();
        let within = self.sync_within(&caller.province);
        let status = |reading: SystemReading| ReadingStatus {
            late: is_late(Some(reading.next), now, within),
            reading,
        };
        Ok(readings.into_iter().map(status).collect())
    }

    /// What came of the last reading of a system; none if it was never read.
    pub async fn reading(
        &self,
        province: &ProvinceCode,
        system: &str,
    ) -> Result<Option<SystemReading>, Error> {
        let read = self.context.store.read().await?;
        let all = read.readings(province).await?;
        Ok(all.into_iter().find(|reading| reading.system == system))
    }

    /// Notes what came of a reading.
    pub async fn note_reading(&self, reading: &SystemReading) -> Result<(), Error> {
        Ok(self.context.store.note_reading(reading).await?)
    }
}
