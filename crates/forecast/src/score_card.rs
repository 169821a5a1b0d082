//! A score card: plain facts, each of which adds points, fitted together.
//!
//! The table follows a dossier into ever finer cells, and a cell knows only its own cases. A fact on
//! the card counts for all dossiers alike, so the card still speaks where cells are thin, and where
//! a finer cell says today what it said of another year. It is a logistic regression whose points
//! are pulled towards zero. Source: le Cessie and van Houwelingen, Ridge estimators in logistic
//! regression, Applied Statistics 41 (1992).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::binning::{Binning, Binnings, Parts};
use crate::layer::SHARES;
use crate::places::Places;
use crate::shrink::chance;
use crate::situation::{Situation, UNKNOWN};
use crate::training_row::{FOLDS, TrainingRow};

/// Where the slope of the points for the used part of the allowance may change.
const KNOTS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 0.9];
/// The columns before those of names: one, the slopes, time left and time waited.
const PLAIN: usize = 1 + KNOTS.len() + 2;
/// The column of the time left. More of it never makes a dossier less safe, so where all had the same
/// limit, and time left and share used say the same, it gets no points against that.
const LEFT: usize = PLAIN - 2;
/// The most names that get points of their own, the most frequent first.
const MOST_NAMES: usize = 200;
/// A name in fewer cases gets no points.
const KEEP: u32 = 4;
/// The weight that pulls the points of a name, and those of a slope, towards zero, in cases.
const PULL: f64 = 2.0;
const PULL_SLOPE: f64 = 0.5;
/// Fitted on at most about this many looks, evenly picked.
const MOST_LOOKS: usize = 100_000;
/// Steps of Newton's method from nothing, and from the card of all cases.
const STEPS: usize = 8;
const STEPS_APART: usize = 2;

/// The points of a situation, by parts of its times and by names. The card steps only where the
/// table does, so that a level changes only at known moments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScoreCard {
    /// By 48ths of the used part of the allowance; these include the constant.
    share: Vec<f32>,
    /// By the fine parts of the days left and of the days waited.
    left: Vec<f32>,
    waited: Vec<f32>,
    /// By name, in order of key.
    names: Vec<(u64, f32)>,
}

/// The cards without the cases of each fold, and last of all cases.
pub(crate) type Cards = [ScoreCard; FOLDS + 1];

/// The names of a situation.
const NAMES: usize = 5;

fn named(at: &Situation) -> [u16; NAMES] {
    [at.step, at.kind, at.field, at.unit, at.leg]
}

/// The keys of the names of a situation; a name that it lacks has no key.
fn names(at: &Situation) -> impl Iterator<Item = u64> {
    let named = named(at);
    let named = (1..).zip(named).filter(|(_, name)| *name != UNKNOWN);
    named.map(|(what, name): (u64, u16)| what << 16 | u64::from(name))
}

/// The middle of the 48th that holds a used part of the allowance.
fn middle_share(place: usize) -> f64 {
    (place as f64 + 0.5) / f64::from(SHARES)
}

fn share_place(at: &Situation) -> usize {
    ((at.share() * SHARES as f32) as usize).min(SHARES as usize - 1)
}

/// The logarithm of a time in the middle of each part; the parts are those of the table.
fn logarithms(binning: &Binning) -> Vec<f64> {
    let edges = binning.edges();
    let last = edges.last().copied().unwrap_or(0.0);
    let least = f64::from(
        edges
            .iter()
            .copied()
            .find(|edge| *edge > 0.0)
            .unwrap_or(1.0),
    );
    let ends = edges.iter().copied().chain([last * 1.5]);
    let begins = [0.0].into_iter().chain(edges.iter().copied());
    let middle = begins
        .zip(ends)
        .map(|(from, to)| f64::from((from + to) / 2.0));
    middle
        .map(|days| (days + least / 2.0).max(1e-6).ln())
        .collect()
}

/// What the fit of a card needs of one look.
struct Row {
    share: u8,
    left: u8,
    waited: u8,
    fold: u8,
    /// How many of its names have columns, and which, in rising order.
    named: u8,
    names: [u16; NAMES],
    late: f64,
}

impl Row {
    fn columns(&self) -> &[u16] {
        &self.names[..usize::from(self.named)]
    }
}

/// The looks to fit on, and what each of their parts stands for.
struct Design {
    rows: Vec<Row>,
    keys: Vec<u64>,
    left: Vec<f64>,
    waited: Vec<f64>,
    /// The weight of a look.
    weight: f64,
}

