//! How good the flags were.

use std::collections::HashMap;

use domain::calendar::Calendar;
use domain::dossier::{Dossier, Status};
use domain::id::{DossierId, UnitCode};
use domain::procedure::Kind;
use domain::time::{self, Instant};
use forecast::record::{DRIFT_DAYS, Drift, Record, Settled, drift, record};

use super::month::Month;
use super::{Flag, Foretold};
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, Scope};
use crate::read::scope_of;

/// How good the flags of a month were.
#[derive(Debug, Clone)]
pub struct FlagRecord {
    /// The month.
    pub month: Month,
    /// When it was reckoned.
    pub as_of: Instant,
    /// What was flagged and what came of it.
    pub record: Record,
    /// The chances of the last 60 working days against what came; none below thirty dossiers.
    pub drift: Option<Drift>,
}

/// How many dossiers are looked at in one go.
const STRIDE: u32 = 500;

impl Engine {
    /// How good the flags were of dossiers that were due in a month: of a unit, or of all units of
    /// the caller; of the present month, as far as it has passed, when none is given.
    ///
    /// From the flag log and from what was foretold half-way, as both were written then. Petitions,
    /// mirrored dossiers, and those that ended without a result are left out.
    pub async fn flag_record(
        &self,
        caller: &Caller,
        unit: Option<&UnitCode>,
        month: Option<Month>,
    ) -> Result<FlagRecord, Error> {
        let scope = scope_of(caller, Method::GetFlagRecord, unit)?;
        let now = self.now();
        let month = month.or_else(|| Month::of(time::local_day(now)));
        let month = month.filter(|month| month.begins() <= now);
        let month = month.ok_or_else(|| Error::invalid("month", "must not be to come"))?;
        let until = Ord::min(month.ends(), now);
        let read = self.office.store.read().await?;
        let settled = self
            .settled(read.as_ref(), &scope, (month.begins(), until))
            .await?;
        let calendar = self.office.catalogue(scope.province());
        let since = drift_since(calendar.calendars.national(), now);
        let lately = self.settled(read.as_ref(), &scope, (since, now)).await?;
        Ok(FlagRecord {
            month,
            as_of: now,
            record: record(&settled),
            drift: drift(&lately),
        })
    }

    /// Dossiers that were due in a period, what was said of them, and what came.
    async fn settled(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        due: (Instant, Instant),
    ) -> Result<Vec<Settled>, Error> {
        let province = scope.province();
        let mut settled = Vec::new();
        let mut after = None;
        loop {
            let page = read.due_between(scope, due, after, STRIDE).await?;
            let Some(last) = page.last() else {
                return Ok(settled);
            };
            after = Some(last.id);
            let judged: Vec<&Dossier> = page.iter().filter(|one| is_judged(one)).collect();
            let ids: Vec<DossierId> = judged.iter().map(|dossier| dossier.id).collect();
            let flags = read.flags_of(province, &ids).await?;
            let foretold = read.foretold(province, &ids).await?;
            for dossier in judged {
                settled.extend(self.outcome(dossier, &flags, &foretold));
            }
        }
    }

    fn outcome(
        &self,
        dossier: &Dossier,
        flags: &HashMap<DossierId, Vec<Flag>>,
        foretold: &HashMap<DossierId, Foretold>,
    ) -> Option<Settled> {
        let due = dossier.clock.as_ref()?.effective_due?;
        let flags = flags.get(&dossier.id).map_or(&[][..], Vec::as_slice);
        let warned = flags
            .iter()
            .find(|flag| flag.level.warns() && flag.at < due);
        let lead = warned.and_then(|flag| {
            let catalogue = self.office.catalogue(&dossier.province);
            let calendar = catalogue.calendars.for_unit(dossier.resolving.as_str());
            let office = self.office.foresight.office(calendar);
            Some(office.position(due).ok()? - office.position(flag.at).ok()?)
        });
        Some(Settled {
            late: dossier.ended.is_none_or(|ended| ended > due),
            lead,
            told: foretold.get(&dossier.id).map(|foretold| foretold.late),
        })
    }
}

/// Whether it shows how good a flag was: it ended with a result or should have.
fn is_judged(dossier: &Dossier) -> bool {
    let standing = dossier
        .clock
        .as_ref()
        .is_some_and(|it| it.standing.is_some());
    let has_result = match dossier.status() {
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Submitted => false,
        Status::Received
        | Status::Processing
        | Status::SupplementRequested
        | Status::PaymentRequested => !standing,
        Status::Resolved | Status::Returned => true,
    };
    has_result && dossier.kind == Kind::Procedure && dossier.mirrored.is_none()
}

/// The beginning of the last so many working days.
fn drift_since(calendar: &Calendar, now: Instant) -> Instant {
    let today = time::local_day(now);
    let first = calendar.nth_working_day_before(today, DRIFT_DAYS);
    // Before the calendar begins there is nothing to look back on.
    time::day_start(first.unwrap_or_else(|_| calendar.first_day()))
}
