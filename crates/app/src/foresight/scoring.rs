//! Forecasts open dossiers from memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::{Dossier, Record, State, Status};
use domain::id::{DossierId, ProvinceCode};
use domain::limit::Limit;
use domain::procedure::{Kind, Procedure};
use domain::time::Instant;
use forecast::forecaster::{Basis, Forecaster};
use forecast::level::Level;
use forecast::planned::{Plan, Work};
use forecast::running::Running;
use forecast::working_time::{VietNam, WorkingTime};

use super::Models;
use super::flag::FlagReason;
use super::trace::{Trace, counts_elapsed, unit_kind};
use super::words::Words;
use crate::catalogues::Catalogues;
use crate::error::Error;
use crate::ports::{Key, ReadTx};

/// The forecast of a dossier at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreseen {
    /// The level, which also depends on the earlier flag.
    pub level: Level,
    /// The chance of that, from 0 to 1.
    pub late: f64,
    /// When the dossier will probably end: the 10 %, 50 % and 90 % points. None where the calendar
    /// does not reach so far.
    pub finish: Option<[Instant; 3]>,
    /// Why, the weightiest first.
    pub reasons: Vec<FlagReason>,
    /// The number of the model; none if only planned allowances gave the chance.
    pub model: Option<u64>,
    /// The last moment for an apology, if the dossier will be late and can still be extended.
    pub apology_by: Option<Instant>,
}

/// How many prepared dossiers stay in memory. Beyond it all are prepared again.
const REMEMBERED: usize = 50_000;

/// A calendar, whether limits elapse without pauses under it, and the resulting working time.
type OfficeHours = (Arc<Calendar>, bool, Arc<WorkingTime>);

/// The forecasters of units, and the dossiers as last prepared for them.
#[derive(Default)]
pub(crate) struct Foresight {
    pub models: Models,
    offices: Mutex<Vec<OfficeHours>>,
    forecasters: Mutex<HashMap<ForecasterKey, Arc<UnitForecaster>>>,
    laid: Mutex<HashMap<Key, Arc<Laid>>>,
}

/// For whom a forecaster is made.
#[derive(PartialEq, Eq, Hash)]
struct ForecasterKey {
    province: ProvinceCode,
    matter: Kind,
    calendar: usize,
    /// Whether nights and days off count.
    elapsed: bool,
    unit_kind: String,
}

/// A forecaster, and what it was made from.
pub(crate) struct UnitForecaster {
    pub forecaster: Forecaster,
    /// The number of its model; none without a model.
    pub model: Option<u64>,
    calendar: Arc<Calendar>,
}

/// A dossier that was laid out.
pub(crate) struct Laid {
    pub of_unit: Arc<UnitForecaster>,
    pub running: Running,
    version: u32,
}

impl Foresight {
    /// The forecaster for the unit that decides a dossier.
    pub fn forecaster_for(&self, catalogue: &Catalogue, dossier: &Dossier) -> Arc<UnitForecaster> {
        let calendar = catalogue.calendars.for_unit(dossier.resolving.as_str());
        let fitted = self.models.of(&dossier.province, dossier.kind);
        let model = fitted.as_ref().map(|fitted| fitted.number);
        let key = ForecasterKey {
            province: dossier.province.clone(),
            matter: dossier.kind,
            calendar: Arc::as_ptr(calendar).addr(),
            elapsed: counts_elapsed(dossier),
            unit_kind: unit_kind(catalogue, &dossier.resolving).to_owned(),
        };
        let mut known = held(&self.forecasters);
        if let Some(of_unit) = known.get(&key)
            && of_unit.model == model
            && Arc::ptr_eq(&of_unit.calendar, calendar)
        {
            return Arc::clone(of_unit);
        }
        let artefact = fitted.map(|fitted| Arc::clone(&fitted.artefact));
        let forecaster =
            Forecaster::new(artefact, self.office(calendar, key.elapsed), &key.unit_kind);
        let of_unit = Arc::new(UnitForecaster {
            forecaster,
            model,
            calendar: Arc::clone(calendar),
        });
        known.insert(key, Arc::clone(&of_unit));
        of_unit
    }

