//! `DossierService`.

use app::page::PageQuery;
use app::read::ListQuery;
use app::view::DossierName;
use tonic::{Request, Response, Status, async_trait};

use crate::acts::{self, CommandRequest};
use crate::call::Calls;
use crate::convert::intake::{self, Receive};
use crate::convert::{
    Fields, dossier, event, exchange, form, notice, offline, receipt, times, worklist,
};
use crate::proto;
use crate::proto::dossier_service_server::DossierService;

/// See `DossierService` in the contract.
pub(crate) struct Dossiers(pub Calls);

/// The longest search text, in characters.
const LONGEST_QUERY: usize = 200;

impl Dossiers {
    async fn command<R: CommandRequest>(
        &self,
        request: Request<R>,
    ) -> Result<Response<proto::Dossier>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let asked = acts::command(&request, &Calls::context(&engine, &caller))?;
            let view = engine
                .command(
                    &caller,
                    asked.identity,
                    &asked.name,
                    &asked.etag,
                    asked.command,
                )
                .await?;
            Ok(dossier::dossier(&view))
        };
        self.0.write(&metadata, work).await
    }
}

/// Writes the handlers that only pass a command on.
macro_rules! service {
    ({ $($handler:ident($request:ident);)* } $($rest:tt)*) => {
        #[async_trait]
        impl DossierService for Dossiers {
            $(async fn $handler(
                &self,
                request: Request<proto::$request>,
            ) -> Result<Response<proto::Dossier>, Status> {
                self.command(request).await
            })*

            $($rest)*
        }
    };
}

