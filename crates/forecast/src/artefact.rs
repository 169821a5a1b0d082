//! The result of a fit: the model, its training data's size and period, its quality, and its
//! levels.

use std::collections::BTreeMap;

use domain::digest::sha256;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use crate::alarm::level_for;
use crate::backtest::Backtest;
use crate::figures::Figures;
use crate::halves::both;
use crate::level::{CANNOT_FIT, Precision, Threshold, Thresholds};
use crate::log::{Deadline, Error, Log};
use crate::model::{Forecast, Learned, Model, Size, Unreadable};
use crate::other_agency::{Answers, answers};
use crate::running::{Running, RunningAt};
use crate::trace::{Layout, Looks, Prepared, Split, Trace};
use crate::working_time::WorkingTime;

/// The layout of [`Artefact::to_bytes`]. Bytes of another layout are refused.
const LAYOUT: u32 = 2;
/// The most bytes that a stored artefact may have.
pub const MOST_BYTES: usize = 5_000_000;
/// Levels are fitted only on at least this many settled cases, and this many of each outcome.
const ENOUGH: (usize, usize) = (100, 10);
/// Levels are fitted on the highest chances of at most this many cases, evenly picked.
const MOST_PEAKS: usize = 4_000;
/// A level never lies below this part of its precision. Even where many dossiers end late, nobody
/// believes a flag on a dossier that is most likely in time.
const LOWEST: f64 = 0.5;
/// Cuts of the period for validation, as shares of its cases: a fit before each, judged after it.
const ORIGINS: [f64; 3] = [0.5, 0.65, 0.8];
/// Validation uses at most this many cases, evenly picked.
const MOST_CASES: usize = 20_000;

/// A fit, in the form in which it is stored.
///
/// Two fits on the same cases give the same bytes, and thus the same digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Artefact {
    layout: u32,
    #[serde(with = "chrono::serde::ts_microseconds")]
    fitted_from: Instant,
    #[serde(with = "chrono::serde::ts_microseconds")]
    fitted_until: Instant,
    figures: Figures,
    precision: Precision,
    /// Levels for all units together, and for each kind of unit with enough cases.
    general: Thresholds,
    of_kind: BTreeMap<String, Thresholds>,
    /// Each step with the step that most often follows it. Steps that most often end the case are
    /// absent.
    next: Vec<(u16, u16)>,
    answers: Vec<Answers>,
    model: Model,
}

impl Artefact {
    /// Fits on what a log knew before a moment, and reads nothing from then on.
    ///
    /// [`crate::log::Case::office`] is an index into `offices`. Each case brings its own deadline.
    ///
    /// Errors: [`Error`] for a log without a case that has an event and a deadline, or with a
    /// moment outside a calendar.
    pub fn fit(
        log: &Log,
        offices: &[&WorkingTime],
        until: Instant,
        precision: Precision,
    ) -> Result<Artefact, Error> {
        let known = log.known_before(until);
        let layout = layout(Split::At(until));
        let prepared = Prepared::new(&known, offices, layout)?;
        // Validation costs about as much as the fit itself, and neither waits for the other.
        let (figures, (learned, (general, of_kind))) = both(
            || validate(&known, offices, precision),
            || {
                let learned = Model::learn(&prepared, &known.activities, prepared.split);
                let levels = levels(&learned, &prepared, precision);
                (learned, levels)
            },
        );
        let starts = known.cases.iter().map(|case| case.start);
        Ok(Artefact {
            layout: LAYOUT,
            fitted_from: starts.min().unwrap_or(until),
            fitted_until: until,
            figures,
            precision,
            general,
            of_kind,
            next: next(&learned, &known.activities),
            answers: answers(
                &learned.known,
                &prepared.legs,
                &learned.model.paces(offices),
                |office| prepared.position(prepared.split, office),
            ),
            model: learned.model,
        })
    }

    /// When the earliest case of the fit started.
    #[must_use]
    pub fn fitted_from(&self) -> Instant {
        self.fitted_from
    }

    /// The moment of the fit: the artefact knows nothing from then on.
    #[must_use]
    pub fn fitted_until(&self) -> Instant {
        self.fitted_until
    }

    /// How good the forecast was inside the period.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// How many cases and looks the fit used.
    #[must_use]
    pub fn size(&self) -> Size {
        self.model.size()
    }

    /// The precisions that the levels aim at.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The thresholds of a kind of unit; those of all units if the kind has too few cases.
    #[must_use]
    pub fn thresholds(&self, unit_kind: &str) -> Thresholds {
        self.of_kind.get(unit_kind).copied().unwrap_or(self.general)
    }