    /// A calendar's working time for forecasts, made once: its open time, or all time.
    pub fn office(&self, calendar: &Arc<Calendar>, elapsed: bool) -> Arc<WorkingTime> {
        let mut made = held(&self.offices);
        let known = made
            .iter()
            .find(|(known, counts, _)| Arc::ptr_eq(known, calendar) && *counts == elapsed);
        if let Some((_, _, office)) = known {
            return Arc::clone(office);
        }
        let office = Arc::new(working_time(calendar, elapsed));
        made.push((Arc::clone(calendar), elapsed, Arc::clone(&office)));
        office
    }

    /// Prepares dossiers as they stand now. It leaves out dossiers that have no forecast.
    ///
    /// One query reads all that have changed since the last call.
    pub async fn lay_out(
        &self,
        read: &dyn ReadTx,
        catalogues: &Catalogues,
        province: &ProvinceCode,
        dossiers: &[&Dossier],
        now: Instant,
    ) -> Result<HashMap<DossierId, Arc<Laid>>, Error> {
        let catalogue = catalogues.of(province);
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for dossier in dossiers.iter().copied().filter(|one| is_foreseen(one)) {
            let of_unit = self.forecaster_for(&catalogue, dossier);
            let key = (province.clone(), dossier.id);
            let known = held(&self.laid).get(&key).cloned();
            let current = known.filter(|laid| {
                laid.version == dossier.version && Arc::ptr_eq(&laid.of_unit, &of_unit)
            });
            match current {
                Some(laid) => {
                    found.insert(dossier.id, laid);
                }
                None => missing.push((dossier, of_unit)),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let ids: Vec<DossierId> = missing.iter().map(|(dossier, _)| dossier.id).collect();
        let histories = read.records_of(province, &ids).await?;
        for (dossier, of_unit) in missing {
            let records = histories.get(&dossier.id).map_or(&[][..], Vec::as_slice);
            if let Some(laid) = lay(of_unit, records, dossier, &catalogue, now) {
                let laid = Arc::new(laid);
                self.remember((province.clone(), dossier.id), &laid);
                found.insert(dossier.id, laid);
            }
        }
        Ok(found)
    }

    fn remember(&self, key: Key, laid: &Arc<Laid>) {
        let mut known = held(&self.laid);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, Arc::clone(laid));
    }
}

/// The working time of a unit's calendar, or time without pauses.
pub(crate) fn working_time(calendar: &Calendar, elapsed: bool) -> WorkingTime {
    if elapsed {
        WorkingTime::elapsed(calendar, Box::new(VietNam))
    } else {
        WorkingTime::new(calendar.clone(), Box::new(VietNam))
    }
}

/// Prepares a dossier as it stands; none if its days lie outside the calendar.
pub(crate) fn lay(
    of_unit: Arc<UnitForecaster>,
    records: &[Record],
    dossier: &Dossier,
    catalogue: &Catalogue,
    now: Instant,
) -> Option<Laid> {
    let trace = Trace::of(records, catalogue)?;
    let procedures = &catalogue.procedures;
    let procedure = procedures.get(&dossier.procedure, dossier.procedure_version)?;
    let now = Ord::max(now, dossier.last);
    let plan = plan(&of_unit, dossier, procedure, catalogue, now)?;
    let forecaster = &of_unit.forecaster;
    let running = forecaster.running(&trace.case, &trace.names, trace.due, now, plan);
    Some(Laid {
        running: running.ok()?,
        version: dossier.version,
        of_unit,
    })
}

/// Whether a dossier has a forecast: it is open, has a due time to meet here, and no other system
/// decides it.
pub(crate) fn is_foreseen(dossier: &Dossier) -> bool {
    let open = match dossier.status() {
        Status::Received
        | Status::Processing
        | Status::SupplementRequested
        | Status::PaymentRequested => true,
        Status::Submitted
        | Status::Refused
        | Status::Withdrawn
        | Status::Stopped
        | Status::Resolved
        | Status::Returned => false,
    };
    let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
    open && dossier.received.is_some() && due.is_some() && dossier.mirrored.is_none()
}

/// The remaining plan of a dossier.
fn plan(
    of_unit: &UnitForecaster,
    dossier: &Dossier,
    procedure: &Procedure,
    catalogue: &Catalogue,
    now: Instant,
) -> Option<Plan> {
    let clock = dossier.clock.as_ref()?;
    let office = of_unit.forecaster.office();
    let days = |from: Instant, to: Instant| {
        let between = office.position(to).ok()? - office.position(from).ok()?;
        Some(between.max(0.0))
    };
    // A due time from another system has no limit behind it.
    let limit = match clock.limit {
        Some(limit) => limit,
        None => {
            let days_told = days(dossier.received?, clock.original_due?)?;
            Limit::WorkingDays(days_told.round().clamp(1.0, 999.0) as u16)
        }
    };
    let first = procedure.first_step().map(|step| &step.id);
    let step = match &dossier.state {
        State::Received => first,
        _ => dossier.state.step(),
    };
    let scale = of_unit.forecaster.scale();
    let mut plan = Plan::of(&procedure.steps, step, limit, scale);
    // The dossier is received, and its first step has not begun.
    plan.begun = dossier.state != State::Received;
    let legs = dossier
        .open_legs()
        .map(|leg| (&leg.unit, leg.opened, leg.due));
    let asked = dossier.open_consultations();
    let asked = asked.map(|asked| (&asked.unit, asked.opened, asked.due));
    for (unit, opened, due) in legs.chain(asked) {
        let name = catalogue.units.get(unit).map(|unit| unit.name.clone());
        if let (Some(planned), Some(before)) = (days(opened, due), days(opened, now)) {
            let name = name.unwrap_or_else(|| unit.to_string());
            plan.legs.push((
                Work {
                    name,
                    days: planned,
                },
                before,
            ));
        }
    }
    Some(plan)
}

impl Laid {
    /// The moment at which half of its working time had passed.
    pub fn half_way(&self, dossier: &Dossier) -> Option<Instant> {
        let office = self.of_unit.forecaster.office();
        let from = office.position(dossier.received?).ok()?;
        let due = dossier.clock.as_ref()?.effective_due?;
        let due = office.position(due).ok()?;
        office.moment_of(from.midpoint(due)).ok()
    }

