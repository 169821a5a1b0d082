//! An event log: cases and what happened to them.
//!
//! There is no field for who did it, so nothing fitted here can judge a person.

use domain::time::Instant;

/// Something that happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// A place in [`Log::activities`].
    pub activity: u32,
    /// When it happened.
    pub at: Instant,
}

/// One dossier, as a log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What the log calls it. Only breaks ties of order.
    pub id: String,
    /// What kind of case it is, one value a type column: procedure, channel.
    pub types: Vec<String>,
    /// When its time began.
    pub start: Instant,
    /// When it ended; none while it runs.
    pub end: Option<Instant>,
    /// Its own deadline, where the log has one.
    pub deadline: Option<Instant>,
    /// In order of time.
    pub events: Vec<Event>,
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
            events: case
                .events
                .iter()
                .filter(|event| event.at < moment)
                .copied()
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
    /// [`Case::deadline`]; a case without one is dropped.
    Given,
}

/// Why a log cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No case is left to learn from or to judge.
    #[error("the log has no usable case: {dropped} dropped of {cases}")]
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
