//! `PortalService`.

use app::page::PageQuery;
use app::portal::{DueQuery, ParcelQuery, RemoteStatus};
use app::ports::Parcel;
use app::view::DossierName;
use app::{Caller, Engine, Error};
use domain::id::{DossierId, RequestId};
use domain::time::Instant;
use prost_types::Timestamp;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::{Fields, exchange, time};
use crate::proto;
use crate::proto::portal_service_server::PortalService;

/// See `PortalService` in the contract.
pub(crate) struct Portals(pub Calls);

/// The longest name of a remote, in characters.
const LONGEST_REMOTE: usize = 40;

#[async_trait]
impl PortalService for Portals {
    async fn get_portal_status(
        &self,
        request: Request<proto::GetPortalStatusRequest>,
    ) -> Result<Response<proto::PortalStatus>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let remote = fields.text("remote", &request.remote, LONGEST_REMOTE);
                let remote = fields.done(Some(remote))?;
                let mut remotes = engine.portal_status(&caller).await?;
                remotes.retain(|status| remote.is_empty() || status.remote.name == remote);
                if remotes.is_empty() && !remote.is_empty() {
                    return Err(unknown("remote", remote));
                }
                Ok(proto::PortalStatus {
                    remotes: remotes.into_iter().map(remote_status).collect(),
                })
            })
            .await
    }

    async fn list_parcels(
        &self,
        request: Request<proto::ListParcelsRequest>,
    ) -> Result<Response<proto::ListParcelsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                list_parcels(&engine, &caller, request).await
            })
            .await
    }

    async fn get_exchange_sheet(
        &self,
        request: Request<proto::GetExchangeSheetRequest>,
    ) -> Result<Response<proto::ExchangeSheet>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let remote = fields.required("remote", &request.remote, LONGEST_REMOTE);
                let from = fields.day("from", &request.from);
                let to = fields.day("to", &request.to);
                let days = fields.done(from.zip(to))?;
                let sheet = engine.portal_sheet(&caller, &remote, days.0, days.1);
                Ok(exchange::sheet(&sheet.await?))
            })
            .await
    }

    async fn list_exchange_sheets(
        &self,
        request: Request<proto::ListExchangeSheetsRequest>,
    ) -> Result<Response<proto::ListExchangeSheetsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let remote = fields.required("remote", &request.remote, LONGEST_REMOTE);
                let page: PageQuery = fields.page(request.page_size, request.page_token);
                let (remote, page) = fields.done(Some((remote, page)))?;
                let page = engine.kept_sheets(&caller, &remote, &page).await?;
                Ok(proto::ListExchangeSheetsResponse {
                    sheets: page.items.iter().map(exchange::kept).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }

    async fn list_readings(
        &self,
        request: Request<proto::ListReadingsRequest>,
    ) -> Result<Response<proto::ListReadingsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let system = fields.text("system", &request.system, LONGEST_REMOTE);
                let system = fields.done(Some(system))?;
                let mut readings = engine.readings(&caller).await?;
                readings.retain(|one| system.is_empty() || one.reading.system == system);
                if readings.is_empty() && !system.is_empty() {
                    return Err(unknown("system", system));
                }
                Ok(proto::ListReadingsResponse {
                    readings: readings.iter().map(exchange::reading).collect(),
                })
            })
            .await
    }

    async fn list_due_differences(
        &self,
        request: Request<proto::ListDueDifferencesRequest>,
    ) -> Result<Response<proto::ListDueDifferencesResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let context = Calls::context(&engine, &caller);
                let unit = context.optional_unit(&mut fields, "unit", &request.unit);
                let page: PageQuery = fields.page(request.page_size, request.page_token);
                let unit = fields.done(Some(unit))?;
                let query = DueQuery {
                    unit,
                    with_ended: request.with_ended,
                    page,
                };
                let page = engine.due_differences(&caller, query).await?;
                Ok(proto::ListDueDifferencesResponse {
                    differences: page.items.iter().map(exchange::difference).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }

    async fn retry_parcels(
        &self,
        request: Request<proto::RetryParcelsRequest>,
    ) -> Result<Response<proto::RetryParcelsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let remote = fields.required("remote", &request.remote, LONGEST_REMOTE);
                let dossier = fields.optional("dossier", &request.dossier, DossierName::parse);
                let (id, remote, dossier) = fields.done(id.map(|id| (id, remote, dossier)))?;
                let dossier = found(&engine, &caller, dossier).await?;
                engine.portal_retry(&caller, id, &remote, dossier).await?;
                Ok(proto::RetryParcelsResponse {})
            })
            .await
    }

    async fn reconcile_remote(
        &self,
        request: Request<proto::ReconcileRemoteRequest>,
    ) -> Result<Response<proto::ReconcileRemoteResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let remote = fields.required("remote", &request.remote, LONGEST_REMOTE);
                let (id, remote) = fields.done(id.map(|id| (id, remote)))?;
                engine.portal_reconcile(&caller, id, &remote).await?;
                Ok(proto::ReconcileRemoteResponse {})
            })
            .await
    }
}

