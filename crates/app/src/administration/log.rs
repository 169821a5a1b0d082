//! The log of who changed who may do what, and of who saw or exported personal values.

use domain::id::ActorId;

use super::check;
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessEvent, AccessLogPage, AccessLogPlace, LogSource};

/// A question about the log.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Only what is about this user or was done by them.
    pub user: Option<ActorId>,
    /// Which page.
    pub page: PageQuery,
}

impl Engine {
    /// The log of the caller's province, the newest first.
    pub async fn access_log(
        &self,
        caller: &Caller,
        query: LogQuery,
    ) -> Result<Page<AccessEvent>, Error> {
        check(caller, Method::ListAccessEvents)?;
        let limit = query.page.limit()?;
        let question = format!("access log {:?}", query.user);
        let before = match query.page.after(&question)? {
            Some(place) => Some(read_place(&place).ok_or_else(|| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        // What this process has not written yet belongs to the answer, too.
        self.note_viewings().await?;
        let read = self.context.store.read().await?;
        let found = read
            .access_log(&AccessLogPage {
                province: caller.province.clone(),
                user: query.user,
                before,
                limit: limit + 1,
            })
            .await?;
        Ok(page::cut(found, limit, &question, |event| {
            let AccessLogPlace { at, source, number } = event.place();
            format!("{at}-{}-{number}", source as u8)
        }))
    }
}

fn read_place(text: &str) -> Option<AccessLogPlace> {
    let mut parts = text.split('-');
    let at = parts.next()?.parse().ok()?;
    let source: u8 = parts.next()?.parse().ok()?;
    let mut sources = LogSource::ALL.into_iter();
    let place = AccessLogPlace {
        at,
        source: sources.find(|known| *known as u8 == source)?,
        number: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}
