//! Makes a table from training rows: layer upon layer, then only the cells worth keeping.

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings, Parts};
use crate::halves::{both, halves};
use crate::layer::{FACTS, NESTED, fact, nested_cell, speaks};
use crate::places::Places;
use crate::remaining_cells::RemainingCells;
use crate::score_card::{Cards, cards};
use crate::shrink::{CellMoves, Odds, learn, logit};
use crate::table::{Cell, Stored, Table, Weights};
use crate::training_row::{FOLDS, Observed, ObservedCase, TrainingRow};

/// The number of parts of the working days to the end.
const PARTS: usize = 24;
/// A cell with fewer cases is not kept, because its parent says the same.
const KEEP: u32 = 4;
/// The most nested cells kept, the largest first.
const MOST_CELLS: usize = 9_000;
/// The most cells of facts kept, the largest first.
const MOST_POINTS: usize = 40_000;

/// Training rows, ready to be sorted into cells and to make tables.
pub(crate) struct TrainingCells {
    observed: Observed,
    baseline: Baseline,
    binnings: Binnings,
    /// The parts of each training row.
    parts: Vec<Parts>,
    /// The rows sorted for the curves of what remains.
    remaining: RemainingCells,
}

/// What the rows teach regardless of the switches, computed once for all tables.
pub(crate) struct Lessons {
    /// The nested cells worth keeping, in order of key, and how far each moves the log-odds.
    nested: Vec<(Tally, CellMoves)>,
    /// As `nested`, for the cells of facts with the most looks.
    points: Vec<(u64, CellMoves)>,
    /// The score cards.
    cards: Cards,
}

/// The switches of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// Whether layers of plain facts add points.
    pub points: bool,
    /// How many cases' worth of weight a cell's curve for the second voice gives to its parent's.
    pub lean: f64,
    pub weights: Weights,
}

/// What a fit needs beside the table of all cases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Whether a table may have points.
    pub points: bool,
    /// Whether the tables without the cases of each fold are needed too.
    pub apart: bool,
}

/// How far nested cells move the log-odds, beside what was counted in them.
type NestedMoves = Vec<(Tally, CellMoves)>;

/// How far cells of facts move the log-odds, by key.
type PointMoves = Vec<(u64, CellMoves)>;

impl TrainingCells {
    /// Learns the baseline and the parts of the observed looks.
    pub fn new(mut observed: Observed) -> TrainingCells {
        let baseline = observed.teach();
        let rows = &observed.rows;
        let binnings = Binnings::new(rows);
        let remaining = |row: &TrainingRow| row.remaining;
        let ends = Binning::new(rows, PARTS, remaining).closed(rows, remaining);
        let parts = rows.iter().map(|row| binnings.parts(&row.situation));
        let parts: Vec<Parts> = parts.collect();
        TrainingCells {
            remaining: RemainingCells::new(rows, &parts, ends),
            observed,
            baseline,
            binnings,
            parts,
        }
    }

    /// For each fold, the table of the cases of all other folds. With it, no case is judged by its
    /// own outcome.
    pub fn tables_apart(&self, lessons: &Lessons, made: Made) -> Vec<Table> {
        let folds: [usize; FOLDS] = std::array::from_fn(|fold| fold);
        halves(&folds, |fold| self.table_of(lessons, made, *fold))
    }

    /// The observed cases and the training rows.
    pub fn observed(&self) -> &Observed {
        &self.observed
    }

    /// Gives the observed cases back.
    pub fn into_cases(self) -> Vec<ObservedCase> {
        self.observed.cases
    }

    /// Learns how far each cell moves the log-odds, and the score cards.
    pub fn learn(&self, asked: Asked) -> Lessons {
        let rows = &self.observed.rows;
        let (cards, (nested, points)) = both(
            || cards(rows, &self.parts, &self.binnings, asked.apart),
            || self.moves(asked),
        );
        Lessons {
            nested,
            points,
            cards,
        }
    }

    /// How far the nested cells and those of facts move the log-odds.
    fn moves(&self, asked: Asked) -> (NestedMoves, PointMoves) {
        let rows = &self.observed.rows;
        let start = |row: &TrainingRow| logit(self.baseline.late(f64::from(row.situation.share())));
        let whole: Vec<f64> = rows.iter().map(start).collect();
        let mut odds = Odds {
            apart: if asked.apart {
                whole.clone()
            } else {
                Vec::new()
            },
            whole,
        };
        let mut nested = Vec::new();
        for layer in 0..NESTED {
            let mut tallies = Tallies::default();
            let cells = rows.iter().zip(&self.parts).map(|(row, parts)| {
                let key = nested_cell(layer, &row.situation, parts);
                tallies.count(key, row)
            });
            let cells: Vec<u32> = cells.collect();
            let moves = learn(&cells, rows, &mut odds);
            let tallies = tallies.all.into_iter().zip(moves);
            nested.extend(tallies.filter(|(tally, _)| layer == 0 || tally.cases >= KEEP));
        }
        nested.sort_by(|(a, _), (b, _)| b.cases.cmp(&a.cases).then(a.key.cmp(&b.key)));
        nested.truncate(MOST_CELLS);
        nested.sort_by_key(|(tally, _)| tally.key);
        let points = if asked.points {
            self.points(&mut odds)
        } else {
            Vec::new()
        };
        (nested, points)
    }