impl Design {
    fn new(rows: &[TrainingRow], parts: &[Parts], binnings: &Binnings) -> Design {
        let keys = frequent(rows);
        let every = rows.len().div_ceil(MOST_LOOKS).max(1);
        let looks = rows.iter().zip(parts).step_by(every);
        let picked: Vec<Row> = looks
            .map(|(row, parts)| {
                let mut columns = [0; NAMES];
                let mut named = 0;
                for key in names(&row.situation) {
                    if let Ok(place) = keys.binary_search(&key) {
                        columns[named] = (PLAIN + place) as u16;
                        named += 1;
                    }
                }
                Row {
                    share: share_place(&row.situation) as u8,
                    left: parts.left[1],
                    waited: parts.waited[1],
                    fold: row.fold() as u8,
                    named: named as u8,
                    names: columns,
                    late: row.late,
                }
            })
            .collect();
        let cases = rows.last().map_or(0, |row| row.case + 1);
        let scaled = |mut values: Vec<f64>, of: &dyn Fn(&Row) -> u8| {
            let value = |row: &Row| values[usize::from(of(row))];
            let mean = picked.iter().map(value).sum::<f64>() / picked.len().max(1) as f64;
            let spread = picked
                .iter()
                .map(|row| (value(row) - mean).powi(2))
                .sum::<f64>()
                / picked.len().max(1) as f64;
            let spread = spread.sqrt();
            for value in &mut values {
                // Looks that all lie in one part teach nothing about the others.
                *value = if spread > 1e-6 {
                    (*value - mean) / spread
                } else {
                    0.0
                };
            }
            values
        };
        Design {
            left: scaled(logarithms(&binnings.left[1]), &|row| row.left),
            waited: scaled(logarithms(&binnings.waited[1]), &|row| row.waited),
            weight: f64::from(cases) / picked.len().max(1) as f64,
            rows: picked,
            keys,
        }
    }

    fn columns(&self) -> usize {
        PLAIN + self.keys.len()
    }

    /// The values of the columns before those of names.
    fn plain(&self, row: &Row) -> [f64; PLAIN] {
        let mut values = [0.0; PLAIN];
        values[0] = 1.0;
        let share = middle_share(usize::from(row.share));
        for (place, knot) in KNOTS.iter().enumerate() {
            values[1 + place] = (share - knot).max(0.0);
        }
        values[LEFT] = self.left[usize::from(row.left)];
        values[PLAIN - 1] = self.waited[usize::from(row.waited)];
        values
    }

    /// Steps of Newton's method from `at`, over all looks but those of a fold.
    fn fit(&self, mut at: Vec<f64>, steps: usize, but: usize) -> Vec<f64> {
        let n = self.columns();
        let mut pinned = false;
        for _ in 0..steps {
            let mut pull = vec![PULL; n];
            pull[0] = 1e-3;
            pull[1..PLAIN].fill(PULL_SLOPE);
            pinned |= at[LEFT] > 0.0;
            if pinned {
                (at[LEFT], pull[LEFT]) = (0.0, 1e12);
            }
            let mut slope: Vec<f64> = at.iter().zip(&pull).map(|(at, pull)| -at * pull).collect();
            let mut bend = vec![0.0; n * n];
            for (place, pull) in pull.iter().enumerate() {
                bend[place * n + place] = *pull;
            }
            for row in self.rows.iter().filter(|row| usize::from(row.fold) != but) {
                let plain = self.plain(row);
                let names = row.columns();
                let points = plain.iter().zip(&at).map(|(value, at)| at * value);
                let named = names.iter().map(|name| at[usize::from(*name)]);
                let late = chance(points.chain(named).sum());
                let gap = self.weight * (row.late - late);
                let mass = self.weight * f64::max(late * (1.0 - late), 1e-4);
                for (one, value) in plain.iter().enumerate() {
                    slope[one] += gap * value;
                    for (bend, beside) in bend[one * n..].iter_mut().zip(&plain[..=one]) {
                        *bend += mass * value * beside;
                    }
                }
                for (one, name) in names.iter().enumerate() {
                    let name = usize::from(*name);
                    slope[name] += gap;
                    let bend = &mut bend[name * n..];
                    for (bend, beside) in bend.iter_mut().zip(&plain) {
                        *bend += mass * beside;
                    }
                    for other in &names[..=one] {
                        bend[usize::from(*other)] += mass;
                    }
                }
            }
            // Halved where a step would leap: far from the solution Newton overshoots.
            let step = solved(&mut bend, slope, n);
            let longest = step.iter().fold(0.0_f64, |most, step| most.max(step.abs()));
            let scale = if longest > 2.0 { 2.0 / longest } else { 1.0 };
            for (at, step) in at.iter_mut().zip(step) {
                *at += scale * step;
            }
            if longest < 1e-4 {
                break;
            }
        }
        at[LEFT] = at[LEFT].min(0.0);
        at
    }

