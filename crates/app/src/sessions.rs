//! Tokens that were looked up a moment ago.
//!
//! A clerk's desk calls many times a minute with one token. Looking it up each time would cost a
//! transaction a call, so what was found is kept for as long as no token has changed, and
//! whether one has is asked at most once in half a second for all of them.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::ports::{Store, StoreError, Token};

/// How long nobody asks whether a token has changed: half of the second in which a revoked
/// token may still be taken for good, for the asking takes time too.
const TRUSTED: Duration = Duration::from_millis(500);

/// The most tokens that are kept; beyond, all are looked up anew.
const MOST: usize = 20_000;

/// What is known of tokens.
#[derive(Default)]
pub(crate) struct Sessions {
    known: RwLock<Known>,
    asking: Mutex<()>,
}

#[derive(Default)]
struct Known {
    tokens: HashMap<String, Token>,
    /// When nothing had changed yet; none before the first look.
    asked: Option<Instant>,
    /// When the store last gave no answer.
    failed: Option<Instant>,
    edition: i64,
}

impl Sessions {
    /// The token with a hash, as it was within the last second.
    pub async fn token(&self, store: &dyn Store, hash: &str) -> Result<Option<Token>, StoreError> {
        self.refresh(store).await?;
        if let Some(token) = self.read(|known| known.tokens.get(hash).cloned()) {
            return Ok(Some(token));
        }
        let edition = self.read(|known| known.edition);
        let read = store.read().await?;
        let found = read.token(hash).await?;
        // One that is not there is not kept: whoever guesses must not fill the memory.
        if let Some(token) = &found {
            let mut known = self.write();
            if known.tokens.len() >= MOST {
                known.tokens.clear();
            }
            // Read before a change that somebody else has noticed meanwhile: not kept.
            if known.edition == edition {
                known.tokens.insert(hash.to_owned(), token.clone());
            }
        }
        Ok(found)
    }

    /// Forgets all tokens when one has changed.
    async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        if self.is_fresh() {
            return Ok(());
        }
        let came = Instant::now();
        let _alone = self.asking.lock().await;
        if self.is_fresh() {
            return Ok(());
        }
        // Whoever waited while a store that is away was asked has had the answer: if all asked in
        // turn, the last of many would wait for minutes.
        if self.read(|known| known.failed.is_some_and(|failed| failed >= came)) {
            return Err(StoreError::Unavailable(
                "whether a token has changed could not be asked a moment ago".into(),
            ));
        }
        // Before the question: what changes while it is asked is noticed by the next one.
        let asked = Instant::now();
        let edition = match Self::edition(store).await {
            Ok(edition) => edition,
            Err(error) => {
                self.write().failed = Some(Instant::now());
                return Err(error);
            }
        };
        let mut known = self.write();
        if known.edition != edition {
            known.tokens.clear();
            known.edition = edition;
        }
        known.asked = Some(asked);
        Ok(())
    }

    async fn edition(store: &dyn Store) -> Result<i64, StoreError> {
        store.read().await?.token_edition().await
    }

    fn is_fresh(&self) -> bool {
        self.read(|known| known.asked.is_some_and(|asked| asked.elapsed() < TRUSTED))
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, of: impl FnOnce(&Known) -> T) -> T {
        of(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}
