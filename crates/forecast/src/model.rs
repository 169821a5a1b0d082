//! The model: fitted once, stored as bytes, asked often.

use std::collections::BTreeMap;
use std::ops::Deref;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use domain::time::Instant;

use crate::alarm::{alarms, paying, peaks};
use crate::curve::SurvivalCurve;
use crate::halves::halves;
use crate::log::{Case, Deadline, Error, Log};
use crate::quiet_period::{self, Pace, QuietPeriod};
use crate::remaining::{SlowestRemaining, slowest_remaining};
use crate::sample::{Look, View, close_looks, situations};
use crate::selection::{Tried, choose, expected_looks};
use crate::service_days::ServiceDays;
use crate::situation::{Codes, Named, Situation, UNKNOWN, code};
use crate::table::Table;
use crate::trace::{KnownTrace, Layout, Looks, Prepared, Split, Trace};
use crate::training_cells::{Asked, TrainingCells};
use crate::training_row::{Observed, ObservedCase, TrainingRow, fold_of, observe};
use crate::working_time::{WorkMoment, WorkingTime};

pub use crate::alarm::Alarm;

/// The layout of [`Model::to_bytes`]. Bytes of another layout are refused.
const LAYOUT: u32 = 5;

/// The most looks from which a fit learns, so that memory stays bounded. If there are more, it
/// keeps every nth look of each case: many looks at one case say one thing anyway.
const MOST_LOOKS: usize = 800_000;

/// The most bytes of the names of one kind. Real names take far fewer. Without this limit, a column
/// of numbers mistaken for types would outweigh all that was learned.
const MOST_NAMES: usize = 400_000;

/// The outcomes of past dossiers, as a table to score other dossiers by.
///
/// Two fits on the same cases give the same bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    layout: u32,
    /// Names of steps and of combinations of types, in order. A name's index is its code.
    steps: Vec<String>,
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// Names of other agencies' work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    legs: Vec<String>,
    /// Units that must keep deadlines, and how many settled dossiers each had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settled_of_unit: Vec<u32>,
    hours_a_day: f64,
    /// Days of the year on which practically no work is done.
    quiet_periods: Vec<QuietPeriod>,
    /// Weekdays on which dossiers are finished, for kinds that are not finished on every working
    /// day.
    service_days: ServiceDays,
    /// The shares of the ends cut off below and above the interval.
    tails: (f64, f64),
    size: Size,
    table: Table,
    alarms: Vec<Alarm>,
    /// The levels at which flags pay most: for each of `LEADS`, one for each of `BENEFITS`.
    paying: Vec<f64>,
    slowest_remaining: Vec<SlowestRemaining>,
}

/// How many cases and looks a fit used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Cases that had started.
    pub cases: u32,
    /// Cases whose deadline had passed.
    pub settled: u32,
    /// Late cases among the settled.
    pub late: u32,
    /// Looks at all cases.
    pub samples: u32,
}

impl Size {
    fn new(observed: &Observed) -> Size {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let settled = || observed.cases.iter().filter_map(|case| case.late);
        Size {
            cases: count(observed.cases.len()),
            settled: count(settled().count()),
            late: count(settled().filter(|late| *late).count()),
            samples: count(observed.rows.len()),
        }
    }
}

/// The switches of the table that validation turned on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwitchedOn {
    /// Whether layers of plain facts add points to the log-odds.
    pub points: bool,
    /// How much of 1 the share that ended late counts, the curve of what remains, and the score
    /// card.
    pub weights: [f64; 3],
}

/// The forecast of one dossier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The chance that the dossier ends after its deadline, from 0 to 1.
    pub late: f64,
    /// Working days from now before which one in ten such dossiers ends.
    pub soonest: f64,
    /// Working days from now within which half end.
    pub middle: f64,
    /// Working days from now after which one in ten ends; never more than was ever seen.
    pub latest: f64,
}

/// An end beyond the deadline lies at least this many working days beyond, about a minute.
const BEYOND: f64 = 0.002;

