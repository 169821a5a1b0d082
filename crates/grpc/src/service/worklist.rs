//! `WorklistService`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use app::access::{self, Method};
use app::page::PageQuery;
use app::worklist::{Flag, WorklistCounts, WorklistQuery};
use app::{Caller, Engine, Error};
use domain::id::UnitCode;
use domain::procedure::Kind;
use futures::stream;
use tonic::{Request, Response, Status, async_trait};

use super::Answers;
use crate::call::{self, Calls};
use crate::convert::{Fields, dossier, foresight, report};
use crate::proto;
use crate::proto::worklist_service_server::WorklistService;
use crate::status;
use crate::wake::Wakes;

/// See `WorklistService` in the contract.
pub(crate) struct Worklists(pub Calls);

/// The least time between two messages, so that a busy hour does not redraw screens for ever.
const CALM: Duration = Duration::from_millis(250);

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
                    let known = Calls::known(&engine, &caller);
                    let query = WorklistQuery {
                        unit: known.optional_unit(&mut fields, "unit", &request.unit),
                        kind: fields.kind("kind", request.kind),
                        only: [
                            (request.not_handed_over, Flag::NotHandedOver),
                            (request.in_conflict, Flag::InConflict),
                        ]
                        .into_iter()
                        .filter_map(|(wanted, flag)| wanted.then_some(flag))
                        .collect(),
                        page: fields.page(request.page_size, request.page_token),
                    };
                    fields.done(Some(query))?
                };
                let page = engine.worklist(&caller, query).await?;
                Ok(proto::ListWorklistResponse {
                    dossiers: page.items.iter().map(dossier::dossier).collect(),
                    next_page_token: page.next,
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
                let of = of(&engine, &caller, &request.unit, request.kind)?;
                let counts = engine.worklist_counts(&caller, of.unit, of.kind).await?;
                Ok(report::counts(counts))
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
            // Who calls comes first: a stranger is not told which units there are.
            let caller = self.0.caller(&metadata).await?;
            access::check_role(&caller, Method::WatchWorklist)?;
            let of = of(self.0.engine(), &caller, &request.unit, request.kind)?;
            if let Some(unit) = &of.unit {
                access::check_unit(&caller, Method::WatchWorklist, unit)?;
            }
            let mut watch = Watch {
                wakes: Wakes::new(&self.0),
                calls: self.0.clone(),
                secret,
                of,
                last: None,
            };
            // The first answer tells at once whether the caller may watch at all.
            let first = watch.look().await?;
            Ok((watch, first))
        };
        let (watch, first) = opened.await.map_err(status::of)?;
        let answers = stream::unfold((Some(watch), first), |(watch, ready)| async move {
            let mut watch = watch?;
            if let Some(counts) = ready {
                return Some((Ok(report::counts(counts)), (Some(watch), None)));
            }
            match watch.next().await {
                Ok(counts) => Some((Ok(report::counts(counts)), (Some(watch), None))),
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
                let known = Calls::known(&engine, &caller);
                let unit = known.optional_unit(&mut fields, "unit", &request.unit);
                let month = fields.optional_month("month", &request.month);
                let (unit, month) = fields.done(Some((unit, month)))?;
                let outlook = engine.outlook(&caller, unit.as_ref(), month, target);
                Ok(foresight::outlook(&outlook.await?))
            })
            .await
    }
}

/// One open stream of counts.
struct Watch {
    wakes: Wakes,
    calls: Calls,
    secret: String,
    of: Of,
    last: Option<(WorklistCounts, u64)>,
}

impl Watch {
    async fn next(&mut self) -> Result<WorklistCounts, Status> {
        loop {
            tokio::time::sleep(CALM).await;
            self.wakes.next().await?;
            if let Some(counts) = self.look().await.map_err(status::of)? {
                return Ok(counts);
            }
        }
    }

    /// The counts, when anything changed since the last look.
    ///
    /// The token is looked at each time, so that a revoked one ends the stream. Beside the
    /// counts the head of the list is compared: a dossier that moves a step or comes to another
    /// level changes no count.
    async fn look(&mut self) -> Result<Option<WorklistCounts>, Error> {
        let engine = self.calls.engine();
        let caller = engine.authenticate_again(&self.secret).await?;
        let Of { unit, kind } = self.of.clone();
        let counts = engine.worklist_counts(&caller, unit.clone(), kind);
        let counts = counts.await?;
        let head = WorklistQuery {
            unit,
            kind,
            only: Vec::new(),
            page: PageQuery {
                size: i32::MAX,
                token: String::new(),
            },
        };
        let mut seen = DefaultHasher::new();
        for view in engine.worklist(&caller, head).await?.items {
            let level = view.foreseen.map(|foreseen| foreseen.level);
            (view.dossier.id, view.dossier.version, level).hash(&mut seen);
        }
        let seen = seen.finish();
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

/// Of what to count: all that the caller may see, or less.
#[derive(Clone)]
struct Of {
    unit: Option<UnitCode>,
    kind: Option<Kind>,
}

fn of(engine: &Engine, caller: &Caller, unit: &str, kind: i32) -> Result<Of, Error> {
    let mut fields = Fields::default();
    let of = Of {
        unit: Calls::known(engine, caller).optional_unit(&mut fields, "unit", unit),
        kind: fields.kind("kind", kind),
    };
    fields.done(Some(of))
}
