//! Computes the due time that a dossier would get, without writing anything.

use domain::deadline::explain::{self, Explanation};
use domain::deadline::{self, Due};
use domain::dossier::{Channel, Refusal};
use domain::id::{CaseId, ProcedureCode, UnitCode};
use domain::limit::Limit;
use domain::time::{self, Instant};

use crate::access::Caller;
use crate::engine::Engine;
use crate::error::Error;

/// What is previewed.
#[derive(Debug, Clone)]
pub struct PreviewQuery {
    /// The unit whose hours count; the national hours if none.
    pub unit: Option<UnitCode>,
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
        let limit = match &query.what {
            PreviewOf::Limit(limit) => Some(*limit),
            PreviewOf::Procedure {
                procedure: code,
                case,
                channel,
            } => {
                let day = time::local_day(query.received);
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
            due: Some(deadline::due(query.received, limit, calendar).map_err(beyond)?),
            explanation: Some(explain::explain(query.received, limit, calendar).map_err(beyond)?),
        })
    }
}
