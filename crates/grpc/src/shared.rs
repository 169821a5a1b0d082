//! What the streams of all callers look at together.

use std::sync::Arc;
use std::time::Duration;

use app::ports::FeedHead;
use app::worklist::WorklistCounts;
use app::{Caller, Engine, Error};

use crate::looks::Looks;
use crate::proto;

/// The least time between two looks at a worklist: screens of people.
const CALM: Duration = Duration::from_secs(1);

/// The least time between two looks at the end of a feed: an event is to be seen within a second.
const BRISK: Duration = Duration::from_millis(500);

/// How many events or flags are read at once for a stream.
pub(crate) const STRIDE: i32 = 100;

/// The questions of all streams.
pub(crate) struct Shared {
    /// Counts, and a digest of the head of the list.
    pub(crate) counts: Looks<String, (WorklistCounts, u64)>,
    ends: Looks<(), FeedHead>,
    events: Looks<(String, String, u64), Arc<Page<proto::FeedEvent>>>,
    pub(crate) flags: Looks<(String, String), Arc<Page<proto::Flag>>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            counts: Looks::new(CALM),
            ends: Looks::new(BRISK),
            events: Looks::new(Duration::ZERO),
            flags: Looks::new(BRISK),
        }
    }
}

/// A piece of a feed, as it is sent.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: String,
    pub(crate) done: bool,
}

impl Shared {
    /// The end of the feed, as of now.
    pub(crate) async fn end(&self, engine: &Engine) -> Result<FeedHead, Error> {
        self.ends.look((), || engine.feed_end()).await
    }

    /// The events between a cursor and an end.
    pub(crate) async fn events(
        &self,
        engine: &Engine,
        caller: &Caller,
        after: &str,
        end: &FeedHead,
        draw: impl Fn(app::feed::FeedEntry) -> proto::FeedEvent,
    ) -> Result<Arc<Page<proto::FeedEvent>>, Error> {
        let question = (eyes(caller), after.to_owned(), end.last);
        let look = || async {
            let page = engine.feed_until(caller, after, STRIDE, end).await?;
            Ok(Arc::new(Page {
                items: page.entries.into_iter().map(draw).collect(),
                next: page.next,
                // What an open transaction holds up does not come sooner by being asked for.
                done: page.done || page.held_since.is_some(),
            }))
        };
        self.events.look(question, look).await
    }
}

/// With whose eyes a caller looks: those who see the same may share what is seen.
pub(crate) fn eyes(caller: &Caller) -> String {
    let Caller {
        role,
        also,
        province,
        units,
        former,
        ..
    } = caller;
    format!("{role:?} {also:?} {province:?} {units:?} {former:?}")
}
