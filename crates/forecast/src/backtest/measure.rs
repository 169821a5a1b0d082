//! Figures of merit, pooled over looks. Their errors come from drawing whole cases again.
//!
//! Sources: the area under the curve is the share of pairs in the right order
//! (Hanley and McNeil 1982); the mean squared error of chances is Brier's (1950);
//! drawing whole cases again is Efron's bootstrap (1979) for clustered looks.

use super::report::Bin;
use crate::halves::both;

/// The case of a look, and whether it was late, in one number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome(u32);

impl Outcome {
    pub fn new(case: u32, late: bool) -> Outcome {
        Outcome(case << 1 | u32::from(late))
    }

    fn case(self) -> usize {
        self.0 as usize >> 1
    }

    fn is_late(self) -> bool {
        self.0 & 1 != 0
    }

    /// 1 for late, 0 for in time.
    fn late(self) -> f64 {
        f64::from(self.0 & 1)
    }
}

/// The parts of the calibration table.
const BINS: usize = 15;
/// How many times the bootstrap draws the cases.
const DRAWS: usize = 400;

/// The area under the ROC curve; none unless some cases are late and some are in time.
pub(super) fn auc<T: Copy + Into<f64>>(scores: &[T], outcomes: &[Outcome]) -> Option<f64> {
    Ranked::new(scores, outcomes, &ranking(scores)).auc(|_| 1)
}

/// Our score beside the naive one, and how sure the difference is.
pub(super) struct Judged {
    pub auc: Option<f64>,
    pub auc_se: Option<f64>,
    pub brier_se: Option<f64>,
    pub naive_auc: Option<f64>,
    /// The middle 95 % of the difference in area, over paired draws.
    pub gain: Option<(f64, f64)>,
    pub calibration: Vec<Bin>,
}

impl Judged {
    pub fn new(chances: &[f64], naive: &[f32], outcomes: &[Outcome]) -> Judged {
        let ranks = ranking(chances);
        let calibration = binned(chances, outcomes, &ranks);
        let own = Ranked::new(chances, outcomes, &ranks);
        drop(ranks);
        let naive = Ranked::new(naive, outcomes, &ranking(naive));
        let cases = outcomes.last().map_or(0, |last| last.case() + 1);
        let mut errors = vec![(0.0, 0.0); cases];
        for (chance, outcome) in chances.iter().zip(outcomes) {
            let error = &mut errors[outcome.case()];
            *error = (error.0 + squared(*chance, *outcome), error.1 + 1.0);
        }
        let (mut areas, mut gains, mut briers) = (Vec::new(), Vec::new(), Vec::new());
        let mut chance = Draw(0x6d6f_7463_7561);
        let mut times = vec![0_u16; cases];
        for _ in 0..DRAWS {
            times.fill(0);
            for _ in 0..cases {
                let times = &mut times[chance.below(cases)];
                *times = times.saturating_add(1);
            }
            let drawn = errors.iter().zip(&times);
            let (error, looks) = drawn.fold((0.0, 0.0), |sum, ((error, looks), times)| {
                let times = f64::from(*times);
                (sum.0 + error * times, sum.1 + looks * times)
            });
            if looks > 0.0 {
                briers.push(error / looks);
            }
            let weight = |case: usize| times[case];
            let drawn = both(|| own.auc(weight), || naive.auc(weight));
            if let (Some(area), Some(other)) = drawn {
                areas.push(area);
                gains.push(area - other);
            }
        }
        gains.sort_by(f64::total_cmp);
        let at = |share: f64| gains.get((share * (gains.len() as f64 - 1.0)).round() as usize);
        Judged {
            auc: own.auc(|_| 1),
            naive_auc: naive.auc(|_| 1),
            auc_se: spread(&areas),
            brier_se: spread(&briers),
            gain: at(0.025).copied().zip(at(0.975).copied()),
            calibration,
        }
    }
}

fn spread(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    Some((squares / (values.len() as f64 - 1.0)).sqrt())
}

