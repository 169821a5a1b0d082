//! The forecasts of one office: by history where there is one, else by plan.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::calendar::Error;
use domain::time::Instant;

use crate::artefact::Artefact;
use crate::level::{Level, Sight, Thresholds, judge};
use crate::log::Case;
use crate::model::{Forecast, is_beyond};
use crate::planned::Plan;
use crate::quiet_period::Pace;
use crate::running::{Glance, Running, Wall};
use crate::shrink::{chance, logit};
use crate::working_time::{TimeScale, WorkingTime};

/// Fewer settled dossiers than this are called few, and are no history.
pub const FEW: u32 = 20;

/// What a forecast rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Finished dossiers of the past.
    History,
    /// Half on other procedures' dossiers and half on the plan: its own procedure is new.
    Kin,
    /// The planned allowances alone.
    Plan,
}

/// What is to be expected of one dossier at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// What it rests on.
    pub basis: Basis,
    /// The chance that it ends after its deadline, from 0 to 1.
    pub late: f64,
    /// Working days from now before which one in ten ends.
    pub soonest: f64,
    /// Working days from now by which half end.
    pub middle: f64,
    /// Working days from now after which one in ten ends. Capped at what was ever seen.
    pub latest: f64,
    /// Working days to the deadline.
    pub left: f64,
    /// Whether it rests on a plan that needs more time than is left.
    pub plan_lacks_time: bool,
    /// Whether the deadline has passed.
    pub overdue: bool,
}

impl Prospect {
    /// What its level is judged by.
    #[must_use]
    pub fn sight(&self) -> Sight {
        Sight {
            late: self.late,
            plan_lacks_time: self.plan_lacks_time,
            overdue: self.overdue,
        }
    }
}

/// The forecasts of one office, by one artefact or by plan alone.
///
/// Cheap to ask, dear to make: keep one for each calendar and kind of unit.
pub struct Forecaster {
    artefact: Option<Arc<Artefact>>,
    office: Arc<WorkingTime>,
    pace: Pace,
    thresholds: Thresholds,
}

impl Forecaster {
    /// Puts an artefact, if there is one, to work at an office of a kind of unit.
    #[must_use]
    pub fn new(
        artefact: Option<Arc<Artefact>>,
        office: Arc<WorkingTime>,
        unit_kind: &str,
    ) -> Forecaster {
        let thresholds = artefact
            .as_ref()
            .map(|artefact| artefact.thresholds(unit_kind));
        let pace = artefact
            .as_ref()
            .map(|artefact| artefact.model().pace(&office));
        Forecaster {
            artefact,
            office,
            pace: pace.unwrap_or_default(),
            thresholds: thresholds.unwrap_or_default(),
        }
    }

    /// Lays out a dossier as far as had happened by a moment, with the deadline in force.
    ///
    /// `activities` names the case's events. The case's own deadline and end are not looked at.
    pub fn running(
        &self,
        case: &Case,
        activities: &[String],
        deadline: Instant,
        now: Instant,
        plan: Plan,
    ) -> Result<Running, Error> {
        let model = self.artefact.as_deref().map(Artefact::model);
        Running::new(self.wall(), model, (case, activities), deadline, now, plan)
    }

    /// What is to be expected of a dossier at a moment not before it was laid out.
    pub fn prospect(&self, running: &Running, now: Instant) -> Result<Prospect, Error> {
        Ok(self.expect(running, &running.at(self.wall(), now)?))
    }

    /// The level of a dossier that had another one before, or none.
    pub fn level(
        &self,
        previous: Option<Level>,
        running: &Running,
        now: Instant,
    ) -> Result<Level, Error> {
        let prospect = self.prospect(running, now)?;
        Ok(judge(previous, prospect.sight(), &self.thresholds))
    }

