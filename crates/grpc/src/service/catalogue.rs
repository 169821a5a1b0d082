//! `CatalogueService`.

use app::page::next_token;
use app::preview::{PreviewOf, PreviewQuery};
use app::{Caller, Engine, Error};
use chrono::NaiveDate;
use domain::dossier::Channel;
use domain::fold::fold;
use domain::id::CaseId;
use domain::procedure::Procedure;
use domain::time::local_day;
use tonic::{Request, Response, Status, async_trait};

use super::publication;
use crate::call::Calls;
use crate::convert::{Fields, RequestContext, calendar, explanation, merger, procedure, unit};
use crate::proto;
use crate::proto::catalogue_service_server::CatalogueService;
use crate::proto::preview_due_request::LimitOf;

/// See `CatalogueService` in the contract.
pub(crate) struct Catalogue(pub Calls);

/// The longest filter text, in characters.
const LONGEST_QUERY: usize = 200;

#[async_trait]
impl CatalogueService for Catalogue {
    async fn list_units(
        &self,
        request: Request<proto::ListUnitsRequest>,
    ) -> Result<Response<proto::ListUnitsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                list_units(request, &Calls::context(&engine, &caller))
            })
            .await
    }

    async fn get_unit(
        &self,
        request: Request<proto::GetUnitRequest>,
    ) -> Result<Response<proto::Unit>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let name = fields.required("name", &request.name, LONGEST_QUERY);
                let name = fields.done(Some(name))?;
                let bare = name.strip_prefix("units/").unwrap_or(&name);
                let context = Calls::context(&engine, &caller);
                let found = context.catalogue.units.find(bare);
                found
                    .map(|found| unit::unit(found, &context))
                    .ok_or(Error::NotFound { what: "unit", name })
            })
            .await
    }

    async fn list_procedures(
        &self,
        request: Request<proto::ListProceduresRequest>,
    ) -> Result<Response<proto::ListProceduresResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                match request.receiving_unit.trim() {
                    "" => list_procedures(request, &Calls::context(&engine, &caller)),
                    _ => received_procedures(request, &engine, &caller).await,
                }
            })
            .await
    }

    async fn get_procedure(
        &self,
        request: Request<proto::GetProcedureRequest>,
    ) -> Result<Response<proto::Procedure>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                get_procedure(&request, &Calls::context(&engine, &caller))
            })
            .await
    }

    async fn get_calendar(
        &self,
        request: Request<proto::GetCalendarRequest>,
    ) -> Result<Response<proto::Calendar>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                get_calendar(&request, &Calls::context(&engine, &caller))
            })
            .await
    }

    async fn merge_units(
        &self,
        request: Request<proto::MergeUnitsRequest>,
    ) -> Result<Response<proto::MergeUnitsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        let work = |engine: std::sync::Arc<app::Engine>, caller| async move {
            let merger = merger::merger(&request)?;
            let merged = engine.merge_units(&caller, &merger, |_| {}).await?;
            Ok(merger::merged(&merged))
        };
        self.0.write(&metadata, work).await
    }

    async fn preview_due(
        &self,
        request: Request<proto::PreviewDueRequest>,
    ) -> Result<Response<proto::PreviewDueResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = preview_query(&request, &Calls::context(&engine, &caller))?;
                Ok(explanation::preview(&engine.preview(&caller, &query)?))
            })
            .await
    }

    async fn propose_document(
        &self,
        request: Request<proto::ProposeDocumentRequest>,
    ) -> Result<Response<proto::Document>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                publication::propose(&engine, &caller, request).await
            })
            .await
    }

    async fn approve_document(
        &self,
        request: Request<proto::ApproveDocumentRequest>,
    ) -> Result<Response<proto::Document>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                publication::approve(&engine, &caller, &request).await
            })
            .await
    }

    async fn reject_document(
        &self,
        request: Request<proto::RejectDocumentRequest>,
    ) -> Result<Response<proto::Document>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                publication::reject(&engine, &caller, &request).await
            })
            .await
    }

    async fn get_document(
        &self,
        request: Request<proto::GetDocumentRequest>,
    ) -> Result<Response<proto::Document>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                publication::get_document(&engine, &caller, &request).await
            })
            .await
    }

    async fn list_documents(
        &self,
        request: Request<proto::ListDocumentsRequest>,
    ) -> Result<Response<proto::ListDocumentsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                publication::list_documents(&engine, &caller, request).await
            })
            .await
    }

    async fn list_calendar_changes(
        &self,
        request: Request<proto::ListCalendarChangesRequest>,
    ) -> Result<Response<proto::ListCalendarChangesResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                publication::calendar_changes(&engine, &caller, request).await
            })
            .await
    }

    async fn list_procedure_breaks(
        &self,
        request: Request<proto::ListProcedureBreaksRequest>,
    ) -> Result<Response<proto::ListProcedureBreaksResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let context = Calls::context(&engine, &caller);
                publication::procedure_breaks(&engine, &caller, &context, request).await
            })
            .await
    }

    async fn migrate_dossiers(
        &self,
        request: Request<proto::MigrateDossiersRequest>,
    ) -> Result<Response<proto::Job>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let context = Calls::context(&engine, &caller);
                publication::migrate(&engine, &caller, &context, &request).await
            })
            .await
    }

    async fn get_job(
        &self,
        request: Request<proto::GetJobRequest>,
    ) -> Result<Response<proto::Job>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                publication::get_job(&engine, &caller, &request).await
            })
            .await
    }

    async fn list_jobs(
        &self,
        request: Request<proto::ListJobsRequest>,
    ) -> Result<Response<proto::ListJobsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                publication::list_jobs(&engine, &caller, request).await
            })
            .await
    }
}

