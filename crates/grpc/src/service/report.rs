//! `ReportService`.

use app::access::Method;
use app::page::PageQuery;
use app::report::RatesQuery;
use app::satisfaction::RatingsQuery;
use app::statistics::{BehindQuery, By, SeriesQuery};
use domain::indicator::{Grain, Number};
use domain::procedure::Kind;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::period::{Asked, asked};
use crate::convert::{Fields, RequestContext, foresight, performance, report, statistics};
use crate::proto;
use crate::proto::report_service_server::ReportService;

/// See `ReportService` in the contract.
pub(crate) struct Reports(pub Calls);

#[async_trait]
impl ReportService for Reports {
    async fn get_rates(
        &self,
        request: Request<proto::GetRatesRequest>,
    ) -> Result<Response<proto::Rates>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let asked = asked!(request, get_rates_request);
                let query = read_asked(&asked, &Calls::context(&engine, &caller))?;
                Ok(report::rates(engine.rates(&caller, query).await?))
            })
            .await
    }

    async fn get_ratings(
        &self,
        request: Request<proto::GetRatingsRequest>,
    ) -> Result<Response<proto::Ratings>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = ratings_query(&request, &Calls::context(&engine, &caller))?;
                Ok(report::ratings(engine.ratings(&caller, query).await?))
            })
            .await
    }

    async fn get_flag_record(
        &self,
        request: Request<proto::GetFlagRecordRequest>,
    ) -> Result<Response<proto::FlagRecord>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let context = Calls::context(&engine, &caller);
                let unit = context.optional_unit(&mut fields, "unit", &request.unit);
                let month = fields.optional_month("month", &request.month);
                let (unit, month) = fields.done(Some((unit, month)))?;
                let record = engine.flag_record(&caller, unit.as_ref(), month).await?;
                Ok(foresight::flag_record(&record))
            })
            .await
    }

    async fn get_ii06a(
        &self,
        request: Request<proto::GetIi06aRequest>,
    ) -> Result<Response<proto::Ii06a>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let asked = asked!(request, get_ii06a_request);
                let query = read_asked(&asked, &Calls::context(&engine, &caller))?;
                let counted = engine.statistics(&caller, Method::GetIi06a, query).await?;
                Ok(statistics::ii06a(counted.ii06a()))
            })
            .await
    }

    async fn get_i766(
        &self,
        request: Request<proto::GetI766Request>,
    ) -> Result<Response<proto::I766>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let asked = asked!(request, get_i766_request);
                let query = read_asked(&asked, &Calls::context(&engine, &caller))?;
                let counted = engine.statistics(&caller, Method::GetI766, query).await?;
                Ok(statistics::i766(counted.i766()))
            })
            .await
    }

    async fn list_report_dossiers(
        &self,
        request: Request<proto::ListReportDossiersRequest>,
    ) -> Result<Response<proto::ListReportDossiersResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = behind_query(request, &Calls::context(&engine, &caller))?;
                let page = engine.behind(&caller, query).await?;
                Ok(proto::ListReportDossiersResponse {
                    dossiers: page.items.iter().map(statistics::behind).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }

    async fn get_series(
        &self,
        request: Request<proto::GetSeriesRequest>,
    ) -> Result<Response<proto::Series>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let query = series_query(&request, &Calls::context(&engine, &caller))?;
                let periods = engine.series(&caller, query).await?;
                Ok(proto::Series {
                    periods: periods.into_iter().map(report::rates).collect(),
                })
            })
            .await
    }

    async fn get_performance(
        &self,
        request: Request<proto::GetPerformanceRequest>,
    ) -> Result<Response<proto::Performance>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let asked = asked!(request, get_performance_request);
                let query = read_asked(&asked, &Calls::context(&engine, &caller))?;
                let performances = engine.performance(&caller, query).await?;
                Ok(performance::performances(performances))
            })
            .await
    }
}

/// Reads the part that the requests of all reports have.
fn read_asked(asked: &Asked<'_>, context: &RequestContext) -> Result<RatesQuery, app::Error> {
    let mut fields = Fields::default();
    let query = asked.read(&mut fields, context);
    fields.done(query)
}

fn ratings_query(
    request: &proto::GetRatingsRequest,
    context: &RequestContext,
) -> Result<RatingsQuery, app::Error> {
    let mut fields = Fields::default();
    let period = asked!(request, get_ratings_request).read(&mut fields, context);
    let kind = fields.kind("kind", request.kind).unwrap_or(Kind::Procedure);
    let query = period.map(|period| RatingsQuery {
        units: period.units,
        kind,
        from: period.from,
        to: period.to,
        as_of: period.as_of,
        basis: period.basis,
    });
    fields.done(query)
}

fn behind_query(
    request: proto::ListReportDossiersRequest,
    context: &RequestContext,
) -> Result<BehindQuery, app::Error> {
    let mut fields = Fields::default();
    let report = asked!(&request, list_report_dossiers_request).read(&mut fields, context);
    let number = Number::named(&request.number);
    let field = Some(request.field).filter(|field| !field.is_empty());
    match number {
        None => fields.wrong(
            "number",
            "expected the name of a number, such as late or 2.1",
        ),
        Some(number) if field.is_some() && !number.is_of_a_field() => {
            fields.wrong(
                "field",
                "must be empty, for this number is not told by field",
            );
        }
        Some(_) => {}
    }
    let query = report.zip(number).map(|(report, number)| BehindQuery {
        report,
        number,
        field,
        whole: request.whole,
        page: PageQuery {
            size: request.page_size,
            token: request.page_token,
        },
    });
    fields.done(query)
}

fn series_query(
    request: &proto::GetSeriesRequest,
    context: &RequestContext,
) -> Result<SeriesQuery, app::Error> {
    let mut fields = Fields::default();
    let report = asked!(request, get_series_request).read(&mut fields, context);
    let grain = grain(request.grain);
    if grain.is_none() {
        fields.wrong(
            "grain",
            "expected one of GRAIN_DAY, GRAIN_WEEK, GRAIN_MONTH, GRAIN_OFFICIAL_MONTH, GRAIN_QUARTER, GRAIN_YEAR",
        );
    }
    let by = by(request.row);
    if by.is_none() {
        fields.wrong(
            "row",
            "expected one of SERIES_ROW_UNIT, SERIES_ROW_FIELD, SERIES_ROW_PROCEDURE, SERIES_ROW_CHANNEL",
        );
    }
    let query = report.zip(grain).zip(by);
    fields.done(query.map(|((report, grain), by)| SeriesQuery { report, grain, by }))
}

fn grain(given: i32) -> Option<Grain> {
    Some(match proto::Grain::try_from(given).ok()? {
        proto::Grain::Unspecified => return None,
        proto::Grain::Day => Grain::Day,
        proto::Grain::Week => Grain::Week,
        proto::Grain::Month => Grain::Month,
        proto::Grain::OfficialMonth => Grain::OfficialMonth,
        proto::Grain::Quarter => Grain::Quarter,
        proto::Grain::Year => Grain::Year,
    })
}

fn by(given: i32) -> Option<By> {
    Some(match proto::SeriesRow::try_from(given).ok()? {
        proto::SeriesRow::Unspecified | proto::SeriesRow::Unit => By::Unit,
        proto::SeriesRow::Field => By::Field,
        proto::SeriesRow::Procedure => By::Procedure,
        proto::SeriesRow::Channel => By::Channel,
    })
}
