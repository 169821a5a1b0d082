//! The feed of events: a reader with a cursor misses none and sees none twice.

use std::sync::PoisonError;

use chrono::TimeDelta;
use domain::digest::hex;
use domain::dossier::event::digest;
use domain::dossier::{ImportNumber, Record};
use domain::id::ProvinceCode;
use domain::time::{self, Instant};

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::import::Import;
use crate::page::PageQuery;
use crate::ports::{FeedHead, ReadTx, StoreError};

/// The cursor of the present end, for a reader who wants only what comes from now on.
pub const NOW: &str = "now";

/// What an entry holds, with the cursor that resumes after it.
#[derive(Debug, Clone)]
pub struct FeedEntry {
    /// Resumes after this.
    pub cursor: String,
    /// What it tells.
    pub item: FeedItem,
}

/// What the feed tells.
#[derive(Debug, Clone)]
pub enum FeedItem {
    /// Something happened to a dossier.
    Event(Box<Record>),
    /// An import added a whole history from another system. Its events are read apart, by its
    /// number.
    ImportCompleted(Box<Import>),
}

/// A piece of the feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The events, in order.
    pub entries: Vec<FeedEntry>,
    /// The cursor that resumes after this piece, also if the piece is empty.
    pub next: String,
    /// Whether this was the end for now.
    pub done: bool,
    /// Since when a transaction that is still open keeps events from being read that were committed
    /// after it began; they come when it ends.
    pub held_since: Option<Instant>,
}

impl Engine {
    /// Events after a cursor: from the beginning if it is empty, from the present end if it is
    /// [`NOW`].
    ///
    /// Callers of a unit see the events of dossiers that their unit is involved in. A
    /// cursor of another feed, such as that of a database since restored, is refused: where its
    /// event stood there is another one now, or none.
    pub async fn feed(&self, caller: &Caller, after: &str, limit: i32) -> Result<FeedPage, Error> {
        access::check_role(caller, Method::ListEvents)?;
        let head = self.feed_end().await?;
        let read = self.context.store.read().await?;
        self.feed_page(read.as_ref(), caller, after, limit, &head)
            .await
    }

    /// The present end of the feed.
    pub async fn feed_end(&self) -> Result<FeedHead, Error> {
        Ok(self.context.store.feed_head().await?)
    }

    /// As [`Engine::feed`], up to an end that was looked at after the cursor was given: all who
    /// follow the feed come to stand at the same place, and one reading serves them.
    pub async fn feed_until(
        &self,
        caller: &Caller,
        after: &str,
        limit: i32,
        end: &FeedHead,
    ) -> Result<FeedPage, Error> {
        access::check_role(caller, Method::ListEvents)?;
        let read = self.context.store.read().await?;
        self.feed_page(read.as_ref(), caller, after, limit, end)
            .await
    }

    async fn feed_page(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        after: &str,
        limit: i32,
        head: &FeedHead,
    ) -> Result<FeedPage, Error> {
        let limit = PageQuery {
            size: limit,
            token: String::new(),
        }
        .limit()?;
        let province = &caller.province;
        let after = match Cursor::read(after, head)? {
            Cursor::Beginning => 0,
            Cursor::Now => head.last,
            Cursor::After { place, digest } => {
                same_history(&digest, &digest_at(read, province, place).await?)?;
                place
            }
        };
        let scope = caller.scope();
        let found = read.feed(&scope, after, head.last, limit).await?;
        // At the end every event up to the head has been looked at, also those that the caller may
        // not see.
        let until = match found.last() {
            Some((place, _)) if found.len() >= limit as usize => *place,
            Some(_) | None => head.last,
        };
        let imports = read.imports(province, after, until).await?;
        let mut items: Vec<(u64, FeedItem)> = found
            .into_iter()
            .map(|(place, record)| (place, FeedItem::Event(Box::new(record))))
            .collect();
        for import in imports {
            if let Some(place) = import.place {
                items.push((place, FeedItem::ImportCompleted(Box::new(import))));
            }
        }
        items.sort_by_key(|(place, _)| *place);
        items.truncate(limit as usize);
        let at_end = items.len() < limit as usize;
        let entries: Vec<FeedEntry> = items
            .into_iter()
            .map(|(place, item)| FeedEntry {
                cursor: cursor(place, head, &item.digest()),
                item,
            })
            .collect();
        let next = match entries.last() {
            Some(entry) if !at_end => entry.cursor.clone(),
            // Also what the caller may not see lies behind it.
            Some(_) | None => cursor(
                head.last,
                head,
                &digest_at(read, province, head.last).await?,
            ),
        };
        let newest = read.last_event(province, u64::MAX).await?;
        let held_since = self.held_up(head, newest.map(|(place, _)| place));
        Ok(FeedPage {
            entries,
            next,
            done: at_end && held_since.is_none(),
            held_since,
        })
    }

