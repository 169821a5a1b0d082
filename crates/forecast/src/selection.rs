//! Chooses what to switch on, inside the training part and nowhere else.
//!
//! The training part is cut at five moments. At each, a table is fitted on what was known by then,
//! and judged on the looks taken until the next cut, at cases whose deadline had not passed at the
//! cut. So each trial forecasts the future. Source: Tashman, Out-of-sample tests of forecasting
//! accuracy (2000), on rolling origins.

use std::ops::Deref;

use serde::Serialize;

use crate::curve::quantile;
use crate::halves::halves;
use crate::rolling_origin::{RollingOrigin, loss};
use crate::sample::{View, parts};
use crate::table::{Table, Voices, Weights};
use crate::trace::{KnownTrace, Looks, Prepared, Trace};
use crate::training_cells::Made;
use crate::training_row::observe;
use crate::working_time::WorkMoment;

/// The cuts of the training part, as shares of its cases.
const ORIGINS: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];
/// The weights tried, with their names. The first are used where there is too little to choose by:
/// three voices that count alike.
const WEIGHTS: [(&str, Weights); 7] = [
    ("all voices alike", weights(1.0, 1.0, 1.0)),
    ("what remains counts twice", weights(1.0, 2.0, 1.0)),
    ("without the score card", weights(1.0, 1.0, 0.0)),
    ("without what remains", weights(1.0, 0.0, 1.0)),
    ("the share alone", weights(1.0, 0.0, 0.0)),
    ("what remains alone", weights(0.0, 1.0, 0.0)),
    ("the score card alone", weights(0.0, 0.0, 1.0)),
];

const fn weights(share: f64, remaining: f64, card: f64) -> Weights {
    let sum = share + remaining + card;
    Weights {
        share: share / sum,
        remaining: remaining / sum,
        card: card / sum,
    }
}

/// How many cases' worth of weight a cell's curve for the second voice may give to the coarser
/// cell's curve. A log of a thousand cases needs hundreds, one of ten thousand a few; the choice
/// with the least loss wins.
const LEANS: [f64; 3] = [30.0, 100.0, 300.0];
/// Standard errors that points must gain. Zero, because shrinking already keeps them from harm.
const POINTS_SURE: f64 = 0.0;
/// Standard errors that a leaning must gain.
const LEAN_SURE: f64 = 0.0;
/// Standard errors that other weights must gain. The mean of the voices is seldom far from the best.
const WEIGHT_SURE: f64 = 2.0;
/// With fewer cases late or in time than this, nothing is chosen.
const ENOUGH: usize = 10;
/// A larger log is thinned to about this many looks, which chooses as well and sooner.
const MOST_LOOKS: usize = 60_000;

/// The switches chosen for one fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chosen {
    /// Whether layers of plain facts add points.
    pub points: bool,
    /// How much each voice counts.
    pub weights: Weights,
    /// How many cases' worth of weight a cell's curve for the second voice gives to the coarser
    /// cell's.
    pub lean: f64,
    /// The shares of the ends cut off below and above the interval.
    pub tails: (f64, f64),
}

impl Chosen {
    /// The switches that make a table; the rest concerns the interval.
    pub fn made(self) -> Made {
        Made {
            points: self.points,
            lean: self.lean,
            weights: self.weights,
        }
    }
}

/// The switches used where there is too little to choose by.
const PLAIN: Chosen = Chosen {
    points: false,
    weights: WEIGHTS[0].1,
    lean: LEANS[1],
    tails: (0.1, 0.1),
};

/// One switch that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// The switch, in words.
    pub what: String,
    /// The mean squared error of the chance with the switch.
    pub brier: f64,
    /// The gain over the best so far, in standard errors over the trials.
    pub gain: f64,
    /// Whether the switch stayed on.
    pub kept: bool,
}