    fn card(&self, at: &[f64]) -> ScoreCard {
        let share = (0..SHARES as usize).map(|place| {
            let share = middle_share(place);
            let knots = KNOTS.iter().enumerate();
            let bent = knots.map(|(place, knot)| at[1 + place] * (share - knot).max(0.0));
            short(at[0] + bent.sum::<f64>())
        });
        let times = |column: usize, values: &[f64]| -> Vec<f32> {
            values
                .iter()
                .map(|value| short(at[column] * value))
                .collect()
        };
        let named = self.keys.iter().zip(&at[PLAIN..]);
        ScoreCard {
            share: share.collect(),
            left: times(LEFT, &self.left),
            waited: times(PLAIN - 1, &self.waited),
            names: named.map(|(key, points)| (*key, short(*points))).collect(),
        }
    }
}

/// Four digits, as in the table.
fn short(value: f64) -> f32 {
    (value * 1e4).round() as f32 / 1e4
}

/// Solves a symmetric positive system by Cholesky's method; only the lower half of `a` is read.
fn solved(a: &mut [f64], mut b: Vec<f64>, n: usize) -> Vec<f64> {
    for row in 0..n {
        for column in 0..=row {
            let known: f64 = (0..column)
                .map(|k| a[row * n + k] * a[column * n + k])
                .sum();
            let rest = a[row * n + column] - known;
            a[row * n + column] = if row == column {
                rest.max(1e-9).sqrt()
            } else {
                rest / a[column * n + column]
            };
        }
    }
    for row in 0..n {
        let known: f64 = (0..row).map(|k| a[row * n + k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[k * n + row] * b[k]).sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    b
}

/// The keys of the names that get points, in order.
fn frequent(rows: &[TrainingRow]) -> Vec<u64> {
    let mut seen = BTreeMap::<u64, (u32, Option<u32>)>::new();
    let mut before = None;
    for row in rows {
        // Looks at one case follow each other, and often have the same names.
        let own = (row.case, named(&row.situation));
        if before.replace(own) == Some(own) {
            continue;
        }
        for key in names(&row.situation) {
            let (cases, last) = seen.entry(key).or_default();
            if *last != Some(row.case) {
                (*cases, *last) = (*cases + 1, Some(row.case));
            }
        }
    }
    let seen = seen.into_iter().map(|(key, (cases, _))| (cases, key));
    let mut frequent: Vec<(u32, u64)> = seen.filter(|(cases, _)| *cases >= KEEP).collect();
    frequent.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    frequent.truncate(MOST_NAMES);
    let mut keys: Vec<u64> = frequent.into_iter().map(|(_, key)| key).collect();
    keys.sort_unstable();
    keys
}

/// Fits a card on all rows and, where asked for, one without the cases of each fold; the others are
/// empty then. `parts` are those of each row.
pub(crate) fn cards(
    rows: &[TrainingRow],
    parts: &[Parts],
    binnings: &Binnings,
    apart: bool,
) -> Cards {
    let design = Design::new(rows, parts, binnings);
    let whole = design.fit(vec![0.0; design.columns()], STEPS, FOLDS);
    std::array::from_fn(|fold| {
        if fold == FOLDS {
            design.card(&whole)
        } else if apart {
            design.card(&design.fit(whole.clone(), STEPS_APART, fold))
        } else {
            ScoreCard::default()
        }
    })
}

impl ScoreCard {
    /// The log-odds of ending late; none on an empty card.
    pub fn points(&self, at: &Situation, parts: &Parts, names_of: &Places<f32>) -> Option<f64> {
        let share = self.share.get(share_place(at))?;
        let left = self.left.get(usize::from(parts.left[1]))?;
        let waited = self.waited.get(usize::from(parts.waited[1]))?;
        let named = names(at).filter_map(|key| names_of.get(&key)).sum::<f32>();
        Some(f64::from(share + left + waited + named))
    }

    /// The points of names, by key.
    pub fn places(&self) -> Places<f32> {
        self.names.iter().copied().collect()
    }

    /// Whether the parts match the table's, and every number is one.
    pub fn is_sound(&self, binnings: &Binnings) -> bool {
        let is_whole = self.share.len() == SHARES as usize
            && self.left.len() == binnings.left[1].edges().len() + 1
            && self.waited.len() == binnings.waited[1].edges().len() + 1;
        let numbers = self.share.iter().chain(&self.left).chain(&self.waited);
        let named = self.names.iter().map(|(_, points)| points);
        is_whole && numbers.chain(named).all(|points| points.is_finite())
    }
}
