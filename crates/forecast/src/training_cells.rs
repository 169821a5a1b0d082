//! Makes a table from training rows: layer upon layer, then only the cells worth keeping.

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings, Parts};
use crate::layer::{FACTS, NESTED, fact, nested, speaks};
use crate::places::Places;
use crate::remaining_cells::RemainingCells;
use crate::score_card::{Cards, cards};
use crate::shrink::{CellMoves, Odds, learn, logit};
use crate::table::{Cell, Stored, Table, Weights};
use crate::training_row::{FOLDS, TrainingRow};

/// The number of parts of the working days to the end.
const PARTS: usize = 24;
/// A cell with fewer cases is not kept, because its parent says the same.
const KEEP: u32 = 4;
/// The most nested cells kept, the largest first.
const MOST_CELLS: usize = 9_000;
/// The most cells of facts kept, the largest first.
const MOST_POINTS: usize = 40_000;

/// Training rows sorted into nested cells, ready to make tables.
pub(crate) struct TrainingCells {
    rows: Vec<TrainingRow>,
    baseline: Baseline,
    binnings: Binnings,
    ends: Binning,
    /// The rows again, sorted for the curves of what remains.
    remaining: RemainingCells,
    tallies: Vec<Tally>,
    /// For each layer, the index of its first tally.
    first: [usize; NESTED],
    /// For each layer, the cell of each training row.
    cells: Vec<Vec<u32>>,
}

/// What the rows teach regardless of the switches, computed once for all tables.
pub(crate) struct Lessons {
    /// How far each nested cell moves the log-odds.
    nested: Vec<CellMoves>,
    /// As `nested`, for the cells of facts with the most looks, in order of key.
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

impl TrainingCells {
    /// Sorts training rows, which come case by case, into cells.
    pub fn new(baseline: Baseline, rows: Vec<TrainingRow>) -> TrainingCells {
        let binnings = Binnings::new(&rows);
        let remaining = |row: &TrainingRow| row.remaining;
        let ends = Binning::new(&rows, PARTS, remaining).closed(&rows, remaining);
        let mut layers: Vec<(Numbers, Vec<u32>)> =
            (0..NESTED).map(|_| Default::default()).collect();
        for row in &rows {
            let keys = nested(&row.situation, &binnings.parts(&row.situation));
            for ((numbers, cells), key) in layers.iter_mut().zip(keys) {
                cells.push(numbers.of(key));
            }
        }
        let mut first = [0; NESTED];
        let mut tallies = Vec::new();
        for (layer, (numbers, _)) in layers.iter().enumerate() {
            first[layer] = tallies.len();
            tallies.extend(numbers.keys.iter().map(|key| Tally::new(*key, layer)));
        }
        let cells: Vec<Vec<u32>> = layers.into_iter().map(|(_, cells)| cells).collect();
        for (place, row) in rows.iter().enumerate() {
            for (cells, first) in cells.iter().zip(first) {
                tallies[first + cells[place] as usize].count(row);
            }
        }
        let remaining_cells = RemainingCells::new(&rows, &binnings);
        TrainingCells {
            rows,
            baseline,
            binnings,
            ends,
            remaining: remaining_cells,
            tallies,
            first,
            cells,
        }
    }

    /// For each fold, the table of the cases of all other folds. With it, no case is judged by its
    /// own outcome.
    pub fn tables_apart(&self, lessons: &Lessons, made: Made) -> Vec<Table> {
        let tables = (0..FOLDS).map(|fold| self.table_of(lessons, made, fold));
        tables.collect()
    }

    /// The training rows, case by case.
    pub fn rows(&self) -> &[TrainingRow] {
        &self.rows
    }