    /// The model itself.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Canonical bytes: equal artefacts give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an artefact holds only what JSON can say")
    }

    /// SHA-256 of [`Artefact::to_bytes`].
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        sha256(&self.to_bytes())
    }

    /// Reads bytes back.
    ///
    /// Errors: [`Unreadable`] for bytes that do not match the digest, have another layout, or are
    /// no artefact.
    pub fn from_bytes(bytes: &[u8], digest: &[u8; 32]) -> Result<Artefact, Unreadable> {
        if sha256(bytes) != *digest {
            return Err(Unreadable::Altered);
        }
        let artefact: Artefact = serde_json::from_slice(bytes)?;
        if artefact.layout != LAYOUT {
            return Err(Unreadable::Layout(artefact.layout));
        }
        artefact
            .model
            .checked()
            .map(|model| Artefact { model, ..artefact })
    }

    /// The step that usually follows; none if the case usually ends there.
    pub(crate) fn next(&self, step: u16) -> Option<u16> {
        let next = self.next.iter().find(|(from, _)| *from == step);
        next.map(|(_, to)| *to)
    }

    /// The forecast of a dossier. Nothing ends before the other agencies have answered, so their
    /// curves raise each number to at least their own.
    pub(crate) fn forecast(&self, running: &Running, glance: &RunningAt) -> Forecast {
        let left = f64::from(glance.situation.left);
        let mut forecast = self.model.forecast(&glance.situation);
        for (answers, waited) in self.asked(running, glance) {
            let at_least = |value: &mut f64, least: f64| *value = value.max(least);
            at_least(&mut forecast.late, answers.longer(waited, left));
            at_least(&mut forecast.soonest, answers.reaches(waited, 0.1));
            at_least(&mut forecast.middle, answers.reaches(waited, 0.5));
            at_least(&mut forecast.latest, answers.reaches(waited, 0.9));
        }
        forecast.agreeing(left)
    }

    /// The longest remaining part, a later step or another agency's answer: its name, the working
    /// days that it usually takes, and whether it is another agency's.
    pub(crate) fn longest(
        &self,
        running: &Running,
        glance: &RunningAt,
    ) -> Option<(String, f64, bool)> {
        let asked = self.asked(running, glance);
        let leg = asked
            .map(|(answers, waited)| (answers.name.as_str(), answers.reaches(waited, 0.5), true))
            .filter(|(_, days, _)| *days >= 0.1);
        let step = self.model.slowest(glance.situation.step);
        let step = step.map(|(name, days)| (name, days, false));
        let longest = leg.chain(step).max_by(|a, b| a.1.total_cmp(&b.1));
        longest.map(|(name, days, is_leg)| (name.to_owned(), days, is_leg))
    }

    /// The positions at which the curves of the awaited agencies step.
    pub(crate) fn steps_of_legs(&self, running: &Running) -> Vec<f64> {
        let legs = running.legs.iter();
        let known = legs.filter_map(|leg| Some((leg, self.answers_of(&leg.name)?)));
        known
            .flat_map(|(leg, answers)| answers.steps().map(|days| leg.since + days))
            .collect()
    }

    fn asked<'a>(
        &'a self,
        running: &'a Running,
        glance: &'a RunningAt,
    ) -> impl Iterator<Item = (&'a Answers, f64)> {
        running.legs.iter().filter_map(|leg| {
            let answers = self.answers_of(&leg.name)?;
            Some((answers, (glance.now - leg.since).max(0.0)))
        })
    }

    fn answers_of(&self, name: &str) -> Option<&Answers> {
        let known = |answers: &Answers| answers.name.as_str().cmp(name);
        let place = self.answers.binary_search_by(known).ok()?;
        Some(&self.answers[place])
    }
}

/// The engine looks continuously, so it learns from looks at equal parts of the allowance.
fn layout(split: Split) -> Layout {
    Layout {
        deadline: Deadline::Given,
        split,
        looks: Looks::ByShare,
        finished_only: false,
    }
}

