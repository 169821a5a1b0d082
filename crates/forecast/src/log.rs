//! An event log: cases and what happened to them.
//!
//! There is no field for who did it, so nothing fitted here can judge a person.

use domain::limit::Limit;
use domain::time::Instant;

/// Something that happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// A place in [`Log::activities`].
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
    /// Without one: withdrawn, refused or given up. After it nothing can be late any more, and it
    /// says nothing of how long a result takes.
    Without,
}

/// A time in which the clock stood: no working time passes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Its first moment.
    pub from: Instant,
    /// Its last; none while it lasts.
    pub to: Option<Instant>,
}

/// The deadline became another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// From when on the new one was known.
    pub at: Instant,
    /// The new one.
    pub deadline: Instant,
}

/// Work that another agency does beside the case's own steps: a leg, a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// What kind of work at what kind of agency; never a person.
    pub name: String,
    /// When it was asked for.
    pub from: Instant,
    /// When it was answered; none while it lasts.
    pub to: Option<Instant>,
}

/// One dossier, as a log knows it.
///
/// What a log does not know is left at its default: no stops, no legs, a result at its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Case {
    /// What the log calls it. Only breaks ties of order.
    pub id: String,
    /// What kind of case it is, one value a type column, the coarsest first: field, procedure,
    /// channel. A combination never seen is judged by its first value.
    pub types: Vec<String>,
    /// When its time began.
    pub start: Instant,
    /// When it ended; none while it runs.
    pub end: Option<Instant>,
    /// Its own deadline, where the log has one: the first of them if it moved.
    pub deadline: Option<Instant>,
    /// In order of time.
    pub events: Vec<Event>,
    /// What the end was.
    pub ending: Ending,
    /// When its clock stood. A stop moves no deadline by itself: if it did, `moved` says so.
    pub stops: Vec<Stop>,
    /// Every move of the deadline, in order of time: by a stop, an extension, a restart. Read with
    /// [`Deadline::Given`] only.
    pub moved: Vec<Moved>,
    /// What other agencies did beside it.
    pub legs: Vec<Leg>,
    /// The place of its unit's office among those the fit is given; a log of one office has 0.
    pub office: u16,
    /// The unit that must keep its deadline; empty where the log has none. Never a person.
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
    /// The last moment the log knows of; none for a log without events.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        let events = self.cases.iter().flat_map(|case| &case.events);
        events.map(|event| event.at).max()
    }

    /// What was known before a moment: cases started by then, events and ends that had come.
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
    /// The same instant so many times 24 hours after the start.
    Days(u32),
    /// The start plus the working time within which this percentage of the training cases ended.
    ///
    /// Estimated by Kaplan and Meier, so that cases still running count for what is known of them.
    Percentile(u8),
    /// A limit of ours, counted on the office's calendar.
    Limit(Limit),
    /// [`Case::deadline`]; a case without one is dropped.
    Given,
}

/// Why a log cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No case is left to learn from or to judge.
    #[error(
        "none of {cases} cases can be used, {dropped} were dropped: expected a deadline, an end not \
         before the start, and no event more than a day before it"
    )]
    NoCases {
        /// How many there were.
        cases: usize,
        /// How many began before their own start, ended before it, or had no deadline.
        dropped: usize,
    },
    /// The training part never saw enough ends to say how long a case takes.
    #[error(
        "the training part ends before {percentile} % of its cases do; give a deadline in days or a column"
    )]
    NoPercentile {
        /// What was asked for.
        percentile: u8,
    },
    /// A moment lies outside the days of the calendar.
    #[error("case {case}: {error}")]
    Calendar {
        /// The case whose moment it is.
        case: String,
        /// What the calendar says.
        error: domain::calendar::Error,
    },
}
