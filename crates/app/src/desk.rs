//! What a desk receives most, so that it finds those procedures first.

use std::cmp::Reverse;

use chrono::TimeDelta;
use domain::id::{ProcedureCode, UnitCode};
use domain::time;

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;

/// Procedures of the last so many days.
const LATELY: TimeDelta = TimeDelta::days(30);

/// No more of the newest dossiers of a unit are looked at.
const NEWEST: u32 = 1_000;

impl Engine {
    /// The procedures of which the desk of a unit took dossiers in lately and how many, most first. It may be a
    /// quarter of an hour old.
    pub async fn received_lately(
        &self,
        caller: &Caller,
        unit: &UnitCode,
    ) -> Result<Vec<(ProcedureCode, u32)>, Error> {
        access::check_role(caller, Method::ListDossiers)?;
        if !caller.reaches(unit) {
            return Err(Error::UnitDenied {
                method: "ListProcedures",
            });
        }
        let now = self.now();
        let key = (caller.province.clone(), unit.clone());
        if let Some(known) = self.context.closed.received.get(&key, now) {
            return Ok(known);
        }
        let since = time::day_start(time::local_day(now - LATELY));
        let read = self.context.store.read().await?;
        let received = read.received_lately(unit, &caller.province, since, NEWEST);
        let mut received: Vec<_> = received.await?.into_iter().collect();
        received.sort_by_key(|(procedure, dossiers)| (Reverse(*dossiers), procedure.clone()));
        self.context
            .closed
            .received
            .keep(key, now, received.clone());
        Ok(received)
    }
}
