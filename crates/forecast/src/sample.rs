//! The looks at a running case, and the situation at each.

use crate::quiet_period::Pace;
use crate::service_days::ServiceDays;
use crate::situation::{Codes, EVERY_DAY, Situation};
use crate::trace::{Looks, Prepared, Trace};
use crate::working_time::WorkMoment;

/// A case cut off at the moment of one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub at: WorkMoment,
    /// How many events had happened.
    pub seen: usize,
}

/// The looks at a case before a horizon, in order of time.
///
/// One follows each event and others lie between, all before the end, the deadline and the horizon.
/// Between events there are no looks while the clock stands, because nothing changes. They replace
/// those in `looks`, so that millions of looks do not each ask for memory.
pub(crate) fn look(
    trace: &Trace,
    prepared: &Prepared<'_>,
    horizon: WorkMoment,
    looks: &mut Vec<Look>,
) {
    let parts = match prepared.looks {
        Looks::Daily => None,
        Looks::ByShare => Some(parts(trace.allowance())),
    };
    take(trace, prepared, horizon, parts, looks);
}

/// Looks so close together that the chance hardly peaks between two of them.
pub(crate) fn close_looks(
    trace: &Trace,
    prepared: &Prepared<'_>,
    horizon: WorkMoment,
) -> Vec<Look> {
    let parts = CLOSER * parts(trace.allowance());
    let mut looks = Vec::new();
    take(trace, prepared, horizon, Some(parts), &mut looks);
    looks
}

/// Looks after each event and at equal parts of the allowance; without `parts`, each evening.
fn take(
    trace: &Trace,
    prepared: &Prepared<'_>,
    horizon: WorkMoment,
    parts: Option<u32>,
    looks: &mut Vec<Look>,
) {
    let mut stop = trace.deadline.earlier(horizon);
    stop = trace.end.map_or(stop, |end| stop.earlier(end));
    looks.clear();
    let after_events = (1..).zip(&trace.events).map(|(seen, event)| Look {
        at: event.at(),
        seen,
    });
    looks.extend(after_events.take_while(|look| look.at.before(stop)));
    let Some(first) = trace.events.first() else {
        return;
    };
    let begins = if first.at().before(trace.start) {
        trace.start
    } else {
        first.at()
    };
    let mut seen = 0;
    let mut add = |at: WorkMoment| {
        if trace.beside().stops.iter().any(|stop| stop.is_open(at)) {
            return;
        }
        let events = trace.events.get(seen..).unwrap_or_default();
        seen += events
            .iter()
            .take_while(|event| !at.before(event.at()))
            .count();
        looks.push(Look { at, seen });
    };
    match parts {
        None => {
            let evenings = &prepared.evenings[trace.office];
            let from = evenings.partition_point(|evening| !begins.before(*evening));
            let evenings = evenings[from..].iter().step_by(prepared.stride);
            for at in evenings.take_while(|evening| evening.before(stop)) {
                add(*at);
            }
        }
        Some(parts) => {
            let step = trace.allowance() / f64::from(parts);
            for part in 1..parts {
                let position = trace.start.day + step * f64::from(part);
                if position >= stop.day {
                    break;
                }
                let at = prepared.moment(position, trace.office);
                if let Some(at) = at.filter(|at| begins.before(*at) && at.before(stop)) {
                    add(at);
                }
            }
        }
    }
    looks.sort_by_key(|look| (look.at.micros, look.seen));
}

/// How many close looks replace one look that is learned from.
const CLOSER: u32 = 8;

/// The number of parts of an allowance in working days: ten a day, but at least 20 and at most 30;
/// above 30 days one a day, at most 120.
pub(crate) fn parts(allowance: f64) -> u32 {
    (10.0 * allowance)
        .clamp(20.0, 30.0)
        .max(allowance.ceil().min(120.0)) as u32
}

/// What turns a look into a situation: a model's codes, paces and service days.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub codes: &'a Codes,
    /// One for each office.
    pub paces: &'a [Pace],
    pub service_days: &'a ServiceDays,
}

impl View<'_> {
    pub fn pace(&self, office: usize) -> &Pace {
        self.paces.get(office).unwrap_or(&self.paces[0])
    }
}