fn list_units(
    request: proto::ListUnitsRequest,
    context: &RequestContext,
) -> Result<proto::ListUnitsResponse, Error> {
    let mut fields = Fields::default();
    let province = (!request.province.is_empty())
        .then(|| context.province(&mut fields, "province", &request.province))
        .flatten();
    let kind = proto::unit::Kind::try_from(request.kind);
    if kind.is_err() {
        fields.wrong(
            "kind",
            "expected one of KIND_PROVINCE, KIND_PROVINCIAL_CENTRE, KIND_COMMUNE",
        );
    }
    let words = fold(&fields.text("query", &request.query, LONGEST_QUERY));
    let page = fields.page(request.page_size, request.page_token);
    let kind = fields.done(kind.ok())?;
    let question = format!("units {province:?} {kind:?} {words}");
    let after = page.after(&question)?;
    let all_kinds = kind == proto::unit::Kind::Unspecified;
    let today = domain::time::local_day(context.now);
    let mut units = context
        .catalogue
        .units
        .iter()
        .filter(|unit| unit.exists_on(today))
        .filter(|unit| {
            province
                .as_ref()
                .is_none_or(|province| unit.province == *province)
        })
        .filter(|unit| all_kinds || unit::kind_of(unit.kind) == kind)
        .filter(|unit| words.is_empty() || fold(&unit.name).contains(&words))
        .filter(|unit| {
            after
                .as_deref()
                .is_none_or(|after| unit.code.as_str() > after)
        })
        .peekable();
    let mut found = Vec::new();
    let limit = page.limit()? as usize;
    while found.len() < limit
        && let Some(unit) = units.next()
    {
        found.push(unit::unit(unit, context));
    }
    let last = found.last().filter(|_| units.peek().is_some());
    Ok(proto::ListUnitsResponse {
        next_page_token: last
            .map(|unit| next_token(&unit.code, &question))
            .unwrap_or_default(),
        units: found,
    })
}

fn list_procedures(
    request: proto::ListProceduresRequest,
    context: &RequestContext,
) -> Result<proto::ListProceduresResponse, Error> {
    let mut fields = Fields::default();
    let wanted = Wanted::read(&mut fields, &request, context);
    let page = fields.page(request.page_size, request.page_token);
    fields.done(Some(()))?;
    let Wanted { day, field, words } = &wanted;
    let question = format!("procedures {day} {field} {words}");
    let after = page.after(&question)?;
    let mut procedures = context
        .catalogue
        .procedures
        .iter_in_force(*day)
        .filter(|procedure| wanted.is_met_by(procedure))
        .filter(|procedure| {
            after
                .as_deref()
                .is_none_or(|after| procedure.code.as_str() > after)
        })
        .peekable();
    let mut found = Vec::new();
    let limit = page.limit()? as usize;
    while found.len() < limit
        && let Some(procedure) = procedures.next()
    {
        let papers = &context.catalogue.papers;
        found.push(procedure::procedure(
            procedure,
            papers,
            local_day(context.now),
        ));
    }
    let last = found.last().filter(|_| procedures.peek().is_some());
    Ok(proto::ListProceduresResponse {
        next_page_token: last
            .map(|last| next_token(&last.code, &question))
            .unwrap_or_default(),
        procedures: found,
        receptions: Vec::new(),
    })
}

