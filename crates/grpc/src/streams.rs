//! How many streams a token has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::Error;
use app::metrics::{self, OneMore};
use app::security::{self, Event};

/// Open streams, by token.
pub(crate) struct Streams {
    most: usize,
    open: Mutex<HashMap<String, usize>>,
}

impl Streams {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::default(),
        }
    }

    /// Takes a place for one more.
    pub(crate) fn open(self: Arc<Self>, token: &str) -> Result<StreamPlace, Error> {
        let mut open = self.known();
        let count = open.entry(token.to_owned()).or_default();
        if *count >= self.most {
            let most = self.most;
            drop(open);
            security::note(Event::StreamsFull, None);
            return Err(Error::TooManyStreams { most });
        }
        *count += 1;
        drop(open);
        Ok(StreamPlace {
            _counted: OneMore::one(&metrics::get().streams),
            token: token.to_owned(),
            all: self,
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one stream.
pub(crate) struct StreamPlace {
    _counted: OneMore,
    token: String,
    all: Arc<Streams>,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self.all.known();
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_so_many_streams_and_another_has_its_own() {
        let streams = Arc::new(Streams::new(2));
        let open = |token: &str| Arc::clone(&streams).open(token);
        let first = open("a").unwrap();
        let _second = open("a").unwrap();
        assert!(matches!(open("a"), Err(Error::TooManyStreams { most: 2 })));
        assert!(open("b").is_ok());
        drop(first);
        assert!(open("a").is_ok());
    }
}
