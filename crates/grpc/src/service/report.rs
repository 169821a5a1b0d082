//! `ReportService`.

use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::satisfaction::RatingsQuery;
use chrono::NaiveDate;
use domain::procedure::Kind;
use domain::time::Instant;
use prost_types::Timestamp;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::{Fields, Known, foresight, report};
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
                let query = query(&request, &Calls::known(&engine, &caller))?;
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
                let query = ratings_query(&request, &Calls::known(&engine, &caller))?;
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
                let known = Calls::known(&engine, &caller);
                let unit = known.optional_unit(&mut fields, "unit", &request.unit);
                let month = fields.optional_month("month", &request.month);
                let (unit, month) = fields.done(Some((unit, month)))?;
                let record = engine.flag_record(&caller, unit.as_ref(), month).await?;
                Ok(foresight::flag_record(&record))
            })
            .await
    }
}

fn query(request: &proto::GetRatesRequest, known: &Known) -> Result<RatesQuery, app::Error> {
    use proto::get_rates_request::Scope;
    let asked = Asked {
        scope: request.scope.as_ref().map(|scope| match scope {
            Scope::Unit(unit) => Whose::Unit(unit),
            Scope::Province(province) => Whose::Province(province),
            Scope::All(all) => Whose::All(*all),
        }),
        from: &request.from,
        to: &request.to,
        as_of: request.as_of.as_ref(),
        unit_basis: request.unit_basis,
    };
    let mut fields = Fields::default();
    let period = asked.read(&mut fields, known);
    let query = period.map(|period| RatesQuery {
        units: period.units,
        from: period.from,
        to: period.to,
        as_of: period.as_of,
        basis: period.basis,
    });
    fields.done(query)
}

fn ratings_query(
    request: &proto::GetRatingsRequest,
    known: &Known,
) -> Result<RatingsQuery, app::Error> {
    use proto::get_ratings_request::Scope;
    let asked = Asked {
        scope: request.scope.as_ref().map(|scope| match scope {
            Scope::Unit(unit) => Whose::Unit(unit),
            Scope::Province(province) => Whose::Province(province),
            Scope::All(all) => Whose::All(*all),
        }),
        from: &request.from,
        to: &request.to,
        as_of: request.as_of.as_ref(),
        unit_basis: request.unit_basis,
    };
    let mut fields = Fields::default();
    let period = asked.read(&mut fields, known);
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

/// What every report is asked: of which units, and over which days.
struct Asked<'a> {
    scope: Option<Whose<'a>>,
    from: &'a str,
    to: &'a str,
    as_of: Option<&'a Timestamp>,
    unit_basis: i32,
}

enum Whose<'a> {
    Unit(&'a str),
    Province(&'a str),
    All(bool),
}

struct Wanted {
    units: RateUnits,
    from: NaiveDate,
    to: NaiveDate,
    as_of: Option<Instant>,
    basis: UnitBasis,
}

impl Asked<'_> {
    fn read(&self, fields: &mut Fields, known: &Known) -> Option<Wanted> {
        let units = match &self.scope {
            Some(Whose::Unit(unit)) => known.unit(fields, "unit", unit).map(RateUnits::One),
            Some(Whose::Province(province)) => known
                .province(fields, "province", province)
                .map(RateUnits::Province),
            Some(Whose::All(true)) => Some(RateUnits::All),
            Some(Whose::All(false)) => {
                fields.wrong("all", "must be true, or left out for a unit or a province");
                None
            }
            None => {
                fields.wrong("scope", "must be given; expected unit, province or all");
                None
            }
        };
        let from = fields.day("from", self.from);
        let to = fields.day("to", self.to);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            fields.wrong("to", "must not be before `from`");
        }
        let as_of = fields.moment("as_of", self.as_of);
        if as_of.is_some_and(|as_of| as_of > known.now) {
            fields.wrong("as_of", "must not be in the future");
        }
        let basis = basis(fields, self.unit_basis);
        Some(Wanted {
            units: units?,
            from: from?,
            to: to?,
            as_of,
            basis,
        })
    }
}

fn basis(fields: &mut Fields, given: i32) -> UnitBasis {
    match proto::UnitBasis::try_from(given) {
        Ok(proto::UnitBasis::Unspecified | proto::UnitBasis::Recorded) => UnitBasis::Recorded,
        Ok(proto::UnitBasis::Current) => UnitBasis::Current,
        Err(_unknown) => {
            fields.wrong(
                "unit_basis",
                "expected one of UNIT_BASIS_RECORDED, UNIT_BASIS_CURRENT",
            );
            UnitBasis::Recorded
        }
    }
}
