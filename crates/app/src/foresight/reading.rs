//! Reads the flag log with a cursor that skips nothing.

use domain::id::{ProvinceCode, UnitCode};
use domain::time::Instant;

use super::Flag;
use crate::access::Caller;
use crate::access::Method;
use crate::engine::Engine;
use crate::error::Error;
use crate::feed::{self, Cursor, cursor, digest_of, same_history};
use crate::page::PageQuery;
use crate::ports::{FeedHead, ReadTx, StoreError};
use crate::read::scope_of;

/// A piece of the flag log.
#[derive(Debug, Clone)]
pub struct FlagPage {
    /// The flags, in order, each with the cursor that resumes after it.
    pub flags: Vec<(String, Flag)>,
    /// The cursor that resumes after this piece, also if the piece is empty.
    pub next: String,
    /// Whether this was the end for now.
    pub done: bool,
    /// Since when an open transaction keeps flags from being read; see
    /// [`FeedPage`](crate::feed::FeedPage).
    pub held_since: Option<Instant>,
}

impl Engine {
    /// Flags after a cursor: from the beginning if it is empty, from the present end if it is
    /// [`crate::feed::NOW`].
    ///
    /// The flags of a unit, or of all the caller's units, on dossiers that these decided when the
    /// flags were raised. A cursor of another flag log, such as that of a restored database, is
    /// refused.
    pub async fn flags(
        &self,
        caller: &Caller,
        unit: Option<&UnitCode>,
        after: &str,
        limit: i32,
    ) -> Result<FlagPage, Error> {
        let scope = scope_of(caller, Method::ListFlags, unit)?;
        let limit = PageQuery {
            size: limit,
            token: String::new(),
        }
        .limit()?;
        let head = self.context.store.flags_head().await?;
        let read = self.context.store.read().await?;
        let head = FeedHead {
            // The suffix separates it from the feed of events of the same database.
            feed: format!("{}f", head.feed),
            last: head.last,
            held: head.held,
        };
        let read = read.as_ref();
        let province = scope.province();
        let after = match Cursor::read(after, &head)? {
            Cursor::Beginning => 0,
            Cursor::Now => head.last,
            Cursor::After { place, digest } => {
                same_history(&digest, &digest_at(read, province, place).await?)?;
                place
            }
        };
        let found = read.flags(&scope, after, head.last, limit).await?;
        let at_end = found.len() < limit as usize;
        let flags: Vec<(String, Flag)> = found
            .into_iter()
            .map(|(place, flag)| (cursor(place, &head, &digest(&flag)), flag))
            .collect();
        let next = match flags.last() {
            Some((cursor, _)) if !at_end => cursor.clone(),
            // Every flag up to the head has been looked at, also flags of other units.
            Some(_) | None => cursor(
                head.last,
                &head,
                &digest_at(read, province, head.last).await?,
            ),
        };
        let newest = read.last_flag(province, u64::MAX).await?;
        let held_since = self.held_up(&head, newest.map(|(place, _)| place));
        Ok(FlagPage {
            flags,
            next,
            done: at_end && held_since.is_none(),
            held_since,
        })
    }
}

/// Of the last flag up to a place, seen from a province.
async fn digest_at(
    read: &dyn ReadTx,
    province: &ProvinceCode,
    place: u64,
) -> Result<String, StoreError> {
    let last = read.last_flag(province, place).await?;
    Ok(last.map_or_else(|| feed::NOTHING.to_owned(), |(_, flag)| digest(&flag)))
}

/// What tells a flag from whatever another history has at its place.
fn digest(flag: &Flag) -> String {
    let Flag {
        dossier,
        ordinal,
        at,
        level,
        ..
    } = flag;
    let at = at.timestamp_micros();
    digest_of(format!("{dossier} {ordinal} {at} {level:?}").as_bytes())
}
