//! What a fit leaves behind: the model, what it was fitted on, how good it was, and its levels.

use std::collections::BTreeMap;

use domain::digest::sha256;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use crate::alarm::level_for;
use crate::backtest::Backtest;
use crate::figures::Figures;
use crate::level::{CANNOT_FIT, Precision, Threshold, Thresholds};
use crate::log::{Deadline, Error, Log};
use crate::model::{Forecast, Learned, Model, Size, Unreadable};
use crate::other_agency::{Answers, answers};
use crate::running::{Glance, Running};
use crate::trace::{Layout, Looks, Prepared, Split, Trace};
use crate::working_time::WorkingTime;

/// The layout of [`Artefact::to_bytes`]. Bytes of another layout are refused.
const LAYOUT: u32 = 2;
/// The most bytes an artefact has.
pub const MOST_BYTES: usize = 5_000_000;
/// Settled cases, late ones and ones in time, below which levels are not fitted.
const ENOUGH: (usize, usize) = (100, 10);
/// Cases whose highest chance is looked for to fit levels on; of more, every so many.
const MOST_PEAKS: usize = 4_000;
/// A level never lies below this part of the precision it is for: however many of them end late,
/// nobody believes a flag on what is most likely in time.
const LOWEST: f64 = 0.5;
/// Where the period is cut to validate inside it, as shares of its cases.
const ORIGINS: [f64; 3] = [0.5, 0.65, 0.8];
/// Cases to validate on; of more, every so many.
const MOST_CASES: usize = 20_000;

/// A fit, as it is kept.
///
/// Two fits on the same cases give the same bytes, and so the same digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Artefact {
    layout: u32,
    #[serde(with = "chrono::serde::ts_microseconds")]
    fitted_from: Instant,
    #[serde(with = "chrono::serde::ts_microseconds")]
    fitted_until: Instant,
    figures: Figures,
    precision: Precision,
    /// Of all units together, and of each kind with enough cases.
    general: Thresholds,
    of_kind: BTreeMap<String, Thresholds>,
    /// The step that most often follows another; the end where none is named.
    next: Vec<(u16, u16)>,
    answers: Vec<Answers>,
    model: Model,
}

impl Artefact {
    /// Fits on what a log knew before a moment; nothing from then on is looked at.
    ///
    /// [`crate::log::Case::office`] names one of the offices. Deadlines are the cases' own.
    ///
    /// Errors: [`Error`] for a log without a case that has an event and a deadline, or beyond the
    /// days of a calendar.
    pub fn fit(
        log: &Log,
        offices: &[&WorkingTime],
        until: Instant,
        precision: Precision,
    ) -> Result<Artefact, Error> {
        let known = log.known_before(until);
        let layout = layout(Split::At(until));
        let prepared = Prepared::new(&known, offices, layout)?;
        let learned = Model::learn(&prepared, &known.activities, prepared.split);
        let (general, of_kind) = levels(&learned, &prepared, precision);
        let starts = known.cases.iter().map(|case| case.start);
        Ok(Artefact {
            layout: LAYOUT,
            fitted_from: starts.min().unwrap_or(until),
            fitted_until: until,
            figures: validate(&known, offices, precision),
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

    /// The moment from which on its cases start.
    #[must_use]
    pub fn fitted_from(&self) -> Instant {
        self.fitted_from
    }

    /// The moment up to which it knows what happened.
    #[must_use]
    pub fn fitted_until(&self) -> Instant {
        self.fitted_until
    }

    /// How good it was inside its period.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// What it was fitted on.
    #[must_use]
    pub fn size(&self) -> Size {
        self.model.size()
    }

    /// The precisions its levels were fitted for.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The thresholds of a kind of unit; those of all units where it has too few cases of its own.
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
    /// Errors: [`Unreadable`] for bytes whose digest is another than the one they were stored
    /// with, of another layout, or that are no artefact at all.
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

    /// The step that usually follows; none where that is the end.
    pub(crate) fn next(&self, step: u16) -> Option<u16> {
        let next = self.next.iter().find(|(from, _)| *from == step);
        next.map(|(_, to)| *to)
    }

    /// What is to be expected: nothing ends before the other agencies have answered.
    pub(crate) fn forecast(&self, running: &Running, glance: &Glance) -> Forecast {
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

    /// The longest part of what is left: a later step, or another agency's answer. Its name, the
    /// working days it usually takes, and whether it is another agency's.
    pub(crate) fn longest(
        &self,
        running: &Running,
        glance: &Glance,
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

    /// Positions at which the curve of an agency that is at it steps, before the deadline.
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
        glance: &'a Glance,
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

/// An engine looks all day, so it learns from looks at equal parts of the allowance.
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
    learned: &Learned,
    prepared: &Prepared<'_>,
    precision: Precision,
) -> (Thresholds, BTreeMap<String, Thresholds>) {
    let of = |kind: Option<u32>| {
        let settled = learned
            .observed
            .iter()
            .enumerate()
            .filter_map(|(number, case)| {
                let counts = kind.is_none_or(|kind| case.unit_kind == kind);
                Some((number, case.late.filter(|_| counts)?))
            });
        let settled: Vec<(usize, bool)> = settled.collect();
        let every = settled.len().div_ceil(MOST_PEAKS).max(1);
        let peaks = settled.into_iter().step_by(every);
        let peaks =
            peaks.filter_map(|(number, late)| Some((learned.peak(number, prepared)?, late)));
        let mut peaks: Vec<(f64, bool)> = peaks.collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        fitted(&peaks, precision)
    };
    let general = of(None).unwrap_or(Thresholds::stated(precision));
    let kinds = (0..).zip(&prepared.unit_kinds);
    let kinds = kinds.filter_map(|(kind, name)| Some((name.clone(), of(Some(kind))?)));
    (general, kinds.collect())
}

/// Thresholds from the highest chance each settled case had; none where they are too few.
fn fitted(peaks: &[(f64, bool)], precision: Precision) -> Option<Thresholds> {
    let late = peaks.iter().filter(|(_, late)| *late).count();
    if peaks.len() < ENOUGH.0 || late < ENOUGH.1 || peaks.len() - late < ENOUGH.1 {
        return None;
    }
    let level = |precision: f64| {
        // Where no level keeps the precision, the chance itself is taken at its word.
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

/// What most often follows each step, where that is not the end.
fn next(learned: &Learned, activities: &[String]) -> Vec<(u16, u16)> {
    let code = |activity: u32| {
        let name = activities.get(activity as usize)?;
        Some(learned.model.step(name))
    };
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

/// Fits on earlier parts of the period and judges on the later.
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
        // Six digits: what JSON reads back exactly.
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
