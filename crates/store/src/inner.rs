//! What the clones of a store share.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use crate::open::lock::Lock;
use crate::pool::Pool;

/// The connections of a store, and what goes with them.
pub(crate) struct Inner {
    pub(crate) writer: Pool,
    pub(crate) readers: Pool,
    pub(crate) statements: AtomicU64,
    /// Of a file that this process serves, until it is closed.
    pub(crate) lock: Mutex<Option<Lock>>,
}
