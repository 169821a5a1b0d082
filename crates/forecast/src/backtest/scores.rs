//! The scores of the test cases, look by look, in columns, so that millions of looks fit into
//! memory.

use std::ops::Range;

use chrono::DateTime;
use domain::time::Instant;

use super::alarm::Flag;
use super::measure::Outcome;
use crate::halves::both;
use crate::model::Model;
use crate::quiet_period::Pace;
use crate::sample::{Look, View, look, situations};
use crate::trace::{Prepared, Trace};
use crate::training_row::remaining;
use crate::working_time::WorkMoment;

/// Parts of the allowance at which one look a case is judged separately.
const LANDMARKS: [f64; 3] = [0.25, 0.5, 0.75];
/// The used part of the allowance from which the naive rule flags: a fifth is left.
const NAIVE: f32 = 0.8;

/// A test case.
pub(super) struct ScoredCase<'a> {
    pub late: bool,
    /// The position of its deadline.
    pub deadline: f64,
    looks: Range<usize>,
    trace: &'a Trace,
}

/// The flag whose worth is measured.
#[derive(Clone, Copy)]
pub(super) enum FlagOf {
    /// The alarm at this place among the model's.
    Alarm(usize),
    /// The level at this index of [`Model::paying`], if a flag needs so many working days of lead.
    Benefit(usize, f64),
    /// The rule "a fifth of the allowance left".
    Naive,
}

/// The scores of all looks at the test cases.
pub(super) struct Scores<'a> {
    prepared: &'a Prepared<'a>,
    cases: Vec<ScoredCase<'a>>,
    /// One entry a look, case by case: its position, the chance, the outcome of its case, the used
    /// part of the allowance on the plain calendar, and the flags that the chance raises.
    pub day: Vec<f64>,
    pub chance: Vec<f64>,
    pub outcomes: Vec<Outcome>,
    pub share: Vec<f32>,
    flags: Vec<u32>,
    pub ends: Ends,
}

/// What the forecasts of ends were worth, and the chances at the landmarks.
#[derive(Default)]
pub(super) struct Ends {
    /// Chances and outcomes at each landmark, for the cases still open there.
    pub landmarks: [(Vec<f64>, Vec<Outcome>); 3],
    inside: u32,
    judged: u32,
    error_seconds: i64,
    ended: u32,
}

