//! How far a cell may move the log-odds: as far as cells of its layer differ beyond chance.
//!
//! If the cells of a layer differ no more than random draws of the same number of cases would, the
//! layer moves nothing. So nobody has to choose a strength. Sources: Efron and Morris, Stein's
//! estimation rule and its competitors (1973), for shrinking as much as the layer itself shows;
//! DerSimonian and Laird, Meta-analysis in clinical trials (1986), for the moments; Liang and
//! Zeger, Longitudinal data analysis (1986), for the noise of looks at one case.

use crate::training_row::{FOLDS, TrainingRow};

/// The log-odds of each training row while layers are added.
pub(crate) struct Odds {
    /// From all cases.
    pub whole: Vec<f64>,
    /// From the cases of the other folds, so that no case is judged by its own outcome. Empty where
    /// nobody asks for these.
    pub apart: Vec<f64>,
}

/// The log-odds of a chance, kept away from certainty.
pub(crate) fn logit(chance: f64) -> f64 {
    let chance = chance.clamp(0.002, 0.998);
    (chance / (1.0 - chance)).ln()
}

/// The chance of log-odds.
pub(crate) fn chance(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit.clamp(-12.0, 12.0)).exp())
}

/// The furthest that one cell moves the log-odds.
const FURTHEST: f64 = 3.0;
/// Iterations for the strength of shrinking; it settles well before.
const ROUNDS: usize = 5;

/// How far a cell moves the log-odds: for each fold without that fold's cases, and last with all.
pub(crate) type CellMoves = [f64; FOLDS + 1];

/// Learns one layer on top of those before, and returns how far each cell moves.
///
/// `cells` holds the cell of each training row.
pub(crate) fn learn(cells: &[u32], rows: &[TrainingRow], odds: &mut Odds) -> Vec<CellMoves> {
    let count = cells.iter().max().map_or(0, |last| *last as usize + 1);
    let mut sums = vec![Sums::default(); count];
    for (place, (row, cell)) in rows.iter().zip(cells).enumerate() {
        let apart = odds.apart.get(place).copied().map(chance);
        sums[*cell as usize].add(row, chance(odds.whole[place]), apart);
    }
    for sums in &mut sums {
        sums.close();
    }
    let lean = lean(&sums);
    let moved: Vec<CellMoves> = sums.iter().map(|sums| sums.moves(lean)).collect();
    for (place, (row, cell)) in rows.iter().zip(cells).enumerate() {
        let moved = &moved[*cell as usize];
        odds.whole[place] += moved[FOLDS];
        if let Some(apart) = odds.apart.get_mut(place) {
            *apart += moved[row.fold()];
        }
    }
    moved
}

/// The distance of a cell's outcomes from what the layers before foresaw: in total and fold by
/// fold.
#[derive(Clone, Default)]
struct Sums {
    gap: f64,
    mass: f64,
    folds: [(f64, f64); FOLDS],
    /// The variance of `gap`, counting the looks at one case as one.
    noise: f64,
    /// The gap of the case being added.
    of_case: f64,
    case: Option<u32>,
    cases: f64,
    looks: f64,
}

impl Sums {
    fn add(&mut self, row: &TrainingRow, whole: f64, apart: Option<f64>) {
        if self.case != Some(row.case) {
            self.settle();
            self.case = Some(row.case);
            self.cases += 1.0;
        }
        self.looks += 1.0;
        self.of_case += row.late - whole;
        self.gap += row.late - whole;
        self.mass += whole * (1.0 - whole);
        if let Some(apart) = apart {
            let fold = &mut self.folds[row.fold()];
            fold.0 += row.late - apart;
            fold.1 += apart * (1.0 - apart);
        }
    }

    fn settle(&mut self) {
        self.noise += self.of_case * self.of_case;
        self.of_case = 0.0;
    }

    /// Scales the sums from looks down to cases: many looks at one case say one thing.
    fn close(&mut self) {
        self.settle();
        let scale = self.cases / self.looks.max(1.0);
        self.gap *= scale;
        self.mass *= scale;
        self.noise *= scale * scale;
        for fold in &mut self.folds {
            *fold = (fold.0 * scale, fold.1 * scale);
        }
    }

