//! What to switch on, chosen inside the training part and nowhere else.
//!
//! The training part is cut at five moments. At each a table is fitted on what was known by then
//! and judged on the looks taken from then until the next moment, at cases whose deadline had not
//! passed yet: the forecast is always about the future. Source: Tashman, Out-of-sample tests of
//! forecasting accuracy (2000), on rolling origins.

use serde::Serialize;

use crate::curve::quantile;
use crate::rolling_origin::RollingOrigin;
use crate::sample::View;
use crate::trace::{Prepared, Trace};
use crate::training_cells::Fitted;
use crate::training_row::observe;
use crate::working_time::WorkMoment;

/// Where the training part is cut, as shares of its cases.
const ORIGINS: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];
/// Half-lives in working days tried for the rolling correction: half a year and a month.
const PACES: [f64; 2] = [120.0, 20.0];
/// Standard errors by which points must gain. Shrinking already keeps them from doing harm.
const POINTS_SURE: f64 = 0.0;
/// The same for a correction, which nothing else holds back.
const PACE_SURE: f64 = 2.0;
/// Cases late and in time without which nothing is chosen.
const ENOUGH: usize = 10;
/// Of a large log only so many looks are tried, which chooses as well and sooner.
const MOST_LOOKS: usize = 60_000;

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chosen {
    /// Whether plain facts add their points.
    pub points: bool,
    /// The half-life of the rolling correction, where it is on.
    pub pace: Option<f64>,
    /// Shares of the ends cut off below and above the interval.
    pub tails: (f64, f64),
}

/// Where there is too little to choose by.
const PLAIN: Chosen = Chosen {
    points: false,
    pace: None,
    tails: (0.1, 0.1),
};

/// One switch that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// What was switched.
    pub what: String,
    /// The mean squared error of the chance with it.
    pub brier: f64,
    /// What it gained over the best before it, in standard errors over the trials.
    pub gain: f64,
    /// Whether it stayed on.
    pub kept: bool,
}

/// Chooses by rolling origins within the training part; says what was tried.
pub(crate) fn choose(
    known: &[Trace],
    prepared: &Prepared<'_>,
    view: &View<'_>,
) -> (Chosen, Vec<Tried>) {
    let every = expected_looks(known, prepared).div_ceil(MOST_LOOKS).max(1);
    let observe = |traces: &[Trace], horizon: WorkMoment| {
        observe(traces.iter().step_by(every), prepared, horizon, view)
    };
    let observed = observe(known, prepared.split);
    let origins = ORIGINS.map(|share| {
        let trace = known.get((known.len() as f64 * share) as usize);
        trace.map_or(prepared.split, |trace| trace.start)
    });
    let next = origins[1..].iter().chain([&prepared.split]);
    let trials: Vec<RollingOrigin<'_>> = origins
        .iter()
        .zip(next)
        .filter(|(from, to)| from.before(**to))
        .map(|(from, to)| {
            let before = known.partition_point(|trace| trace.start.before(*from));
            RollingOrigin::new(
                &observe(&known[..before], *from),
                &observed,
                from.day,
                to.day,
            )
        })
        .collect();
    Selection::new(&trials).map_or((PLAIN, Vec::new()), Selection::made)
}

/// About how many looks the protocol takes at some traces.
fn expected_looks(known: &[Trace], prepared: &Prepared) -> usize {
    let open = |trace: &Trace| {
        let end = trace.end.unwrap_or(prepared.split);
        let days = (end.day - trace.start.day).clamp(0.0, trace.allowance());
        trace.events.len() + days as usize / prepared.stride
    };
    known.iter().map(open).sum()
}

/// What is best so far, and what it lost case by case.
struct Selection<'a> {
    trials: &'a [RollingOrigin<'a>],
    best: Chosen,
    fits: Vec<Fitted>,
    /// Summed over the looks of each trial.
    losses: Vec<f64>,
    looks: usize,
    tried: Vec<Tried>,
}

