//! A dossier under way, laid out once and then looked at at any later moment.

use domain::calendar::Error;
use domain::time::Instant;

use crate::log::Case;
use crate::model::Model;
use crate::planned::{Plan, Progress};
use crate::quiet_period::Pace;
use crate::sample::{Hours, Prefix, View, situations};
use crate::service_days::{ServiceDays, Week};
use crate::situation::{Codes, EVERY_DAY, Situation, UNKNOWN};
use crate::trace::Trace;
use crate::working_time::WorkingTime;

/// A dossier under way.
///
/// It holds until something happens to the dossier: then it is laid out anew.
#[derive(Debug, Clone)]
pub struct Running {
    /// As it stood when it was laid out.
    seen: Situation,
    /// Positions without quiet periods and stops: the start, the arrival at the step, the deadline.
    start: f64,
    since: f64,
    due: f64,
    /// Working days that the clock stood before.
    stood: f64,
    /// Since when the clock stands.
    standing: Option<Instant>,
    /// The step it is at, and since when.
    step: Option<String>,
    arrived: Instant,
    has_unit: bool,
    /// The position, quiet periods and stops left out, at which it was laid out.
    laid_out: f64,
    pub(crate) deadline: Instant,
    /// The local day of the deadline.
    due_date: i32,
    /// The weekdays on which alone things like it are finished.
    week: Option<Week>,
    pub(crate) plan: Plan,
    pub(crate) legs: Vec<AwaitedAgency>,
}

/// Another agency that is at it.
#[derive(Debug, Clone)]
pub(crate) struct AwaitedAgency {
    pub name: String,
    /// The position, quiet periods and stops left out, since when.
    pub since: f64,
}

/// A dossier at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glance {
    pub situation: Situation,
    /// The local day on which the office opened last.
    pub date: i32,
    /// The position of the moment, quiet periods and stops left out.
    pub now: f64,
    pub overdue: bool,
}

/// The working time of an office as one model reckons it: without its quiet periods.
#[derive(Clone, Copy)]
pub(crate) struct Wall<'a> {
    pub office: &'a WorkingTime,
    pub pace: &'a Pace,
}

impl Running {
    /// Lays out a case as far as had happened by a moment, with the deadline in force.
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
        let look = Prefix {
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
        let seen = situations(&trace, &[look], &view).pop();
        let last = trace.events.last().map_or(trace.start, |event| event.at);
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

    /// Since when its clock stands.
    #[must_use]
    pub fn standing(&self) -> Option<Instant> {
        self.standing
    }

    /// The name of the step it is at.
    pub(crate) fn step(&self) -> Option<&str> {
        self.step.as_deref()
    }

    /// When it came to that step.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// The moment up to which time has passed for it.
    pub(crate) fn told_until(&self, now: Instant) -> Instant {
        self.standing.map_or(now, |since| since.min(now))
    }

    /// Whether its unit is told, known to the model or not.
    pub(crate) fn has_unit(&self) -> bool {
        self.has_unit
    }

    /// Whether its clock stands.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.standing.is_some()
    }

    /// Whether the deadline has passed at a moment: it does not while the clock stands.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.deadline < self.told_until(now)
    }

    /// The dossier at a moment not before the one at which it was laid out.
    pub(crate) fn at(&self, wall: Wall<'_>, now: Instant) -> Result<Glance, Error> {
        let told = self.told_until(now);
        let opened = wall.office.moment(wall.office.opened(told)?)?;
        let paced = match self.standing {
            Some(_) => self.laid_out,
            None => wall.pace.at(wall.office.position(now)?) - self.stood,
        };
        Ok(Glance {
            situation: self.situation(paced, opened.weekday, opened.date),
            date: opened.date,
            now: paced,
            overdue: self.is_overdue(now),
        })
    }

    /// The dossier at a position without quiet periods and stops.
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

    /// The same dossier, had it just come to another step.
    pub(crate) fn moved_on(&self, glance: &Glance, step: u16) -> Situation {
        Situation {
            step,
            previous: glance.situation.step,
            waited: 0.0,
            events: glance.situation.events.saturating_add(1),
            ..glance.situation
        }
    }

    pub(crate) fn progress(&self, glance: &Glance) -> Progress {
        Progress {
            waited: f64::from(glance.situation.waited),
            passed: (glance.now - self.laid_out).max(0.0),
        }
    }

    /// Whether the model knows what kind of dossier it is.
    pub(crate) fn is_of_a_known_kind(&self) -> bool {
        self.seen.kind != UNKNOWN
    }

    /// The weekdays on which alone things like it are finished.
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
