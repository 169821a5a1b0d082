//! The answers that callers got, recorded outside the server.

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
    /// When the answer arrived, by this machine's clock.
    pub at: Instant,
}

/// All acknowledged writes, in the order in which the answers arrived.
#[derive(Default)]
pub struct Ledger {
    answers: Mutex<Vec<Acknowledged>>,
    count: Count,
    put_off: Count,
}

/// A growing number that tests can wait for.
#[derive(Default)]
struct Count {
    number: AtomicU64,
    more: Notify,
}

impl Count {
    fn grow(&self) {
        self.number.fetch_add(1, Ordering::SeqCst);
        self.more.notify_waiters();
    }

    fn get(&self) -> u64 {
        self.number.load(Ordering::SeqCst)
    }

    async fn reaches(&self, number: u64) {
        loop {
            let more = self.more.notified();
            if self.get() >= number {
                return;
            }
            more.await;
        }
    }
}

impl Ledger {
    pub fn write(&self, answer: Acknowledged) {
        self.answers.lock().unwrap().push(answer);
        self.count.grow();
    }

    /// Counts an answer that told a caller to retry later.
    pub fn put_one_off(&self) {
        self.put_off.grow();
    }

    /// How many answers there are.
    pub fn count(&self) -> u64 {
        self.count.get()
    }

    /// How many answers told a caller to retry later.
    pub fn put_off(&self) -> u64 {
        self.put_off.get()
    }

    /// Waits until the ledger has so many answers.
    pub async fn reaches(&self, count: u64) {
        self.count.reaches(count).await;
    }

    /// Waits until so many answers told a caller to retry later.
    pub async fn is_put_off(&self, count: u64) {
        self.put_off.reaches(count).await;
    }

    /// The answers from index `first`.
    pub fn since(&self, first: u64) -> Vec<Acknowledged> {
        let answers = self.answers.lock().unwrap();
        answers[usize::try_from(first).unwrap()..].to_vec()
    }
}
