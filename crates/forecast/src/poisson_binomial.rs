//! The distribution of how many of several independent chances come true.
//!
//! Source: the recursion of Barlow and Heidtmann for unequal chances, Computing k-out-of-n system
//! reliability, IEEE Transactions on Reliability 33 (1984). It takes the chances as independent.

/// A count with less than this chance is dropped.
const NEGLIGIBLE: f64 = 1e-13;

/// The chance of each count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PoissonBinomial {
    /// The count that belongs to the first of `chances`.
    from: usize,
    chances: Vec<f64>,
}

impl PoissonBinomial {
    /// The distribution for any chances, in any order.
    pub fn new(chances: impl Iterator<Item = f64>) -> PoissonBinomial {
        let mut sum = PoissonBinomial {
            from: 0,
            chances: vec![1.0],
        };
        for chance in chances {
            sum.add(chance.clamp(0.0, 1.0));
        }
        sum
    }

    fn add(&mut self, chance: f64) {
        self.chances.push(0.0);
        for place in (0..self.chances.len()).rev() {
            let before = place
                .checked_sub(1)
                .map_or(0.0, |place| self.chances[place]);
            self.chances[place] = self.chances[place] * (1.0 - chance) + before * chance;
        }
        // Both tails are cut, so that the cost of ten thousand chances depends on their spread
        // alone.
        while self.chances.len() > 1 && self.chances.last().is_some_and(|last| *last < NEGLIGIBLE) {
            self.chances.pop();
        }
        let empty = self
            .chances
            .iter()
            .take_while(|chance| **chance < NEGLIGIBLE)
            .count();
        let empty = empty.min(self.chances.len() - 1);
        self.chances.drain(..empty);
        self.from += empty;
    }

    /// The central interval of counts that holds at least this share.
    pub fn between(&self, share: f64) -> (usize, usize) {
        let tail = (1.0 - share) / 2.0;
        let (mut low, mut high) = (None, None);
        let mut passed = 0.0;
        for (count, chance) in (self.from..).zip(&self.chances) {
            passed += chance;
            if low.is_none() && passed > tail {
                low = Some(count);
            }
            if high.is_none() && passed >= 1.0 - tail {
                high = Some(count);
            }
        }
        let last = self.from + self.chances.len() - 1;
        (low.unwrap_or(last), high.unwrap_or(last))
    }
}

#[cfg(test)]
mod tests {
    use super::PoissonBinomial;

    #[test]
    fn alike_chances_give_the_binomial() {
        // Of 1024 ways, 1023 give more than no success, 1013 more than one, 968 more than two.
        let sum = PoissonBinomial::new(std::iter::repeat_n(0.5, 10));
        assert!((sum.chances[5] - 252.0 / 1024.0).abs() < 1e-12);
        assert_eq!(sum.between(0.8), (3, 7));
        assert_eq!(sum.between(0.99), (1, 9));
    }

    #[test]
    fn certainties_are_counted_and_nothing_is_lost() {
        let sum = PoissonBinomial::new([1.0, 0.0, 1.0, 0.3].into_iter());
        assert_eq!(sum.between(0.99), (2, 3));
        assert_eq!(
            PoissonBinomial::new(std::iter::empty()).between(0.8),
            (0, 0)
        );
        let many = PoissonBinomial::new((0..20_000).map(|place| f64::from(place % 10) / 10.0));
        assert!((many.chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // Mean 9,000, variance 2,000 × 1.65: a standard deviation of 57.
        let (low, high) = many.between(0.8);
        assert!(
            (8_920..8_935).contains(&low) && (9_065..9_080).contains(&high),
            "{low} {high}"
        );
        assert!(many.chances.len() < 1_000);
    }
}
