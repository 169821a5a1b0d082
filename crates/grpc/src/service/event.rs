//! `EventService`.

use std::collections::VecDeque;
use std::sync::Arc;

use app::Error;
use app::access::{self, Method};
use app::feed::{FeedEntry, FeedItem};
use app::foresight::Flag;
use app::ports::FeedHead;
use domain::dossier::ImportNumber;
use domain::id::{Invalid, UnitCode};
use futures::stream;
use tonic::{Request, Response, Status, async_trait};

use super::Answers;
use crate::call::{self, Calls};
use crate::convert::{Fields, event, foresight, time};
use crate::proto;
use crate::proto::event_service_server::EventService;
use crate::shared::{Page, STRIDE, eyes};
use crate::status;
use crate::streams::StreamPlace;
use crate::wake::Wakes;

/// See `EventService` in the contract.
pub(crate) struct Events(pub Calls);

/// The longest cursor, in characters.
const LONGEST_CURSOR: usize = 200;

#[async_trait]
impl EventService for Events {
    type WatchEventsStream = Answers<proto::FeedEvent>;
    type WatchFlagsStream = Answers<proto::Flag>;

    async fn list_events(
        &self,
        request: Request<proto::ListEventsRequest>,
    ) -> Result<Response<proto::ListEventsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let after = fields.text("after", &request.after, LONGEST_CURSOR);
                let limit = fields.limit("limit", request.limit);
                let import = fields.optional("import_name", &request.import_name, import_number);
                let (after, import) = fields.done(Some((after, import)))?;
                let page = match import {
                    Some(import) => engine.import_events(&caller, import, &after, limit).await?,
                    None => engine.feed(&caller, &after, limit).await?,
                };
                Ok(proto::ListEventsResponse {
                    events: page.entries.into_iter().map(feed_event).collect(),
                    next_cursor: page.next,
                    done: page.done,
                    held_since_time: page.held_since.map(time::timestamp),
                })
            })
            .await
    }

    async fn watch_events(
        &self,
        request: Request<proto::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let (metadata, _, request) = request.into_parts();
        let opened = async {
            let caller = self.0.caller(&metadata).await?;
            access::check_role(&caller, Method::WatchEvents)?;
            let mut fields = Fields::default();
            let after = fields.text("after", &request.after, LONGEST_CURSOR);
            let mut follow = Follow {
                _place: self.0.stream(&caller)?,
                end: None,
                secret: call::secret(&metadata)?,
                wakes: Wakes::new(&self.0),
                calls: self.0.clone(),
                after: fields.done(Some(after))?,
                read: VecDeque::new(),
                at_end: false,
            };
            // An expired cursor fails the call at once and not inside an open stream.
            follow.read().await?;
            Ok(follow)
        };
        let follow = opened.await.map_err(status::of)?;
        let answers = stream::unfold(Some(follow), |follow| async move {
            let mut follow = follow?;
            match follow.next().await {
                Ok(event) => Some((Ok(event), Some(follow))),
                Err(end) => Some((Err(end), None)),
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn list_flags(
        &self,
        request: Request<proto::ListFlagsRequest>,
    ) -> Result<Response<proto::ListFlagsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let context = Calls::context(&engine, &caller);
                let unit = context.optional_unit(&mut fields, "unit", &request.unit);
                let after = fields.text("after", &request.after, LONGEST_CURSOR);
                let limit = fields.limit("limit", request.limit);
                let (unit, after) = fields.done(Some((unit, after)))?;
                let page = engine.flags(&caller, unit.as_ref(), &after, limit).await?;
                Ok(proto::ListFlagsResponse {
                    flags: page.flags.into_iter().map(flag).collect(),
                    next_cursor: page.next,
                    done: page.done,
                    held_since_time: page.held_since.map(time::timestamp),
                })
            })
            .await
    }

    async fn watch_flags(
        &self,
        request: Request<proto::WatchFlagsRequest>,
    ) -> Result<Response<Self::WatchFlagsStream>, Status> {
        let (metadata, _, request) = request.into_parts();
        let opened = async {
            let caller = self.0.caller(&metadata).await?;
            access::check_role(&caller, Method::WatchFlags)?;
            let mut fields = Fields::default();
            let context = Calls::context(self.0.engine(), &caller);
            let unit = context.optional_unit(&mut fields, "unit", &request.unit);
            let after = fields.text("after", &request.after, LONGEST_CURSOR);
            let (unit, after) = fields.done(Some((unit, after)))?;
            if let Some(unit) = &unit {
                access::check_unit(&caller, Method::WatchFlags, unit)?;
            }
            let mut follow = FollowFlags {
                _place: self.0.stream(&caller)?,
                secret: call::secret(&metadata)?,
                wakes: Wakes::new(&self.0),
                calls: self.0.clone(),
                unit,
                after,
                read: VecDeque::new(),
                at_end: false,
            };
            follow.read().await?;
            Ok(follow)
        };
        let follow = opened.await.map_err(status::of)?;
        let answers = stream::unfold(Some(follow), |follow| async move {
            let mut follow = follow?;
            match follow.next().await {
                Ok(flag) => Some((Ok(flag), Some(follow))),
                Err(end) => Some((Err(end), None)),
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

/// One open stream of flags.
struct FollowFlags {
    _place: StreamPlace,
    calls: Calls,
    wakes: Wakes,
    secret: String,
    unit: Option<UnitCode>,
    after: String,
    read: VecDeque<proto::Flag>,
    at_end: bool,
}

impl FollowFlags {
    async fn next(&mut self) -> Result<proto::Flag, Status> {
        loop {
            if let Some(entry) = self.read.pop_front() {
                return Ok(entry);
            }
            if self.at_end {
                self.wakes.next().await?;
            }
            self.read().await.map_err(status::of)?;
        }
    }

    /// Reads on. It checks the token each time, so that a revoked one ends the stream.
    async fn read(&mut self) -> Result<(), Error> {
        let engine = self.calls.engine();
        let caller = engine.authenticate(&self.secret).await?;
        let question = (
            format!("{} {:?}", eyes(&caller), self.unit),
            self.after.clone(),
        );
        let look = || async {
            let unit = self.unit.as_ref();
            let page = engine.flags(&caller, unit, &self.after, STRIDE).await?;
            Ok(Arc::new(Page {
                items: page.flags.into_iter().map(flag).collect(),
                next: page.next,
                // What an open transaction holds up does not come sooner by being asked for.
                done: page.done || page.held_since.is_some(),
            }))
        };
        let page = self.calls.shared.flags.look(question, look).await?;
        // The look may have been waited for.
        engine.authenticate(&self.secret).await?;
        self.after.clone_from(&page.next);
        self.at_end = page.done;
        self.read.extend(page.items.iter().cloned());
        Ok(())
    }
}

fn flag((cursor, flag): (String, Flag)) -> proto::Flag {
    foresight::flag(cursor, &flag)
}

/// One open stream of events.
struct Follow {
    _place: StreamPlace,
    /// How far is read before the end is looked at again.
    end: Option<FeedHead>,
    calls: Calls,
    wakes: Wakes,
    secret: String,
    after: String,
    read: VecDeque<proto::FeedEvent>,
    at_end: bool,
}

impl Follow {
    async fn next(&mut self) -> Result<proto::FeedEvent, Status> {
        loop {
            if let Some(entry) = self.read.pop_front() {
                return Ok(entry);
            }
            if self.at_end {
                self.wakes.next().await?;
            }
            self.read().await.map_err(status::of)?;
        }
    }

    /// Reads on. It checks the token each time, so that a revoked one ends the stream.
    async fn read(&mut self) -> Result<(), Error> {
        let engine = self.calls.engine();
        let shared = &self.calls.shared;
        let end = match self.end.take() {
            Some(end) => end,
            None => shared.end(engine).await?,
        };
        let caller = engine.authenticate(&self.secret).await?;
        let page = shared
            .events(engine, &caller, &self.after, &end, feed_event)
            .await?;
        self.after.clone_from(&page.next);
        self.at_end = page.done;
        self.end = (!page.done).then_some(end);
        self.read.extend(page.items.iter().cloned());
        Ok(())
    }
}

/// The number in `imports/1`.
fn import_number(name: &str) -> Result<ImportNumber, Invalid> {
    name.strip_prefix("imports/")
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Invalid {
            text: name.chars().take(64).collect(),
            expected: "the name of an import, such as imports/1",
        })
}

fn feed_event(entry: FeedEntry) -> proto::FeedEvent {
    match entry.item {
        FeedItem::Event(record) => proto::FeedEvent {
            cursor: entry.cursor,
            dossier: format!("dossiers/{}", record.dossier),
            province: record.province.to_string(),
            event: Some(event::record(&record)),
            import_name: String::new(),
        },
        FeedItem::ImportCompleted(import) => proto::FeedEvent {
            cursor: entry.cursor,
            dossier: String::new(),
            province: import.province.to_string(),
            event: Some(event::import_completed(&import)),
            import_name: format!("imports/{}", import.number),
        },
    }
}
