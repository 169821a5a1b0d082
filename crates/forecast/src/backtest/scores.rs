//! The scores of the test cases, look by look, in columns, so that millions of looks fit into
//! memory.

use std::ops::Range;

use chrono::DateTime;

use super::alarm::Flag;
use super::measure::Scored;
use crate::model::Model;
use crate::quiet_period::Pace;
use crate::sample::{Look, View, looks, situations};
use crate::trace::{Prepared, Trace};
use crate::training_row::remaining;
use crate::working_time::WorkMoment;

/// Parts of the allowance at which one look a case is judged separately.
const LANDMARKS: [f64; 3] = [0.25, 0.5, 0.75];
/// The used part of the allowance from which the naive rule flags: a fifth is left.
const NAIVE: f32 = 0.8;

/// A test case.
pub(super) struct ScoredCase<'a> {
    pub id: &'a str,
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
    /// One entry a look, case by case: the moment, its position, the chance, the used part of the
    /// allowance on the plain calendar, and the flags that the chance raises.
    pub micros: Vec<i64>,
    pub day: Vec<f64>,
    pub chance: Vec<f64>,
    pub share: Vec<f32>,
    flags: Vec<u32>,
    /// Chances at each landmark, for the cases still open there.
    pub landmarks: [Vec<Scored>; 3],
    inside: u32,
    judged: u32,
    error_days: f64,
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
            micros: Vec::new(),
            day: Vec::new(),
            chance: Vec::new(),
            share: Vec::new(),
            flags: Vec::new(),
            landmarks: Default::default(),
            inside: 0,
            judged: 0,
            error_days: 0.0,
            ended: 0,
        };
        for trace in judged {
            let first = said.micros.len();
            let allowance = trace.allowance().max(1e-9);
            for look in looks(trace, prepared, horizon) {
                said.micros.push(look.at.micros);
                said.day.push(look.at.day);
                let share = (look.at.day - trace.start.day) / allowance;
                said.share.push(share.clamp(0.0, 1.0) as f32);
            }
            said.cases.push(ScoredCase {
                id: &trace.id,
                late: trace.is_late(),
                deadline: trace.deadline.day,
                looks: first..said.micros.len(),
                trace,
            });
        }
        said.chance.resize(said.micros.len(), 0.5);
        said.flags.resize(said.micros.len(), 0);
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
        let view = View {
            codes: &codes,
            paces: &paces,
            service_days: model.service_days(),
        };
        let is_of = |at: WorkMoment| {
            from.is_none_or(|from| !at.before(from)) && until.is_none_or(|until| at.before(until))
        };
        for number in 0..self.cases.len() {
            let ScoredCase {
                trace,
                ref looks,
                late,
                ..
            } = self.cases[number];
            let first = looks.start;
            let own = crate::sample::looks(trace, prepared, prepared.log_end);
            let places: Vec<usize> = (0..own.len()).filter(|look| is_of(own[*look].at)).collect();
            let (Some(begin), Some(end)) = (places.first(), places.last()) else {
                self.mark(number, model, &view, late, &is_of);
                continue;
            };
            let own = &own[*begin..=*end];
            let rest = remaining(trace, own, prepared, prepared.log_end, &view);
            for (place, at) in situations(trace, own, &view).iter().enumerate() {
                let look = first + begin + place;
                let forecast = model.forecast(at);
                self.chance[look] = forecast.late;
                self.flags[look] = flags(model, forecast.late);
                if model.known_interval(at).is_none() {
                    continue;
                }
                if trace.end.is_some() {
                    let held = (forecast.soonest..=forecast.latest).contains(&rest[place]);
                    self.inside += u32::from(held);
                    self.judged += 1;
                    self.add_error(trace, own[place], forecast.middle, view.pace(trace.office));
                } else {
                    // The case never ended. Only an interval that has passed is known to have
                    // missed.
                    self.judged += u32::from(forecast.latest < rest[place]);
                }
            }
            self.mark(number, model, &view, late, &is_of);
        }
    }

    /// Adds the distance, in days, between the middle forecast and the end.
    fn add_error(&mut self, trace: &Trace, look: Look, middle: f64, pace: &Pace) {
        let office = self.prepared.offices.get(trace.office);
        let position = pace.position(pace.at(look.at.day) + middle);
        let foreseen = office.and_then(|office| office.moment_of(position).ok());
        let end = trace
            .end
            .and_then(|end| DateTime::from_timestamp_micros(end.micros));
        if let (Some(foreseen), Some(end)) = (foreseen, end) {
            let error = (foreseen - end).abs().num_seconds() as f64 / 86_400.0;
            self.error_days += error;
            self.ended += 1;
        }
    }

    /// Scores a case at each landmark at which it is still open.
    fn mark(
        &mut self,
        number: usize,
        model: &Model,
        view: &View<'_>,
        late: bool,
        is_of: &impl Fn(WorkMoment) -> bool,
    ) {
        let trace = self.cases[number].trace;
        for (share, marks) in LANDMARKS.iter().zip(&mut self.landmarks) {
            let position = trace.start.day + share * trace.allowance();
            let Some(at) = self.prepared.moment(position, trace.office) else {
                continue;
            };
            let is_over = trace.end.is_some_and(|end| !at.before(end));
            if is_over || !at.before(trace.deadline) || !is_of(at) {
                continue;
            }
            let seen = trace.events.partition_point(|event| !at.before(event.at));
            let situation = situations(trace, &[Look { at, seen }], view).pop();
            marks.extend(situation.map(|at| Scored {
                score: model.late(&at),
                late,
                case: 0,
            }));
        }
    }

    /// The cases and the indices of their looks.
    pub fn cases(&self) -> impl Iterator<Item = (&ScoredCase<'a>, Range<usize>)> {
        self.cases.iter().map(|case| (case, case.looks.clone()))
    }

    /// The chance of each look beside the outcome of its case.
    pub fn scored(&self) -> Vec<Scored> {
        let mut scored = Vec::with_capacity(self.chance.len());
        for (number, (case, looks)) in (0..).zip(self.cases()) {
            scored.extend(looks.map(|look| Scored {
                score: self.chance[look],
                late: case.late,
                case: number,
            }));
        }
        scored
    }

    /// The share of looks whose interval held the end.
    pub fn coverage(&self) -> Option<f64> {
        (self.judged > 0).then(|| f64::from(self.inside) / f64::from(self.judged))
    }

    /// The mean distance, in days, between the middle forecast and the end.
    pub fn mean_error(&self) -> Option<f64> {
        (self.ended > 0).then(|| self.error_days / f64::from(self.ended))
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

/// The flags that a chance raises, as bits: two for the alarms, then one for each benefit.
fn flags(model: &Model, chance: f64) -> u32 {
    let alarms = model.alarms().iter().take(2).map(|alarm| alarm.level);
    let levels = alarms.chain(model.paying().iter().copied().map(Some));
    (0..).zip(levels.take(32)).fold(0, |flags, (place, level)| {
        let is_up = level.is_some_and(|level| chance >= level);
        flags | u32::from(is_up) << place
    })
}
