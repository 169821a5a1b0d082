//! What past and running cases teach: one training row for each look.

use crate::baseline::{Baseline, ObservedSpan};
use crate::sample::{Hours, Look, View, looks, situations};
use crate::situation::Situation;
use crate::trace::{Prepared, Trace};
use crate::working_time::WorkMoment;

/// The number of folds. No case is judged by a table that its own outcome shaped.
pub(crate) const FOLDS: usize = 5;

/// A case with its looks.
pub(crate) struct ObservedCase {
    pub deadline: WorkMoment,
    pub end: Option<WorkMoment>,
    /// Whether the end was a result.
    pub resolved: bool,
    pub unit_kind: u32,
    /// Whether the case is late; none if its deadline does not lie before the horizon.
    pub late: Option<bool>,
    /// The position of each look, in working days.
    pub days: Vec<f64>,
    /// Working days without quiet periods from each look to the end, or to the horizon.
    pub remaining: Vec<f64>,
    pub situations: Vec<Situation>,
}

/// Looks at traces as of a horizon. Keeps every `every`-th look of a case.
pub(crate) fn observe<'a>(
    traces: impl Iterator<Item = &'a Trace>,
    (prepared, view): (&Prepared<'_>, &View<'_>),
    horizon: WorkMoment,
    every: usize,
) -> Vec<ObservedCase> {
    (0..)
        .zip(traces)
        .map(|(number, trace): (usize, _)| {
            let known = trace.known_before(horizon);
            let mut looks = looks(&known, prepared, horizon);
            if every > 1 {
                let mut place = number;
                looks.retain(|_| {
                    place += 1;
                    place % every == 0
                });
            }
            let settled = known.is_settled(horizon);
            ObservedCase {
                resolved: known.end.is_some() && !known.without,
                unit_kind: known.unit_kind,
                late: settled.then(|| known.is_late()),
                deadline: known.deadline,
                end: known.end,
                remaining: remaining(&known, &looks, prepared, horizon, view),
                days: looks.iter().map(|look| look.at.day).collect(),
                situations: situations(&known, &looks, view),
            }
        })
        .collect()
}

/// Working days without quiet periods from each look to the end, or to the horizon.
pub(crate) fn remaining(
    trace: &Trace,
    looks: &[Look],
    prepared: &Prepared<'_>,
    horizon: WorkMoment,
    view: &View<'_>,
) -> Vec<f64> {
    let hours = Hours::new(trace, view.pace(trace.office));
    let until = match trace.end {
        Some(end) => end.day,
        None => prepared.position(horizon, trace.office),
    };
    let until = hours.at(until);
    let remaining = |look: &Look| (until - hours.at(look.at.day)).max(0.0);
    looks.iter().map(remaining).collect()
}

impl ObservedCase {
    /// The observed time on the baseline curve; none without a look.
    pub fn life(&self) -> Option<ObservedSpan> {
        let (first, remaining) = self.situations.first().zip(self.remaining.first())?;
        let elapsed = f64::from(first.elapsed);
        let allowance = (elapsed + f64::from(first.left)).max(1e-6);
        let to = (elapsed + remaining) / allowance;
        Some(ObservedSpan {
            from: elapsed / allowance,
            to: match self.late {
                Some(true) => f64::INFINITY,
                Some(false) => to.min(1.0),
                None => to,
            },
            ended: self.end.is_some(),
        })
    }

    /// 1 for late and 0 for in time. While neither is known, the chance by the used part of the
    /// allowance alone.
    ///
    /// So the newest cases teach too, and no case is left out for having been quick or slow.
    /// Source: Efron, The two sample problem with censored data (1967), which spreads a case that
    /// still runs over its possible outcomes.
    fn outcome(&self, baseline: &Baseline) -> f64 {
        match (self.late, self.end) {
            (Some(late), _) => f64::from(u8::from(late)),
            (None, Some(_)) => 0.0,
            (None, None) => self.life().map_or(0.5, |life| baseline.late(life.to)),
        }
    }
}

/// One look as the fit sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrainingRow {
    pub case: u32,
    pub situation: Situation,
    /// Working days to the end, or to the horizon.
    pub remaining: f32,
    /// Whether the case ended there, in whatever way.
    pub ended: bool,
    /// Whether the end was a result.
    pub resolved: bool,
    /// 1 for late, 0 for in time; between them while the outcome is open.
    pub late: f64,
    /// Whether the deadline lies before the horizon.
    pub settled: bool,
}

/// The fold of a case, by its number.
pub(crate) fn fold_of(number: usize) -> usize {
    number % FOLDS
}

impl TrainingRow {
    pub fn fold(&self) -> usize {
        fold_of(self.case as usize)
    }
}

/// The training rows of observed cases, case by case.
pub(crate) fn rows(observed: &[ObservedCase], baseline: &Baseline) -> Vec<TrainingRow> {
    let mut rows = Vec::with_capacity(observed.iter().map(|case| case.days.len()).sum());
    for (case, observed) in (0..).zip(observed) {
        let late = observed.outcome(baseline);
        for (place, situation) in observed.situations.iter().enumerate() {
            rows.push(TrainingRow {
                case,
                situation: *situation,
                remaining: observed.remaining[place] as f32,
                ended: observed.end.is_some(),
                resolved: observed.resolved,
                late,
                settled: observed.late.is_some(),
            });
        }
    }
    rows
}
