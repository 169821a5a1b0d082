//! The time of day, and chance.

use domain::time::Instant;

/// The time of day. Everything that depends on *now* gets it from here.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond.
    fn now(&self) -> Instant;
}

/// Chance, for ids and salts.
pub trait Ids: Send + Sync {
    /// 16 random bytes.
    fn random(&self) -> [u8; 16];
}
