//! The model: fitted once, kept as bytes, asked often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use domain::time::Instant;

use crate::alarm::{alarms, peaks};
use crate::baseline::Baseline;
use crate::curve::Alive;
use crate::log::{Case, Deadline, Error, Log};
use crate::quiet_period::{self, Pace, QuietPeriod};
use crate::remaining::{SlowestRemaining, slowest_remaining};
use crate::rolling::{Rolling, beats, foreseen, replay};
use crate::sample::{Prefix, View, situations};
use crate::selection::{Tried, choose};
use crate::situation::{Codes, Named, Situation, UNKNOWN, code};
use crate::table::{Cell, Table};
use crate::trace::{Prepared, Split, Trace};
use crate::training_cells::TrainingCells;
use crate::training_row::{ObservedCase, observe, rows};
use crate::working_time::{WorkMoment, WorkingTime};

pub use crate::alarm::Alarm;

/// The layout of [`Model::to_bytes`]. Bytes of another layout are refused.
const LAYOUT: u32 = 2;

/// Bytes that the names of one sort take at most. Real ones take far less; a column of numbers
/// taken for types would outweigh all that was learned.
const MOST_NAMES: usize = 400_000;

/// What became of the dossiers of the past, ready to be asked about others.
///
/// Two fits on the same cases give the same bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    layout: u32,
    /// Names of steps and of combinations of types, in order; a place is a code.
    steps: Vec<String>,
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// Names of what other agencies do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    legs: Vec<String>,
    hours_a_day: f64,
    /// Days of the year without work.
    quiet_periods: Vec<QuietPeriod>,
    /// Shares of the ends cut off below and above the interval.
    tails: (f64, f64),
    size: Size,
    table: Table,
    pub(crate) rolling: Option<Rolling>,
    alarms: Vec<Alarm>,
    /// Settled training cases: how far they ran after each step.
    slowest_remaining: Vec<SlowestRemaining>,
}

/// What a model was fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Cases that had started.
    pub cases: u32,
    /// Cases whose deadline had passed.
    pub settled: u32,
    /// Of those, the late ones.
    pub late: u32,
    /// Looks at all of them.
    pub samples: u32,
}

impl Size {
    fn new(observed: &[ObservedCase], samples: usize) -> Size {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let settled = || observed.iter().filter_map(|case| case.late);
        Size {
            cases: count(observed.len()),
            settled: count(settled().count()),
            late: count(settled().filter(|late| *late).count()),
            samples: count(samples),
        }
    }
}

/// What a model uses beyond the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwitchedOn {
    /// Plain facts that add their points.
    pub points: bool,
    /// The rolling correction.
    pub rolling: bool,
}

/// What is to be expected of one dossier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The chance that it ends after its deadline, from 0 to 1.
    pub late: f64,
    /// Working days from now before which one in ten ends.
    pub soonest: f64,
    /// Working days from now by which half end.
    pub middle: f64,
    /// Working days from now after which one in ten ends. Capped at what was ever seen.
    pub latest: f64,
}

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON of this shape.
    #[error("not a forecast model")]
    Shape(#[from] serde_json::Error),
    /// Another version of the engine wrote it.
    #[error("a forecast model of layout {0}; expected layout {LAYOUT}")]
    Layout(u32),
    /// Not the bytes that were stored.
    #[error("a forecast model whose digest is not the one it was stored with")]
    Altered,
    /// Its parts do not fit each other.
    #[error("a forecast model whose weights do not match its facts")]
    Inconsistent,
}

impl Model {
    /// Fits on what the log knew before a moment; nothing from then on is looked at.
    ///
    /// [`Case::office`] names one of the offices; the time of days is told by the first.
    pub fn fit(
        log: &Log,
        offices: &[&WorkingTime],
        deadline: Deadline,
        until: Instant,
    ) -> Result<Model, Error> {
        let prepared = Prepared::new(log, offices, deadline, Split::At(until))?;
        Ok(Model::learn(&prepared, &log.activities).model)
    }

