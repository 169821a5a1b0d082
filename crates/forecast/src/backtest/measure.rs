//! Figures of merit, pooled over looks. Their errors come from drawing whole cases again.
//!
//! Sources: the area under the curve is the share of pairs in the right order
//! (Hanley and McNeil 1982); the mean squared error of chances is Brier's (1950);
//! drawing whole cases again is Efron's bootstrap (1979) for clustered looks.

use super::report::Bin;

/// The score of one look and the outcome of its case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scored {
    pub score: f64,
    pub late: bool,
    pub case: u32,
}

/// The parts of the calibration table.
const BINS: usize = 15;
/// How many times the bootstrap draws the cases.
const DRAWS: usize = 400;

/// The area under the ROC curve; none unless some cases are late and some are in time.
pub(super) fn auc(scored: &[Scored]) -> Option<f64> {
    let scores: Vec<f64> = scored.iter().map(|scored| scored.score).collect();
    Ranked::new(scored, &scores).auc(|_| 1.0)
}

/// Our score beside the naive one, and how sure the difference is.
pub(super) struct Judged {
    pub auc: Option<f64>,
    pub auc_se: Option<f64>,
    pub brier_se: Option<f64>,
    pub naive_auc: Option<f64>,
    /// The middle 95 % of the difference in area, over paired draws.
    pub gain: Option<(f64, f64)>,
}

impl Judged {
    pub fn new(scored: &[Scored], naive: &[f32]) -> Judged {
        let own: Vec<f64> = scored.iter().map(|scored| scored.score).collect();
        let naive: Vec<f64> = naive.iter().copied().map(f64::from).collect();
        let (own, naive) = (Ranked::new(scored, &own), Ranked::new(scored, &naive));
        let cases = scored.last().map_or(0, |last| last.case as usize + 1);
        let mut errors = vec![(0.0, 0.0); cases];
        for scored in scored {
            let error = &mut errors[scored.case as usize];
            *error = (error.0 + squared(scored), error.1 + 1.0);
        }
        let (mut areas, mut gains, mut briers) = (Vec::new(), Vec::new(), Vec::new());
        let mut chance = Draw(0x6d6f_7463_7561);
        for _ in 0..DRAWS {
            let mut times = vec![0.0_f64; cases];
            for _ in 0..cases {
                times[chance.below(cases)] += 1.0;
            }
            let drawn = errors.iter().zip(&times);
            let (error, looks) = drawn.fold((0.0, 0.0), |sum, ((error, looks), times)| {
                (sum.0 + error * times, sum.1 + looks * times)
            });
            if looks > 0.0 {
                briers.push(error / looks);
            }
            let weight = |case: u32| times[case as usize];
            if let (Some(area), Some(other)) = (own.auc(weight), naive.auc(weight)) {
                areas.push(area);
                gains.push(area - other);
            }
        }
        gains.sort_by(f64::total_cmp);
        let at = |share: f64| gains.get((share * (gains.len() as f64 - 1.0)).round() as usize);
        Judged {
            auc: own.auc(|_| 1.0),
            naive_auc: naive.auc(|_| 1.0),
            auc_se: spread(&areas),
            brier_se: spread(&briers),
            gain: at(0.025).copied().zip(at(0.975).copied()),
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

/// Looks in order of score, so that each draw computes its area in one pass.
struct Ranked {
    /// Case, whether it was late, and whether the next look has the same score.
    order: Vec<(u32, bool, bool)>,
}

impl Ranked {
    fn new(scored: &[Scored], scores: &[f64]) -> Ranked {
        let mut places: Vec<usize> = (0..scored.len()).collect();
        places.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(a.cmp(b)));
        let tied = |rank: usize| {
            places
                .get(rank + 1)
                .is_some_and(|next| scores[*next] <= scores[places[rank]])
        };
        let order = places
            .iter()
            .enumerate()
            .map(|(rank, &place)| (scored[place].case, scored[place].late, tied(rank)))
            .collect();
        Ranked { order }
    }

    fn auc(&self, weight: impl Fn(u32) -> f64) -> Option<f64> {
        let (mut below, mut right, mut late, mut in_time) = (0.0, 0.0, 0.0, 0.0);
        let (mut late_here, mut in_time_here) = (0.0, 0.0);
        for &(case, is_late, tied) in &self.order {
            let weight = weight(case);
            if is_late {
                late_here += weight;
            } else {
                in_time_here += weight;
            }
            if !tied {
                right += late_here * (below + in_time_here / 2.0);
                below += in_time_here;
                late += late_here;
                in_time += in_time_here;
                (late_here, in_time_here) = (0.0, 0.0);
            }
        }
        (late > 0.0 && in_time > 0.0).then(|| right / (late * in_time))
    }
}

/// The mean squared error of the chances; none without looks.
pub(super) fn brier(scored: &[Scored]) -> Option<f64> {
    let sum: f64 = scored.iter().map(squared).sum();
    (!scored.is_empty()).then(|| sum / scored.len() as f64)
}

fn squared(scored: &Scored) -> f64 {
    (scored.score - f64::from(u8::from(scored.late))).powi(2)
}

/// Looks in fifteen parts of about equal size, by chance: mean chance against the share that ended
/// late.
///
/// Looks with the same chance stay in the same part.
pub(super) fn calibration(scored: &[Scored]) -> Vec<Bin> {
    let mut sorted: Vec<&Scored> = scored.iter().collect();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let edges: Vec<f64> = (1..BINS)
        .filter_map(|part| sorted.get(part * sorted.len() / BINS))
        .map(|scored| scored.score)
        .collect();
    let mut bins = vec![Bin::default(); BINS];
    for scored in sorted {
        let place = edges.partition_point(|edge| *edge <= scored.score);
        bins[place].add(scored.score, scored.late);
    }
    bins.retain(|bin| bin.looks > 0);
    bins.iter().map(Bin::averaged).collect()
}

/// The mean distance between chance and outcome over the parts of [`calibration`].
pub(super) fn calibration_error(scored: &[Scored]) -> Option<f64> {
    let bins = calibration(scored);
    let miss = |bin: &Bin| (bin.foreseen - bin.late).abs() * bin.looks as f64;
    let sum: f64 = bins.iter().map(miss).sum();
    (!scored.is_empty()).then(|| sum / scored.len() as f64)
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
