//! Makes a table from training rows: layer upon layer, then only the cells worth keeping.

use crate::baseline::Baseline;
use crate::binning::{Binning, Binnings, Parts};
use crate::curve::Spread;
use crate::layer::{FACTS, NESTED, fact, nested, speaks};
use crate::shrink::{CellMoves, Odds, learn, logit};
use crate::table::{Cell, Places, Stored, Table};
use crate::training_row::{FOLDS, TrainingRow};

/// The number of parts of the working days to the end.
const PARTS: usize = 24;
/// How many cases' worth of weight a cell's curve of the time to a result gives to its parent's.
///
/// Small, whatever leaning suits the chance: with a weight of hundreds, a step at which fifty cases
/// took a week would seem to end when the quick cases of other steps do.
const ENDING_LEAN: f64 = 10.0;
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
    /// The curves of working days to a result.
    endings: Vec<Option<Vec<f32>>>,
}

/// The switches of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// Whether layers of plain facts add points.
    pub points: bool,
    /// How many cases' worth of weight a cell's curve for the second voice gives to its parent's.
    pub lean: f64,
    /// The weight, from 0 to 1, of the second voice.
    pub remaining_weight: f64,
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
            let mut parent = 0;
            for (layer, cells) in cells.iter().enumerate() {
                let number = first[layer] + cells[place] as usize;
                tallies[number].count(row, parent);
                parent = number;
            }
        }
        let mut counted = TrainingCells {
            rows,
            baseline,
            binnings,
            ends,
            tallies,
            first,
            cells,
        };
        counted.count_ends(None);
        counted
    }

    /// Counts ends and last sights of every kept cell, without the cases of fold `but`.
    fn count_ends(&mut self, but: Option<usize>) {
        let parts = self.ends.edges().len();
        for tally in self.tallies.iter_mut().filter(|tally| tally.is_kept()) {
            tally.ends = Spread::new(parts);
            tally.results = Spread::new(parts);
        }
        for (place, row) in self.rows.iter().enumerate() {
            if but == Some(row.fold()) {
                continue;
            }
            let part = usize::from(self.ends.part(row.remaining));
            for (cells, first) in self.cells.iter().zip(self.first) {
                let tally = &mut self.tallies[first + cells[place] as usize];
                tally.ends.add(part, row.ended);
                tally.results.add(part, row.resolved);
            }
        }
    }

    /// For each fold, the table of the cases of all other folds. With it, no case is judged by its
    /// own outcome.
    pub fn tables_apart(&mut self, lessons: &Lessons, made: Made) -> Vec<Table> {
        let tables = (0..FOLDS).map(|fold| {
            self.count_ends(Some(fold));
            self.table_of(lessons, made, fold)
        });
        let tables = tables.collect();
        self.count_ends(None);
        tables
    }

    /// The curve of each kept cell. A parent comes before its children, and is kept if a child is.
    fn curves(&self, of: impl Fn(&Tally) -> &Spread, lean: f64) -> Vec<Option<Vec<f32>>> {
        let mut curves: Vec<Option<Vec<f32>>> = Vec::with_capacity(self.tallies.len());
        for tally in &self.tallies {
            let parent = (tally.layer > 0).then(|| curves[tally.parent].as_deref());
            let curve = || tally.curve(of(tally), parent.flatten(), lean);
            curves.push(tally.is_kept().then(curve));
        }
        curves
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
            endings: self.curves(|tally| &tally.results, ENDING_LEAN),
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
            cells: self.close(lessons, made.lean, fold),
            points: points.filter(|(_, moved)| *moved != 0.0).collect(),
            remaining_weight: made.remaining_weight,
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
    fn close(&self, lessons: &Lessons, lean: f64, fold: usize) -> Vec<Cell> {
        let running = self.curves(|tally| &tally.ends, lean);
        let cells = self.tallies.iter().zip(running);
        let cells = cells.zip(&lessons.endings).zip(&lessons.nested);
        let cells = cells.filter_map(|(((tally, alive), ending), moved)| {
            Some(Cell {
                key: tally.key,
                moved: short(moved[fold]),
                alive: alive?,
                ending: ending.clone()?,
                cases: tally.cases,
                settled: tally.settled,
                settled_late: tally.late,
            })
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
    parent: usize,
    /// All ends; empty if the cell is not kept.
    ends: Spread,
    /// Results only: a withdrawn case counts as running until then.
    results: Spread,
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
            parent: 0,
            ends: Spread::new(0),
            results: Spread::new(0),
            cases: 0,
            late: 0,
            settled: 0,
            last: None,
        }
    }

    fn is_kept(&self) -> bool {
        self.layer == 0 || self.cases >= KEEP
    }

    fn count(&mut self, row: &TrainingRow, parent: usize) {
        self.parent = parent;
        if self.last != Some(row.case) {
            self.last = Some(row.case);
            self.cases += 1;
            self.settled += u32::from(row.settled);
            self.late += u32::from(row.settled && row.late > 0.5);
        }
    }

    /// The share still running after each edge, leaning on the parent's curve.
    fn curve(&self, of: &Spread, parent: Option<&[f32]>, lean: f64) -> Vec<f32> {
        let lean = if parent.is_some() { lean } else { 1.0 };
        let scale = f64::from(self.cases) / f64::from(of.total().max(1));
        let mut left = 1.0;
        let mut parent_before = 1.0;
        let mut alive = Vec::with_capacity(of.ended.len());
        for (bin, (ended, risk)) in of.hazards().enumerate() {
            let parent_after = parent.map_or(0.5 * parent_before, |alive| f64::from(alive[bin]));
            let hazard = if parent_before > 0.0 {
                1.0 - parent_after / parent_before
            } else {
                1.0
            };
            let own = (ended * scale + hazard * lean) / (risk * scale + lean);
            left *= 1.0 - own.clamp(0.0, 1.0);
            alive.push(short(left));
            parent_before = parent_after;
        }
        alive
    }
}