    /// When it is to be expected to end: between which moments four in five do, and the middle.
    ///
    /// None where the calendar does not reach so far. While the clock stands, as if it went on now.
    /// Each lies on that side of the deadline on which the chance has it, to the microsecond: the
    /// middle comes after it exactly where the chance of ending late is at least even.
    #[must_use]
    pub fn finish(
        &self,
        running: &Running,
        prospect: &Prospect,
        now: Instant,
    ) -> Option<[Instant; 3]> {
        let paced = self.pace.at(self.office.position(now).ok()?);
        let reached = |days: f64| {
            let position = self.pace.position(paced + days);
            Some(self.office.moment_of(position).ok()?.max(now))
        };
        let due = if running.stands() {
            reached(prospect.left)?
        } else {
            running.deadline
        };
        let moment = |days: f64, share: f64| {
            let at = reached(days)?;
            Some(match prospect.overdue {
                true => at,
                false if is_beyond(prospect.late, share) => {
                    at.max(due + TimeDelta::microseconds(1))
                }
                false => at.min(due),
            })
        };
        Some([
            moment(prospect.soonest, 0.1)?,
            moment(prospect.middle, 0.5)?,
            moment(prospect.latest, 0.9)?,
        ])
    }

    /// How much less likely a delay would be, had the step it is at just been done.
    ///
    /// Never below zero. A dossier that is overdue, or whose clock stands, has nothing to gain.
    pub fn gain(&self, running: &Running, now: Instant) -> Result<f64, Error> {
        let glance = running.at(self.wall(), now)?;
        Ok(self.gain_at(running, &glance))
    }

    pub(crate) fn gain_at(&self, running: &Running, glance: &Glance) -> f64 {
        if glance.overdue || running.stands() {
            return 0.0;
        }
        let prospect = self.expect(running, glance);
        let planned = || {
            let plan = running.plan.without_current();
            plan.forecast(prospect.left, running.progress(glance)).late
        };
        let next = self.artefact.as_ref().and_then(|artefact| {
            let step = artefact.next(glance.situation.step)?;
            let moved = running.moved_on(glance, step);
            Some(artefact.model().late(&moved))
        });
        let done = match (prospect.basis, next) {
            (Basis::History, Some(late)) => late,
            // The last step done is the dossier done.
            (Basis::History, None) => 0.0,
            (Basis::Kin | Basis::Plan, _) => planned(),
        };
        (prospect.late - done).max(0.0)
    }

    /// The thresholds in force.
    #[must_use]
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// The office whose time it tells.
    #[must_use]
    pub fn office(&self) -> &WorkingTime {
        &self.office
    }

    /// How its days read in hours.
    #[must_use]
    pub fn scale(&self) -> TimeScale {
        self.office.scale()
    }

    pub(crate) fn artefact(&self) -> Option<&Artefact> {
        self.artefact.as_deref()
    }

    pub(crate) fn wall(&self) -> Wall<'_> {
        Wall {
            office: &self.office,
            pace: &self.pace,
        }
    }

    pub(crate) fn expect(&self, running: &Running, glance: &Glance) -> Prospect {
        let at = &glance.situation;
        let left = f64::from(at.left);
        let artefact = self.artefact.as_deref();
        let artefact = artefact.filter(|artefact| artefact.model().size().settled >= FEW);
        let planned = || running.plan.forecast(left, running.progress(glance));
        let (basis, forecast) = match artefact {
            None => (Basis::Plan, planned()),
            Some(artefact) if running.is_of_a_known_kind() => {
                (Basis::History, artefact.forecast(running, glance))
            }
            Some(artefact) => {
                let kin = artefact.forecast(running, glance);
                (Basis::Kin, between(kin, planned()))
            }
        };
        let lacks = running.plan.needed(running.progress(glance)) > left;
        // A dossier that is open is never sure to be on time, nor sure to be late before it is.
        let late = forecast.late.clamp(0.002, 0.998);
        let forecast = Forecast { late, ..forecast }.agreeing(left);
        Prospect {
            basis,
            late: if left > 0.0 { late } else { 1.0 },
            soonest: forecast.soonest,
            middle: forecast.middle,
            latest: forecast.latest,
            left,
            plan_lacks_time: basis != Basis::History && lacks,
            overdue: glance.overdue,
        }
    }
}

/// The middle of two forecasts.
fn between(a: Forecast, b: Forecast) -> Forecast {
    let mean = |a: f64, b: f64| f64::midpoint(a, b);
    Forecast {
        late: chance(mean(logit(a.late), logit(b.late))),
        soonest: mean(a.soonest, b.soonest),
        middle: mean(a.middle, b.middle),
        latest: mean(a.latest, b.latest),
    }
}
