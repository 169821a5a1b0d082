//! The table of outcomes of comparable cases, cell by cell, each leaning on a coarser one.
//!
//! The base is one curve over the used part of the allowance. Each layer of cells on top moves the
//! log-odds towards what its own cases showed, by [`crate::shrink`]. The nested cells also count
//! their cases.
//!
//! A chance mixes three voices, as log-odds. The first is the share of comparable cases that ended
//! late. The second asks of a curve `alive` whether the remaining time of such cases exceeds the
//! time left. The share is sharper while the world stays as it was; the curve follows when only the
//! allowances change. A case withdrawn in time is not late, so every end counts as an end there.
//! The third is a score card, [`crate::score_card`].
//!
//! The curves lie in nested cells of their own, [`crate::remaining_cells`]. The curve `ending` tells
//! when a result comes. A withdrawn case counts there as still running until its withdrawal, because
//! it says nothing about how long a result takes.

use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings, Parts};
use crate::curve::{SurvivalCurve, ten_thousandths};
use crate::layer::{FACTS, fact, layer_of, nested, remaining};
use crate::places::Places;
use crate::score_card::ScoreCard;
use crate::shrink::{chance, logit};
use crate::situation::Situation;

/// A finished nested cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub key: u64,
    /// How far the cell moves the log-odds of ending late.
    pub moved: f32,
    pub cases: u32,
    /// Settled cases, and the late ones among them.
    pub settled: u32,
    pub settled_late: u32,
}

/// A cell of what remains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RemainingCell {
    pub key: u64,
    /// The share still running after each edge of the table's `ends`.
    #[serde(with = "ten_thousandths")]
    pub alive: Vec<f32>,
    /// For the expected end: the share without a result after each edge, as if none were withdrawn.
    #[serde(with = "ten_thousandths")]
    pub ending: Vec<f32>,
}

/// Finished cells, found by key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(crate) struct Table {
    stored: Stored,
    places: Places<u32>,
    remaining: Places<u32>,
    points: Places<f32>,
    /// The layers of facts that have any points, in order.
    layers: Vec<usize>,
    /// The score card's points of names.
    names: Places<f32>,
}

/// The stored part of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub baseline: Baseline,
    pub binnings: Binnings,
    /// The edges of the curves of working days to the end.
    pub ends: Binning,
    /// In order of key.
    pub cells: Vec<Cell>,
    /// The curves of what remains, in order of key.
    pub remaining: Vec<RemainingCell>,
    /// Cells of facts with how far each moves the log-odds, in order of key.
    pub points: Vec<(u64, f32)>,
    pub card: ScoreCard,
    pub weights: Weights,
}

/// How much each voice counts; together 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Weights {
    pub share: f64,
    pub remaining: f64,
    pub card: f64,
}

/// Three answers to whether a case ends late, all as log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Voices {
    /// From the share of comparable cases that ended late.
    pub share: f64,
    /// From the remaining time of comparable cases, running ones included; none without any.
    pub remaining: Option<f64>,
    /// From plain facts, each of which counts for all cases alike; none without any.
    pub card: Option<f64>,
}

impl Voices {
    /// The chance if each voice counts so much. A voice that is silent leaves its weight to the
    /// first.
    pub fn mixed(self, weights: Weights) -> f64 {
        let remaining = self.remaining.unwrap_or(self.share);
        let card = self.card.unwrap_or(self.share);
        let sum = self.share * weights.share + remaining * weights.remaining + card * weights.card;
        chance(sum)
    }
}

impl From<Stored> for Table {
    fn from(stored: Stored) -> Table {
        Table::new(stored)
    }
}

impl From<Table> for Stored {
    fn from(table: Table) -> Stored {
        table.stored
    }
}

impl Table {
    pub fn new(stored: Stored) -> Table {
        let cells = (0..).zip(&stored.cells);
        let remaining_cells = (0..).zip(&stored.remaining);
        Table {
            remaining: remaining_cells
                .map(|(place, cell)| (cell.key, place))
                .collect(),
            places: cells.map(|(place, cell)| (cell.key, place)).collect(),
            points: stored.points.iter().copied().collect(),
            layers: (0..FACTS)
                .filter(|layer| {
                    stored
                        .points
                        .iter()
                        .any(|(key, _)| layer_of(*key) == *layer)
                })
                .collect(),
            names: stored.card.places(),
            stored,
        }
    }

