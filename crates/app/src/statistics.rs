//! The statistical reports: form II.06a and the index of Decision 766/QĐ-TTg.
//!
//! They are made of the events of each dossier, whatever moment they are asked for: what is known
//! now and what was known then are read alike, page by page.

use domain::indicator::{Called, I766, Ii06a, Period, Seen, Statistics};
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, ReportWanted, Scope};
use crate::report::{Asked, RatesQuery, UnitBasis, asked, checked, permitted};

/// How many histories are held at a time.
const PAGE: u32 = 500;

/// The statistics of units, with what the units are called.
pub struct Counted {
    statistics: Statistics,
    catalogues: Vec<std::sync::Arc<domain::catalogue::Catalogue>>,
    last: chrono::NaiveDate,
    today: chrono::NaiveDate,
}

impl Counted {
    /// Form II.06a.
    #[must_use]
    pub fn ii06a(&self) -> Ii06a {
        self.statistics.ii06a(|unit| self.called(unit))
    }

    /// The index.
    #[must_use]
    pub fn i766(&self) -> I766 {
        self.statistics.i766(|unit| self.called(unit))
    }

    fn called(&self, code: &domain::id::UnitCode) -> Called {
        let found = self.catalogues.iter().find_map(|catalogue| {
            let unit = catalogue.units.get(code)?;
            let heir = catalogue.lineage.working(code, self.today);
            Some(Called {
                name: unit.name_on(self.last).to_owned(),
                successor: (heir != code).then(|| heir.clone()),
            })
        });
        found.unwrap_or_default()
    }
}

impl Engine {
    /// The statistics of what the caller may look at.
    pub async fn statistics(
        &self,
        caller: &Caller,
        mut query: RatesQuery,
    ) -> Result<Counted, Error> {
        query.units = permitted(caller, Method::GetRates, query.units)?;
        let read = self.office.store.read().await?;
        statistics(read.as_ref(), &self.office.catalogues, &query, self.now()).await
    }
}

/// The statistics of units over a period. Who may ask is the caller's business.
pub async fn statistics(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Result<Counted, Error> {
    let as_of = checked(query, now)?;
    let period = Period {
        from: query.from,
        to: query.to,
        as_of,
    };
    let today = time::local_day(now);
    let (first, last) = query.basis.days(query.from, query.to, today);
    let Asked { scopes, only, .. } = asked(catalogues, &query.units, first, last)?;
    let mut statistics = Statistics::new(period);
    let mut known = Vec::new();
    for scope in scopes {
        let province = scope.province().clone();
        let catalogue = catalogues.of(&province);
        let wanted = ReportWanted {
            // A unit that passed a dossier on need not be involved in it any longer.
            scope: Scope::Province(province),
            from: period.begins(),
            until: period.ends(),
            as_of,
            only_apart: false,
        };
        let mut after = None;
        loop {
            let page = read.report_histories(&wanted, after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (_, records) in &page {
                let Some(seen) = Seen::new(records, &period) else {
                    continue;
                };
                statistics.add(&seen, &catalogue, |unit, since| match query.basis {
                    UnitBasis::Recorded => unit.clone(),
                    UnitBasis::Current => catalogue.lineage.successor(unit, since, today).clone(),
                });
            }
        }
        known.push(catalogue);
    }
    statistics.keep(only.as_ref());
    let broken = statistics.broken();
    if let Some(fault) = broken.into_iter().next() {
        return Err(Error::Internal(Box::new(fault)));
    }
    Ok(Counted {
        statistics,
        catalogues: known,
        last,
        today,
    })
}
