//! Values found by the key of a cell.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A fast hash. The keys are our own, so nobody can provoke collisions.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// Values by key of a cell.
pub(crate) type Places<T> = HashMap<u64, T, BuildHasherDefault<Mix>>;
