//! A rate that shows what it was made of.

use serde::Serialize;

/// A rate with its numerator and denominator, so that nobody has to guess them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rate {
    /// How many of them.
    pub num: u32,
    /// Of how many.
    pub den: u32,
    /// The quotient; none when there is nothing to divide by.
    pub rate: Option<f64>,
}

impl Rate {
    /// A rate.
    #[must_use]
    pub fn new(num: u32, den: u32) -> Self {
        Self {
            num,
            den,
            rate: (den > 0).then(|| f64::from(num) / f64::from(den)),
        }
    }
}
