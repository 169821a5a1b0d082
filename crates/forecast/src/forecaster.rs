//! The forecasts of one office: by history if there is one, otherwise by plan.

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
use crate::running::{Running, RunningAt, Wall};
use crate::shrink::{chance, logit};
use crate::working_time::{TimeScale, WorkingTime};

/// Fewer settled dossiers than this are called few, and too few for a history.
pub const FEW: u32 = 20;

/// What a forecast rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Finished dossiers of the past.
    History,
    /// Half on dossiers of other procedures and half on the plan, because the procedure is new.
    Kin,
    /// The planned allowances alone.
    Plan,
}

/// The forecast of one dossier at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// What the forecast rests on.
    pub basis: Basis,
    /// The chance that the dossier ends after its deadline, from 0 to 1.
    pub late: f64,
    /// Working days from now before which one in ten such dossiers ends.
    pub soonest: f64,
    /// Working days from now within which half end.
    pub middle: f64,
    /// Working days from now after which one in ten ends; never more than was ever seen.
    pub latest: f64,
    /// Working days to the deadline.
    pub left: f64,
    /// Whether the forecast rests on a plan that needs more time than is left.
    pub plan_lacks_time: bool,
    /// Whether the deadline has passed.
    pub overdue: bool,
}

impl Prospect {
    /// The part of the prospect that decides the level.
    #[must_use]
    pub fn sight(&self) -> Sight {
        Sight {
            late: self.late,
            plan_lacks_time: self.plan_lacks_time,
            overdue: self.overdue,
        }
    }
}

/// The forecasts of one office, by an artefact or by plan alone.
///
/// Making one is expensive and asking it is cheap, so keep one for each calendar and kind of unit.
pub struct Forecaster {
    artefact: Option<Arc<Artefact>>,
    office: Arc<WorkingTime>,
    pace: Pace,
    thresholds: Thresholds,
}

impl Forecaster {
    /// Makes a forecaster for an office of a kind of unit; without an artefact it judges by plan
    /// alone.
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

    /// Lays out a dossier as of `now`, with the deadline in force.
    ///
    /// `activities` names the case's events. The case's own deadline and end are ignored.
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

    /// The forecast of a dossier at a moment not before it was laid out.
    pub fn prospect(&self, running: &Running, now: Instant) -> Result<Prospect, Error> {
        Ok(self.expect(running, &running.at(self.wall(), now)?))
    }

    /// The level of a dossier whose level before was `previous`, or none.
    pub fn level(
        &self,
        previous: Option<Level>,
        running: &Running,
        now: Instant,
    ) -> Result<Level, Error> {
        let prospect = self.prospect(running, now)?;
        Ok(judge(previous, prospect.sight(), &self.thresholds))
    }

    /// The expected end: the bounds of the 80 % interval with the middle between them.
    ///
    /// None if the calendar does not reach that far. While the clock stands, the answer assumes
    /// that it starts again at `now`. Each of the three lies on the side of the deadline that the
    /// chance implies, to the microsecond: the middle lies after it exactly if the chance of ending
    /// late is at least one half.
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

    /// How much the chance of ending late would fall if the present step had just been done.
    ///
    /// Never below zero. Zero for a dossier that is overdue or whose clock stands.
    pub fn gain(&self, running: &Running, now: Instant) -> Result<f64, Error> {
        let glance = running.at(self.wall(), now)?;
        Ok(self.gain_at(running, &glance))
    }

    pub(crate) fn gain_at(&self, running: &Running, glance: &RunningAt) -> f64 {
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
            // No step follows, so doing the present one ends the dossier.
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

    /// The office whose working time the forecasts use.
    #[must_use]
    pub fn office(&self) -> &WorkingTime {
        &self.office
    }

    /// How the days of the forecasts read in hours.
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

    pub(crate) fn expect(&self, running: &Running, glance: &RunningAt) -> Prospect {
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
        // Nothing about an open dossier is certain before its deadline.
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

/// The mean of two forecasts.
fn between(a: Forecast, b: Forecast) -> Forecast {
    let mean = |a: f64, b: f64| f64::midpoint(a, b);
    Forecast {
        late: chance(mean(logit(a.late), logit(b.late))),
        soonest: mean(a.soonest, b.soonest),
        middle: mean(a.middle, b.middle),
        latest: mean(a.latest, b.latest),
    }
}