impl<'a> Scores<'a> {
    /// Lays out the looks; no model has scored them yet.
    pub fn new(prepared: &'a Prepared<'a>) -> Scores<'a> {
        let horizon = prepared.log_end;
        let judged = prepared
            .traces
            .iter()
            .filter(|trace| !trace.start.before(prepared.split) && trace.deadline.before(horizon));
        let mut said = Scores {
            prepared,
            cases: Vec::new(),
            day: Vec::new(),
            chance: Vec::new(),
            outcomes: Vec::new(),
            share: Vec::new(),
            flags: Vec::new(),
            ends: Ends::default(),
        };
        let mut own = Vec::new();
        for (number, trace) in (0..).zip(judged) {
            let first = said.day.len();
            let allowance = trace.allowance().max(1e-9);
            let outcome = Outcome::new(number, trace.is_late());
            look(trace, prepared, horizon, &mut own);
            for look in &own {
                said.day.push(look.at.day);
                let share = (look.at.day - trace.start.day) / allowance;
                said.share.push(share.clamp(0.0, 1.0) as f32);
                said.outcomes.push(outcome);
            }
            said.cases.push(ScoredCase {
                late: trace.is_late(),
                deadline: trace.deadline.day,
                looks: first..said.day.len(),
                trace,
            });
        }
        said.chance.resize(said.day.len(), 0.5);
        said.flags.resize(said.day.len(), 0);
        said
    }

    /// Scores the looks at or after `from` and before `until` with a model.
    pub fn take(
        &mut self,
        model: &Model,
        activities: &[String],
        from: Option<WorkMoment>,
        until: Option<WorkMoment>,
    ) {
        let prepared = self.prepared;
        let codes = model.codes(prepared.named(activities));
        let paces = model.paces(&prepared.offices);
        let judge = Judge {
            prepared,
            model,
            view: View {
                codes: &codes,
                paces: &paces,
                service_days: model.service_days(),
            },
            from,
            until,
        };
        // Half of the cases on a thread of its own.
        let (cases, others) = self.cases.split_at(self.cases.len() / 2);
        let looks = others.first().map_or(0, |case| case.looks.start);
        let (chance, other_chance) = self.chance.split_at_mut(looks);
        let (flags, other_flags) = self.flags.split_at_mut(looks);
        let (ends, other_ends) = both(
            || judge.take(0, cases, chance, flags),
            || judge.take(cases.len(), others, other_chance, other_flags),
        );
        self.ends.add(ends);
        self.ends.add(other_ends);
    }

    /// The cases and the indices of their looks.
    pub fn cases(&self) -> impl Iterator<Item = (&ScoredCase<'a>, Range<usize>)> {
        self.cases.iter().map(|case| (case, case.looks.clone()))
    }

    /// The log's name of a case.
    pub fn id(&self, case: &ScoredCase<'a>) -> &str {
        self.prepared.id(case.trace)
    }

    /// The moments of the looks at a case.
    pub fn moments(&self, case: &ScoredCase<'a>) -> impl Iterator<Item = Instant> + use<> {
        let mut own = Vec::new();
        look(case.trace, self.prepared, self.prepared.log_end, &mut own);
        own.into_iter()
            .map(|look| DateTime::from_timestamp_micros(look.at.micros).unwrap_or_default())
    }

    /// The share of looks whose interval held the end.
    pub fn coverage(&self) -> Option<f64> {
        let Ends { inside, judged, .. } = self.ends;
        (judged > 0).then(|| f64::from(inside) / f64::from(judged))
    }

    /// The mean distance, in days, between the middle forecast and the end.
    pub fn mean_error(&self) -> Option<f64> {
        let (seconds, ended) = (self.ends.error_seconds, self.ends.ended);
        (ended > 0).then(|| seconds as f64 / 86_400.0 / f64::from(ended))
    }

    /// The first flag of each case. A case without looks is absent: nobody ever saw it open.
    pub fn flags(&self, of: FlagOf) -> impl Iterator<Item = Flag> {
        // A flag with too little lead avoids nothing, so it is not raised.
        let is_up = move |look: usize, lead: f64| match of {
            FlagOf::Alarm(place) => self.flags[look] & 1 << place != 0,
            FlagOf::Benefit(place, needed) => self.flags[look] & 4 << place != 0 && lead >= needed,
            FlagOf::Naive => self.share[look] >= NAIVE,
        };
        let seen = self.cases().filter(|(_, looks)| !looks.is_empty());
        seen.map(move |(case, mut looks)| Flag {
            late: case.late,
            lead: looks.find_map(|look| {
                let lead = case.deadline - self.day[look];
                is_up(look, lead).then_some(lead)
            }),
        })
    }
}

impl Ends {
    fn add(&mut self, other: Ends) {
        for (own, other) in self.landmarks.iter_mut().zip(other.landmarks) {
            own.0.extend(other.0);
            own.1.extend(other.1);
        }
        self.inside += other.inside;
        self.judged += other.judged;
        self.error_seconds += other.error_seconds;
        self.ended += other.ended;
    }
}

/// A model, and the time in which it speaks.
struct Judge<'a> {
    prepared: &'a Prepared<'a>,
    model: &'a Model,
    view: View<'a>,
    from: Option<WorkMoment>,
    until: Option<WorkMoment>,
}

