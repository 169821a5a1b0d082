//! Repeatable chance: the same seed gives the same province.

use std::sync::Mutex;

use app::ports::Ids;

/// SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014. It is small, and no new version of a library changes its numbers.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Chance from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True for this share of all calls.
    pub fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A number from `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// An index below `count`, which must not be 0.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// An index; each occurs in proportion to its weight.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.len() - 1
    }
}

/// Ids of a made-up province.
#[derive(Debug)]
pub struct ChanceIds(Mutex<Chance>);

impl ChanceIds {
    /// Ids from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Chance::new(seed)))
    }
}

impl Ids for ChanceIds {
    fn random(&self) -> [u8; 16] {
        let mut chance = self.0.lock().expect("no panic happens while it is held");
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&chance.next().to_be_bytes());
        bytes[8..].copy_from_slice(&chance.next().to_be_bytes());
        bytes
    }
}
