//! Rates over many periods in one answer: trends and sparklines.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Dossier};
use domain::id::ProvinceCode;
use domain::indicator::{Grain, Period, Report, Tally};
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, ReportWanted};
use crate::report::{Asked, RatesQuery, RowPages, asked, checked, permitted, rates, state_at_end};

/// The most periods of a series: a year of days.
pub const MOST_PERIODS: usize = 366;

/// What stands in a row of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// A unit.
    #[default]
    Unit,
    /// A field of procedures.
    Field,
    /// A procedure.
    Procedure,
    /// A channel.
    Channel,
}

/// Which series is wanted.
#[derive(Debug, Clone)]
pub struct SeriesQuery {
    /// Whose, from the first day of the first period to the last of the last.
    pub report: RatesQuery,
    /// How long a period is.
    pub grain: Grain,
    /// What a row is.
    pub by: By,
}

impl Engine {
    /// A series of what the caller may look at.
    pub async fn series(
        &self,
        caller: &Caller,
        mut query: SeriesQuery,
    ) -> Result<Vec<Report>, Error> {
        let units = query.report.units;
        query.report.units = permitted(caller, Method::GetSeries, units)?;
        let read = self.context.store.read().await?;
        series(read.as_ref(), &self.context.catalogues, &query, self.now()).await
    }
}

/// A report of rates for each period that has begun, in order. Who may ask is the caller's business.
pub async fn series(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &SeriesQuery,
    now: Instant,
) -> Result<Vec<Report>, Error> {
    let RatesQuery { from, to, .. } = query.report;
    let as_of = checked(&query.report, now)?;
    let last = Ord::min(to, time::local_day(as_of));
    let periods: Vec<_> = query
        .grain
        .periods(from, last)
        .take(MOST_PERIODS + 1)
        .collect();
    if periods.len() > MOST_PERIODS {
        let problem = format!("must not make more than {MOST_PERIODS} periods");
        return Err(Error::invalid("grain", problem));
    }
    let mut reports = Vec::with_capacity(periods.len());
    for (from, to) in periods {
        let one = RatesQuery {
            from,
            to,
            ..query.report.clone()
        };
        reports.push(match query.by {
            By::Unit => rates(read, catalogues, &one, now).await?,
            By::Field | By::Procedure | By::Channel => {
                grouped(read, catalogues, &one, query.by, now).await?
            }
        });
    }
    Ok(reports)
}

/// The rates of all units together, a row for each field, procedure or channel.
async fn grouped(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    by: By,
    now: Instant,
) -> Result<Report, Error> {
    let as_of = checked(query, now)?;
    let period = Period {
        from: query.from,
        to: query.to,
        as_of,
    };
    let today = time::local_day(now);
    let (first, last) = query.basis.days(query.from, query.to, today);
    let Asked { scopes, only, .. } = asked(catalogues, &query.units, first, last)?;
    let mut rows: BTreeMap<String, (String, Tally)> = BTreeMap::new();
    for scope in scopes {
        let province: ProvinceCode = scope.province().clone();
        let catalogue: Arc<Catalogue> = catalogues.of(&province);
        let wanted = ReportWanted {
            scope,
            counts: query.basis.alone(only.as_ref()),
            from: period.begins(),
            until: period.ends(),
            as_of,
            only_apart: false,
        };
        let mut pages = RowPages::of(read, &wanted);
        while let Some(page) = pages.next().await? {
            for row in page {
                let Some(dossier) = state_at_end(row, &period) else {
                    continue;
                };
                let counts = query.basis.counts_at(&catalogue, &dossier, today);
                if only.as_ref().is_some_and(|only| *only != counts) {
                    continue;
                }
                let mut tally = Tally::default();
                tally.add(&dossier, &period);
                if tally == Tally::default() {
                    continue;
                }
                let (key, name) = key_of(by, &dossier, &catalogue);
                let own = rows.entry(key).or_insert_with(|| (name, Tally::default()));
                own.1.merge(&tally);
            }
        }
    }
    Ok(Report::new(&period, rows))
}

fn key_of(by: By, dossier: &Dossier, catalogue: &Catalogue) -> (String, String) {
    let version = dossier.procedure_version;
    let procedure = catalogue.procedures.get(&dossier.procedure, version);
    match by {
        By::Unit => (dossier.resolving.to_string(), String::new()),
        By::Field => {
            let field = procedure.map_or_else(String::new, |procedure| procedure.field.clone());
            (field.clone(), field)
        }
        By::Procedure => {
            let name = procedure.map_or_else(String::new, |procedure| procedure.name.clone());
            (dossier.procedure.to_string(), name)
        }
        By::Channel => {
            let name = match dossier.channel {
                Channel::Desk => "Trực tiếp",
                Channel::Online => "Trực tuyến",
                Channel::Post => "Bưu chính",
            };
            (dossier.channel.to_string(), name.to_owned())
        }
    }
}
