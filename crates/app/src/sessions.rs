//! Tokens that were looked up a moment ago.
//!
//! A clerk's desk calls many times a minute with one token, and each look-up would cost a
//! transaction. So a found token stays in memory until some token changes. One query for all tokens
//! asks for changes, at most twice a second.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use domain::time::Instant as Moment;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::ports::{Store, StoreError, Token};

/// How long the memory is trusted without asking for changes. A revoked token must be refused
/// within a second, and asking takes time too, so this is half of it.
const TRUSTED: Duration = Duration::from_millis(500);

/// The most tokens in memory; beyond it all are looked up again.
const MOST: usize = 20_000;

/// What is known of tokens.
#[derive(Default)]
pub(crate) struct Sessions {
    known: RwLock<Known>,
    asking: Mutex<()>,
    /// Tokens used since that was last noted, by hash.
    uses: std::sync::Mutex<HashMap<String, Moment>>,
}

#[derive(Default)]
struct Known {
    tokens: HashMap<String, Token>,
    /// The last moment at which nothing had changed; none before the first question.
    asked: Option<Instant>,
    /// When the store last failed to answer.
    failed: Option<Instant>,
    edition: i64,
}

impl Sessions {
    /// The token with a hash, as of the last second.
    pub async fn token(&self, store: &dyn Store, hash: &str) -> Result<Option<Token>, StoreError> {
        self.refresh(store).await?;
        if let Some(token) = self.read(|known| known.tokens.get(hash).cloned()) {
            return Ok(Some(token));
        }
        let edition = self.read(|known| known.edition);
        let read = store.read().await?;
        let found = read.token(hash).await?;
        // An unknown hash is not stored, so that guesses cannot fill the memory.
        if let Some(token) = &found {
            let mut known = self.write();
            if known.tokens.len() >= MOST {
                known.tokens.clear();
            }
            // If another caller has noticed a change meanwhile, this token may be out of date and
            // is not stored.
            if known.edition == edition {
                known.tokens.insert(hash.to_owned(), token.clone());
            }
        }
        Ok(found)
    }

    /// Remembers that a token was used just now.
    pub fn used(&self, hash: &str, now: Moment) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        // A use that finds no place is not noted, so that the memory stays bounded.
        if uses.contains_key(hash) || uses.len() < MOST {
            uses.insert(hash.to_owned(), now);
        }
    }

    /// What was used since this was last asked.
    pub fn take_uses(&self) -> Vec<(String, Moment)> {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.drain().collect()
    }

    /// Forgets all tokens if one has changed.
    async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        if self.is_fresh() {
            return Ok(());
        }
        let came = Instant::now();
        let _alone = self.asking.lock().await;
        if self.is_fresh() {
            return Ok(());
        }
        // If the store failed while we waited for the lock, reuse that failure. If the callers
        // retried one after another, the last one would wait for minutes.
        if self.read(|known| known.failed.is_some_and(|failed| failed >= came)) {
            return Err(StoreError::Unavailable(
                "whether a token has changed could not be asked a moment ago".into(),
            ));
        }
        // Taken before the question: a change during the question is noticed by the next one.
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