/// The situation at each look, in order of time.
pub(crate) fn situations<'a>(
    trace: &'a Trace,
    looks: &'a [Look],
    view: &'a View<'a>,
) -> impl Iterator<Item = Situation> {
    let codes = view.codes;
    let hours = Hours::new(trace, view.pace(trace.office));
    let mut repeats = 0;
    let mut counted = 0;
    let first = trace.events.first().map_or(trace.start, |event| event.at());
    let start = hours.at(trace.start.day);
    let lag = (hours.at(first.day) - start).max(0.0);
    let kind = codes.kind(trace.kind);
    let service = view.service_days.of(kind);
    looks.iter().map(move |look| {
        while counted < look.seen {
            let event = trace.events[counted].activity;
            let earlier = &trace.events[..counted];
            // The bound keeps a case that loops endlessly from costing quadratic time.
            let earlier = &earlier[earlier.len().saturating_sub(64)..];
            repeats += u32::from(earlier.iter().any(|passed| passed.activity == event));
            counted += 1;
        }
        let last = look.seen.checked_sub(1).map(|last| trace.events[last]);
        let previous = look.seen.checked_sub(2).map(|place| trace.events[place]);
        let step = last.map_or(start, |last| hours.at(last.day));
        let now = hours.at(look.at.day);
        let deadline = trace.deadline_at(look.at);
        let due = hours.due(deadline, look.at);
        let open = trace
            .beside()
            .legs
            .iter()
            .filter(|leg| leg.lasts.is_open(look.at));
        let longest = open.clone().min_by_key(|leg| leg.lasts.from.micros);
        Situation {
            step: last.map_or(codes.none(), |last| codes.activity(last.activity)),
            previous: previous.map_or(codes.none(), |event| codes.activity(event.activity)),
            kind,
            field: codes.field(trace.field),
            elapsed: (now - start).max(0.0) as f32,
            waited: (now - step).max(0.0) as f32,
            left: (due - now).max(0.0) as f32,
            events: u32::try_from(look.seen).unwrap_or(u32::MAX),
            repeats,
            weekday: look.at.weekday(),
            due_phase: deadline.phase(),
            lag: lag as f32,
            legs: u8::try_from(open.count()).unwrap_or(u8::MAX),
            leg: longest.map_or(codes.none(), |leg| codes.leg(leg.name)),
            unit: codes.unit(trace.unit),
            service_days: service.map_or(EVERY_DAY, |week| {
                week.days_between(look.at.date, deadline.date)
            }),
        }
    })
}

/// The working time of one case, without quiet periods and without the case's own stops.
pub(crate) struct Hours<'a> {
    pace: &'a Pace,
    /// Each stop's first and last position, quiet periods taken out, and when it ended.
    stops: Vec<(f64, f64, Option<WorkMoment>)>,
}

impl<'a> Hours<'a> {
    pub fn new(trace: &Trace, pace: &'a Pace) -> Hours<'a> {
        let stops = trace.beside().stops.iter().map(|stop| {
            let to = stop.to.map_or(f64::INFINITY, |to| pace.at(to.day));
            (pace.at(stop.from.day), to, stop.to)
        });
        Hours {
            pace,
            stops: stops.collect(),
        }
    }

    /// A position with the quiet periods and the stops before it taken out.
    pub fn at(&self, position: f64) -> f64 {
        let paced = self.pace.at(position);
        paced - self.stood(paced, |_| true)
    }

    /// The position of a deadline as known at a moment: only a stop that had ended by then has
    /// moved the deadline.
    pub fn due(&self, deadline: WorkMoment, known: WorkMoment) -> f64 {
        let paced = self.pace.at(deadline.day);
        paced - self.stood(paced, |over| over.is_some_and(|over| !known.before(over)))
    }

    fn stood(&self, paced: f64, counts: impl Fn(Option<WorkMoment>) -> bool) -> f64 {
        let before = self.stops.iter().filter(|(from, ..)| *from < paced);
        before
            .filter(|(.., over)| counts(*over))
            .map(|(from, to, _)| to.min(paced) - from)
            .sum()
    }
}
