//! Estimates durations while some of them have not ended yet.
//!
//! Source: Kaplan and Meier, Nonparametric estimation from incomplete
//! observations, Journal of the American Statistical Association 53 (1958).

/// The smallest span by which a share of the cases had ended; none if the spans never reach it.
///
/// Each span comes with whether the case ended; `false` means that it was still running when last
/// seen.
pub(crate) fn quantile(spans: &mut [(f64, bool)], share: f64) -> Option<f64> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut running = spans.len() as f64;
    let mut alive = 1.0;
    for &(span, ended) in spans.iter() {
        if ended {
            alive *= 1.0 - 1.0 / running;
            if 1.0 - alive >= share - 1e-12 {
                return Some(span);
            }
        }
        running -= 1.0;
    }
    None
}

/// Counts of cases by the part of a [`crate::binning::Binning`] in which they ended or were last
/// seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread<'a> {
    pub ended: &'a [u32],
    /// Those that ended, and those last seen running.
    pub all: &'a [u32],
}

impl Spread<'_> {
    /// Ends and cases at risk, part by part. A case lost inside a part counts half there.
    fn hazards(self) -> impl Iterator<Item = (f64, f64)> {
        let mut running = f64::from(self.all.iter().sum::<u32>());
        self.ended.iter().zip(self.all).map(move |(ended, all)| {
            let lost = f64::from(all - ended);
            let hazard = (f64::from(*ended), running - lost / 2.0);
            running -= f64::from(*all);
            hazard
        })
    }

    /// The share still running after each edge, if so many cases were counted, leaning on a coarser
    /// cell's curve by `lean` cases.
    pub fn leaning(self, cases: f64, parent: Option<&[f32]>, lean: f64) -> Vec<f32> {
        let lean = if parent.is_some() { lean } else { 1.0 };
        let scale = cases / f64::from(self.all.iter().sum::<u32>().max(1));
        let mut left = 1.0;
        let mut parent_before = 1.0;
        let mut alive = Vec::with_capacity(self.ended.len());
        for (bin, (ended, risk)) in self.hazards().enumerate() {
            let parent_after = parent.map_or(0.5 * parent_before, |alive| f64::from(alive[bin]));
            let hazard = if parent_before > 0.0 {
                1.0 - parent_after / parent_before
            } else {
                1.0
            };
            let own = (ended * scale + hazard * lean) / (risk * scale + lean);
            left *= 1.0 - own.clamp(0.0, 1.0);
            alive.push((left * 1e4).round() as f32 / 1e4);
            parent_before = parent_after;
        }
        alive
    }
}

/// A survival curve: the share still running after each edge, linear between edges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SurvivalCurve<'a> {
    /// In rising order.
    pub edges: &'a [f32],
    /// One value for each edge.
    pub alive: &'a [f32],
}

impl SurvivalCurve<'_> {
    /// The share that has ended within so many working days.
    pub fn ended_by(self, days: f64) -> f64 {
        let (mut from, mut before) = (0.0, 0.0);
        for (edge, alive) in self.edges.iter().zip(self.alive) {
            let (edge, ended) = (f64::from(*edge), 1.0 - f64::from(*alive));
            if days < edge {
                let inside = ((days - from) / (edge - from)).clamp(0.0, 1.0);
                return before + (ended - before) * inside;
            }
            (from, before) = (edge, ended);
        }
        before
    }

    /// The share that takes longer than so many working days.
    pub fn outlasts(self, days: f64) -> f64 {
        1.0 - self.ended_by(days)
    }

    /// The working days within which a share has ended.
    ///
    /// A share that the curve never reaches gives the last edge, because nothing longer was ever
    /// seen.
    pub fn reaches(self, share: f64) -> f64 {
        let (mut from, mut before) = (0.0, 0.0);
        for (edge, alive) in self.edges.iter().zip(self.alive) {
            let (edge, ended) = (f64::from(*edge), 1.0 - f64::from(*alive));
            if ended >= share && ended > before {
                return from
                    + (edge - from) * ((share - before) / (ended - before)).clamp(0.0, 1.0);
            }
            (from, before) = (edge, ended);
        }
        from
    }
}

/// Stores curves in ten-thousandths. Curves make up most of a model, and are no more precise.
pub(crate) mod ten_thousandths {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(shares: &[f32], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(shares.iter().map(|share| (share * 1e4).round() as u16))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
        let parts = Vec::<u16>::deserialize(from)?;
        Ok(parts
            .into_iter()
            .map(|part| f32::from(part) / 1e4)
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{SurvivalCurve, quantile};

    #[test]
    fn those_still_running_count_for_as_long_as_they_were_seen() {
        // Ends at 1, 2 and 4; one case was last seen at 3. S(1) = 3/4, S(2) = 1/2, S(4) = 0.
        let mut spans = vec![(4.0, true), (1.0, true), (3.0, false), (2.0, true)];
        assert_eq!(quantile(&mut spans, 0.25), Some(1.0));
        assert_eq!(quantile(&mut spans, 0.5), Some(2.0));
        assert_eq!(quantile(&mut spans, 0.8), Some(4.0));
        assert_eq!(quantile(&mut [(4.0, false)], 0.1), None);
        assert_eq!(quantile(&mut [], 0.1), None);
    }

    #[test]
    fn a_curve_is_read_between_its_edges_and_never_past_the_last() {
        let curve = SurvivalCurve {
            edges: &[2.0, 4.0],
            alive: &[0.5, 0.25],
        };
        assert_eq!(curve.reaches(0.25), 1.0);
        assert_eq!(curve.reaches(0.625), 3.0);
        assert_eq!(curve.reaches(0.9), 4.0);
        assert_eq!(curve.ended_by(1.0), 0.25);
        assert_eq!(curve.ended_by(9.0), 0.75);
        let none = SurvivalCurve {
            edges: &[],
            alive: &[],
        };
        assert_eq!((none.reaches(0.5), none.ended_by(1.0)), (0.0, 0.0));
    }
}
