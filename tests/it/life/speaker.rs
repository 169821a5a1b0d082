//! A caller in JSON or with the generated client. Both give the same messages.

use grpc::proto;
use grpc::proto::access_service_client::AccessServiceClient;
use grpc::proto::catalogue_service_client::CatalogueServiceClient;
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::event_service_client::EventServiceClient;
use grpc::proto::lookup_service_client::LookupServiceClient;
use grpc::proto::portal_service_client::PortalServiceClient;
use grpc::proto::report_service_client::ReportServiceClient;
use grpc::proto::webhook_service_client::WebhookServiceClient;
use grpc::proto::worklist_service_client::WorklistServiceClient;
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use serde_json::Value;
use tonic::Status;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use crate::calling::{Answer, methods};
use crate::port::{Port, with_token};

/// A message, or the code and the reason of a refusal.
pub type Heard = Result<DynamicMessage, (String, String)>;

pub enum Speaker<'a> {
    Json(&'a Port),
    Grpc(Channel),
}

/// Passes a request on to the generated client of its service.
macro_rules! generated {
    ($channel:expr, $token:expr, $method:expr, $message:expr, {
        $($name:literal => $client:ident.$call:ident($request:ident);)*
    }) => {
        match $method.name() {
            $($name => {
                let request: proto::$request = $message.transcode_to().unwrap();
                let mut client = $client::new($channel.clone());
                client.$call(with_token($token, request)).await
                    .map(|answer| answer.into_inner().encode_to_vec())
            })*
            other => panic!("add the client that calls {other}"),
        }
    };
}

impl Speaker<'_> {
    /// Calls a method with a request written as JSON, over either wire.
    pub async fn ask(&self, token: &str, method: &str, body: &Value) -> Heard {
        let descriptor = methods()
            .into_iter()
            .find(|found| found.name() == method)
            .unwrap();
        match self {
            Speaker::Json(port) => {
                let answer = Answer::read(port.post(token, method, body).await).await;
                if answer.http == 200 {
                    // Any reader of protobuf JSON must understand the answer and know each of its
                    // fields.
                    let read = DynamicMessage::deserialize(descriptor.output(), &answer.json);
                    Ok(read.unwrap_or_else(|error| panic!("{method}: {error} in {}", answer.json)))
                } else {
                    let (_, code, reason) = answer.refused();
                    Err((code.into(), reason.into()))
                }
            }
            Speaker::Grpc(channel) => {
                let message = DynamicMessage::deserialize(descriptor.input(), body).unwrap();
                // A branch for each method makes this future too large for the stack of a test.
                match Box::pin(call(channel, token, &descriptor, &message)).await {
                    Ok(bytes) => {
                        Ok(DynamicMessage::decode(descriptor.output(), bytes.as_slice()).unwrap())
                    }
                    Err(status) => {
                        let reason = status.get_details_error_info().unwrap().reason;
                        Err((grpc::json::code_name(status.code()).into(), reason))
                    }
                }
            }
        }
    }
}