/// The thresholds of all units together and of each kind.
fn levels(
    learned: &Learned<'_>,
    prepared: &Prepared<'_>,
    precision: Precision,
) -> (Thresholds, BTreeMap<String, Thresholds>) {
    // A case counts for its kind and for all: its looks are many, so they are taken once.
    let mut known = BTreeMap::<usize, Option<f64>>::new();
    let mut of = |kind: Option<u32>| {
        let settled = learned
            .cases
            .iter()
            .enumerate()
            .filter_map(|(number, case)| {
                let counts = kind.is_none_or(|kind| case.unit_kind == kind);
                Some((number, case.late.filter(|_| counts)?))
            });
        let settled: Vec<(usize, bool)> = settled.collect();
        let every = settled.len().div_ceil(MOST_PEAKS).max(1);
        let peaks = settled.into_iter().step_by(every);
        let mut peak = |number: usize| {
            let peak = known.entry(number);
            *peak.or_insert_with(|| learned.peak(number, prepared))
        };
        let peaks = peaks.filter_map(|(number, late)| Some((peak(number)?, late)));
        let mut peaks: Vec<(f64, bool)> = peaks.collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        fitted(&peaks, precision)
    };
    let general = of(None).unwrap_or(Thresholds::stated(precision));
    let kinds = (0..).zip(&prepared.unit_kinds);
    let kinds = kinds.filter_map(|(kind, name)| Some((name.clone(), of(Some(kind))?)));
    (general, kinds.collect())
}

/// Fits thresholds to the highest chance of each settled case; none if there are too few cases.
fn fitted(peaks: &[(f64, bool)], precision: Precision) -> Option<Thresholds> {
    let late = peaks.iter().filter(|(_, late)| *late).count();
    if peaks.len() < ENOUGH.0 || late < ENOUGH.1 || peaks.len() - late < ENOUGH.1 {
        return None;
    }
    let level = |precision: f64| {
        // No level keeps the precision, so the chance itself is believed.
        let level = level_for(precision, peaks).unwrap_or(precision);
        level.max(precision * LOWEST)
    };
    let will_be_late = level(precision.will_be_late).max(CANNOT_FIT);
    let at_risk = level(precision.at_risk).min(will_be_late);
    Some(Thresholds {
        watch: Threshold::at(level(precision.watch).min(at_risk)),
        at_risk: Threshold::at(at_risk),
        will_be_late: Threshold::at(will_be_late),
    })
}

/// Each step with its most frequent successor, unless most cases end there.
fn next(learned: &Learned<'_>, activities: &[String]) -> Vec<(u16, u16)> {
    let codes = activities.iter().map(|name| learned.model.step(name));
    let codes: Vec<u16> = codes.collect();
    let code = |activity: u32| codes.get(activity as usize).copied();
    let mut followed = BTreeMap::<u16, BTreeMap<Option<u16>, u32>>::new();
    for trace in &learned.known {
        let codes: Vec<Option<u16>> = trace
            .events
            .iter()
            .map(|event| code(event.activity))
            .collect();
        for (place, from) in codes.iter().enumerate() {
            let to = codes.get(place + 1).copied().flatten();
            let Some(from) = from.filter(|_| to.is_some() || ended(trace)) else {
                continue;
            };
            *followed.entry(from).or_default().entry(to).or_default() += 1;
        }
    }
    let most = |counts: BTreeMap<Option<u16>, u32>| {
        let most = counts
            .into_iter()
            .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        most.and_then(|(to, _)| to)
    };
    let next = followed.into_iter();
    next.filter_map(|(from, counts)| Some((from, most(counts)?)))
        .collect()
}

fn ended(trace: &Trace) -> bool {
    trace.end.is_some() && !trace.without
}

/// Fits on the period before each cut, judges on the rest, and averages the figures.
fn validate(known: &Log, offices: &[&WorkingTime], precision: Precision) -> Figures {
    let every = known.cases.len().div_ceil(MOST_CASES).max(1);
    let thinned = Log {
        activities: known.activities.clone(),
        cases: known.cases.iter().step_by(every).cloned().collect(),
    };
    let judged: Vec<Figures> = ORIGINS
        .into_iter()
        .filter_map(|share| {
            let trial = Backtest::of(&thinned, offices, layout(Split::Share(share))).ok()?;
            let learned = trial.learn();
            let (general, _) = levels(&learned, trial.prepared(), precision);
            Some(trial.figures(&learned.model, &general))
        })
        .collect();
    let mean = |of: fn(&Figures) -> Option<f64>| {
        let values: Vec<f64> = judged.iter().filter_map(of).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        // JSON reads six digits back exactly.
        (!values.is_empty()).then(|| (mean * 1e6).round() / 1e6)
    };
    Figures {
        brier: mean(|figures| figures.brier),
        auc: mean(|figures| figures.auc),
        naive_auc: mean(|figures| figures.naive_auc),
        ece: mean(|figures| figures.ece),
        coverage: mean(|figures| figures.coverage),
        precision: mean(|figures| figures.precision),
        recall: mean(|figures| figures.recall),
        median_lead_wd: mean(|figures| figures.median_lead_wd),
        raised_again: mean(|figures| figures.raised_again),
        will_be_late_precision: mean(|figures| figures.will_be_late_precision),
        will_be_late_recall: mean(|figures| figures.will_be_late_recall),
    }
}
