//! The flag log, read with a cursor that never skips.

use domain::id::UnitCode;

use super::Flag;
use crate::access::Caller;
use crate::access::Method;
use crate::engine::Engine;
use crate::error::Error;
use crate::feed::{cursor, place_of};
use crate::page::PageQuery;
use crate::ports::FeedHead;
use crate::read::scope_of;

/// A piece of the flag log.
#[derive(Debug, Clone)]
pub struct FlagPage {
    /// The flags, in order, each with the cursor that resumes after it.
    pub flags: Vec<(String, Flag)>,
    /// Resumes after this piece, also when it is empty.
    pub next: String,
    /// Whether this was the end for now.
    pub done: bool,
}

impl Engine {
    /// Flags after a cursor; from the beginning when it is empty, from the present end on when it
    /// is [`crate::feed::NOW`].
    ///
    /// Those of a unit, or of all the caller's units: of the dossiers that these decided when the
    /// flags were raised. A cursor of another flag log, such as that of a database since
    /// restored, is refused.
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
        let read = self.office.store.read().await?;
        let head = read.flags_head().await?;
        let head = FeedHead {
            // Apart from the events of the same database.
            feed: format!("{}f", head.feed),
            last: head.last,
        };
        let after = place_of(after, &head)?;
        let found = read.flags(&scope, after, limit).await?;
        let done = found.len() < limit as usize;
        let last = match found.last() {
            Some((place, _)) if !done => *place,
            // Up to the head everything was looked at, also what is not the unit's.
            Some(_) | None => head.last,
        };
        let flags = found.into_iter();
        Ok(FlagPage {
            flags: flags
                .map(|(place, flag)| (cursor(place, &head), flag))
                .collect(),
            next: cursor(last, &head),
            done,
        })
    }
}
