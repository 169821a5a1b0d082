//! A dossier under way: laid out once, then asked at any later moment.

use domain::calendar::Error;
use domain::time::Instant;

use crate::log::Case;
use crate::model::Model;
use crate::planned::{Plan, Progress};
use crate::quiet_period::Pace;
use crate::sample::{Hours, Look, View, situations};
use crate::service_days::{ServiceDays, Week};
use crate::situation::{Codes, EVERY_DAY, Situation, UNKNOWN};
use crate::trace::Trace;
use crate::working_time::WorkingTime;

/// A dossier under way.
///
/// Valid until something happens to the dossier; then it must be laid out again.
#[derive(Debug, Clone)]
pub struct Running {
    /// The situation when it was laid out.
    seen: Situation,
    /// The start, the arrival at the step and the deadline, as positions without quiet periods and
    /// stops.
    start: f64,
    since: f64,
    due: f64,
    /// Working days of the stops so far.
    stood: f64,
    /// When the present stop of the clock began; none while the clock runs.
    standing: Option<Instant>,
    /// The present step, and the arrival there.
    step: Option<String>,
    arrived: Instant,
    has_unit: bool,
    /// When it was laid out, as a position without quiet periods and stops.
    laid_out: f64,
    pub(crate) deadline: Instant,
    /// The local day of the deadline.
    due_date: i32,
    /// The weekdays on which such dossiers are finished; none if they are on any working day.
    week: Option<Week>,
    pub(crate) plan: Plan,
    pub(crate) legs: Vec<AwaitedAgency>,
}

/// Another agency whose answer is awaited.
#[derive(Debug, Clone)]
pub(crate) struct AwaitedAgency {
    pub name: String,
    /// When the work was requested, as a position without quiet periods and stops.
    pub since: f64,
}

/// A dossier at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunningAt {
    pub situation: Situation,
    /// The local day of the office's last opening.
    pub date: i32,
    /// The moment, as a position without quiet periods and stops.
    pub now: f64,
    pub overdue: bool,
}

/// An office's working time with one model's quiet periods.
#[derive(Clone, Copy)]
pub(crate) struct Wall<'a> {
    pub office: &'a WorkingTime,
    pub pace: &'a Pace,
}

impl Running {
    /// Lays out a case as of `now`, with the deadline in force.
    pub(crate) fn new(
        wall: Wall<'_>,
        model: Option<&Model>,
        given: (&Case, &[String]),
        deadline: Instant,
        now: Instant,
        plan: Plan,
    ) -> Result<Running, Error> {
        let (case, activities) = given;
        let (trace, names) = Trace::of(case, wall.office, deadline, now)?;
        let codes = match model {
            Some(model) => model.codes_of(&trace, names.named(activities)),
            None => Codes::default(),
        };
        let hours = Hours::new(&trace, wall.pace);
        let at = wall.office.moment(now)?;
        let look = Look {
            at,
            seen: trace.events.len(),
        };
        let none = ServiceDays::default();
        let service_days = model.map_or(&none, Model::service_days);
        let view = View {
            codes: &codes,
            paces: std::slice::from_ref(wall.pace),
            service_days,
        };
        let looks = [look];
        let seen = situations(&trace, &looks, &view).next();
        let last = trace.events.last().map_or(trace.start, |event| event.at());
        let last_event = case.events.iter().rfind(|event| event.at <= now);
        let open = case
            .stops
            .iter()
            .find(|stop| stop.from <= now && stop.to.is_none_or(|to| now < to));
        let laid_out = hours.at(at.day);
        let legs = case
            .legs
            .iter()
            .filter(|leg| leg.from <= now && leg.to.is_none_or(|to| now < to));
        let asked = legs.map(|leg| {
            Ok(AwaitedAgency {
                name: leg.name.clone(),
                since: hours.at(wall.office.position(leg.from)?),
            })
        });
        Ok(Running {
            seen: seen.expect("one look gives one situation"),
            start: hours.at(trace.start.day),
            since: hours.at(last.day),
            due: hours.due(trace.deadline, at),
            stood: wall.pace.at(at.day) - laid_out,
            standing: open.map(|stop| stop.from),
            step: last_event
                .and_then(|event| activities.get(event.activity as usize))
                .cloned(),
            arrived: last_event.map_or(case.start, |event| event.at),
            has_unit: !case.unit.is_empty(),
            laid_out,
            deadline,
            due_date: trace.deadline.date,
            week: service_days.of(codes.kind(trace.kind)),
            plan,
            legs: asked.collect::<Result<_, Error>>()?,
        })
    }

