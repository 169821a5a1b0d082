//! The feed of events: never skipped, never doubled, resumed by a cursor.

use domain::dossier::{ImportNumber, Record};

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::import::Import;
use crate::page::PageQuery;
use crate::ports::{FeedHead, ReadTx};

/// The cursor of the present end: what has happened is read elsewhere, what comes is followed.
pub const NOW: &str = "now";

/// What the feed tells, with the cursor that resumes after it.
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
    /// A whole history came in from another system. Its events are read apart, by its number.
    ImportCompleted(Box<Import>),
}

/// A piece of the feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The events, in order.
    pub entries: Vec<FeedEntry>,
    /// Resumes after this piece, also when it is empty.
    pub next: String,
    /// Whether this was the end for now.
    pub done: bool,
}

impl Engine {
    /// Events after a cursor; from the beginning when it is empty, from the present end on
    /// when it is [`NOW`].
    ///
    /// Callers of a unit see the events of dossiers that their unit is involved in. A
    /// cursor of another feed, such as that of a database since restored, is refused.
    pub async fn feed(&self, caller: &Caller, after: &str, limit: i32) -> Result<FeedPage, Error> {
        access::check_role(caller, Method::ListEvents)?;
        let read = self.office.store.read().await?;
        let head = read.feed_head().await?;
        feed_page(read.as_ref(), caller, after, limit, &head).await
    }

    /// The present end of the feed.
    pub async fn feed_end(&self) -> Result<FeedHead, Error> {
        Ok(self.office.store.read().await?.feed_head().await?)
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
        let read = self.office.store.read().await?;
        feed_page(read.as_ref(), caller, after, limit, end).await
    }

    /// The events that an import brought, as far as the caller may look at their dossiers. The
    /// cursors are those of the import and of nothing else.
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
        let read = self.office.store.read().await?;
        let import = read.import(&caller.province, number).await?;
        let import = import.filter(|import| import.finished.is_some());
        let import = import.ok_or_else(|| Error::NotFound {
            what: "import",
            name: number.to_string(),
        })?;
        let head = FeedHead {
            feed: format!("import-{number}"),
            last: import.events,
        };
        let after = place_of(after, &head)?;
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
                cursor: cursor(place, &head),
                item: FeedItem::Event(Box::new(record)),
            })
            .collect();
        Ok(FeedPage {
            entries,
            next: cursor(last, &head),
            done,
        })
    }
}

async fn feed_page(
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
    let after = place_of(after, head)?;
    let mut found = read.feed(&caller.scope(), after, limit).await?;
    // What came in after that end is left for the next page.
    found.retain(|(place, _)| *place <= head.last);
    // At the end everything up to the head was looked at, also what the caller may not see.
    let until = match found.last() {
        Some((place, _)) if found.len() >= limit as usize => *place,
        Some(_) | None => head.last,
    };
    let imports = read.imports(&caller.province, after, until).await?;
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
    let done = items.len() < limit as usize;
    let last = match items.last() {
        Some((place, _)) if !done => *place,
        Some(_) | None => head.last,
    };
    let entries = items
        .into_iter()
        .map(|(place, item)| FeedEntry {
            cursor: cursor(place, head),
            item,
        })
        .collect();
    Ok(FeedPage {
        entries,
        next: cursor(last, head),
        done,
    })
}

pub(crate) fn cursor(place: u64, head: &FeedHead) -> String {
    format!("{}-{place}", head.feed)
}

pub(crate) fn place_of(cursor: &str, head: &FeedHead) -> Result<u64, Error> {
    match cursor {
        "" => return Ok(0),
        NOW => return Ok(head.last),
        _ => {}
    }
    let (feed, place) = cursor
        .rsplit_once('-')
        .and_then(|(feed, place)| Some((feed, place.parse::<u64>().ok()?)))
        .ok_or_else(|| {
            Error::invalid(
                "after",
                "must be a cursor from an earlier answer, `now`, or empty for the beginning",
            )
        })?;
    if feed == head.feed && place <= head.last {
        Ok(place)
    } else {
        Err(Error::CursorExpired)
    }
}
