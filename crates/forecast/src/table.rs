//! The table: what became of comparable cases, cell by cell, each leaning on a coarser one.
//!
//! At the root is one curve over the share of the allowance used up. Each layer of cells on top of
//! it moves the log-odds towards what its own cases showed, by [`crate::shrink`]. The nested cells
//! also count their cases and keep two curves of the working days to the end.
//!
//! One curve is a second voice: the share asks how many like this ended late, the curve whether what
//! remains of such cases exceeds the time that is left. The share is sharper while the world stays as
//! it was; the curve follows where only the allowances change. Their log-odds are mixed. A case that
//! is withdrawn in time is not late, so every end counts as one here.
//!
//! The other tells when a result comes. There a withdrawn case counts as seen running until then, for
//! it says nothing of how long a result takes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings};
use crate::curve::{Alive, ten_thousandths};
use crate::layer::{FACTS, fact, layer_of, nested};
use crate::shrink::{chance, logit};
use crate::situation::Situation;

/// Multiplies and folds: the keys are our own, nobody can aim at collisions.
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

/// Values by key.
pub(crate) type Places<T> = HashMap<u64, T, BuildHasherDefault<Mix>>;

/// A closed nested cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub key: u64,
    /// Added to the log-odds of ending late.
    pub moved: f32,
    /// The share still running after each edge of the table's `ends`, for the second voice.
    #[serde(with = "ten_thousandths")]
    pub alive: Vec<f32>,
    /// The share without a result after each edge, had none been withdrawn: for when it comes.
    #[serde(with = "ten_thousandths")]
    pub ending: Vec<f32>,
    pub cases: u32,
    /// Cases whose deadline had passed, and of those the late ones.
    pub settled: u32,
    pub settled_late: u32,
}

/// Closed cells, found by key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(crate) struct Table {
    stored: Stored,
    places: Places<u32>,
    points: Places<f32>,
    /// The layers of facts that have points at all, in order.
    layers: Vec<usize>,
}

/// What of a table is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub baseline: Baseline,
    pub binnings: Binnings,
    /// The edges of the curves of working days to the end.
    pub ends: Binning,
    /// In order of key.
    pub cells: Vec<Cell>,
    /// Cells of facts and how far they move the log-odds, in order of key.
    pub points: Vec<(u64, f32)>,
    /// The weight of the curve of what remains against the share that ended late.
    pub remaining_weight: f64,
}

/// Two answers to whether a case ends late, as log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Voices {
    /// By the share of comparable cases that ended late.
    pub share: f64,
    /// By what remained of comparable cases, running ones included; none where none was seen.
    pub remaining: Option<f64>,
}

impl Voices {
    /// The chance when the second has this weight.
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

    /// The nested cells a situation lies in, most alike first.
    pub fn chain(&self, at: &Situation) -> impl Iterator<Item = &Cell> {
        let keys = nested(at, &self.stored.binnings.parts(at));
        keys.into_iter().rev().filter_map(|key| {
            let place = self.places.get(&key)?;
            self.stored.cells.get(*place as usize)
        })
    }

    /// The most alike cell; none only for a table without training rows.
    pub fn cell(&self, at: &Situation) -> Option<&Cell> {
        self.chain(at).next()
    }

    /// The curve of working days to a result of the most alike cell.
    pub fn ending(&self, at: &Situation) -> Option<Alive<'_>> {
        self.cell(at).map(|cell| self.curve(&cell.ending))
    }

    fn curve<'a>(&'a self, alive: &'a [f32]) -> Alive<'a> {
        Alive {
            edges: self.stored.ends.edges(),
            alive,
        }
    }

    /// The chance of ending late.
    pub fn chance(&self, at: &Situation) -> f64 {
        self.voices(at).mixed(self.stored.remaining_weight)
    }

    /// The two answers behind it.
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

    /// Working days at a step and working days left at which a chance may jump.
    pub fn jumps(&self) -> (impl Iterator<Item = f32>, impl Iterator<Item = f32>) {
        let edges = |binnings: &[Binning; 2]| {
            let edges = binnings.iter().flat_map(Binning::edges);
            edges.copied().collect::<Vec<f32>>().into_iter()
        };
        let binnings = &self.stored.binnings;
        (edges(&binnings.waited), edges(&binnings.left))
    }

    /// Whether plain facts count.
    pub fn has_points(&self) -> bool {
        !self.points.is_empty()
    }

    /// Whether the parts fit each other; bytes from elsewhere may say anything.
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