async fn call(
    channel: &Channel,
    token: &str,
    method: &MethodDescriptor,
    message: &DynamicMessage,
) -> Result<Vec<u8>, Status> {
    generated!(channel, token, method, message, {
        "GetOutlook" => WorklistServiceClient.get_outlook(GetOutlookRequest);
        "GetFlagRecord" => ReportServiceClient.get_flag_record(GetFlagRecordRequest);
        "GetIi06a" => ReportServiceClient.get_ii06a(GetIi06aRequest);
        "GetSeries" => ReportServiceClient.get_series(GetSeriesRequest);
        "GetPerformance" => ReportServiceClient.get_performance(GetPerformanceRequest);
        "GetI766" => ReportServiceClient.get_i766(GetI766Request);
        "ListReportDossiers" => ReportServiceClient.list_report_dossiers(ListReportDossiersRequest);
        "ListFlags" => EventServiceClient.list_flags(ListFlagsRequest);
        "GetReceipt" => DossierServiceClient.get_receipt(GetReceiptRequest);
        "SetNoticeAgreement" => DossierServiceClient.set_notice_agreement(SetNoticeAgreementRequest);
        "GetDossierExchange" => DossierServiceClient.get_dossier_exchange(GetDossierExchangeRequest);
        "ListNoticeAgreements" => DossierServiceClient.list_notice_agreements(ListNoticeAgreementsRequest);
        "PrintForm" => DossierServiceClient.print_form(PrintFormRequest);
        "PrintList" => DossierServiceClient.print_list(PrintListRequest);
        "ReserveNumbers" => DossierServiceClient.reserve_numbers(ReserveNumbersRequest);
        "VoidNumbers" => DossierServiceClient.void_numbers(VoidNumbersRequest);
        "ListNumberBlocks" => DossierServiceClient.list_number_blocks(ListNumberBlocksRequest);
        "ImportReceptions" => DossierServiceClient.import_receptions(ImportReceptionsRequest);
        "MergeUnits" => CatalogueServiceClient.merge_units(MergeUnitsRequest);
        "SubmitDossier" => DossierServiceClient.submit_dossier(SubmitDossierRequest);
        "ReceiveDossier" => DossierServiceClient.receive_dossier(ReceiveDossierRequest);
        "RefuseDossier" => DossierServiceClient.refuse_dossier(RefuseDossierRequest);
        "CorrectDossier" => DossierServiceClient.correct_dossier(CorrectDossierRequest);
        "DecideCorrection" => DossierServiceClient.decide_correction(DecideCorrectionRequest);
        "RequestSupplement" => DossierServiceClient.request_supplement(RequestSupplementRequest);
        "PermitSupplement" => DossierServiceClient.permit_supplement(PermitSupplementRequest);
        "RecordSupplement" => DossierServiceClient.record_supplement(RecordSupplementRequest);
        "AdvanceDossier" => DossierServiceClient.advance_dossier(AdvanceDossierRequest);
        "AssignDossier" => DossierServiceClient.assign_dossier(AssignDossierRequest);
        "TransferDossier" => DossierServiceClient.transfer_dossier(TransferDossierRequest);
        "HandOverDossier" => DossierServiceClient.hand_over_dossier(HandOverDossierRequest);
        "RequestPayment" => DossierServiceClient.request_payment(RequestPaymentRequest);
        "RecordPayment" => DossierServiceClient.record_payment(RecordPaymentRequest);
        "RefundPayment" => DossierServiceClient.refund_payment(RefundPaymentRequest);
        "ArriveDossier" => DossierServiceClient.arrive_dossier(ArriveDossierRequest);
        "RemindDossier" => DossierServiceClient.remind_dossier(RemindDossierRequest);
        "ExtendDossier" => DossierServiceClient.extend_dossier(ExtendDossierRequest);
        "WithdrawDossier" => DossierServiceClient.withdraw_dossier(WithdrawDossierRequest);
        "StopDossier" => DossierServiceClient.stop_dossier(StopDossierRequest);
        "OpenLeg" => DossierServiceClient.open_leg(OpenLegRequest);
        "CloseLeg" => DossierServiceClient.close_leg(CloseLegRequest);
        "OpenConsultation" => DossierServiceClient.open_consultation(OpenConsultationRequest);
        "CloseConsultation" => DossierServiceClient.close_consultation(CloseConsultationRequest);
        "ResolveDossier" => DossierServiceClient.resolve_dossier(ResolveDossierRequest);
        "ReturnResult" => DossierServiceClient.return_result(ReturnResultRequest);
        "RateDossier" => DossierServiceClient.rate_dossier(RateDossierRequest);
        "RecordMirroredStatus" => DossierServiceClient.record_mirrored_status(RecordMirroredStatusRequest);
        "SettleConflict" => DossierServiceClient.settle_conflict(SettleConflictRequest);
        "GetDossier" => DossierServiceClient.get_dossier(GetDossierRequest);
        "ListDossiers" => DossierServiceClient.list_dossiers(ListDossiersRequest);
        "ListDossierEvents" => DossierServiceClient.list_dossier_events(ListDossierEventsRequest);
        "GetDossierTimes" => DossierServiceClient.get_dossier_times(GetDossierTimesRequest);
        "SearchDossiers" => DossierServiceClient.search_dossiers(SearchDossiersRequest);
        "ListWorklist" => WorklistServiceClient.list_worklist(ListWorklistRequest);
        "GetWorklistCounts" => WorklistServiceClient.get_worklist_counts(GetWorklistCountsRequest);
        "GetRates" => ReportServiceClient.get_rates(GetRatesRequest);
        "GetRatings" => ReportServiceClient.get_ratings(GetRatingsRequest);
        "ListEvents" => EventServiceClient.list_events(ListEventsRequest);
        "SubmitRating" => LookupServiceClient.submit_rating(SubmitRatingRequest);
        "LookupDossier" => LookupServiceClient.lookup_dossier(LookupDossierRequest);
        "ListUnits" => CatalogueServiceClient.list_units(ListUnitsRequest);
        "GetUnit" => CatalogueServiceClient.get_unit(GetUnitRequest);
        "ListProcedures" => CatalogueServiceClient.list_procedures(ListProceduresRequest);
        "GetProcedure" => CatalogueServiceClient.get_procedure(GetProcedureRequest);
        "GetCalendar" => CatalogueServiceClient.get_calendar(GetCalendarRequest);
        "PreviewDue" => CatalogueServiceClient.preview_due(PreviewDueRequest);
        "ProposeDocument" => CatalogueServiceClient.propose_document(ProposeDocumentRequest);
        "ApproveDocument" => CatalogueServiceClient.approve_document(ApproveDocumentRequest);
        "RejectDocument" => CatalogueServiceClient.reject_document(RejectDocumentRequest);
        "GetDocument" => CatalogueServiceClient.get_document(GetDocumentRequest);
        "ListDocuments" => CatalogueServiceClient.list_documents(ListDocumentsRequest);
        "ListCalendarChanges" => CatalogueServiceClient.list_calendar_changes(ListCalendarChangesRequest);
        "ListProcedureBreaks" => CatalogueServiceClient.list_procedure_breaks(ListProcedureBreaksRequest);
        "MigrateDossiers" => CatalogueServiceClient.migrate_dossiers(MigrateDossiersRequest);
        "GetJob" => CatalogueServiceClient.get_job(GetJobRequest);
        "ListJobs" => CatalogueServiceClient.list_jobs(ListJobsRequest);
        "GetPortalStatus" => PortalServiceClient.get_portal_status(GetPortalStatusRequest);
        "ListParcels" => PortalServiceClient.list_parcels(ListParcelsRequest);
        "ListExchangeSheets" => PortalServiceClient.list_exchange_sheets(ListExchangeSheetsRequest);
        "GetExchangeSheet" => PortalServiceClient.get_exchange_sheet(GetExchangeSheetRequest);
        "ListReadings" => PortalServiceClient.list_readings(ListReadingsRequest);
        "ListDueDifferences" => PortalServiceClient.list_due_differences(ListDueDifferencesRequest);
        "RetryParcels" => PortalServiceClient.retry_parcels(RetryParcelsRequest);
        "ReconcileRemote" => PortalServiceClient.reconcile_remote(ReconcileRemoteRequest);
        "AddWebhook" => WebhookServiceClient.add_webhook(AddWebhookRequest);
        "ListWebhooks" => WebhookServiceClient.list_webhooks(ListWebhooksRequest);
        "RotateWebhookSecret" => WebhookServiceClient.rotate_webhook_secret(RotateWebhookSecretRequest);
        "RemoveWebhook" => WebhookServiceClient.remove_webhook(RemoveWebhookRequest);
        "ReplayWebhook" => WebhookServiceClient.replay_webhook(ReplayWebhookRequest);
        "ListUsers" => AccessServiceClient.list_users(ListUsersRequest);
        "CreateUser" => AccessServiceClient.create_user(CreateUserRequest);
        "UpdateUser" => AccessServiceClient.update_user(UpdateUserRequest);
        "ResetPassword" => AccessServiceClient.reset_password(ResetPasswordRequest);
        "DisableUser" => AccessServiceClient.disable_user(DisableUserRequest);
        "ListTokens" => AccessServiceClient.list_tokens(ListTokensRequest);
        "IssueToken" => AccessServiceClient.issue_token(IssueTokenRequest);
        "RotateToken" => AccessServiceClient.rotate_token(RotateTokenRequest);
        "RevokeToken" => AccessServiceClient.revoke_token(RevokeTokenRequest);
        "ListAccessEvents" => AccessServiceClient.list_access_events(ListAccessEventsRequest);
    })
}
