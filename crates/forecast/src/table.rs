//! The table of outcomes of comparable cases, cell by cell, each leaning on a coarser one.
//!
//! The base is one curve over the used part of the allowance. Each layer of cells on top moves the
//! log-odds towards what its own cases showed, by [`crate::shrink`]. The nested cells also count
//! their cases and keep two curves of the working days to the end.
//!
//! A chance mixes two voices, as log-odds. The first is the share of comparable cases that ended
//! late. The second asks of the curve `alive` whether the remaining time of such cases exceeds the
//! time left. The share is sharper while the world stays as it was; the curve follows when only the
//! allowances change. A case withdrawn in time is not late, so every end counts as an end here.
//!
//! The curve `ending` tells when a result comes. A withdrawn case counts there as still running
//! until its withdrawal, because it says nothing about how long a result takes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings};
use crate::curve::{SurvivalCurve, ten_thousandths};
use crate::layer::{FACTS, fact, layer_of, nested};
use crate::shrink::{chance, logit};
use crate::situation::Situation;

/// A fast hash. The keys are our own, so nobody can provoke collisions.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// Values by key of a cell.
pub(crate) type Places<T> = HashMap<u64, T, BuildHasherDefault<Mix>>;

/// A finished nested cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub key: u64,
    /// How far the cell moves the log-odds of ending late.
    pub moved: f32,
    /// For the second voice: the share still running after each edge of the table's `ends`.
    #[serde(with = "ten_thousandths")]
    pub alive: Vec<f32>,
    /// For the expected end: the share without a result after each edge, as if none were withdrawn.
    #[serde(with = "ten_thousandths")]
    pub ending: Vec<f32>,
    pub cases: u32,
    /// Settled cases, and the late ones among them.
    pub settled: u32,
    pub settled_late: u32,
}

/// Finished cells, found by key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(crate) struct Table {
    stored: Stored,
    places: Places<u32>,
    points: Places<f32>,
    /// The layers of facts that have any points, in order.
    layers: Vec<usize>,
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
    /// Cells of facts with how far each moves the log-odds, in order of key.
    pub points: Vec<(u64, f32)>,
    /// The weight, from 0 to 1, of the second voice.
    pub remaining_weight: f64,
}

/// Two answers to whether a case ends late, both as log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Voices {
    /// From the share of comparable cases that ended late.
    pub share: f64,
    /// From the remaining time of comparable cases, running ones included; none without any.
    pub remaining: Option<f64>,
}

impl Voices {
    /// The chance for a weight of the second voice.
    pub fn mixed(self, remaining_weight: f64) -> f64 {
        let sum = match self.remaining {
            Some(remaining) => self.share * (1.0 - remaining_weight) + remaining * remaining_weight,
            None => self.share,
        };
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
        Table {
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
            stored,
        }
    }

    /// The nested cells that hold a situation, most alike first.
    pub fn chain(&self, at: &Situation) -> impl Iterator<Item = &Cell> {
        let keys = nested(at, &self.stored.binnings.parts(at));
        keys.into_iter().rev().filter_map(|key| {
            let place = self.places.get(&key)?;
            self.stored.cells.get(*place as usize)
        })
    }

    /// The most alike cell; none only in a table without training rows.
    pub fn cell(&self, at: &Situation) -> Option<&Cell> {
        self.chain(at).next()
    }

    /// The most alike cell's curve of working days to a result.
    pub fn ending(&self, at: &Situation) -> Option<SurvivalCurve<'_>> {
        self.cell(at).map(|cell| self.curve(&cell.ending))
    }

    fn curve<'a>(&'a self, alive: &'a [f32]) -> SurvivalCurve<'a> {
        SurvivalCurve {
            edges: self.stored.ends.edges(),
            alive,
        }
    }

    /// The chance of ending late.
    pub fn chance(&self, at: &Situation) -> f64 {
        self.voices(at).mixed(self.stored.remaining_weight)
    }

    /// The two answers that the chance mixes.
    pub fn voices(&self, at: &Situation) -> Voices {
        let mut share = logit(self.stored.baseline.late(f64::from(at.share())));
        let mut closest = None;
        for cell in self.chain(at) {
            share += f64::from(cell.moved);
            closest = closest.or(Some(cell));
        }
        if !self.points.is_empty() {
            let parts = self.stored.binnings.parts(at);
            let of = |layer: &usize| self.points.get(&fact(*layer, at, &parts));
            let points = self.layers.iter().filter_map(of);
            share += points.map(|point| f64::from(*point)).sum::<f64>();
        }
        let curve = closest.map(|cell| self.curve(&cell.alive));
        Voices {
            share,
            remaining: curve.map(|curve| logit(curve.outlasts(f64::from(at.left)))),
        }
    }

    /// The weight of the second voice.
    pub fn remaining_weight(&self) -> f64 {
        self.stored.remaining_weight
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
        let cells = &self.stored.cells;
        let is_sound = |cell: &Cell| {
            cell.alive.len() == ends && cell.ending.len() == ends && cell.moved.is_finite()
        };
        cells.iter().all(is_sound)
            && self.points.values().all(|point| point.is_finite())
            && (0.0..=1.0).contains(&self.stored.remaining_weight)
    }
}