    /// The nested cells that hold a situation, most alike first.
    pub fn chain(&self, at: &Situation) -> impl Iterator<Item = &Cell> {
        self.chain_in(at, &self.stored.binnings.parts(at))
    }

    fn chain_in(&self, at: &Situation, parts: &Parts) -> impl Iterator<Item = &Cell> + use<'_> {
        let keys = nested(at, parts);
        keys.into_iter().rev().filter_map(|key| {
            let place = self.places.get(&key)?;
            self.stored.cells.get(*place as usize)
        })
    }

    /// The most alike cell's curve of working days to a result; none only in a table without
    /// training rows.
    pub fn ending(&self, at: &Situation) -> Option<SurvivalCurve<'_>> {
        let cell = self.remaining_cell(at, &self.stored.binnings.parts(at))?;
        Some(self.curve(&cell.ending))
    }

    /// The chance of ending late, and [`Table::ending`].
    pub fn chance_and_ending(&self, at: &Situation) -> (f64, Option<SurvivalCurve<'_>>) {
        let parts = self.stored.binnings.parts(at);
        let cell = self.remaining_cell(at, &parts);
        let chance = self.voices_in(at, &parts, cell).mixed(self.stored.weights);
        (chance, cell.map(|cell| self.curve(&cell.ending)))
    }

    /// The most alike cell of what remains.
    fn remaining_cell(&self, at: &Situation, parts: &Parts) -> Option<&RemainingCell> {
        let keys = remaining(at, parts).into_iter().rev();
        let place = keys.filter_map(|key| self.remaining.get(&key)).next()?;
        self.stored.remaining.get(*place as usize)
    }

    fn curve<'a>(&'a self, alive: &'a [f32]) -> SurvivalCurve<'a> {
        SurvivalCurve {
            edges: self.stored.ends.edges(),
            alive,
        }
    }

    /// The chance of ending late.
    pub fn chance(&self, at: &Situation) -> f64 {
        self.voices(at).mixed(self.stored.weights)
    }

    /// The answers that the chance mixes.
    pub fn voices(&self, at: &Situation) -> Voices {
        let parts = self.stored.binnings.parts(at);
        self.voices_in(at, &parts, self.remaining_cell(at, &parts))
    }

    fn voices_in(&self, at: &Situation, parts: &Parts, cell: Option<&RemainingCell>) -> Voices {
        let mut share = logit(self.stored.baseline.late(f64::from(at.share())));
        for cell in self.chain_in(at, parts) {
            share += f64::from(cell.moved);
        }
        if !self.points.is_empty() {
            let of = |layer: &usize| self.points.get(&fact(*layer, at, parts));
            let points = self.layers.iter().filter_map(of);
            share += points.map(|point| f64::from(*point)).sum::<f64>();
        }
        let curve = cell.map(|cell| self.curve(&cell.alive));
        Voices {
            share,
            remaining: curve.map(|curve| logit(curve.outlasts(f64::from(at.left)))),
            card: self.stored.card.points(at, parts, &self.names),
        }
    }

    /// How much each voice counts.
    pub fn weights(&self) -> Weights {
        self.stored.weights
    }

    /// The values of working days at the step, and of working days left, at which a chance may
    /// jump.
    pub fn jumps(&self) -> (impl Iterator<Item = f32>, impl Iterator<Item = f32>) {
        let edges = |binnings: &[Binning; 2]| {
            let edges = binnings.iter().flat_map(Binning::edges);
            edges.copied().collect::<Vec<f32>>().into_iter()
        };
        let binnings = &self.stored.binnings;
        (edges(&binnings.waited), edges(&binnings.left))
    }

    /// Whether layers of plain facts add points.
    pub fn has_points(&self) -> bool {
        !self.points.is_empty()
    }

    /// Whether the parts match each other. Stored bytes may come from anywhere.
    pub fn is_sound(&self) -> bool {
        let ends = self.stored.ends.edges().len();
        let (cells, weights) = (&self.stored.cells, self.stored.weights);
        let is_whole = |cell: &RemainingCell| cell.alive.len() == ends && cell.ending.len() == ends;
        cells.iter().all(|cell| cell.moved.is_finite())
            && self.stored.remaining.iter().all(is_whole)
            && self.points.values().all(|point| point.is_finite())
            && self.stored.card.is_sound(&self.stored.binnings)
            && [weights.share, weights.remaining, weights.card]
                .iter()
                .all(|weight| (0.0..=1.0).contains(weight))
    }
}