fn request_id(fields: &mut Fields, text: &str) -> Option<RequestId> {
    fields.parse("request_id", &text.to_ascii_lowercase(), RequestId::parse)
}

async fn list_parcels(
    engine: &Engine,
    caller: &Caller,
    request: proto::ListParcelsRequest,
) -> Result<proto::ListParcelsResponse, Error> {
    let mut fields = Fields::default();
    let remote = fields.required("remote", &request.remote, LONGEST_REMOTE);
    let dossier = fields.optional("dossier", &request.dossier, DossierName::parse);
    let page: PageQuery = fields.page(request.page_size, request.page_token);
    let (remote, dossier) = fields.done(Some((remote, dossier)))?;
    let query = ParcelQuery {
        remote,
        dossier: found(engine, caller, dossier).await?,
        parked: !request.with_waiting,
        page,
    };
    let page = engine.portal_parcels(caller, query).await?;
    Ok(proto::ListParcelsResponse {
        parcels: page.items.iter().map(parcel).collect(),
        next_page_token: page.next,
    })
}

async fn found(
    engine: &Engine,
    caller: &Caller,
    name: Option<DossierName>,
) -> Result<Option<DossierId>, Error> {
    match name {
        None => Ok(None),
        Some(name) => engine.portal_dossier(caller, &name).await.map(Some),
    }
}

fn unknown(what: &'static str, name: String) -> Error {
    Error::NotFound { what, name }
}

fn remote_status(status: RemoteStatus) -> proto::RemoteStatus {
    let RemoteStatus {
        remote,
        count,
        late,
        unacknowledged,
        acknowledge_by,
        at: _,
    } = status;
    proto::RemoteStatus {
        remote: remote.name,
        waiting_count: count.waiting,
        parked_count: count.parked,
        oldest_time: moment(count.oldest),
        late,
        failure_count: remote.failures,
        closed_until_time: moment(remote.closed_until),
        last_success_time: moment(remote.last_success),
        last_failure_time: moment(remote.last_failure),
        last_words: remote.last_words,
        reconciling: remote.walk.is_some(),
        reconcile_time: moment(remote.walked),
        unacknowledged_count: unacknowledged,
        acknowledge_due_time: moment(acknowledge_by),
    }
}

fn parcel((parcel, code): &(Parcel, String)) -> proto::Parcel {
    proto::Parcel {
        dossier: format!("dossiers/{}", parcel.dossier),
        code: code.clone(),
        first_event: parcel.first,
        last_event: parcel.last,
        attempt_count: parcel.attempts,
        since_time: moment(Some(parcel.since)),
        next_time: moment(Some(parcel.next)),
        park_time: moment(parcel.parked),
        reason: parcel.reason.clone(),
        asked: parcel.asked.clone(),
        answer: parcel.words.clone(),
    }
}

fn moment(at: Option<Instant>) -> Option<Timestamp> {
    at.map(time::timestamp)
}
