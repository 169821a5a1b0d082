//! `WorklistService`.

use std::hash::{DefaultHasher, Hash, Hasher};

use app::access::{self, Method};
use app::foresight::HORIZON_DAYS;
use app::page::PageQuery;
use app::worklist::{Whose, WorklistCounts, WorklistQuery};
use app::{Caller, Engine, Error};
use futures::stream;
use tonic::{Request, Response, Status, async_trait};

use super::Answers;
use crate::call::{self, Calls};
use crate::convert::{self, Fields, dossier, foresight};
use crate::proto;
use crate::proto::worklist_service_server::WorklistService;
use crate::status;
use crate::streams::StreamPlace;
use crate::wake::Wakes;

/// The longest horizon of an outlook in working days: a quarter of a year.
const MOST_HORIZON_DAYS: u32 = 60;

/// See `WorklistService` in the contract.
pub(crate) struct Worklists(pub Calls);

#[async_trait]
impl WorklistService for Worklists {
    type WatchWorklistStream = Answers<proto::WorklistCounts>;

    async fn list_worklist(
        &self,
        request: Request<proto::ListWorklistRequest>,
    ) -> Result<Response<proto::ListWorklistResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = {
                    let mut fields = Fields::default();
                    let context = Calls::context(&engine, &caller);
                    let query = convert::worklist::query(&context, &mut fields, request);
                    fields.done(Some(query))?
                };
                let page = engine.worklist(&caller, query).await?;
                Ok(proto::ListWorklistResponse {
                    dossiers: page.items.iter().map(dossier::dossier).collect(),
                    next_page_token: page.next,
                    total_size: page.total,
                })
            })
            .await
    }

    async fn get_worklist_counts(
        &self,
        request: Request<proto::GetWorklistCountsRequest>,
    ) -> Result<Response<proto::WorklistCounts>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let proto::GetWorklistCountsRequest {
                    unit,
                    kind,
                    with_mirrored,
                    with_breakdown,
                } = request;
                let whose = whose(&engine, &caller, &unit, kind, with_mirrored)?;
                if !with_breakdown {
                    let counts = engine.worklist_counts(&caller, &whose).await?;
                    return Ok(convert::worklist::counts(&counts));
                }
                let (counts, breakdown) = engine.worklist_survey(&caller, &whose).await?;
                let mut counts = convert::worklist::counts(&counts);
                convert::worklist::with_breakdown(&mut counts, breakdown);
                Ok(counts)
            })
            .await
    }

    async fn watch_worklist(
        &self,
        request: Request<proto::WatchWorklistRequest>,
    ) -> Result<Response<Self::WatchWorklistStream>, Status> {
        let (metadata, _, request) = request.into_parts();
        let opened = async {
            let secret = call::secret(&metadata)?;
            // The caller is checked first, so that a stranger does not learn which units exist.
            let caller = self.0.caller(&metadata).await?;
            access::check_role(&caller, Method::WatchWorklist)?;
            let proto::WatchWorklistRequest {
                unit,
                kind,
                with_mirrored,
            } = request;
            let whose = whose(self.0.engine(), &caller, &unit, kind, with_mirrored)?;
            if let Some(unit) = &whose.unit {
                access::check_unit(&caller, Method::WatchWorklist, unit)?;
            }
            let mut watch = Watch {
                _place: self.0.stream(&caller)?,
                wakes: Wakes::new(&self.0),
                calls: self.0.clone(),
                secret,
                whose,
                last: None,
            };
            // The first look fails the call at once if the caller may not watch.
            let first = watch.look().await?;
            Ok((watch, first))
        };
        let (watch, first) = opened.await.map_err(status::of)?;
        let answers = stream::unfold((Some(watch), first), |(watch, ready)| async move {
            let mut watch = watch?;
            if let Some(counts) = ready {
                let counts = convert::worklist::counts(&counts);
                return Some((Ok(counts), (Some(watch), None)));
            }
            match watch.next().await {
                Ok(counts) => {
                    let counts = convert::worklist::counts(&counts);
                    Some((Ok(counts), (Some(watch), None)))
                }
                Err(end) => Some((Err(end), (None, None))),
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn get_outlook(
        &self,
        request: Request<proto::GetOutlookRequest>,
    ) -> Result<Response<proto::Outlook>, Status> {
        let (metadata, _, request) = request.into_parts();
        let target = self.0.target;
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let context = Calls::context(&engine, &caller);
                let unit = context.optional_unit(&mut fields, "unit", &request.unit);
                let month = fields.optional_month("month", &request.month);
                let horizon = match request.horizon_days {
                    0 => HORIZON_DAYS,
                    days => days,
                };
                if horizon > MOST_HORIZON_DAYS {
                    let problem = format!("must be at most {MOST_HORIZON_DAYS}");
                    fields.wrong("horizon_days", problem);
                }
                let (unit, month) = fields.done(Some((unit, month)))?;
                let outlook = engine.outlook(&caller, unit.as_ref(), month, horizon, target);
                Ok(foresight::outlook(&outlook.await?))
            })
            .await
    }
}

/// One open stream of counts.
struct Watch {
    _place: StreamPlace,
    wakes: Wakes,
    calls: Calls,
    secret: String,
    whose: Whose,
    last: Option<(WorklistCounts, u64)>,
}

impl Watch {
    async fn next(&mut self) -> Result<WorklistCounts, Status> {
        loop {
            self.wakes.next().await?;
            if let Some(counts) = self.look().await.map_err(status::of)? {
                return Ok(counts);
            }
        }
    }

    /// The counts, if anything changed since the last look.
    ///
    /// The token is looked at each time, so that a revoked one ends the stream.
    async fn look(&mut self) -> Result<Option<WorklistCounts>, Error> {
        let engine = self.calls.engine();
        let caller = engine.authenticate(&self.secret).await?;
        // Whoever may watch the same units sees the same there, whatever the role, so one look serves
        // them all. Whether they may is asked of each.
        access::check_role(&caller, Method::WatchWorklist)?;
        let question = match &self.whose.unit {
            Some(unit) => {
                access::check_unit(&caller, Method::WatchWorklist, unit)?;
                format!("{} {:?}", caller.province, self.whose)
            }
            None => format!("{:?} {:?}", caller.scope(), self.whose),
        };
        let look = || seen(engine, &caller, &self.whose);
        let (counts, seen) = self.calls.shared.counts.look(question, look).await?;
        // The look may have been waited for.
        engine.authenticate(&self.secret).await?;
        let changed = self.last.is_none_or(|(last, last_seen)| {
            let as_if_then = WorklistCounts {
                as_of: last.as_of,
                ..counts
            };
            as_if_then != last || seen != last_seen
        });
        self.last = Some((counts, seen));
        Ok(changed.then_some(counts))
    }
}

/// Counts, and a digest of the head of the list: a dossier that moves a step or comes to another
/// level changes no count.
async fn seen(
    engine: &Engine,
    caller: &Caller,
    whose: &Whose,
) -> Result<(WorklistCounts, u64), Error> {
    let counts = engine.worklist_counts(caller, whose).await?;
    let head = WorklistQuery {
        whose: whose.clone(),
        page: PageQuery {
            size: i32::MAX,
            token: String::new(),
        },
        ..WorklistQuery::default()
    };
    let mut seen = DefaultHasher::new();
    for view in engine.worklist(caller, head).await?.items {
        let level = view.foreseen.map(|foreseen| foreseen.level);
        (view.dossier.id, view.dossier.version, level).hash(&mut seen);
    }
    Ok((counts, seen.finish()))
}

fn whose(
    engine: &Engine,
    caller: &Caller,
    unit: &str,
    kind: i32,
    with_mirrored: bool,
) -> Result<Whose, Error> {
    let mut fields = Fields::default();
    let context = Calls::context(engine, caller);
    let whose = convert::worklist::whose(&context, &mut fields, unit, kind, with_mirrored);
    fields.done(Some(whose))
}
