//! What past and running cases teach: one training row for each look.

use std::ops::Range;

use crate::baseline::{Baseline, ObservedSpan};
use crate::sample::{Hours, Look, View, look, situations};
use crate::situation::Situation;
use crate::trace::{Prepared, Trace};
use crate::working_time::WorkMoment;

/// The number of folds. No case is judged by a table that its own outcome shaped.
pub(crate) const FOLDS: usize = 5;

/// A case as it was observed until a horizon.
pub(crate) struct ObservedCase {
    /// The position of the deadline, in working days.
    pub deadline: f64,
    /// Whether the end was a result.
    pub resolved: bool,
    pub unit_kind: u32,
    /// Whether the case is late; none if its deadline does not lie before the horizon.
    pub late: Option<bool>,
    /// The observed time on the baseline curve; none without a look.
    life: Option<ObservedSpan>,
    /// The looks at the case, by their places among all.
    pub looks: Range<usize>,
}

/// Cases, and the looks at them in columns, case by case.
#[derive(Default)]
pub(crate) struct Observed {
    pub cases: Vec<ObservedCase>,
    /// The position of each look, in working days.
    pub days: Vec<f64>,
    pub rows: Vec<TrainingRow>,
}

/// One look as the fit sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrainingRow {
    pub case: u32,
    pub situation: Situation,
    /// Working days without quiet periods to the end, or to the horizon.
    pub remaining: f32,
    /// Whether the case ended there, in whatever way.
    pub ended: bool,
    /// Whether the end was a result.
    pub resolved: bool,
    /// Whether the deadline lies before the horizon.
    pub settled: bool,
    /// 1 for late, 0 for in time; between them while the outcome is open. [`Observed::teach`] sets
    /// it.
    pub late: f64,
}

/// Looks at traces as of a horizon. Keeps every `every`-th look of a case.
pub(crate) fn observe<'a>(
    traces: impl Iterator<Item = &'a Trace>,
    (prepared, view): (&Prepared<'_>, &View<'_>),
    horizon: WorkMoment,
    every: usize,
) -> Observed {
    let mut observed = Observed::default();
    let mut looks = Vec::new();
    for (number, trace) in (0..).zip(traces) {
        let known = trace.known_before(horizon);
        look(&known, prepared, horizon, &mut looks);
        if every > 1 {
            let mut place = number;
            looks.retain(|_| {
                place += 1;
                place % every == 0
            });
        }
        observed.add(&known, &looks, (prepared, view), horizon);
    }
    observed
}

impl Observed {
    /// Adds a case with its looks.
    fn add(
        &mut self,
        known: &Trace,
        looks: &[Look],
        (prepared, view): (&Prepared<'_>, &View<'_>),
        horizon: WorkMoment,
    ) {
        let settled = known.is_settled(horizon);
        let late = settled.then(|| known.is_late());
        let resolved = known.end.is_some() && !known.without;
        let case = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        let first = self.days.len();
        let mut life = None;
        let rest = remaining(known, looks, prepared, horizon, view);
        for ((look, rest), situation) in looks.iter().zip(rest).zip(situations(known, looks, view))
        {
            life.get_or_insert_with(|| span(&situation, rest, late, known.end.is_some()));
            self.days.push(look.at.day);
            self.rows.push(TrainingRow {
                case,
                situation,
                remaining: rest as f32,
                ended: known.end.is_some(),
                resolved,
                settled,
                late: 0.5,
            });
        }
        self.cases.push(ObservedCase {
            deadline: known.deadline.day,
            resolved,
            unit_kind: known.unit_kind,
            late,
            life,
            looks: first..self.days.len(),
        });
    }

    /// Learns the baseline curve from the cases, and tells each row by it how late its case is.
    pub fn teach(&mut self) -> Baseline {
        let baseline = Baseline::new(self.cases.iter().filter_map(|case| case.life));
        for case in &self.cases {
            for row in &mut self.rows[case.looks.clone()] {
                row.late = case.outcome(row.ended, &baseline);
            }
        }
        baseline
    }
}

/// Working days without quiet periods from each look to the end, or to the horizon.
pub(crate) fn remaining<'a>(
    trace: &'a Trace,
    looks: &'a [Look],
    prepared: &Prepared<'_>,
    horizon: WorkMoment,
    view: &'a View<'a>,
) -> impl Iterator<Item = f64> {
    let hours = Hours::new(trace, view.pace(trace.office));
    let until = match trace.end {
        Some(end) => end.day,
        None => prepared.position(horizon, trace.office),
    };
    let until = hours.at(until);
    looks
        .iter()
        .map(move |look| (until - hours.at(look.at.day)).max(0.0))
}

/// The observed time of a case on the baseline curve, from its first look on.
fn span(first: &Situation, remaining: f64, late: Option<bool>, ended: bool) -> ObservedSpan {
    let elapsed = f64::from(first.elapsed);
    let allowance = (elapsed + f64::from(first.left)).max(1e-6);
    let to = (elapsed + remaining) / allowance;
    ObservedSpan {
        from: elapsed / allowance,
        to: match late {
            Some(true) => f64::INFINITY,
            Some(false) => to.min(1.0),
            None => to,
        },
        ended,
    }
}

impl ObservedCase {
    /// 1 for late and 0 for in time. While neither is known, the chance by the used part of the
    /// allowance alone.
    ///
    /// So the newest cases teach too, and no case is left out for having been quick or slow.
    /// Source: Efron, The two sample problem with censored data (1967), which spreads a case that
    /// still runs over its possible outcomes.
    fn outcome(&self, ended: bool, baseline: &Baseline) -> f64 {
        match (self.late, ended) {
            (Some(late), _) => f64::from(u8::from(late)),
            (None, true) => 0.0,
            (None, false) => self.life.map_or(0.5, |life| baseline.late(life.to)),
        }
    }
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