/// The places of scores in rising order.
fn ranking<T: Copy + Into<f64>>(scores: &[T]) -> Vec<u32> {
    let score = |place: u32| -> f64 { scores[place as usize].into() };
    let mut places: Vec<u32> = (0..scores.len() as u32).collect();
    places.sort_unstable_by(|a, b| score(*a).total_cmp(&score(*b)).then(a.cmp(b)));
    places
}

/// Looks in order of score, so that each draw computes its area in one pass.
struct Ranked {
    /// The outcome of each look, shifted by one, and whether the next look has the same score.
    order: Vec<u32>,
}

impl Ranked {
    fn new<T: Copy + Into<f64>>(scores: &[T], outcomes: &[Outcome], ranking: &[u32]) -> Ranked {
        let score = |place: u32| -> f64 { scores[place as usize].into() };
        let order = ranking.iter().enumerate().map(|(rank, place)| {
            let next = ranking.get(rank + 1);
            let tied = next.is_some_and(|next| score(*next) <= score(*place));
            outcomes[*place as usize].0 << 1 | u32::from(tied)
        });
        Ranked {
            order: order.collect(),
        }
    }

    fn auc(&self, weight: impl Fn(usize) -> u16) -> Option<f64> {
        // Twice the pairs in the right order, so that half a pair is a whole number.
        let mut right = 0_u128;
        let (mut below, mut late, mut late_here, mut in_time_here) = (0_u64, 0_u64, 0_u64, 0_u64);
        for looked in &self.order {
            let outcome = Outcome(looked >> 1);
            let weight = u64::from(weight(outcome.case()));
            if outcome.is_late() {
                late_here += weight;
            } else {
                in_time_here += weight;
            }
            if looked & 1 == 0 {
                right += u128::from(late_here * (2 * below + in_time_here));
                below += in_time_here;
                late += late_here;
                (late_here, in_time_here) = (0, 0);
            }
        }
        let pairs = 2.0 * late as f64 * below as f64;
        (late > 0 && below > 0).then(|| right as f64 / pairs)
    }
}

/// The mean squared error of the chances; none without looks.
pub(super) fn brier(chances: &[f64], outcomes: &[Outcome]) -> Option<f64> {
    let each = chances.iter().zip(outcomes);
    let sum: f64 = each
        .map(|(chance, outcome)| squared(*chance, *outcome))
        .sum();
    (!chances.is_empty()).then(|| sum / chances.len() as f64)
}

fn squared(chance: f64, outcome: Outcome) -> f64 {
    (chance - outcome.late()).powi(2)
}

/// Looks in fifteen parts of about equal size, by chance: mean chance against the share that ended
/// late.
///
/// Looks with the same chance stay in the same part.
pub(super) fn calibration(chances: &[f64], outcomes: &[Outcome]) -> Vec<Bin> {
    binned(chances, outcomes, &ranking(chances))
}

fn binned(chances: &[f64], outcomes: &[Outcome], ranking: &[u32]) -> Vec<Bin> {
    let edges: Vec<f64> = (1..BINS)
        .filter_map(|part| ranking.get(part * ranking.len() / BINS))
        .map(|place| chances[*place as usize])
        .collect();
    let mut bins = vec![Bin::default(); BINS];
    for place in ranking {
        let chance = chances[*place as usize];
        let part = edges.partition_point(|edge| *edge <= chance);
        bins[part].add(chance, outcomes[*place as usize].is_late());
    }
    bins.retain(|bin| bin.looks > 0);
    bins.iter().map(Bin::averaged).collect()
}

/// The mean distance between chance and outcome over the parts of [`calibration`]; none without
/// any.
pub(super) fn calibration_error(bins: &[Bin]) -> Option<f64> {
    let looks: usize = bins.iter().map(|bin| bin.looks).sum();
    let miss = |bin: &Bin| (bin.foreseen - bin.late).abs() * bin.looks as f64;
    let sum: f64 = bins.iter().map(miss).sum();
    (looks > 0).then(|| sum / looks as f64)
}

/// Splitmix64 with a fixed seed, so that every run draws the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * bound as u128) >> 64) as usize
    }
}