    /// When the present stop of the clock began; none while the clock runs.
    #[must_use]
    pub fn standing(&self) -> Option<Instant> {
        self.standing
    }

    /// The name of the present step.
    pub(crate) fn step(&self) -> Option<&str> {
        self.step.as_deref()
    }

    /// When the dossier came to that step.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// `now`, or the beginning of the present stop: no time has passed for the dossier since.
    pub(crate) fn told_until(&self, now: Instant) -> Instant {
        self.standing.map_or(now, |since| since.min(now))
    }

    /// Whether the case names its unit, known to the model or not.
    pub(crate) fn has_unit(&self) -> bool {
        self.has_unit
    }

    /// Whether the clock stands.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.standing.is_some()
    }

    /// Whether the deadline has passed at `now`. It does not pass while the clock stands.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.deadline < self.told_until(now)
    }

    /// The dossier at a moment not before it was laid out.
    pub(crate) fn at(&self, wall: Wall<'_>, now: Instant) -> Result<RunningAt, Error> {
        let told = self.told_until(now);
        let opened = wall.office.moment(wall.office.opened(told)?)?;
        let paced = match self.standing {
            Some(_) => self.laid_out,
            None => wall.pace.at(wall.office.position(now)?) - self.stood,
        };
        Ok(RunningAt {
            situation: self.situation(paced, opened.weekday(), opened.date),
            date: opened.date,
            now: paced,
            overdue: self.is_overdue(now),
        })
    }

    /// The situation at a position without quiet periods and stops.
    pub(crate) fn situation(&self, now: f64, weekday: u8, date: i32) -> Situation {
        Situation {
            service_days: match self.week {
                Some(week) => week.days_between(date, self.due_date),
                None => EVERY_DAY,
            },
            elapsed: (now - self.start).max(0.0) as f32,
            waited: (now - self.since).max(0.0) as f32,
            left: (self.due - now).max(0.0) as f32,
            weekday,
            ..self.seen
        }
    }

    /// The situation as it would be if the dossier had just come to another step.
    pub(crate) fn moved_on(&self, glance: &RunningAt, step: u16) -> Situation {
        Situation {
            step,
            previous: glance.situation.step,
            waited: 0.0,
            events: glance.situation.events.saturating_add(1),
            ..glance.situation
        }
    }

    pub(crate) fn progress(&self, glance: &RunningAt) -> Progress {
        Progress {
            waited: f64::from(glance.situation.waited),
            passed: (glance.now - self.laid_out).max(0.0),
        }
    }

    /// Whether the model knows this kind of dossier.
    pub(crate) fn is_of_a_known_kind(&self) -> bool {
        self.seen.kind != UNKNOWN
    }

    /// The weekdays on which such dossiers are finished; none if they are on any working day.
    pub(crate) fn week(&self) -> Option<Week> {
        self.week
    }

    /// The moment at which a position without quiet periods and stops is reached.
    pub(crate) fn moment(&self, wall: Wall<'_>, position: f64) -> Result<Instant, Error> {
        let position = wall.pace.position(position + self.stood);
        wall.office.moment_of(position)
    }

    /// The positions of the start, of the arrival at the step and of the deadline.
    pub(crate) fn span(&self) -> (f64, f64, f64) {
        (self.start, self.since, self.due)
    }
}