impl<'a> Selection<'a> {
    /// None where there is too little to choose by.
    fn new(trials: &'a [RollingOrigin<'a>]) -> Option<Selection<'a>> {
        let of = |late| {
            let cases = trials.iter().flat_map(RollingOrigin::cases);
            cases.filter(|(case, _)| case.late == Some(late)).count()
        };
        if of(true) < ENOUGH || of(false) < ENOUGH {
            return None;
        }
        let cases = trials.iter().flat_map(RollingOrigin::cases);
        let mut choice = Selection {
            trials,
            best: PLAIN,
            fits: Vec::new(),
            losses: Vec::new(),
            looks: cases.map(|(_, looks)| looks.len()).sum(),
            tried: Vec::new(),
        };
        choice.fits = choice.fitted(PLAIN.points);
        choice.losses = choice.lost(&choice.fits, None);
        choice.note("the table alone".to_owned(), 0.0, true);
        Some(choice)
    }

    /// Tries each switch in turn.
    fn made(mut self) -> (Chosen, Vec<Tried>) {
        let points = Chosen {
            points: true,
            ..self.best
        };
        let fits = self.fitted(true);
        let losses = self.lost(&fits, None);
        if self.compare("points".to_owned(), points, losses, POINTS_SURE) {
            self.fits = fits;
        }
        for half in PACES {
            let losses = self.lost(&self.fits, Some(half));
            let pace = Chosen {
                pace: Some(half),
                ..self.best
            };
            self.compare(
                format!("rolling correction over {half} working days"),
                pace,
                losses,
                PACE_SURE,
            );
        }
        self.best.tails = self.tails();
        (self.best, self.tried)
    }

    fn fitted(&self, points: bool) -> Vec<Fitted> {
        let fit = |trial: &RollingOrigin<'_>| trial.fit(points);
        self.trials.iter().map(fit).collect()
    }

    fn lost(&self, fits: &[Fitted], pace: Option<f64>) -> Vec<f64> {
        let trials = self.trials.iter().zip(fits);
        trials
            .map(|(trial, fitted)| trial.loss(fitted, pace))
            .collect()
    }

    /// Keeps what is surely better than the best so far.
    fn compare(&mut self, what: String, chosen: Chosen, losses: Vec<f64>, sure: f64) -> bool {
        let gain = gain(&self.losses, &losses);
        let kept = gain > sure;
        let before = std::mem::replace(&mut self.losses, losses);
        self.note(what, gain, kept);
        if kept {
            self.best = chosen;
        } else {
            self.losses = before;
        }
        kept
    }

    fn note(&mut self, what: String, gain: f64, kept: bool) {
        let brier = self.losses.iter().sum::<f64>() / self.looks.max(1) as f64;
        self.tried.push(Tried {
            what,
            brier,
            gain,
            kept,
        });
    }

    /// Where four fifths of the ends fell, among the ranks of the past.
    ///
    /// Source: Chernozhukov, Wüthrich and Zhu, Distributional conformal prediction (2021).
    fn tails(&self) -> (f64, f64) {
        let trials = self.trials.iter().zip(&self.fits);
        let ranks = trials.flat_map(|(trial, fitted)| trial.ranks(fitted));
        let mut ranks: Vec<(f64, bool)> = ranks.collect();
        let mut at = |share: f64| quantile(&mut ranks, share).unwrap_or(share);
        let cut = |tail: f64| (tail.clamp(0.005, 0.3) * 1e4).round() / 1e4;
        (cut(at(0.1)), cut(1.0 - at(0.9)))
    }
}

/// By how many standard errors losses fell, trial by trial.
///
/// Cases of one month share its troubles, so what counts is how steadily the trials agree, not how
/// many cases there are.
fn gain(before: &[f64], after: &[f64]) -> f64 {
    let n = before.len() as f64;
    let gain = |(before, after): (&f64, &f64)| before - after;
    let mean = before.iter().zip(after).map(gain).sum::<f64>() / n;
    let squares = before
        .iter()
        .zip(after)
        .map(|pair| (gain(pair) - mean).powi(2));
    let error = (squares.sum::<f64>() / f64::max(n - 1.0, 1.0) / n).sqrt();
    if error > 0.0 { mean / error } else { 0.0 }
}