    /// Learns how far each cell moves the log-odds.
    pub fn learn(&self) -> Lessons {
        let start = |row: &TrainingRow| logit(self.baseline.late(f64::from(row.situation.share())));
        let whole: Vec<f64> = self.rows.iter().map(start).collect();
        let mut odds = Odds {
            apart: whole.clone(),
            whole,
        };
        let mut nested = vec![CellMoves::default(); self.tallies.len()];
        for (cells, first) in self.cells.iter().zip(self.first) {
            let moved = learn(cells, &self.rows, &mut odds);
            nested[first..first + moved.len()].copy_from_slice(&moved);
        }
        Lessons {
            nested,
            points: self.points(&mut odds),
            cards: cards(&self.rows, &self.binnings),
        }
    }

    /// Makes a table of all cases.
    pub fn table(&self, lessons: &Lessons, made: Made) -> Table {
        self.table_of(lessons, made, FOLDS)
    }

    /// The table without the cases of a fold; of all cases for `FOLDS`.
    fn table_of(&self, lessons: &Lessons, made: Made, fold: usize) -> Table {
        let points = lessons.points.iter().filter(|_| made.points);
        let points = points.map(|(key, moved)| (*key, short(moved[fold])));
        Table::new(Stored {
            baseline: self.baseline.clone(),
            binnings: self.binnings.clone(),
            ends: self.ends.clone(),
            cells: self.close(lessons, fold),
            remaining: self
                .remaining
                .curves(&self.rows, &self.ends, made.lean, fold),
            points: points.filter(|(_, moved)| *moved != 0.0).collect(),
            card: lessons.cards[fold].clone(),
            weights: made.weights,
        })
    }

    /// Learns the layers of facts, and keeps the cells with the most looks, in order of key.
    fn points(&self, odds: &mut Odds) -> Vec<(u64, CellMoves)> {
        let situations = self.rows.iter().map(|row| &row.situation);
        let parts: Vec<Parts> = situations
            .clone()
            .map(|at| self.binnings.parts(at))
            .collect();
        let mut points = Vec::new();
        for layer in (0..FACTS).filter(|layer| speaks(*layer, situations.clone().copied())) {
            let mut numbers = Numbers::default();
            let looks = situations.clone().zip(&parts);
            let cells = looks.map(|(at, parts)| numbers.of(fact(layer, at, parts)));
            let cells: Vec<u32> = cells.collect();
            let moves = learn(&cells, &self.rows, odds);
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

    /// The nested cells worth keeping, in order of key.
    fn close(&self, lessons: &Lessons, fold: usize) -> Vec<Cell> {
        let cells = self.tallies.iter().zip(&lessons.nested);
        let cells = cells.filter(|(tally, _)| tally.is_kept());
        let cells = cells.map(|(tally, moved)| Cell {
            key: tally.key,
            moved: short(moved[fold]),
            cases: tally.cases,
            settled: tally.settled,
            settled_late: tally.late,
        });
        let mut cells: Vec<Cell> = cells.collect();
        cells.sort_by(|a, b| b.cases.cmp(&a.cases).then(a.key.cmp(&b.key)));
        cells.truncate(MOST_CELLS);
        cells.sort_by_key(|cell| cell.key);
        cells
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
}

impl Numbers {
    fn of(&mut self, key: u64) -> u32 {
        *self.places.entry(key).or_insert_with(|| {
            self.keys.push(key);
            (self.keys.len() - 1) as u32
        })
    }
}

/// The counts of one nested cell while rows are added.
struct Tally {
    key: u64,
    layer: usize,
    cases: u32,
    late: u32,
    settled: u32,
    last: Option<u32>,
}

impl Tally {
    fn new(key: u64, layer: usize) -> Tally {
        Tally {
            key,
            layer,
            cases: 0,
            late: 0,
            settled: 0,
            last: None,
        }
    }

    fn is_kept(&self) -> bool {
        self.layer == 0 || self.cases >= KEEP
    }

    fn count(&mut self, row: &TrainingRow) {
        if self.last != Some(row.case) {
            self.last = Some(row.case);
            self.cases += 1;
            self.settled += u32::from(row.settled);
            self.late += u32::from(row.settled && row.late > 0.5);
        }
    }
}