impl Forecast {
    /// Moves each of the three ends to the side of the deadline that the chance implies. The chance
    /// knows more about the dossier than the curve of comparable ones.
    pub(crate) fn agreeing(self, left: f64) -> Forecast {
        if left <= 0.0 {
            return self;
        }
        let agreeing = |days: f64, share: f64| {
            if is_beyond(self.late, share) {
                days.max(left + BEYOND)
            } else {
                days.min(left)
            }
        };
        Forecast {
            late: self.late,
            soonest: agreeing(self.soonest, 0.1),
            middle: agreeing(self.middle, 0.5),
            latest: agreeing(self.latest, 0.9),
        }
    }
}

/// Whether the moment at which a share of such dossiers has ended lies after the deadline.
pub(crate) fn is_beyond(late: f64, share: f64) -> bool {
    late >= 1.0 - share
}

/// Why bytes cannot be read as a model.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are not JSON of this shape.
    #[error("not a forecast model")]
    Shape(#[from] serde_json::Error),
    /// Another version of the engine wrote it.
    #[error("a forecast model of layout {0}; expected layout {LAYOUT}")]
    Layout(u32),
    /// The bytes are not those that were stored.
    #[error("a forecast model whose digest is not the one it was stored with")]
    Altered,
    /// The parts of the model do not match each other.
    #[error("a forecast model whose weights do not match its facts")]
    Inconsistent,
}

impl Model {
    /// Fits on what the log knew before a moment, and reads nothing from then on.
    ///
    /// [`Case::office`] is an index into `offices`. The first office decides how many hours a day
    /// has.
    pub fn fit(
        log: &Log,
        offices: &[&WorkingTime],
        deadline: Deadline,
        until: Instant,
    ) -> Result<Model, Error> {
        let layout = Layout {
            deadline,
            split: Split::At(until),
            looks: Looks::Daily,
            finished_only: false,
        };
        let prepared = Prepared::new(log, offices, layout)?;
        Ok(Model::learn(&prepared, &log.activities, prepared.split).model)
    }