/// What a desk received lately, most first, on one page.
async fn received_procedures(
    request: proto::ListProceduresRequest,
    engine: &Engine,
    caller: &Caller,
) -> Result<proto::ListProceduresResponse, Error> {
    let context = Calls::context(engine, caller);
    let mut fields = Fields::default();
    let wanted = Wanted::read(&mut fields, &request, &context);
    let unit = context.unit(&mut fields, "receiving_unit", &request.receiving_unit);
    let page = fields.page(request.page_size, request.page_token);
    let unit = fields.done(unit)?;
    let Wanted { day, field, words } = &wanted;
    let question = format!("received {unit} {day} {field} {words}");
    page.after(&question)?;
    let (procedures, papers) = (&context.catalogue.procedures, &context.catalogue.papers);
    let today = local_day(context.now);
    let mut answer = proto::ListProceduresResponse::default();
    for (code, dossiers) in engine.received_lately(caller, &unit).await? {
        let found = procedures.find(code.as_str(), wanted.day);
        let Some(found) = found.filter(|found| wanted.is_met_by(found)) else {
            continue;
        };
        if answer.procedures.len() == page.limit()? as usize {
            break;
        }
        let procedure = procedure::procedure(found, papers, today);
        answer
            .receptions
            .push(proto::list_procedures_response::Receptions {
                procedure: format!("procedures/{code}"),
                dossiers,
            });
        answer.procedures.push(procedure);
    }
    Ok(answer)
}

/// Which procedures a list has.
struct Wanted {
    day: NaiveDate,
    field: String,
    words: String,
}

impl Wanted {
    fn read(
        fields: &mut Fields,
        request: &proto::ListProceduresRequest,
        context: &RequestContext,
    ) -> Self {
        Self {
            day: fields
                .optional_day("day", &request.day)
                .unwrap_or(local_day(context.now)),
            field: fields.text("field", &request.field, LONGEST_QUERY),
            words: fold(&fields.text("query", &request.query, LONGEST_QUERY)),
        }
    }

    fn is_met_by(&self, procedure: &Procedure) -> bool {
        (self.field.is_empty() || fold(&procedure.field) == fold(&self.field))
            && (self.words.is_empty() || fold(&procedure.name).contains(&self.words))
    }
}

fn get_procedure(
    request: &proto::GetProcedureRequest,
    context: &RequestContext,
) -> Result<proto::Procedure, Error> {
    let mut fields = Fields::default();
    let name = fields.required("name", &request.name, LONGEST_QUERY);
    let name = fields.done(Some(name))?;
    let bare = name.strip_prefix("procedures/").unwrap_or(&name);
    let procedures = &context.catalogue.procedures;
    let found = match bare.split_once("/versions/") {
        None => procedures.find(bare, local_day(context.now)),
        Some((code, version)) => procedures
            .known(code)
            .and_then(|latest| procedures.get(&latest.code, version.parse().ok()?)),
    };
    found
        .map(|found| procedure::procedure(found, &context.catalogue.papers, local_day(context.now)))
        .ok_or(Error::NotFound {
            what: "procedure",
            name,
        })
}

fn get_calendar(
    request: &proto::GetCalendarRequest,
    context: &RequestContext,
) -> Result<proto::Calendar, Error> {
    let mut fields = Fields::default();
    let unit = context.optional_unit(&mut fields, "unit", &request.unit);
    let calendar = context.calendar(unit.as_ref());
    let (first, last) = (calendar.first_day(), calendar.last_day());
    let from = fields.optional_day("from", &request.from).unwrap_or(first);
    let to = fields.optional_day("to", &request.to).unwrap_or(last);
    for (field, day) in [("from", from), ("to", to)] {
        if day < first || day > last {
            fields.wrong(
                field,
                format!("must lie in the published calendar, from {first} to {last}"),
            );
        }
    }
    if to < from {
        fields.wrong("to", "must not be before `from`");
    }
    fields.done(Some(()))?;
    calendar::calendar(calendar, from, to).map_err(|beyond| Error::Internal(Box::new(beyond)))
}

fn preview_query(
    request: &proto::PreviewDueRequest,
    context: &RequestContext,
) -> Result<PreviewQuery, Error> {
    let mut fields = Fields::default();
    let unit = context.optional_unit(&mut fields, "unit", &request.unit);
    let receiving = context.optional_unit(&mut fields, "receiving_unit", &request.receiving_unit);
    let received = fields.moment("receive_time", request.receive_time.as_ref());
    let case = fields.optional("case_id", &request.case_id, CaseId::parse);
    let channel = fields.channel("channel", request.channel, &Channel::ALL);
    let what =
        match &request.limit_of {
            Some(LimitOf::Limit(text)) => {
                let why = "without a procedure";
                fields.absent("case_id", request.case_id.is_empty(), why);
                fields.absent("channel", request.channel == 0, why);
                let none = request.receiving_unit.is_empty();
                fields.absent("receiving_unit", none, why);
                fields.time_limit("limit", text).map(PreviewOf::Limit)
            }
            Some(LimitOf::Procedure(text)) => context
                .procedure(&mut fields, "procedure", text)
                .map(|procedure| PreviewOf::Procedure {
                    procedure,
                    case,
                    channel: channel.unwrap_or(Channel::Desk),
                }),
            None => {
                fields.wrong("limit_of", "must be given; expected limit or procedure");
                None
            }
        };
    let query = what.map(|what| PreviewQuery {
        unit,
        receiving,
        received: received.unwrap_or(context.now),
        what,
    });
    fields.done(query)
}
