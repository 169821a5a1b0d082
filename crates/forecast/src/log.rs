//! An event log: cases and their events.
//!
//! No field says who acted, so nothing fitted on a log can judge a person.

use domain::limit::Limit;
use domain::time::Instant;

/// Something that happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// An index into [`Log::activities`].
    pub activity: u32,
    /// When it happened.
    pub at: Instant,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// With its result.
    #[default]
    Result,
    /// Without a result: withdrawn, refused or given up. Such a case can no longer be late, and
    /// says nothing about how long a result takes.
    Without,
}

/// A time in which the clock stood and no working time passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The first moment of the stop.
    pub from: Instant,
    /// The last moment; none while the stop lasts.
    pub to: Option<Instant>,
}

/// A move of the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlineMove {
    /// When the new deadline became known.
    pub at: Instant,
    /// The new deadline.
    pub deadline: Instant,
}

/// Another agency's work beside the case's own steps: a leg or a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// What kind of work at what kind of agency; never a person.
    pub name: String,
    /// When the work was requested.
    pub from: Instant,
    /// When it was answered; none while it is awaited.
    pub to: Option<Instant>,
}

/// One dossier, as a log knows it.
///
/// Fields that a log does not have keep their defaults: no stops, no legs, an end with a result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Case {
    /// The log's name of the case. It only breaks ties of order.
    pub id: String,
    /// The case's types, one value for each type column, coarsest first: field, procedure, channel.
    /// A combination never seen before is judged by its first value.
    pub types: Vec<String>,
    /// When its time began.
    pub start: Instant,
    /// When the case ended; none while it runs.
    pub end: Option<Instant>,
    /// The case's own deadline, if the log has one; the first of them if it moved.
    pub deadline: Option<Instant>,
    /// In order of time.
    pub events: Vec<Event>,
    /// How the case ended.
    pub ending: Ending,
    /// When the clock stood. A stop by itself moves no deadline; `moved` says whether it did.
    pub stops: Vec<Stop>,
    /// Every move of the deadline, by a stop, an extension or a restart, in order of time. Only
    /// [`Deadline::Given`] reads them.
    pub moved: Vec<DeadlineMove>,
    /// The work of other agencies.
    pub legs: Vec<Leg>,
    /// The index of the unit's office among the offices of the fit; 0 for a log of one office.
    pub office: u16,
    /// The unit that must keep the deadline; empty if the log has none. Never a person.
    pub unit: String,
    /// The kind of that unit. Alarm levels are fitted for each.
    pub unit_kind: String,
}

/// Cases and the names of their activities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    /// Each name once.
    pub activities: Vec<String>,
    /// In any order.
    pub cases: Vec<Case>,
}

impl Log {
    /// The moment of the last event; none for a log without events.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        let events = self.cases.iter().flat_map(|case| &case.events);
        events.map(|event| event.at).max()
    }

    /// What was known before a moment: cases started by then, and events and ends before it.
    #[must_use]
    pub fn known_before(&self, moment: Instant) -> Log {
        let known = |case: &Case| Case {
            end: case.end.filter(|end| *end < moment),
            ending: match case.end.filter(|end| *end < moment) {
                Some(_) => case.ending,
                None => Ending::default(),
            },
            events: case
                .events
                .iter()
                .filter(|event| event.at < moment)
                .copied()
                .collect(),
            stops: case
                .stops
                .iter()
                .filter(|stop| stop.from < moment)
                .map(|stop| Stop {
                    to: stop.to.filter(|to| *to < moment),
                    ..*stop
                })
                .collect(),
            moved: case
                .moved
                .iter()
                .filter(|moved| moved.at < moment)
                .copied()
                .collect(),
            legs: case
                .legs
                .iter()
                .filter(|leg| leg.from < moment)
                .map(|leg| Leg {
                    to: leg.to.filter(|to| *to < moment),
                    ..leg.clone()
                })
                .collect(),
            ..case.clone()
        };
        let started = self.cases.iter().filter(|case| case.start < moment);
        Log {
            activities: self.activities.clone(),
            cases: started.map(known).collect(),
        }
    }
}

/// How a case gets its deadline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deadline {
    /// So many times 24 hours after the start.
    Days(u32),
    /// The start plus the working time within which this percentage of the training cases ended.
    ///
    /// Estimated by Kaplan and Meier, so that cases still running count for as long as they were
    /// seen.
    Percentile(u8),
    /// A legal limit, counted on the office's calendar.
    Limit(Limit),
    /// [`Case::deadline`]; a case without one is dropped.
    Given,
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No case is left to learn from or to judge.
    #[error(
        "none of {cases} cases can be used, {dropped} were dropped: expected a deadline, an end not \
         before the start, and no event more than a day before it"
    )]
    NoCases {
        /// How many cases there were.
        cases: usize,
        /// How many had an event before their start, ended before it, or had no deadline.
        dropped: usize,
    },
    /// Too few training cases ended to say how long a percentage of cases takes.
    #[error(
        "the training part ends before {percentile} % of its cases do; give a deadline in days or a column"
    )]
    NoPercentile {
        /// The requested percentage.
        percentile: u8,
    },
    /// A moment lies outside the days of the calendar.
    #[error("case {case}: {error}")]
    Calendar {
        /// The case that has the moment.
        case: String,
        /// The calendar's error.
        error: domain::calendar::Error,
    },
}
