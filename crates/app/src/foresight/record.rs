//! Reckons how good the flags were.

use std::collections::HashMap;

use domain::calendar::Calendar;
use domain::dossier::{Dossier, Record, Status};
use domain::id::{DossierId, UnitCode};
use domain::procedure::Kind;
use domain::time::{self, Instant};
use forecast::record::{DRIFT_DAYS, Settled, drift, record};

use super::flag_record::FlagRecord;
use super::month::Month;
use super::trace::counts_elapsed;
use super::{Flag, Foretold};
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, Scope};
use crate::read::scope_of;

/// Working days after a flag within which an act counts as an answer to it.
const ACTED_WITHIN: f64 = 1.0;
/// How many dossiers are read at once: those of a ward in one read, because each read goes through all of the
/// units' interests from there on.
const STRIDE: u32 = 2_000;

impl Engine {
    /// The quality of the flags on dossiers that were due in a month: of a unit, or of all units of
    /// the caller; of the present month so far by default.
    ///
    /// It reads the flag log and the chances foretold half-way, as both were written then. It
    /// leaves out petitions and mirrored dossiers. Dossiers that ended without a result judge the
    /// chances, which had counted them as never late, and no flag. The record of a month that is over is kept
    /// for a quarter of an hour; [`FlagRecord::as_of`] says when it was reckoned.
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
        // Of a month that is over little changes; the present one is wanted as it is now.
        let key = (month.ends() <= now).then(|| (scope.clone(), month));
        let records = &self.context.closed.records;
        if let Some(known) = key.as_ref().and_then(|key| records.get(key, now)) {
            return Ok(known);
        }
        let read = self.context.store.read().await?;
        let judged_from = read.first_model(scope.province()).await?;
        // Before the first model no flag could warn, so nothing is judged.
        let from = judged_from.map_or(until, |first| Ord::max(first, month.begins()));
        let settled = self
            .settled(read.as_ref(), &scope, (from, Ord::max(from, until)))
            .await?;
        let calendar = self.context.catalogue(scope.province());
        let since = drift_since(calendar.calendars.national(), now);
        let since = judged_from.map_or(now, |first| Ord::max(first, since));
        let lately = self.settled(read.as_ref(), &scope, (since, now)).await?;
        let record = FlagRecord {
            month,
            as_of: now,
            judged_from,
            record: record(&settled),
            drift: drift(&lately),
        };
        if let Some(key) = key {
            records.keep(key, now, record.clone());
        }
        Ok(record)
    }

    /// The dossiers due in a period, their flags and chances, and the outcomes.
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
            let warned = ids.iter().copied().filter(|id| {
                let own = flags.get(id).map_or(&[][..], Vec::as_slice);
                own.iter().any(|flag| flag.level.warns())
            });
            let warned: Vec<DossierId> = warned.collect();
            let histories = read.records_of(province, &warned).await?;
            let foretold = read.foretold(province, &ids).await?;
            for dossier in judged {
                let history = histories.get(&dossier.id);
                let history = history.map_or(&[][..], Vec::as_slice);
                settled.extend(self.outcome(dossier, history, &flags, &foretold));
            }
        }
    }

    fn outcome(
        &self,
        dossier: &Dossier,
        history: &[Record],
        flags: &HashMap<DossierId, Vec<Flag>>,
        foretold: &HashMap<DossierId, Foretold>,
    ) -> Option<Settled> {
        let due = dossier.clock.as_ref()?.effective_due?;
        let flags = flags.get(&dossier.id).map_or(&[][..], Vec::as_slice);
        let warned = flags
            .iter()
            .find(|flag| flag.level.warns() && flag.at < due);
        let catalogue = self.context.catalogue(&dossier.province);
        let calendar = catalogue.calendars.for_unit(dossier.resolving.as_str());
        let foresight = &self.context.foresight;
        let office = foresight.office(calendar, counts_elapsed(dossier));
        let until = office.position(due).ok();
        let between = |from: Instant| Some(until? - office.position(from).ok()?);
        let lead = warned.and_then(|flag| between(flag.at));
        let acted = warned.is_some_and(|flag| {
            let position = |at: Instant| office.position(at).ok();
            let within = position(flag.at).map(|position| position + ACTED_WITHIN);
            history
                .iter()
                .any(|record| flag.at < record.event_time && position(record.event_time) <= within)
        });
        Some(Settled {
            late: dossier.ended.is_none_or(|ended| ended > due),
            without: ended_without(dossier),
            lead,
            acted,
            allowance: dossier.received.and_then(between),
            told: foretold.get(&dossier.id).map(|foretold| foretold.late),
        })
    }
}

/// Whether a dossier can judge a forecast: it ended, or should have ended.
fn is_judged(dossier: &Dossier) -> bool {
    let standing = dossier
        .clock
        .as_ref()
        .is_some_and(|it| it.standing.is_some());
    let is_over = match dossier.status() {
        Status::Submitted => false,
        Status::Received
        | Status::Processing
        | Status::SupplementRequested
        | Status::PaymentRequested => !standing,
        Status::Refused
        | Status::Withdrawn
        | Status::Stopped
        | Status::Resolved
        | Status::Returned => true,
    };
    is_over && dossier.kind == Kind::Procedure && dossier.mirrored.is_none()
}

/// Whether a dossier ended without a result.
fn ended_without(dossier: &Dossier) -> bool {
    matches!(
        dossier.status(),
        Status::Refused | Status::Withdrawn | Status::Stopped
    )
}

/// The beginning of the last working days that count.
fn drift_since(calendar: &Calendar, now: Instant) -> Instant {
    let today = time::local_day(now);
    let first = calendar.nth_working_day_before(today, DRIFT_DAYS);
    // Before the calendar begins there are no outcomes.
    time::day_start(first.unwrap_or_else(|_| calendar.first_day()))
}