    /// Fits on what a prepared log knew before a moment.
    pub(crate) fn learn<'p>(
        prepared: &'p Prepared<'_>,
        activities: &[String],
        split: WorkMoment,
    ) -> Learned<'p> {
        let training = prepared.started_before(split).iter();
        let known = training.map(|trace| trace.known_before(split));
        let known: Vec<KnownTrace<'p>> = known.collect();
        let passed = known.iter().flat_map(|trace| &trace.events);
        let steps = used(activities, passed.map(|event| event.activity));
        let kinds = used(&prepared.kinds, known.iter().map(|trace| trace.kind));
        let fields = used(&prepared.fields, known.iter().map(|trace| trace.field));
        let asides = known.iter().flat_map(|trace| &trace.beside().legs);
        let legs = used(&prepared.legs, asides.map(|leg| leg.name));
        let units = used(&prepared.units, known.iter().map(|trace| trace.unit));
        let named = Named {
            activities: &steps,
            kinds: &kinds,
            fields: &fields,
            legs: &legs,
            units: &units,
        };
        let codes = Codes::new(named, prepared.named(activities));
        let quiet_periods = quiet_periods(&known, prepared.offices[0], split);
        let paces = paces_of(&quiet_periods, &prepared.offices);
        let resolved = known.iter().filter(|trace| !trace.without);
        let ends = resolved.filter_map(|trace| Some((codes.kind(trace.kind), trace.end?.date)));
        let service_days = ServiceDays::new(ends);
        let view = View {
            codes: &codes,
            paces: &paces,
            service_days: &service_days,
        };
        let (chosen, tried) = choose(&known, prepared, split, &view);
        let every = expected_looks(&known, prepared, split)
            .div_ceil(MOST_LOOKS)
            .max(1);
        let traces = known.iter().map(Deref::deref);
        let cells = TrainingCells::new(observe(traces, (prepared, &view), split, every));
        let lessons = cells.learn(Asked {
            points: chosen.points,
            apart: true,
        });
        let table = cells.table(&lessons, chosen.made());
        let apart = cells.tables_apart(&lessons, chosen.made());
        drop(lessons);
        let observed = cells.observed();
        let chance = |row: &TrainingRow| apart[row.fold()].chance(&row.situation);
        let chances = halves(&observed.rows, chance);
        let peaks = peaks(observed, &chances);
        let model = Model {
            layout: LAYOUT,
            hours_a_day: (prepared.offices[0].scale().hours_a_day * 1e6).round() / 1e6,
            quiet_periods,
            settled_of_unit: settled_of_unit(&observed.cases, &known, &codes, units.len()),
            units,
            service_days,
            tails: chosen.tails,
            size: Size::new(observed),
            alarms: alarms(&peaks),
            paying: paying(observed, &chances),
            slowest_remaining: slowest_remaining(&known, &codes, steps.len()),
            steps,
            kinds,
            fields,
            legs,
            table,
        };
        Learned {
            model,
            tried,
            cases: cells.into_cases(),
            known,
            codes,
            paces,
            apart,
        }
    }

    /// The chance of ending late.
    ///
    /// 1 for a dossier with no time left; 0.5 without any history.
    #[must_use]
    pub fn late(&self, at: &Situation) -> f64 {
        if at.left > 0.0 {
            self.table.chance(at)
        } else {
            1.0
        }
    }

    /// The chance, and the expected end on the same side of the deadline as the chance.
    #[must_use]
    pub fn forecast(&self, at: &Situation) -> Forecast {
        let (chance, ending) = self.table.chance_and_ending(at);
        let late = if at.left > 0.0 { chance } else { 1.0 };
        let Some(alive) = ending else {
            return Forecast {
                late,
                soonest: 0.0,
                middle: 0.0,
                latest: 0.0,
            };
        };
        let left = f64::from(at.left);
        let (soonest, latest) = self.cut(alive);
        let forecast = Forecast {
            late,
            soonest,
            middle: alive.reaches(0.5).clamp(soonest, latest),
            latest,
        };
        forecast.agreeing(left)
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// Whether a forecast's ends rest on cases that were seen.
    pub(crate) fn knows_ends(&self) -> bool {
        self.size.samples > 0
    }

    fn cut(&self, ends: SurvivalCurve<'_>) -> (f64, f64) {
        let (below, above) = self.tails;
        let low = ends.reaches(below);
        // The curve is linear inside its first part, but such an end may come at once.
        let first = ends.edges.first().copied().unwrap_or(0.0);
        let low = if low < f64::from(first) { 0.0 } else { low };
        (low, ends.reaches(1.0 - above).max(low))
    }

    /// The step after another that takes the most time, with its working days; none if it takes
    /// less than a tenth of a day.
    pub(crate) fn slowest(&self, after: u16) -> Option<(&str, f64)> {
        let slowest_remaining = self
            .slowest_remaining
            .iter()
            .find(|slowest_remaining| slowest_remaining.after == after)?;
        let days = f64::from(slowest_remaining.days);
        let name = self.step_name(slowest_remaining.slowest)?;
        (days >= 0.1).then_some((name, days))
    }

    /// What a case looks like at `now`, from the events until then.
    ///
    /// `activities` names the case's events; `deadline` is the one in force.
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
        let look = Look {
            at: office.moment(now)?,
            seen: trace.events.len(),
        };
        let view = View {
            codes: &codes,
            paces: &[self.pace(office)],
            service_days: &self.service_days,
        };
        let seen = situations(&trace, &[look], &view).next();
        Ok(seen.expect("one look gives one situation"))
    }

    /// The code of a step's name; [`UNKNOWN`] for one the model never saw.
    #[must_use]
    pub fn step(&self, name: &str) -> u16 {
        code(&self.steps, name)
    }

    /// The code of a combination of types, given in the order of the fit's columns.
    #[must_use]
    pub fn kind(&self, types: &[&str]) -> u16 {
        code(&self.kinds, &types.join(" · "))
    }

    /// The name of a step; none for [`UNKNOWN`].
    #[must_use]
    pub fn step_name(&self, step: u16) -> Option<&str> {
        self.steps.get(usize::from(step)).map(String::as_str)
    }

    /// The levels from which to flag, one for each precision.
    #[must_use]
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// The levels at which flags pay most: for each lead, one for each benefit.
    pub(crate) fn paying(&self) -> &[f64] {
        &self.paying
    }

    /// How many cases and looks the fit used.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Open hours of an average working day, for telling days in hours.
    #[must_use]
    pub fn hours_a_day(&self) -> f64 {
        self.hours_a_day
    }

    /// The switches that validation turned on.
    #[must_use]
    pub fn switched_on(&self) -> SwitchedOn {
        let weights = self.table.weights();
        SwitchedOn {
            points: self.table.has_points(),
            weights: [weights.share, weights.remaining, weights.card],
        }
    }

    /// The working time of an office with this model's quiet periods taken out.
    pub(crate) fn pace(&self, office: &WorkingTime) -> Pace {
        Pace::new(&self.quiet_periods, office)
    }

    /// [`Model::pace`] for several offices.
    pub(crate) fn paces(&self, offices: &[&WorkingTime]) -> Vec<Pace> {
        paces_of(&self.quiet_periods, offices)
    }

    /// The codes of this model for the names of a log.
    pub(crate) fn codes(&self, log: Named<'_>) -> Codes {
        Codes::new(self.named(), log)
    }

    /// The codes of this model for the names of one case.
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
            units: &self.units,
        }
    }

    /// The weekdays on which dossiers are finished.
    pub(crate) fn service_days(&self) -> &ServiceDays {
        &self.service_days
    }

    /// How many settled dossiers of a unit the fit had.
    pub(crate) fn settled_of(&self, unit: u16) -> u32 {
        let settled = self.settled_of_unit.get(usize::from(unit));
        settled.copied().unwrap_or(0)
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

/// A model with the data of its training.
pub(crate) struct Learned<'p> {
    pub model: Model,
    /// The switches that the choice tried.
    pub tried: Vec<Tried>,
    pub cases: Vec<ObservedCase>,
    pub known: Vec<KnownTrace<'p>>,
    codes: Codes,
    paces: Vec<Pace>,
    /// For each fold, the table of the cases of all other folds.
    apart: Vec<Table>,
}

