//! `ReportService`.

use app::report::{RateUnits, RatesQuery, UnitBasis};
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::{Fields, Known, report};
use crate::proto;
use crate::proto::get_rates_request::Scope;
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
}

fn query(request: &proto::GetRatesRequest, known: &Known) -> Result<RatesQuery, app::Error> {
    let mut fields = Fields::default();
    let units = match &request.scope {
        Some(Scope::Unit(unit)) => known.unit(&mut fields, "unit", unit).map(RateUnits::One),
        Some(Scope::Province(province)) => known
            .province(&mut fields, "province", province)
            .map(RateUnits::Province),
        Some(Scope::All(true)) => Some(RateUnits::All),
        Some(Scope::All(false)) => {
            fields.wrong("all", "must be true, or left out for a unit or a province");
            None
        }
        None => {
            fields.wrong("scope", "must be given; expected unit, province or all");
            None
        }
    };
    let from = fields.day("from", &request.from);
    let to = fields.day("to", &request.to);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        fields.wrong("to", "must not be before `from`");
    }
    let as_of = fields.moment("as_of", request.as_of.as_ref());
    if as_of.is_some_and(|as_of| as_of > known.now) {
        fields.wrong("as_of", "must not be in the future");
    }
    let basis = basis(&mut fields, request.unit_basis);
    let query = (|| {
        Some(RatesQuery {
            units: units?,
            from: from?,
            to: to?,
            as_of,
            basis,
        })
    })();
    fields.done(query)
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