    /// Makes a table of all cases.
    pub fn table(&self, lessons: &Lessons, made: Made) -> Table {
        self.table_of(lessons, made, FOLDS)
    }

    /// The table without the cases of a fold; of all cases for `FOLDS`.
    fn table_of(&self, lessons: &Lessons, made: Made, fold: usize) -> Table {
        let points = lessons.points.iter().filter(|_| made.points);
        let points = points.map(|(key, moved)| (*key, short(moved[fold])));
        let cells = lessons.nested.iter().map(|(tally, moved)| Cell {
            key: tally.key,
            moved: short(moved[fold]),
            cases: tally.cases,
            settled: tally.settled,
            settled_late: tally.late,
        });
        let rows = &self.observed.rows;
        Table::new(Stored {
            baseline: self.baseline.clone(),
            binnings: self.binnings.clone(),
            ends: self.remaining.ends().clone(),
            cells: cells.collect(),
            remaining: self.remaining.curves(rows, made.lean, fold),
            points: points.filter(|(_, moved)| *moved != 0.0).collect(),
            card: lessons.cards[fold].clone(),
            weights: made.weights,
        })
    }

    /// Learns the layers of facts, and keeps the cells with the most looks, in order of key.
    fn points(&self, odds: &mut Odds) -> PointMoves {
        let rows = &self.observed.rows;
        let situations = rows.iter().map(|row| &row.situation);
        let mut points = Vec::new();
        for layer in (0..FACTS).filter(|layer| speaks(*layer, situations.clone().copied())) {
            let mut numbers = Numbers::default();
            let looks = situations.clone().zip(&self.parts);
            let cells = looks.map(|(at, parts)| numbers.of(fact(layer, at, parts)));
            let cells: Vec<u32> = cells.collect();
            let moves = learn(&cells, rows, odds);
            let mut looks = vec![0_u32; moves.len()];
            for cell in &cells {
                looks[*cell as usize] += 1;
            }
            let cells = numbers.keys.into_iter().zip(moves).zip(looks);
            let moved = cells.map(|((key, moved), looks)| (looks, key, moved));
            points.extend(moved.filter(|(_, _, moved)| short(moved[FOLDS]) != 0.0));
        }
        points.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        points.truncate(MOST_POINTS);
        let mut points: Vec<(u64, CellMoves)> = points
            .into_iter()
            .map(|(_, key, moved)| (key, moved))
            .collect();
        points.sort_by_key(|(key, _)| *key);
        points
    }
}

/// Four digits; more would only make the model longer.
fn short(value: f64) -> f32 {
    (value * 1e4).round() as f32 / 1e4
}

/// Keys, numbered in order of first appearance.
#[derive(Default)]
struct Numbers {
    places: Places<u32>,
    keys: Vec<u64>,
    /// The key asked for last, with its number: looks at one case follow each other.
    last: Option<(u64, u32)>,
}

impl Numbers {
    fn of(&mut self, key: u64) -> u32 {
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == key) {
            return number;
        }
        let number = *self.places.entry(key).or_insert_with(|| {
            self.keys.push(key);
            (self.keys.len() - 1) as u32
        });
        self.last = Some((key, number));
        number
    }
}

/// The nested cells of one layer while rows are added.
#[derive(Default)]
struct Tallies {
    numbers: Numbers,
    all: Vec<Tally>,
}

impl Tallies {
    /// Counts a row, and returns the number of its cell.
    fn count(&mut self, key: u64, row: &TrainingRow) -> u32 {
        let number = self.numbers.of(key);
        if number as usize == self.all.len() {
            self.all.push(Tally {
                key,
                ..Tally::default()
            });
        }
        self.all[number as usize].count(row);
        number
    }
}

/// The counts of one nested cell.
#[derive(Default)]
struct Tally {
    key: u64,
    cases: u32,
    late: u32,
    settled: u32,
    last: Option<u32>,
}

impl Tally {
    fn count(&mut self, row: &TrainingRow) {
        if self.last != Some(row.case) {
            self.last = Some(row.case);
            self.cases += 1;
            self.settled += u32::from(row.settled);
            self.late += u32::from(row.settled && row.late > 0.5);
        }
    }
}
