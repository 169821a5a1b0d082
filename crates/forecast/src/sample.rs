//! When a running case is looked at, and what it looks like then.

use crate::course::{Course, Prepared};
use crate::lull::Pace;
use crate::office::Moment;
use crate::situation::{Codes, Situation};

/// A look at a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub at: Moment,
    /// How many of its events had happened.
    pub seen: usize,
}

/// The looks the protocol takes at a case before a horizon, in order of time.
///
/// One after each event and one each working day (or each third) at 95 % of the
/// day, always before its end, its deadline and the horizon.
pub(crate) fn looks(course: &Course, prepared: &Prepared, horizon: Moment) -> Vec<Look> {
    let mut stop = course.deadline.earlier(horizon);
    stop = course.end.map_or(stop, |end| stop.earlier(end));
    let mut looks: Vec<Look> = (1..)
        .zip(&course.events)
        .map(|(seen, event)| Look { at: event.at, seen })
        .take_while(|look| look.at.before(stop))
        .collect();
    let Some(first) = course.events.first() else {
        return looks;
    };
    let begins = if first.at.before(course.start) {
        course.start
    } else {
        first.at
    };
    let from = prepared
        .evenings
        .partition_point(|evening| !begins.before(*evening));
    let evenings = prepared.evenings[from..].iter().step_by(prepared.stride);
    let mut seen = 0;
    for &at in evenings.take_while(|evening| evening.before(stop)) {
        while course
            .events
            .get(seen)
            .is_some_and(|event| !at.before(event.at))
        {
            seen += 1;
        }
        looks.push(Look { at, seen });
    }
    looks.sort_by_key(|look| (look.at.micros, look.seen));
    looks
}

/// What looks are seen through.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub codes: &'a Codes,
    pub pace: &'a Pace,
}

/// What the looks at a case see, one each.
pub(crate) fn situations(course: &Course, looks: &[Look], view: &View<'_>) -> Vec<Situation> {
    let (codes, pace) = (view.codes, view.pace);
    let mut repeats = 0;
    let mut counted = 0;
    let first = course.events.first().map_or(course.start, |event| event.at);
    let (start, due) = (pace.at(course.start.day), pace.at(course.deadline.day));
    let lag = (pace.at(first.day) - start).max(0.0);
    looks
        .iter()
        .map(|look| {
            while counted < look.seen {
                let event = course.events[counted].activity;
                let earlier = &course.events[..counted];
                // A case that loops for ever is looked back on no further than this.
                let earlier = &earlier[earlier.len().saturating_sub(64)..];
                repeats += u32::from(earlier.iter().any(|passed| passed.activity == event));
                counted += 1;
            }
            let last = look.seen.checked_sub(1).map(|last| course.events[last]);
            let previous = look.seen.checked_sub(2).map(|place| course.events[place]);
            let step = last.map_or(start, |last| pace.at(last.at.day));
            let now = pace.at(look.at.day);
            Situation {
                step: last.map_or(codes.none(), |last| codes.activity(last.activity)),
                previous: previous.map_or(codes.none(), |event| codes.activity(event.activity)),
                kind: codes.kind(course.kind),
                elapsed: (now - start).max(0.0) as f32,
                waited: (now - step).max(0.0) as f32,
                left: (due - now).max(0.0) as f32,
                events: u32::try_from(look.seen).unwrap_or(u32::MAX),
                repeats,
                weekday: look.at.weekday,
                due_phase: course.deadline.phase(),
                lag: lag as f32,
            }
        })
        .collect()
}