    /// One step of Newton's method, pulled towards zero by `lean`.
    fn moves(&self, lean: f64) -> CellMoves {
        let step = |gap: f64, mass: f64| (gap / (mass + lean)).clamp(-FURTHEST, FURTHEST);
        let mut moves = [step(self.gap, self.mass); FOLDS + 1];
        let total = self.folds.iter().fold((0.0, 0.0), plus);
        for (moved, fold) in moves.iter_mut().zip(&self.folds) {
            *moved = step(total.0 - fold.0, (total.1 - fold.1).max(0.0));
        }
        moves
    }
}

fn plus(sum: (f64, f64), fold: &(f64, f64)) -> (f64, f64) {
    (sum.0 + fold.0, sum.1 + fold.1)
}

/// The weight that pulls a layer's cells towards zero; infinite if they do not differ.
fn lean(sums: &[Sums]) -> f64 {
    let (noise, mass) = sums.iter().fold((0.0, 0.0), |(noise, mass), sums| {
        (noise + sums.noise, mass + sums.mass)
    });
    // How much more a case varies than one independent look would.
    let noisier = noise / f64::max(mass, 1e-9);
    let mut lean = 1.0;
    for _ in 0..ROUNDS {
        let (mut beyond, mut spread) = (0.0, 0.0);
        for sums in sums {
            beyond += (sums.gap * sums.gap - noisier * sums.mass) / (sums.mass + lean);
            spread += sums.mass * sums.mass / (sums.mass + lean);
        }
        if beyond <= 0.0 {
            return f64::INFINITY;
        }
        lean = f64::max(noisier * spread / beyond, LIGHTEST);
    }
    lean
}

/// The least weight. It equals one case at even odds, so no cell is believed from a single case.
const LIGHTEST: f64 = 0.25;

#[cfg(test)]
mod tests {
    use super::{Odds, chance, learn};
    use crate::situation::Situation;
    use crate::training_row::{FOLDS, TrainingRow};

    /// Two thousand cases in twenty cells of a hundred; `late_of` gives how many are late in each.
    fn learned(late_of: impl Fn(u32) -> u32) -> Vec<f64> {
        let row = |case: u32| TrainingRow {
            case,
            situation: Situation::NOTHING,
            remaining: 1.0,
            ended: true,
            resolved: true,
            late: f64::from(u8::from(case / 20 < late_of(case % 20))),
            settled: true,
        };
        let rows: Vec<TrainingRow> = (0..2_000).map(row).collect();
        let cells: Vec<u32> = (0..2_000).map(|case| case % 20).collect();
        let mut odds = Odds {
            whole: vec![0.0; 2_000],
            apart: vec![0.0; 2_000],
        };
        let moved = learn(&cells, &rows, &mut odds);
        moved.iter().map(|moved| moved[FOLDS]).collect()
    }

    #[test]
    fn cells_that_differ_no_more_than_chance_move_nothing() {
        // A hundred tosses of a coin vary by five in either direction.
        let moved = learned(|cell| [45, 50, 55, 50][cell as usize % 4]);
        assert!(moved.iter().all(|moved| *moved == 0.0), "{moved:?}");
    }

    #[test]
    fn cells_that_do_differ_are_believed() {
        let moved = learned(|cell| if cell % 2 == 0 { 20 } else { 80 });
        for (cell, moved) in moved.iter().enumerate() {
            let late = chance(*moved);
            assert!(
                (late - if cell % 2 == 0 { 0.2 } else { 0.8 }).abs() < 0.05,
                "{late}"
            );
        }
    }

    #[test]
    fn many_looks_at_one_case_weigh_as_one() {
        let row = |case| TrainingRow {
            case,
            situation: Situation::NOTHING,
            remaining: 1.0,
            ended: true,
            resolved: true,
            late: 1.0,
            settled: true,
        };
        let moved = |rows: Vec<TrainingRow>| {
            let odds = vec![0.0; rows.len()];
            let mut odds = Odds {
                whole: odds.clone(),
                apart: odds,
            };
            learn(&vec![0; rows.len()], &rows, &mut odds)[0][FOLDS]
        };
        let once = moved((0..40).map(row).collect());
        let often = moved((0..400).map(|look| row(look / 10)).collect());
        assert!((once - often).abs() < 1e-9 && once > 1.0, "{once} {often}");
    }
}