    /// Fits on the training part of a prepared log; says which switches were tried.
    pub(crate) fn learn(prepared: &Prepared<'_>, activities: &[String]) -> Learned {
        let split = prepared.split;
        let training = prepared.training().iter();
        let known: Vec<Trace> = training.map(|trace| trace.known_before(split)).collect();
        let passed = known.iter().flat_map(|trace| &trace.events);
        let steps = used(activities, passed.map(|event| event.activity));
        let kinds = used(&prepared.kinds, known.iter().map(|trace| trace.kind));
        let fields = used(&prepared.fields, known.iter().map(|trace| trace.field));
        let asides = known.iter().flat_map(|trace| &trace.legs);
        let legs = used(&prepared.legs, asides.map(|leg| leg.name));
        let named = Named {
            activities: &steps,
            kinds: &kinds,
            fields: &fields,
            legs: &legs,
        };
        let codes = Codes::new(named, prepared.named(activities));
        let quiet_periods = quiet_periods(&known, prepared.offices[0], split);
        let paces = paces_of(&quiet_periods, &prepared.offices);
        let view = View {
            codes: &codes,
            paces: &paces,
        };
        let (chosen, tried) = choose(&known, prepared, &view);
        let observed = observe(known.iter(), prepared, split, &view);
        let baseline = Baseline::new(observed.iter().filter_map(ObservedCase::life));
        let cells = TrainingCells::new(baseline.clone(), rows(&observed, &baseline));
        let fitted = cells.fit(chosen.points);
        let (chances, rolling) = match chosen.pace {
            Some(half) => {
                let beats = beats(&observed, &fitted.table);
                let looks = foreseen(&observed, &fitted.apart);
                let (corrected, state) = replay(Rolling::new(half), &beats, &looks);
                (corrected, Some(state.rounded()))
            }
            None => (fitted.apart, None),
        };
        let model = Model {
            layout: LAYOUT,
            hours_a_day: (prepared.offices[0].hours_a_day() * 1e6).round() / 1e6,
            quiet_periods,
            tails: chosen.tails,
            size: Size::new(&observed, cells.rows()),
            alarms: alarms(&peaks(&observed, &chances)),
            slowest_remaining: slowest_remaining(&known, &codes, steps.len()),
            steps,
            kinds,
            fields,
            legs,
            table: fitted.table,
            rolling,
        };
        Learned {
            model,
            tried,
            observed,
            chances,
            known,
        }
    }

    /// The chance of ending late, on a day by [`WorkingTime::position`].
    ///
    /// A dossier with no time left is late. With no history at all it is an even chance.
    #[must_use]
    pub fn late(&self, at: &Situation, day: f64) -> f64 {
        let foreseen = self.foreseen(at);
        let corrected = |rolling: &Rolling| rolling.correct(day, foreseen);
        if at.left > 0.0 {
            self.rolling.as_ref().map_or(foreseen, corrected)
        } else {
            1.0
        }
    }

    /// The chance and when the end is to be expected.
    #[must_use]
    pub fn forecast(&self, at: &Situation, day: f64) -> Forecast {
        let (soonest, latest) = self.interval(at);
        let middle = self.table.alive(at).map_or(0.0, |alive| alive.reaches(0.5));
        Forecast {
            late: self.late(at, day),
            soonest,
            middle: middle.clamp(soonest, latest),
            latest,
        }
    }

    /// The chance before any rolling correction.
    pub(crate) fn foreseen(&self, at: &Situation) -> f64 {
        self.table.chance(at)
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// Working days from now between which four in five ends fall.
    pub(crate) fn interval(&self, at: &Situation) -> (f64, f64) {
        self.known_interval(at).unwrap_or_default()
    }

    /// The same; none where no case was ever seen.
    pub(crate) fn known_interval(&self, at: &Situation) -> Option<(f64, f64)> {
        let (below, above) = self.tails;
        let between = |alive: Alive<'_>| {
            let low = alive.reaches(below);
            // What ends within the first part of the curve may end at once.
            let first = alive.edges.first().copied().unwrap_or(0.0);
            let low = if low < f64::from(first) { 0.0 } else { low };
            (low, alive.reaches(1.0 - above).max(low))
        };
        self.table.alive(at).map(between)
    }

    /// The most alike cell with enough settled cases, else the most alike of all.
    pub(crate) fn comparable(&self, at: &Situation, enough: u32) -> Option<&Cell> {
        let with_enough = self.table.chain(at).find(|cell| cell.settled >= enough);
        with_enough.or_else(|| self.table.cell(at))
    }

    /// The step after another on which most time goes, and its working days, where it is any.
    pub(crate) fn slowest(&self, after: u16) -> Option<(&str, f64)> {
        let slowest_remaining = self
            .slowest_remaining
            .iter()
            .find(|slowest_remaining| slowest_remaining.after == after)?;
        let days = f64::from(slowest_remaining.days);
        let name = self.step_name(slowest_remaining.slowest)?;
        (days >= 0.1).then_some((name, days))
    }

    /// What a case looks like at a moment, as far as had happened by then.
    ///
    /// `activities` names the case's events, `deadline` is the one in force.
    pub fn situation(
        &self,
        office: &WorkingTime,
        case: &Case,
        activities: &[String],
        deadline: Instant,
        now: Instant,
    ) -> Result<Situation, domain::calendar::Error> {
        let (trace, names) = Trace::of(case, office, deadline, now)?;
        let codes = self.codes_of(&trace, names.named(activities));
        let look = Prefix {
            at: office.moment(now)?,
            seen: trace.events.len(),
        };
        let view = View {
            codes: &codes,
            paces: &[self.pace(office)],
        };
        let seen = situations(&trace, &[look], &view).pop();
        Ok(seen.expect("one look gives one situation"))
    }