/// Chooses by rolling origins within the training part, and lists what was tried.
pub(crate) fn choose(
    known: &[KnownTrace<'_>],
    prepared: &Prepared<'_>,
    split: WorkMoment,
    view: &View<'_>,
) -> (Chosen, Vec<Tried>) {
    let every = expected_looks(known, prepared, split)
        .div_ceil(MOST_LOOKS)
        .max(1);
    let observe = |traces: &[KnownTrace<'_>], horizon: WorkMoment| {
        let some = traces.iter().step_by(every).map(Deref::deref);
        observe(some, (prepared, view), horizon, 1)
    };
    let observed = observe(known, split);
    let origins = ORIGINS.map(|share| {
        let trace = known.get((known.len() as f64 * share) as usize);
        trace.map_or(split, |trace| trace.start)
    });
    let next = origins[1..].iter().chain([&split]);
    let spans = origins.iter().zip(next);
    let spans: Vec<_> = spans.filter(|(from, to)| from.before(**to)).collect();
    let trials = halves(&spans, |(from, to)| {
        let before = known.partition_point(|trace| trace.start.before(**from));
        let earlier = observe(&known[..before], **from);
        RollingOrigin::new(earlier, &observed, from.day, to.day)
    });
    let Some(looks) = enough(&trials) else {
        return (PLAIN, Vec::new());
    };
    Selection::new(trials, looks).made()
}

/// About how many looks some traces have.
pub(crate) fn expected_looks(
    known: &[KnownTrace<'_>],
    prepared: &Prepared<'_>,
    split: WorkMoment,
) -> usize {
    let open = |trace: &Trace| {
        let end = trace.end.unwrap_or(split);
        let days = (end.day - trace.start.day).clamp(0.0, trace.allowance());
        let between = match prepared.looks {
            Looks::Daily => days / prepared.stride as f64,
            Looks::ByShare => {
                let allowance = trace.allowance().max(1e-9);
                f64::from(parts(allowance)) * days / allowance
            }
        };
        trace.events.len() + between as usize
    };
    known.iter().map(|trace| open(trace)).sum()
}

/// How many looks are judged; none if too few cases end late or in time to choose by.
fn enough(trials: &[RollingOrigin<'_>]) -> Option<usize> {
    let cases = || trials.iter().flat_map(RollingOrigin::cases);
    let of = |late| cases().filter(|(case, _)| case.late == Some(late)).count();
    let looks = cases().map(|(_, looks)| looks.len()).sum();
    (of(true) >= ENOUGH && of(false) >= ENOUGH).then_some(looks)
}

/// The best switches so far, with their losses trial by trial.
struct Selection<'a> {
    trials: Vec<RollingOrigin<'a>>,
    best: Chosen,
    /// Summed over the looks of each trial.
    losses: Vec<f64>,
    looks: usize,
    tried: Vec<Tried>,
}

impl<'a> Selection<'a> {
    fn new(trials: Vec<RollingOrigin<'a>>, looks: usize) -> Selection<'a> {
        Selection {
            trials,
            best: PLAIN,
            losses: Vec::new(),
            looks,
            tried: Vec::new(),
        }
    }

    /// Tries each switch in turn, on top of the best before.
    fn made(mut self) -> (Chosen, Vec<Tried>) {
        let alike = WEIGHTS[0].1;
        let with_points = |points| Chosen {
            points,
            lean: LEANS[0],
            ..PLAIN
        };
        self.best = with_points(false);
        let mut best = self.rehearsed(self.best);
        self.losses = best.lost(alike);
        self.note("table, what remains and score card".to_owned(), 0.0, true);
        let chosen = with_points(true);
        let tried = self.rehearsed(chosen);
        if self.compare("points".to_owned(), chosen, tried.lost(alike), POINTS_SURE) {
            best = tried;
        }
        for lean in &LEANS[1..] {
            let chosen = Chosen {
                lean: *lean,
                ..self.best
            };
            let tried = self.rehearsed(chosen);
            let what = format!("curves that lean on the coarser by {lean} cases");
            if self.compare(what, chosen, tried.lost(alike), LEAN_SURE) {
                best = tried;
            }
        }
        for (name, weights) in WEIGHTS.into_iter().skip(1) {
            let chosen = Chosen {
                weights,
                ..self.best
            };
            self.compare(name.to_owned(), chosen, best.lost(weights), WEIGHT_SURE);
        }
        self.best.tails = self.tails(&best);
        (self.best, self.tried)
    }

    /// Fits at each origin, and records the table's answers at the looks that follow.
    fn rehearsed(&self, chosen: Chosen) -> Rehearsed {
        let rehearsed = halves(&self.trials, |trial| {
            let table = trial.table(chosen.made());
            let said = trial.said(&table);
            (table, said)
        });
        let (tables, said) = rehearsed.into_iter().unzip();
        Rehearsed { tables, said }
    }

    /// Keeps switches that are surely better than the best so far.
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

    /// The tails to cut off so that four fifths of past ends, by rank, lie between them.
    ///
    /// Source: Chernozhukov, Wüthrich and Zhu, Distributional conformal prediction (2021).
    fn tails(&self, best: &Rehearsed) -> (f64, f64) {
        let trials = self.trials.iter().zip(&best.tables);
        let ranks = trials.flat_map(|(trial, table)| trial.ranks(table));
        let mut ranks: Vec<(f64, bool)> = ranks.collect();
        let mut at = |share: f64| quantile(&mut ranks, share).unwrap_or(share);
        let cut = |tail: f64| (tail.clamp(0.005, 0.3) * 1e4).round() / 1e4;
        (cut(at(0.1)), cut(1.0 - at(0.9)))
    }
}

/// The tables of all trials, and their answers.
struct Rehearsed {
    tables: Vec<Table>,
    said: Vec<Vec<(Voices, bool)>>,
}

impl Rehearsed {
    fn lost(&self, weights: Weights) -> Vec<f64> {
        self.said.iter().map(|said| loss(said, weights)).collect()
    }
}

/// By how many standard errors the losses fell, trial by trial.
///
/// Cases of one month share its troubles, so the steadiness over trials counts, not the number of
/// cases.
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
