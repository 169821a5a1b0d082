//! Computes the due time that a dossier would get, without writing anything.

use domain::catalogue::Catalogue;
use domain::deadline::explain::Explanation;
use domain::deadline::{self, Arrival, Due, Start};
use domain::dossier::{Channel, Refusal, Transit, refuse_beyond_reach};
use domain::id::{CaseId, ProcedureCode, UnitCode};
use domain::limit::Limit;
use domain::procedure::{Kind, Procedure};
use domain::time::{self, Instant};

use crate::access::Caller;
use crate::engine::{Engine, has_ended};
use crate::error::{Error, FieldError};

/// What is previewed.
#[derive(Debug, Clone)]
pub struct PreviewQuery {
    /// The unit whose hours count; the national hours if none.
    pub unit: Option<UnitCode>,
    /// The unit whose desk receives it, if `unit` is another one that decides.
    pub receiving: Option<UnitCode>,
    /// If it were received then.
    pub received: Instant,
    /// What for.
    pub what: PreviewOf,
}

/// What for.
#[derive(Debug, Clone)]
pub enum PreviewOf {
    /// A bare limit.
    Limit(Limit),
    /// A procedure, by the version in force on the day.
    Procedure {
        /// The procedure.
        procedure: ProcedureCode,
        /// The case; the first one when none.
        case: Option<CaseId>,
        /// The channel.
        channel: Channel,
    },
}

/// The due time, and why.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The limit; none when the procedure's limit has no source.
    pub limit: Option<Limit>,
    /// The due time; none without a limit.
    pub due: Option<Due>,
    /// Why; none without a limit.
    pub explanation: Option<Explanation>,
}

impl Engine {
    /// The due time of a dossier that would be received at a moment.
    pub fn preview(&self, caller: &Caller, query: &PreviewQuery) -> Result<Preview, Error> {
        let catalogue = self.catalogue(&caller.province);
        let refused = |refusal| Error::Refused {
            refusal,
            status: None,
            allowed: Vec::new(),
        };
        let received_on = time::local_day(query.received);
        let named = [("unit", &query.unit), ("receiving_unit", &query.receiving)];
        let ended = named.into_iter().filter_map(|(field, unit)| {
            let problem = has_ended(&catalogue, unit.as_ref()?, received_on)?;
            Some(FieldError::new(field, problem))
        });
        let ended: Vec<FieldError> = ended.collect();
        if !ended.is_empty() {
            return Err(Error::Invalid(ended));
        }
        let mut start = Start::at(query.received);
        let limit = match &query.what {
            PreviewOf::Limit(limit) => Some(*limit),
            PreviewOf::Procedure {
                procedure: code,
                case,
                channel,
            } => {
                let day = received_on;
                let procedure = catalogue.procedures.in_force(code, day).ok_or_else(|| {
                    refused(Refusal::ProcedureNotInForce {
                        procedure: code.clone(),
                        day,
                    })
                })?;
                let case = match case {
                    None => procedure.default_case(),
                    Some(id) => procedure.case(id).ok_or_else(|| {
                        refused(Refusal::CaseUnknown {
                            case: id.clone(),
                            known: procedure.cases.iter().map(|case| case.id.clone()).collect(),
                        })
                    })?,
                };
                start.cutoff = procedure.cutoff;
                start.arrival =
                    expected_arrival(&catalogue, (procedure, &case.id), *channel, query)
                        .map_err(refused)?;
                case.limit_for(*channel)
            }
        };
        let Some(limit) = limit else {
            return Ok(Preview {
                limit: None,
                due: None,
                explanation: None,
            });
        };
        let calendars = &catalogue.calendars;
        let calendar = match &query.unit {
            Some(unit) => calendars.for_unit(unit.as_str()),
            None => calendars.national(),
        };
        let beyond = |error| refused(Refusal::Calendar(error));
        Ok(Preview {
            limit: Some(limit),
            due: Some(deadline::due_from(&start, limit, calendar).map_err(beyond)?),
            explanation: Some(deadline::explain_from(&start, limit, calendar).map_err(beyond)?),
        })
    }
}

/// When the deciding unit would have it, if another one received it; refused as its reception would be.
fn expected_arrival(
    catalogue: &Catalogue,
    (procedure, case): (&Procedure, &CaseId),
    channel: Channel,
    query: &PreviewQuery,
) -> Result<Option<Arrival>, Refusal> {
    let (Some(resolving), Some(receiving)) = (&query.unit, &query.receiving) else {
        return Ok(None);
    };
    if receiving == resolving || procedure.kind == Kind::Petition {
        return Ok(None);
    }
    let (units, boundaries) = (&catalogue.units, &catalogue.boundaries);
    let day = time::local_day(query.received);
    refuse_beyond_reach(
        (&procedure.code, case),
        (receiving, resolving),
        units,
        boundaries,
        day,
    )?;
    if !boundaries.counts_from_arrival(day) {
        return Ok(None);
    }
    let sender = catalogue.calendars.for_unit(receiving.as_str());
    let at = Transit::expected_by(channel, query.received, sender).map_err(Refusal::Calendar)?;
    Ok(Some(Arrival { at, expected: true }))
}