impl Judge<'_> {
    fn speaks_at(&self, at: WorkMoment) -> bool {
        self.from.is_none_or(|from| !at.before(from))
            && self.until.is_none_or(|until| at.before(until))
    }

    /// Whether any look at a case may lie in the model's time.
    fn may_speak_of(&self, trace: &Trace) -> bool {
        let first = trace.events.first().map_or(trace.start, |event| event.at());
        let begins = trace.start.earlier(first);
        self.from.is_none_or(|from| !trace.deadline.before(from))
            && self.until.is_none_or(|until| begins.before(until))
    }

    /// Scores the looks at some cases, of which the first has this number. `chances` and `raised`
    /// are those of their looks.
    fn take(
        &self,
        number: usize,
        cases: &[ScoredCase<'_>],
        chances: &mut [f64],
        raised: &mut [u32],
    ) -> Ends {
        let (prepared, model) = (self.prepared, self.model);
        let mut ends = Ends::default();
        let first = cases.first().map_or(0, |case| case.looks.start);
        let mut own = Vec::new();
        for (number, case) in (number..).zip(cases) {
            let trace = case.trace;
            if !self.may_speak_of(trace) {
                continue;
            }
            let outcome = Outcome::new(number as u32, case.late);
            self.mark(trace, outcome, &mut ends);
            look(trace, prepared, prepared.log_end, &mut own);
            let begin =
                own.partition_point(|look| self.from.is_some_and(|from| look.at.before(from)));
            let end =
                own.partition_point(|look| self.until.is_none_or(|until| look.at.before(until)));
            let own = &own[begin..end.max(begin)];
            let rest = remaining(trace, own, prepared, prepared.log_end, &self.view);
            let place = case.looks.start - first + begin;
            let told = chances[place..].iter_mut().zip(&mut raised[place..]);
            let seen = situations(trace, own, &self.view).zip(own).zip(rest);
            for ((chance, raised), ((at, look), rest)) in told.zip(seen) {
                let forecast = model.forecast(&at);
                *chance = forecast.late;
                *raised = flags(model, forecast.late);
                if !model.knows_ends() {
                    continue;
                }
                if trace.end.is_some() {
                    let held = (forecast.soonest..=forecast.latest).contains(&rest);
                    ends.inside += u32::from(held);
                    ends.judged += 1;
                    let pace = self.view.pace(trace.office);
                    if let Some(seconds) = self.error(trace, *look, forecast.middle, pace) {
                        ends.error_seconds += seconds;
                        ends.ended += 1;
                    }
                } else {
                    // The case never ended. Only an interval that has passed is known to have
                    // missed.
                    ends.judged += u32::from(forecast.latest < rest);
                }
            }
        }
        ends
    }

    /// The distance, in seconds, between the middle forecast and the end.
    fn error(&self, trace: &Trace, look: Look, middle: f64, pace: &Pace) -> Option<i64> {
        let office = self.prepared.offices.get(trace.office)?;
        let position = pace.position(pace.at(look.at.day) + middle);
        let foreseen = office.moment_of(position).ok()?;
        let end = DateTime::from_timestamp_micros(trace.end?.micros)?;
        Some((foreseen - end).abs().num_seconds())
    }

    /// Scores a case at each landmark at which it is still open.
    fn mark(&self, trace: &Trace, outcome: Outcome, ends: &mut Ends) {
        for (share, marks) in LANDMARKS.iter().zip(&mut ends.landmarks) {
            let position = trace.start.day + share * trace.allowance();
            let Some(at) = self.prepared.moment(position, trace.office) else {
                continue;
            };
            let is_over = trace.end.is_some_and(|end| !at.before(end));
            if is_over || !at.before(trace.deadline) || !self.speaks_at(at) {
                continue;
            }
            let seen = trace.events.partition_point(|event| !at.before(event.at()));
            let looks = [Look { at, seen }];
            for situation in situations(trace, &looks, &self.view) {
                marks.0.push(self.model.late(&situation));
                marks.1.push(outcome);
            }
        }
    }
}

/// The flags that a chance raises, as bits: two for the alarms, then one for each benefit.
fn flags(model: &Model, chance: f64) -> u32 {
    let alarms = model.alarms().iter().take(2).map(|alarm| alarm.level);
    let levels = alarms.chain(model.paying().iter().copied().map(Some));
    (0..).zip(levels.take(32)).fold(0, |flags, (place, level)| {
        let is_up = level.is_some_and(|level| chance >= level);
        flags | u32::from(is_up) << place
    })
}