service! {
    {
    refuse_dossier(RefuseDossierRequest);
    request_supplement(RequestSupplementRequest);
    permit_supplement(PermitSupplementRequest);
    record_supplement(RecordSupplementRequest);
    advance_dossier(AdvanceDossierRequest);
    assign_dossier(AssignDossierRequest);
    transfer_dossier(TransferDossierRequest);
    hand_over_dossier(HandOverDossierRequest);
    request_payment(RequestPaymentRequest);
    record_payment(RecordPaymentRequest);
    refund_payment(RefundPaymentRequest);
    arrive_dossier(ArriveDossierRequest);
    remind_dossier(RemindDossierRequest);
    extend_dossier(ExtendDossierRequest);
    withdraw_dossier(WithdrawDossierRequest);
    stop_dossier(StopDossierRequest);
    open_leg(OpenLegRequest);
    close_leg(CloseLegRequest);
    open_consultation(OpenConsultationRequest);
    close_consultation(CloseConsultationRequest);
    resolve_dossier(ResolveDossierRequest);
    return_result(ReturnResultRequest);
    rate_dossier(RateDossierRequest);
    correct_dossier(CorrectDossierRequest);
    decide_correction(DecideCorrectionRequest);
    record_mirrored_status(RecordMirroredStatusRequest);
    settle_conflict(SettleConflictRequest);

    }

    async fn submit_dossier(
        &self,
        request: Request<proto::SubmitDossierRequest>,
    ) -> Result<Response<proto::Dossier>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let asked = intake::submission(&request, &Calls::context(&engine, &caller))?;
            let view = engine
                .submit(&caller, asked.identity, &asked.procedure, asked.submission)
                .await?;
            Ok(dossier::dossier(&view))
        };
        self.0.write(&metadata, work).await
    }

    async fn receive_dossier(
        &self,
        request: Request<proto::ReceiveDossierRequest>,
    ) -> Result<Response<proto::Dossier>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let view = match intake::reception(&request, &Calls::context(&engine, &caller))? {
                Receive::New { identity, procedure, reception } => {
                    engine.receive(&caller, identity, &procedure, *reception).await?
                }
                Receive::Accept { identity, name, etag, command } => {
                    engine.command(&caller, identity, &name, &etag, command).await?
                }
            };
            Ok(dossier::dossier(&view))
        };
        self.0.write(&metadata, work).await
    }

    async fn reserve_numbers(
        &self,
        request: Request<proto::ReserveNumbersRequest>,
    ) -> Result<Response<proto::NumberBlock>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let asked = offline::reserve(&request, &Calls::context(&engine, &caller))?;
            let block = engine
                .reserve_numbers(&caller, asked.identity, &asked.unit, asked.day, asked.count)
                .await?;
            Ok(offline::block(&block))
        };
        self.0.write(&metadata, work).await
    }

    async fn void_numbers(
        &self,
        request: Request<proto::VoidNumbersRequest>,
    ) -> Result<Response<proto::VoidNumbersResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let asked = offline::give_back(&request, &Calls::context(&engine, &caller))?;
            let blocks = engine
                .void_numbers(
                    &caller,
                    &asked.unit,
                    asked.day,
                    asked.numbers,
                    asked.reason,
                    asked.later.as_ref(),
                )
                .await?;
            Ok(proto::VoidNumbersResponse {
                blocks: blocks.iter().map(offline::block).collect(),
            })
        };
        self.0.write(&metadata, work).await
    }

    async fn list_number_blocks(
        &self,
        request: Request<proto::ListNumberBlocksRequest>,
    ) -> Result<Response<proto::ListNumberBlocksResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let (unit, days) = offline::blocks_of(&request, &Calls::context(&engine, &caller))?;
                let (blocks, skipped) = engine.number_blocks(&caller, &unit, days).await?;
                let skipped = skipped.iter();
                Ok(proto::ListNumberBlocksResponse {
                    blocks: blocks.iter().map(offline::block).collect(),
                    skipped: skipped.map(|one| offline::skipped(&unit, one)).collect(),
                })
            })
            .await
    }

    async fn import_receptions(
        &self,
        request: Request<proto::ImportReceptionsRequest>,
    ) -> Result<Response<proto::ImportReceptionsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            crate::offline::import(&engine, &caller, &request).await
        };
        self.0.write(&metadata, work).await
    }

    async fn get_dossier(
        &self,
        request: Request<proto::GetDossierRequest>,
    ) -> Result<Response<proto::Dossier>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let name = dossier_name(&request.name)?;
                Ok(dossier::dossier(&engine.dossier(&caller, &name).await?))
            })
            .await
    }

    async fn list_dossiers(
        &self,
        request: Request<proto::ListDossiersRequest>,
    ) -> Result<Response<proto::ListDossiersResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = {
                    let context = Calls::context(&engine, &caller);
                    let mut fields = Fields::default();
                    let query = ListQuery {
                        unit: context.optional_unit(&mut fields, "unit", &request.unit),
                        filter: worklist::of_list(&context, &mut fields, &request),
                        kind: fields.kind("kind", request.kind),
                        counted: request.with_total,
                        page: fields.page(request.page_size, request.page_token),
                    };
                    fields.done(Some(query))?
                };
                let page = engine.list(&caller, query).await?;
                Ok(proto::ListDossiersResponse {
                    dossiers: page.items.iter().map(dossier::dossier).collect(),
                    next_page_token: page.next,
                    total_size: page.total,
                    total_is_least: page.at_least,
                })
            })
            .await
    }

    async fn list_dossier_events(
        &self,
        request: Request<proto::ListDossierEventsRequest>,
    ) -> Result<Response<proto::ListDossierEventsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let name = dossier_name(&request.name)?;
                let history = engine.history(&caller, &name).await?;
                Ok(proto::ListDossierEventsResponse {
                    events: history.into_iter().map(event::entry).collect(),
                })
            })
            .await
    }

    async fn get_dossier_times(
        &self,
        request: Request<proto::GetDossierTimesRequest>,
    ) -> Result<Response<proto::DossierTimes>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let name = dossier_name(&request.name)?;
                let (dossier, times, as_of) = engine.times(&caller, &name).await?;
                Ok(times::times(&dossier, times, as_of))
            })
            .await
    }

    async fn get_receipt(
        &self,
        request: Request<proto::GetReceiptRequest>,
    ) -> Result<Response<proto::ReceiptSheet>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let (identity, name) = receipt::wanted(&request)?;
            let sheet = engine.print_receipt(&caller, &name, identity.request_id);
            Ok(receipt::sheet(&sheet.await?))
        };
        self.0.write(&metadata, work).await
    }

    async fn print_form(
        &self,
        request: Request<proto::PrintFormRequest>,
    ) -> Result<Response<proto::PrintedForm>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let wanted = form::wanted(&request)?;
            let (name, id) = (&wanted.name, wanted.identity.request_id);
            let sheet = engine.print_form(&caller, name, wanted.kind, &wanted.site, id);
            Ok(form::printed(&sheet.await?))
        };
        self.0.write(&metadata, work).await
    }

    async fn set_notice_agreement(
        &self,
        request: Request<proto::SetNoticeAgreementRequest>,
    ) -> Result<Response<proto::NoticeAgreements>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let (name, wish) = notice::wish(&request)?;
            let agreed = engine.set_notice_agreement(&caller, &name, &wish);
            Ok(notice::agreements(&agreed.await?))
        };
        self.0.write(&metadata, work).await
    }

    async fn list_notice_agreements(
        &self,
        request: Request<proto::ListNoticeAgreementsRequest>,
    ) -> Result<Response<proto::NoticeAgreements>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let name = dossier_name(&request.name)?;
                let agreed = engine.notice_agreements(&caller, &name).await?;
                Ok(notice::agreements(&agreed))
            })
            .await
    }

    async fn get_dossier_exchange(
        &self,
        request: Request<proto::GetDossierExchangeRequest>,
    ) -> Result<Response<proto::DossierExchange>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let name = dossier_name(&request.name)?;
                let (dossier, remotes, at) = engine.dossier_exchange(&caller, &name).await?;
                Ok(exchange::of_dossier(dossier, &remotes, at))
            })
            .await
    }

    async fn print_list(
        &self,
        request: Request<proto::PrintListRequest>,
    ) -> Result<Response<proto::PrintedList>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let (unit, list) = form::wanted_list(&request, &Calls::context(&engine, &caller))?;
                let sheet = engine.print_list(&caller, &unit, &list).await?;
                Ok(form::printed_list(&sheet))
            })
            .await
    }

    async fn search_dossiers(
        &self,
        request: Request<proto::SearchDossiersRequest>,
    ) -> Result<Response<proto::SearchDossiersResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let query = fields.required("query", &request.query, LONGEST_QUERY);
                let limit = fields.limit("limit", request.limit);
                let query = fields.done(Some(query))?;
                let found = engine.search(&caller, &query, limit).await?;
                Ok(proto::SearchDossiersResponse {
                    dossiers: found.iter().map(dossier::dossier).collect(),
                })
            })
            .await
    }
}

fn dossier_name(text: &str) -> Result<DossierName, app::Error> {
    let mut fields = Fields::default();
    let name = fields.parse("name", text, DossierName::parse);
    fields.done(name)
}

impl Fields {
    /// Which page is wanted.
    pub(crate) fn page(&mut self, size: i32, token: String) -> PageQuery {
        PageQuery {
            size: self.limit("page_size", size),
            token,
        }
    }

    /// How many are wanted at most.
    pub(crate) fn limit(&mut self, field: &str, limit: i32) -> i32 {
        if limit < 0 {
            self.wrong(field, "must not be negative; 0 means the default, 50");
        }
        limit
    }
}
