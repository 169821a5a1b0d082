//! What is to be expected of open dossiers, from memory.

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

/// What is to be expected of a dossier at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreseen {
    /// How likely it is to end late, with what was flagged before taken into account.
    pub level: Level,
    /// The chance of that, from 0 to 1.
    pub late: f64,
    /// When it is to be expected to end: one in ten before, half by, one in ten after. None where
    /// the calendar does not reach so far.
    pub finish: Option<[Instant; 3]>,
    /// Why, the weightiest first.
    pub reasons: Vec<FlagReason>,
    /// The number of the model; none when only planned allowances say so.
    pub model: Option<u64>,
    /// The last moment for its apology, where it will be late and can still be extended.
    pub apology_by: Option<Instant>,
}

/// How many dossiers are remembered as they were laid out. Past it all are laid out anew.
const REMEMBERED: usize = 50_000;

/// A calendar, whether limits run by the clock there, and the hours that follow.
type OfficeHours = (Arc<Calendar>, bool, Arc<WorkingTime>);

/// Forecasters of offices, and dossiers as they were last laid out for them.
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

/// A forecaster, and what it was made of.
pub(crate) struct UnitForecaster {
    pub forecaster: Forecaster,
    /// The number of its model; none when there is none.
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
    /// The forecaster for dossiers that a unit decides.
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

    /// A calendar as a forecast counts on it, made once: its open time, or all of it.
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

    /// Dossiers as they are laid out now. Left out are those of which nothing can be foreseen.
    ///
    /// Those that have changed since they were last asked for are read with one query.
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

/// Time as a unit's calendar counts it, or without a pause.
pub(crate) fn working_time(calendar: &Calendar, elapsed: bool) -> WorkingTime {
    if elapsed {
        WorkingTime::elapsed(calendar, Box::new(VietNam))
    } else {
        WorkingTime::new(calendar.clone(), Box::new(VietNam))
    }
}

/// Lays a dossier out as it stands; none where a calendar does not know its days.
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

/// Whether anything can be foreseen of a dossier: it is open, must meet a due time of ours, and no
/// other system decides it.
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

/// What is still planned of a dossier.
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
    // A due time that another system told has no limit behind it.
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
    // Received, and nobody has taken its first step yet.
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
    /// When half of the working time that it has had passed.
    pub fn half_way(&self, dossier: &Dossier) -> Option<Instant> {
        let office = self.of_unit.forecaster.office();
        let from = office.position(dossier.received?).ok()?;
        let due = dossier.clock.as_ref()?.effective_due?;
        let due = office.position(due).ok()?;
        office.moment_of(from.midpoint(due)).ok()
    }

    /// The last moment at which what remains usually still fits; none where the calendar ends.
    pub fn last_start(&self, now: Instant) -> Option<Instant> {
        let forecaster = &self.of_unit.forecaster;
        let prospect = forecaster.prospect(&self.running, now).ok()?;
        let office = forecaster.office();
        let slack = prospect.left - prospect.middle;
        office.moment_of(office.position(now).ok()? + slack).ok()
    }

    /// Its level at a moment, when it had another one before, or none.
    pub fn level(&self, previous: Option<Level>, now: Instant) -> Option<Level> {
        let forecaster = &self.of_unit.forecaster;
        forecaster.level(previous, &self.running, now).ok()
    }

    /// What is to be expected at a moment of a dossier that had a level before, or none.
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