    /// The last moment at which the usual remaining time still fits; none past the calendar.
    pub fn last_start(&self, now: Instant) -> Option<Instant> {
        let forecaster = &self.of_unit.forecaster;
        let prospect = forecaster.prospect(&self.running, now).ok()?;
        let office = forecaster.office();
        let slack = prospect.left - prospect.middle;
        office.moment_of(office.position(now).ok()? + slack).ok()
    }

    /// Its level at a moment, given its earlier level, if any.
    pub fn level(&self, previous: Option<Level>, now: Instant) -> Option<Level> {
        let forecaster = &self.of_unit.forecaster;
        forecaster.level(previous, &self.running, now).ok()
    }

    /// The forecast at a moment, for a dossier with this earlier level, if any.
    pub fn foreseen(
        &self,
        previous: Option<Level>,
        dossier: &Dossier,
        catalogue: &Catalogue,
        apology_by: Option<Instant>,
        now: Instant,
    ) -> Option<Foreseen> {
        let forecaster = &self.of_unit.forecaster;
        let prospect = forecaster.prospect(&self.running, now).ok()?;
        let level = self.level(previous, now)?;
        let reasons = forecaster.explain(previous, &self.running, now).ok()?;
        let words = Words::new(dossier, catalogue, forecaster.scale());
        let may_apologise = level.calls_for_an_apology() && !dossier.extended;
        let apology_by = apology_by.filter(|by| may_apologise && now <= *by);
        let told = reasons.iter().filter(|reason| words.tells(reason));
        let told = told.map(|reason| words.of(reason));
        let told = told
            .chain(apology_by.map(FlagReason::apologise_by))
            .collect();
        Some(Foreseen {
            level,
            late: prospect.late,
            finish: forecaster.finish(&self.running, &prospect, now),
            reasons: told,
            model: match prospect.basis {
                Basis::History | Basis::Kin => self.of_unit.model,
                Basis::Plan => None,
            },
            apology_by,
        })
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
