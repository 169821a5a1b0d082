//! What many streams look at, looked at once.
//!
//! A ward's screens all ask the same question, and each commit wakes all of them. If each looked
//! for itself, a hundred and fifty screens would leave the database no time for the desk. So one
//! of them looks, the others take what it found, and nobody looks again before a while has passed.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::Error;
use tokio::time::Instant;

/// How many questions are remembered, beside those that somebody just asks.
const REMEMBERED: usize = 64;

/// Answers to questions, each with the moment at which somebody went to look.
pub(crate) struct Looks<K, V> {
    /// The least time between two looks at the same thing.
    every: Duration,
    kept: Mutex<HashMap<K, Arc<Slot<V>>>>,
}

type Slot<V> = tokio::sync::Mutex<Last<V>>;

enum Last<V> {
    Never,
    Found(Instant, V),
    Failed(Instant),
}

impl<K: Clone + Eq + Hash, V: Clone> Looks<K, V> {
    pub(crate) fn new(every: Duration) -> Self {
        Self {
            every,
            kept: Mutex::default(),
        }
    }

    /// What a look finds that begins now or later, or began after the caller asked.
    ///
    /// Errors: those of the look; whoever waited for it is told that the service cannot answer.
    pub(crate) async fn look<F>(&self, question: K, look: impl FnOnce() -> F) -> Result<V, Error>
    where
        F: Future<Output = Result<V, Error>>,
    {
        let asked = Instant::now();
        let slot = self.slot(question);
        let mut last = slot.lock().await;
        let before = match &*last {
            Last::Found(began, found) if *began >= asked => return Ok(found.clone()),
            Last::Failed(began) if *began >= asked => return Err(Error::Unavailable(None)),
            Last::Found(began, _) | Last::Failed(began) => Some(*began),
            Last::Never => None,
        };
        if let Some(before) = before {
            tokio::time::sleep_until(before + self.every).await;
        }
        let began = Instant::now();
        match look().await {
            Ok(found) => {
                *last = Last::Found(began, found.clone());
                Ok(found)
            }
            Err(error) => {
                *last = Last::Failed(began);
                Err(error)
            }
        }
    }

    fn slot(&self, question: K) -> Arc<Slot<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED {
            kept.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        let new = || Arc::new(tokio::sync::Mutex::new(Last::Never));
        Arc::clone(kept.entry(question).or_insert_with(new))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hundred_who_ask_at_once_look_once_and_nobody_again_for_a_while() {
        let looks = Looks::new(Duration::from_secs(1));
        let (count, began) = (AtomicU32::new(0), Instant::now());
        let ask = || {
            looks.look("ward", || async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(count.fetch_add(1, Ordering::Relaxed))
            })
        };
        for found in join_all((0..100).map(|_| ask())).await {
            assert_eq!(found.unwrap(), 0);
        }
        assert_eq!(
            ask().await.unwrap(),
            1,
            "what is asked later is looked at later"
        );
        assert!(began.elapsed() >= Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_failed_is_not_tried_by_everybody_who_waited_for_it() {
        let looks = Looks::<_, ()>::new(Duration::from_secs(1));
        let count = AtomicU32::new(0);
        let ask = || {
            looks.look("ward", || async {
                count.fetch_add(1, Ordering::Relaxed);
                Err(Error::Unavailable(None))
            })
        };
        for found in join_all((0..100).map(|_| ask())).await {
            assert!(found.is_err());
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn questions_that_nobody_asks_any_more_are_forgotten() {
        let looks = Looks::new(Duration::ZERO);
        for question in 0..1_000 {
            looks.look(question, || async { Ok(()) }).await.unwrap();
        }
        assert!(looks.kept.lock().unwrap().len() <= REMEMBERED);
    }
}
