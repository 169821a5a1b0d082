//! What callers were told, kept outside the server.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::time::Instant;
use tokio::sync::Notify;

/// One answer: this request made this version of this dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub request: String,
    pub dossier: String,
    pub version: u32,
    pub code: String,
    /// When the answer had come, by this machine's clock.
    pub at: Instant,
}

/// Everything that was acknowledged, in the order in which the answers came.
#[derive(Default)]
pub struct Ledger {
    answers: Mutex<Vec<Acknowledged>>,
    count: AtomicU64,
    more: Notify,
}

impl Ledger {
    pub fn write(&self, answer: Acknowledged) {
        self.answers.lock().unwrap().push(answer);
        self.count.fetch_add(1, Ordering::SeqCst);
        self.more.notify_waiters();
    }

    /// How many answers there are.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Waits until there are so many.
    pub async fn reaches(&self, count: u64) {
        loop {
            let more = self.more.notified();
            if self.count() >= count {
                return;
            }
            more.await;
        }
    }

    /// The answers from the `first` on.
    pub fn since(&self, first: u64) -> Vec<Acknowledged> {
        let answers = self.answers.lock().unwrap();
        answers[usize::try_from(first).unwrap()..].to_vec()
    }
}