impl Learned<'_> {
    /// The highest chance that a case ever had, by the table of the other folds and over close
    /// looks; none if the case was never seen open.
    ///
    /// The engine flags at any moment, so fewer looks would miss peaks, and a level fitted on them
    /// would seem to keep its precision better than it does.
    pub fn peak(&self, number: usize, prepared: &Prepared<'_>) -> Option<f64> {
        let (trace, table) = (self.known.get(number)?, &self.apart[fold_of(number)]);
        let view = View {
            codes: &self.codes,
            paces: &self.paces,
            service_days: &self.model.service_days,
        };
        let looks = close_looks(trace, prepared, prepared.split);
        let seen = situations(trace, &looks, &view);
        seen.map(|at| table.chance(&at)).reduce(f64::max)
    }
}

fn paces_of(quiet_periods: &[QuietPeriod], offices: &[&WorkingTime]) -> Vec<Pace> {
    let paces = offices
        .iter()
        .map(|office| Pace::new(quiet_periods, office));
    paces.collect()
}

/// How many settled cases each unit has.
fn settled_of_unit(
    observed: &[ObservedCase],
    known: &[KnownTrace<'_>],
    codes: &Codes,
    units: usize,
) -> Vec<u32> {
    let mut settled = vec![0; units];
    for (case, trace) in observed.iter().zip(known) {
        let unit = usize::from(codes.unit(trace.unit));
        if let (Some(count), Some(_)) = (settled.get_mut(unit), case.late) {
            *count += 1;
        }
    }
    settled
}

/// The quiet periods of a training part.
fn quiet_periods(
    known: &[KnownTrace<'_>],
    office: &WorkingTime,
    split: WorkMoment,
) -> Vec<QuietPeriod> {
    let mut events = BTreeMap::new();
    for event in known.iter().flat_map(|trace| &trace.events) {
        *events.entry(event.date).or_insert(0) += 1;
    }
    let day = |date: i32| NaiveDate::from_num_days_from_ce_opt(date);
    let first = events.keys().next().copied().and_then(day);
    let days = first.zip(day(split.date));
    let days = days.map(|(first, last)| office.working_days(first, last));
    let events = events
        .into_iter()
        .filter_map(|(date, count)| Some((day(date)?, count)));
    quiet_period::find(&days.unwrap_or_default(), &events.collect())
}

/// The names in use, in order. If they take too many bytes, only the most used are kept, and the
/// others count as never seen.
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