    /// The code of a step's name; [`UNKNOWN`] for one the model never saw.
    #[must_use]
    pub fn step(&self, name: &str) -> u16 {
        code(&self.steps, name)
    }

    /// The code of a combination of types, in the order of the fit's columns.
    #[must_use]
    pub fn kind(&self, types: &[&str]) -> u16 {
        code(&self.kinds, &types.join(" · "))
    }

    /// The name of a step; none for [`UNKNOWN`].
    #[must_use]
    pub fn step_name(&self, step: u16) -> Option<&str> {
        self.steps.get(usize::from(step)).map(String::as_str)
    }

    /// The levels from which to flag, one a precision.
    #[must_use]
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// What it was fitted on.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Open hours of an average working day, by which days are told in hours.
    #[must_use]
    pub fn hours_a_day(&self) -> f64 {
        self.hours_a_day
    }

    /// What earned its place in validation.
    #[must_use]
    pub fn switched_on(&self) -> SwitchedOn {
        SwitchedOn {
            points: self.table.has_points(),
            rolling: self.rolling.is_some(),
        }
    }

    /// The working time of an office without the quiet periods that this model found.
    pub(crate) fn pace(&self, office: &WorkingTime) -> Pace {
        Pace::new(&self.quiet_periods, office)
    }

    /// The same, of several offices.
    pub(crate) fn paces(&self, offices: &[&WorkingTime]) -> Vec<Pace> {
        paces_of(&self.quiet_periods, offices)
    }

    /// Codes for the looks of a log.
    pub(crate) fn codes(&self, log: Named<'_>) -> Codes {
        Codes::new(self.named(), log)
    }

    /// Codes for the looks of one case.
    pub(crate) fn codes_of(&self, trace: &Trace, log: Named<'_>) -> Codes {
        let had = trace.events.iter().map(|event| event.activity);
        Codes::of_case(self.named(), log, had)
    }

    fn named(&self) -> Named<'_> {
        Named {
            activities: &self.steps,
            kinds: &self.kinds,
            fields: &self.fields,
            legs: &self.legs,
        }
    }

    /// Canonical bytes: equal models give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a model holds only what JSON can say")
    }

    /// Reads bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, Unreadable> {
        let model: Model = serde_json::from_slice(bytes)?;
        model.checked()
    }

    pub(crate) fn checked(self) -> Result<Model, Unreadable> {
        if self.layout != LAYOUT {
            return Err(Unreadable::Layout(self.layout));
        }
        if !self.table.is_sound() {
            return Err(Unreadable::Inconsistent);
        }
        Ok(self)
    }
}

/// A model, and what it was learned from.
pub(crate) struct Learned {
    pub model: Model,
    /// Which switches were tried.
    pub tried: Vec<Tried>,
    pub observed: Vec<ObservedCase>,
    /// The chance at each look, from the cases of other folds.
    pub chances: Vec<f64>,
    pub known: Vec<Trace>,
}

fn paces_of(quiet_periods: &[QuietPeriod], offices: &[&WorkingTime]) -> Vec<Pace> {
    let paces = offices
        .iter()
        .map(|office| Pace::new(quiet_periods, office));
    paces.collect()
}

/// The quiet periods of a training part.
fn quiet_periods(known: &[Trace], office: &WorkingTime, split: WorkMoment) -> Vec<QuietPeriod> {
    let day = |moment: WorkMoment| {
        let at = chrono::DateTime::from_timestamp_micros(moment.micros).unwrap_or_default();
        office.local_day(at)
    };
    let mut events = BTreeMap::new();
    for event in known.iter().flat_map(|trace| &trace.events) {
        *events.entry(day(event.at)).or_insert(0) += 1;
    }
    let first = events.keys().next().copied();
    let days = first.map(|first| office.working_days(first, day(split)));
    quiet_period::find(&days.unwrap_or_default(), &events)
}

/// The names in use, in order; where they take too many bytes, the most used of them.
///
/// The others are as if they had never been seen.
fn used(names: &[String], numbers: impl Iterator<Item = u32>) -> Vec<String> {
    let mut times = vec![0_u32; names.len()];
    for number in numbers {
        if let Some(times) = times.get_mut(number as usize) {
            *times += 1;
        }
    }
    let seen = names.iter().zip(times).filter(|(_, times)| *times > 0);
    let mut used: Vec<(&String, u32)> = seen.collect();
    used.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut bytes = 0;
    let mut used: Vec<String> = used
        .into_iter()
        .take(usize::from(UNKNOWN))
        .take_while(|(name, _)| {
            bytes += name.len();
            bytes <= MOST_NAMES
        })
        .map(|(name, _)| name.clone())
        .collect();
    used.sort();
    used
}
