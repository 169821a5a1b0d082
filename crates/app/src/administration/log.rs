//! The log of who changed who may do what, and of who exported personal values.

use domain::id::ActorId;

use super::check;
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessEvent, AccessLogPage, AccessLogPlace};

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
            let AccessLogPlace {
                at,
                is_export,
                number,
            } = event.place();
            format!("{at}-{}-{number}", u8::from(is_export))
        }))
    }
}

fn read_place(text: &str) -> Option<AccessLogPlace> {
    let mut parts = text.split('-');
    let place = AccessLogPlace {
        at: parts.next()?.parse().ok()?,
        is_export: parts.next()? == "1",
        number: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}