    /// The events of an import, as far as the caller may look at their dossiers. These cursors
    /// belong to the import alone.
    pub async fn import_events(
        &self,
        caller: &Caller,
        number: ImportNumber,
        after: &str,
        limit: i32,
    ) -> Result<FeedPage, Error> {
        access::check_role(caller, Method::ListEvents)?;
        let limit = PageQuery {
            size: limit,
            token: String::new(),
        }
        .limit()?;
        let read = self.context.store.read().await?;
        let import = read.import(&caller.province, number).await?;
        let import = import.filter(|import| import.finished.is_some());
        let import = import.ok_or_else(|| Error::NotFound {
            what: "import",
            name: number.to_string(),
        })?;
        let head = FeedHead {
            feed: format!("import-{number}"),
            last: import.events,
            held: None,
        };
        // The events of one import never change, so one digest stands for all places in it.
        let digest = FeedItem::ImportCompleted(Box::new(import)).digest();
        let after = match Cursor::read(after, &head)? {
            Cursor::Beginning => 0,
            Cursor::Now => head.last,
            Cursor::After {
                place,
                digest: kept,
            } => {
                same_history(&kept, &digest)?;
                place
            }
        };
        let found = read
            .import_events(&caller.scope(), number, after, limit)
            .await?;
        let done = found.len() < limit as usize;
        let last = match found.last() {
            Some((place, _)) if !done => *place,
            Some(_) | None => head.last,
        };
        let entries = found
            .into_iter()
            .map(|(place, record)| FeedEntry {
                cursor: cursor(place, &head, &digest),
                item: FeedItem::Event(Box::new(record)),
            })
            .collect();
        Ok(FeedPage {
            entries,
            next: cursor(last, &head, &digest),
            done,
            held_since: None,
        })
    }
}

/// How often a transaction that holds the feed up is named in the log.
const NAMED_AGAIN: TimeDelta = TimeDelta::seconds(60);

impl Engine {
    /// Since when the feed is held up, where something waits behind its end; names who holds it.
    pub(crate) fn held_up(&self, head: &FeedHead, newest: Option<u64>) -> Option<Instant> {
        let held = head.held.as_ref()?;
        if newest.is_none_or(|newest| newest <= head.last) {
            return None;
        }
        let now = self.now();
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = named
            .as_ref()
            .is_none_or(|(by, at)| *by != held.by || now - *at >= NAMED_AGAIN);
        if is_new {
            *named = Some((held.by.clone(), now));
            tracing::warn!(
                transaction = held.by,
                since = %time::rfc3339(held.since),
                "a transaction that is still open holds the feed up"
            );
        }
        Some(held.since)
    }
}

impl FeedItem {
    /// What tells it from whatever another history has at its place.
    fn digest(&self) -> String {
        match self {
            FeedItem::Event(record) => digest_of(&record.to_bytes()),
            FeedItem::ImportCompleted(import) => digest_of(
                format!(
                    "{} {} {:?} {:?} {}",
                    import.number, import.source, import.begun, import.finished, import.events
                )
                .as_bytes(),
            ),
        }
    }
}

/// Of what lies last in the feed up to a place, seen from a province: the event that a cursor of this
/// place stands on.
async fn digest_at(
    read: &dyn ReadTx,
    province: &ProvinceCode,
    place: u64,
) -> Result<String, StoreError> {
    let event = read.last_event(province, place).await?;
    let event = event.map(|(at, record)| (at, FeedItem::Event(Box::new(record))));
    let import = read.imports(province, 0, place).await?.pop();
    let import = import.and_then(|import| {
        let at = import.place?;
        Some((at, FeedItem::ImportCompleted(Box::new(import))))
    });
    let last = event.into_iter().chain(import).max_by_key(|(at, _)| *at);
    Ok(last.map_or_else(|| NOTHING.to_owned(), |(_, item)| item.digest()))
}

/// The digest where nothing has happened yet.
pub(crate) const NOTHING: &str = "0";

/// Enough of a hash that two histories do not agree by chance.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hex(&digest(bytes))
}

/// Refuses to go on where another event stands than the one that a cursor was given for: the
/// database was restored, and what came after that would be skipped.
pub(crate) fn same_history(kept: &str, found: &str) -> Result<(), Error> {
    if kept == found {
        Ok(())
    } else {
        Err(Error::CursorExpired)
    }
}

pub(crate) fn cursor(place: u64, head: &FeedHead, digest: &str) -> String {
    format!("{}-{place}-{digest}", head.feed)
}

/// From where a reader goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// From the first event.
    Beginning,
    /// From what comes next.
    Now,
    /// After a place, at which the event with this digest stands or is the last one before.
    After {
        /// The place.
        place: u64,
        /// The digest.
        digest: String,
    },
}

impl Cursor {
    /// Reads a cursor of a feed.
    ///
    /// Errors: a field error for what is no cursor; [`Error::CursorExpired`] for one of another feed, of
    /// a place beyond the end, or of an earlier version, which says nothing of its event.
    pub(crate) fn read(text: &str, head: &FeedHead) -> Result<Self, Error> {
        match text {
            "" => return Ok(Cursor::Beginning),
            NOW => return Ok(Cursor::Now),
            _ => {}
        }
        let mut parts = text.rsplitn(3, '-');
        let (last, before, feed) = (parts.next(), parts.next(), parts.next());
        let (Some(last), Some(before)) = (last, before) else {
            return Err(no_cursor());
        };
        // Of an earlier version: only a feed and a place.
        let place = if feed.is_some() { before } else { last };
        let place = place.parse::<u64>().map_err(|_| no_cursor())?;
        if feed != Some(head.feed.as_str()) || place > head.last {
            return Err(Error::CursorExpired);
        }
        let digest = last.to_owned();
        Ok(Cursor::After { place, digest })
    }
}

fn no_cursor() -> Error {
    Error::invalid(
        "after",
        "must be a cursor from an earlier answer, `now`, or empty for the beginning",
    )
}
