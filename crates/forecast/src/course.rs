//! A log laid out for the protocol: cases in order, with deadlines, split in time.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::time::Instant;

use crate::curve;
use crate::log::{Case, Deadline, Error, Log};
use crate::office::{Moment, Office};

/// An activity of the log and when it happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Passed {
    pub activity: u32,
    pub at: Moment,
}

/// A case with its working time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Course {
    pub start: Moment,
    pub end: Option<Moment>,
    pub deadline: Moment,
    pub events: Vec<Passed>,
    /// A place in [`Prepared::kinds`].
    pub kind: u32,
}

impl Course {
    /// What was known of it at a moment: nothing from then on.
    pub fn known_before(&self, moment: Moment) -> Course {
        let seen = self.events.partition_point(|event| event.at.before(moment));
        Course {
            events: self.events[..seen].to_vec(),
            end: self.end.filter(|end| end.before(moment)),
            ..self.clone()
        }
    }

    /// Late, judged from all that is known of it. No end is late.
    pub fn is_late(&self) -> bool {
        self.end.is_none_or(|end| self.deadline.before(end))
    }

    /// The allowance in working days.
    pub fn allowance(&self) -> f64 {
        (self.deadline.day - self.start.day).max(0.0)
    }
}

/// Where the training part ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Split {
    /// At the start of the case before which this share of the cases started.
    Share(f64),
    /// At a moment.
    At(Instant),
}

/// A log after the first steps of the protocol.
pub(crate) struct Prepared {
    /// In order of start.
    pub courses: Vec<Course>,
    /// Names of types, one a combination.
    pub kinds: Vec<String>,
    pub split: Moment,
    pub split_at: Instant,
    pub log_end: Moment,
    pub dropped: usize,
    /// Daily samples are taken every so many working days.
    pub stride: usize,
    /// Every working day's 95 %.
    pub evenings: Vec<Moment>,
}

impl Prepared {
    /// Drops what the protocol drops, splits by start and gives every case its deadline.
    pub fn new(log: &Log, office: &Office, rule: Deadline, split: Split) -> Result<Self, Error> {
        let mut usable: Vec<&Case> = log.cases.iter().filter(|case| usable(case, rule)).collect();
        usable.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        let dropped = log.cases.len() - usable.len();
        let none = Error::NoCases {
            cases: log.cases.len(),
            dropped,
        };
        let (Some(last), Some(log_end)) = (usable.len().checked_sub(1), log.end()) else {
            return Err(none);
        };
        let split_at = match split {
            Split::Share(share) => {
                let place = (share * usable.len() as f64).floor() as usize;
                usable[place.min(last)].start
            }
            Split::At(moment) => moment,
        };
        let allowance = match rule {
            Deadline::Days(_) | Deadline::Given => None,
            Deadline::Percentile(percentile) => {
                Some(percentile_of(&usable, office, split_at, percentile)?)
            }
        };
        let mut kinds = Kinds::default();
        let mut courses = Vec::with_capacity(usable.len());
        for case in &usable {
            let kind = kinds.code(&case.types);
            courses.push(course(case, office, rule, allowance, kind)?);
        }
        let split = locate(usable[last], office, split_at)?;
        let first = office.local_day(usable[0].events.first().map_or(split_at, |event| event.at));
        let evenings = office
            .evenings(
                first.min(office.local_day(usable[0].start)),
                office.local_day(log_end),
            )
            .map_err(|error| calendar(usable[0], error))?;
        Ok(Prepared {
            stride: stride(&courses, split),
            courses,
            kinds: kinds.names,
            split,
            split_at,
            log_end: locate(usable[last], office, log_end)?,
            dropped,
            evenings,
        })
    }

    /// The cases started before the split.
    pub fn training(&self) -> &[Course] {
        let started = |course: &Course| course.start.before(self.split);
        &self.courses[..self.courses.partition_point(started)]
    }
}

/// Whether the protocol keeps a case.
fn usable(case: &Case, rule: Deadline) -> bool {
    let Some(first) = case.events.first() else {
        return false;
    };
    let begins = first.at >= case.start - TimeDelta::days(1);
    let ends = case.end.is_none_or(|end| end >= case.start);
    begins && ends && (rule != Deadline::Given || case.deadline.is_some())
}

fn course(
    case: &Case,
    office: &Office,
    rule: Deadline,
    allowance: Option<f64>,
    kind: u32,
) -> Result<Course, Error> {
    let at = |moment: Instant| locate(case, office, moment);
    let start = at(case.start)?;
    let deadline = match (rule, allowance, case.deadline) {
        (Deadline::Days(days), _, _) => case.start + TimeDelta::days(i64::from(days)),
        (Deadline::Given, _, Some(deadline)) => deadline,
        (Deadline::Given | Deadline::Percentile(_), allowance, _) => office
            .moment_of(start.day + allowance.unwrap_or(0.0))
            .map_err(|error| calendar(case, error))?,
    };
    let mut events = Vec::with_capacity(case.events.len());
    for event in &case.events {
        events.push(Passed {
            activity: event.activity,
            at: at(event.at)?,
        });
    }
    Ok(Course {
        start,
        end: case.end.map(at).transpose()?,
        deadline: at(deadline)?,
        events,
        kind,
    })
}

fn locate(case: &Case, office: &Office, moment: Instant) -> Result<Moment, Error> {
    office.moment(moment).map_err(|error| calendar(case, error))
}

fn calendar(case: &Case, error: domain::calendar::Error) -> Error {
    Error::Calendar {
        case: case.id.clone(),
        error,
    }
}

/// The working days within which a percentage of the training cases ended.
fn percentile_of(
    usable: &[&Case],
    office: &Office,
    split: Instant,
    percentile: u8,
) -> Result<f64, Error> {
    let mut spans = Vec::new();
    for case in usable.iter().take_while(|case| case.start < split) {
        let end = case.end.filter(|end| *end < split);
        let from = locate(case, office, case.start)?;
        let to = locate(case, office, end.unwrap_or(split))?;
        spans.push((to.day - from.day, end.is_some()));
    }
    curve::quantile(&mut spans, f64::from(percentile) / 100.0)
        .ok_or(Error::NoPercentile { percentile })
}

/// Every third day where the typical allowance is long: a day more or less says little there.
fn stride(courses: &[Course], split: Moment) -> usize {
    let known = courses.iter().filter(|course| course.start.before(split));
    let mut allowances: Vec<f64> = known.map(Course::allowance).collect();
    allowances.sort_by(f64::total_cmp);
    let typical = allowances.get(allowances.len() / 2).copied().unwrap_or(0.0);
    if typical > 45.0 { 3 } else { 1 }
}

/// Combinations of types, numbered as they come.
#[derive(Default)]
struct Kinds {
    names: Vec<String>,
    codes: BTreeMap<String, u32>,
}

impl Kinds {
    fn code(&mut self, types: &[String]) -> u32 {
        let name = types.join(" · ");
        if let Some(code) = self.codes.get(&name) {
            return *code;
        }
        let code = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.codes.insert(name.clone(), code);
        self.names.push(name);
        code
    }
}
