//! The chance of ending late by the used part of the allowance alone.
//!
//! Source: Kaplan and Meier, Nonparametric estimation from incomplete observations (1958), with
//! delayed entry: a case counts from where it was first seen to where it was last seen.

use serde::{Deserialize, Serialize};

/// The observed time of one case, in shares of its allowance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObservedSpan {
    /// Where it was first seen.
    pub from: f64,
    /// Where it ended or was last seen. A value above 1 means late.
    pub to: f64,
    pub ended: bool,
}

/// Steps of the curve, each a hundredth of the allowance.
const STEPS: usize = 100;

/// The curve over the used part of the allowance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// The chance at each step from 0 to 1; empty without history.
    late: Vec<f32>,
}

impl Baseline {
    pub fn new(lives: impl Iterator<Item = ObservedSpan>) -> Baseline {
        let (mut enter, mut leave, mut ended) = ([0.0; STEPS], [0.0; STEPS], [0.0; STEPS]);
        let step = |share: f64| ((share.max(0.0) * STEPS as f64) as usize).min(STEPS - 1);
        let mut cases = 0;
        for life in lives {
            cases += 1;
            enter[step(life.from)] += 1.0;
            // An end exactly on the deadline is in time, so it counts in the last step.
            if life.to <= 1.0 {
                leave[step(life.to)] += 1.0;
                ended[step(life.to)] += f64::from(u8::from(life.ended));
            }
        }
        if cases == 0 {
            return Baseline::default();
        }
        let mut at_risk = 0.0;
        let stays: Vec<f64> = (0..STEPS)
            .map(|place| {
                at_risk += enter[place];
                // Half a case, spread over the whole curve, keeps every step from certainty.
                let ends = ended[place] + 0.5 / STEPS as f64;
                let stays = 1.0 - (ends / (at_risk + 1.0)).clamp(0.0, 0.99);
                at_risk = f64::max(at_risk - leave[place], 0.0);
                stays
            })
            .collect();
        let mut late = vec![1.0_f32; STEPS + 1];
        let mut alive = 1.0;
        for place in (0..STEPS).rev() {
            alive *= stays[place];
            late[place] = (alive * 1e5).round() as f32 / 1e5;
        }
        Baseline { late }
    }

    /// The chance of a case that still runs at a share of its allowance; 0.5 without history.
    pub fn late(&self, share: f64) -> f64 {
        if self.late.len() != STEPS + 1 {
            return 0.5;
        }
        let place = share.clamp(0.0, 1.0) * STEPS as f64;
        let low = (place as usize).min(STEPS - 1);
        let inside = place - low as f64;
        f64::from(self.late[low]) * (1.0 - inside) + f64::from(self.late[low + 1]) * inside
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, ObservedSpan};

    fn life(to: f64, ended: bool) -> ObservedSpan {
        ObservedSpan {
            from: 0.0,
            to,
            ended,
        }
    }

    #[test]
    fn those_still_running_count_for_as_long_as_they_were_seen() {
        // A thousand each: ended at a quarter; last seen at half; ended late. Of the two thousand
        // past a quarter nobody is known to end in time, so all of them are expected late.
        let lives = [
            life(0.25, true),
            life(0.5, false),
            life(f64::INFINITY, true),
        ];
        let baseline = Baseline::new(lives.into_iter().cycle().take(3_000));
        assert!((baseline.late(0.0) - 2.0 / 3.0).abs() < 0.01);
        assert!(baseline.late(0.3) > 0.99);
        assert!(Baseline::default().late(0.3) == 0.5);
    }

    #[test]
    fn the_deadline_itself_is_in_time() {
        let baseline = Baseline::new([life(1.0, true)].into_iter().cycle().take(1_000));
        assert!(baseline.late(0.5) < 0.05);
    }
}
