//! The statistical reports: form II.06a and the index of Decision 766/QĐ-TTg.
//!
//! They are made of the events of each dossier, whatever moment they are asked for: what is known
//! now and what was known then are read alike, page by page.

mod behind;
mod performance;
mod series;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::{Dossier, Record};
use domain::id::{DossierId, UnitCode};
use domain::indicator::{Called, I766, Ii06a, Period, Seen, Statistics};
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, ReportWanted};
use crate::report::{Asked, PAGE, RatesQuery, UnitBasis, asked, at_once, checked, permitted};

pub use behind::{Behind, BehindQuery, behind};
pub use performance::{Performances, UnitPerformance, performance};
pub use series::{By, MOST_PERIODS, SeriesQuery, series};

/// The statistics of units, with what the units are called.
pub struct Counted {
    statistics: Statistics,
    only: Option<UnitCode>,
    catalogues: Vec<Arc<Catalogue>>,
    last: NaiveDate,
    /// The local day of the moment that is looked from.
    then: NaiveDate,
}

impl Counted {
    /// Form II.06a.
    #[must_use]
    pub fn ii06a(&self) -> Ii06a {
        let mut form = self.statistics.ii06a(|unit| self.called(unit));
        form.total.successor = self.successor();
        form
    }

    /// The index.
    #[must_use]
    pub fn i766(&self) -> I766 {
        let mut index = self.statistics.i766(|unit| self.called(unit));
        index.total.successor = self.successor();
        index
    }

    /// Who does the work of the only unit that was asked for, if that has ended: also told where nothing
    /// is counted of it.
    fn successor(&self) -> Option<String> {
        let called = self.only.as_ref().map(|unit| self.called(unit));
        called?.successor.map(|unit| unit.to_string())
    }

    fn called(&self, code: &UnitCode) -> Called {
        let found = self.catalogues.iter().find_map(|catalogue| {
            let unit = catalogue.units.get(code)?;
            let heir = catalogue.lineage.working(code, self.then);
            Some(Called {
                name: unit.name_on(self.last).to_owned(),
                successor: (heir != code).then(|| heir.clone()),
            })
        });
        found.unwrap_or_default()
    }
}

impl Engine {
    /// The statistics of what the caller may look at, for a method that tells them.
    pub async fn statistics(
        &self,
        caller: &Caller,
        method: Method,
        mut query: RatesQuery,
    ) -> Result<Counted, Error> {
        query.units = permitted(caller, method, query.units)?;
        let read = self.context.store.read().await?;
        statistics(read.as_ref(), &self.context.catalogues, &query, self.now()).await
    }
}

/// The statistics of units over a period. Who may ask is the caller's business.
pub async fn statistics(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Result<Counted, Error> {
    let Walk {
        parts,
        only,
        period,
        basis,
        last,
        today,
    } = Walk::over(read, catalogues, query, now).await?;
    let mut statistics = Statistics::new(period);
    let mut known = Vec::new();
    for part in parts {
        part.each(read, &period, Events::Counted, |_, seen| {
            statistics.add(seen, &part.counted_by, basis.of(&part.catalogue, today));
            ControlFlow::Continue(())
        })
        .await?;
        known.push(part.catalogue);
    }
    statistics.keep(only.as_ref());
    let broken = statistics.broken();
    if let Some(fault) = broken.into_iter().next() {
        return Err(Error::Internal(Box::new(fault)));
    }
    Ok(Counted {
        statistics,
        only,
        catalogues: known,
        last,
        // As of an earlier moment, so that a report is for ever printed alike.
        then: time::local_day(period.as_of),
    })
}

impl UnitBasis {
    /// The unit at which a dossier counts.
    fn counts_at(self, catalogue: &Catalogue, dossier: &Dossier, today: NaiveDate) -> UnitCode {
        self.of(catalogue, today)(&dossier.resolving, dossier.units_since())
    }

    /// To which unit counts what one did that had it since a day.
    fn of(
        self,
        catalogue: &Catalogue,
        today: NaiveDate,
    ) -> impl Fn(&UnitCode, NaiveDate) -> UnitCode {
        move |unit, since| match self {
            UnitBasis::Recorded => unit.clone(),
            UnitBasis::Current => catalogue.lineage.successor(unit, since, today).clone(),
        }
    }
}

/// What a statistical report reads, and how it counts it.
struct Walk {
    parts: Vec<Part>,
    /// The only unit that counts, when one was asked for.
    only: Option<UnitCode>,
    period: Period,
    basis: UnitBasis,
    /// The day whose names units bear.
    last: NaiveDate,
    today: NaiveDate,
}

/// The dossiers of one province, or of some of its units.
struct Part {
    catalogue: Arc<Catalogue>,
    /// With the calendars of the moment that is looked from.
    counted_by: Arc<Catalogue>,
    wanted: ReportWanted,
    after: Option<DossierId>,
}

impl Walk {
    async fn over(
        read: &dyn ReadTx,
        catalogues: &Catalogues,
        query: &RatesQuery,
        now: Instant,
    ) -> Result<Self, Error> {
        let as_of = checked(query, now)?;
        let period = Period {
            from: query.from,
            to: query.to,
            as_of,
        };
        let today = time::local_day(now);
        let (first, last) = query.basis.days(query.from, query.to, today);
        let Asked { scopes, only, .. } = asked(catalogues, &query.units, first, last)?;
        let mut parts = Vec::with_capacity(scopes.len());
        for scope in scopes {
            let province = scope.province();
            parts.push(Part {
                catalogue: catalogues.of(province),
                counted_by: catalogues.as_of(read, province, as_of).await?,
                wanted: ReportWanted {
                    scope,
                    counts: query.basis.alone(only.as_ref()),
                    from: period.begins(),
                    until: period.ends(),
                    as_of,
                    only_apart: false,
                },
                after: None,
            });
        }
        Ok(Self {
            parts,
            only,
            period,
            basis: query.basis,
            last,
            today,
        })
    }
}

/// Which events of a history are looked at.
#[derive(Debug, Clone, Copy)]
enum Events {
    /// Every one.
    All,
    /// Those on which a number may depend.
    Counted,
}

impl Part {
    /// The histories of dossiers, by id.
    async fn histories(
        &self,
        read: &dyn ReadTx,
        ids: &[DossierId],
        events: Events,
    ) -> Result<Vec<(DossierId, Vec<Record>)>, Error> {
        let wanted = &self.wanted;
        match events {
            Events::All => Ok(read.report_histories(wanted, ids, &[]).await?),
            Events::Counted => {
                let without = &Seen::UNCOUNTED;
                let mut histories = read.report_histories(wanted, ids, without).await?;
                let short = histories
                    .iter_mut()
                    .filter(|(_, records)| !Seen::is_counted_by(records));
                let mut short: Vec<&mut (DossierId, Vec<Record>)> = short.collect();
                let ids: Vec<DossierId> = short.iter().map(|(id, _)| *id).collect();
                let whole = read.report_histories(wanted, &ids, &[]).await?;
                for (known, whole) in short.iter_mut().zip(whole) {
                    **known = whole;
                }
                Ok(histories)
            }
        }
    }

    /// Looks at each dossier in the order of ids, as it is seen in the period, until told to stop.
    async fn each(
        &self,
        read: &dyn ReadTx,
        period: &Period,
        events: Events,
        mut look: impl FnMut(&[Record], &Seen) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut after = self.after;
        let province = self.wanted.scope.province();
        let remotes = read.acknowledging(province, period.as_of).await?;
        let at_once = at_once(&self.wanted);
        loop {
            let ids = read.report_ids(&self.wanted, after, at_once).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            for ids in ids.chunks(PAGE as usize) {
                let taken = match remotes.as_slice() {
                    [] => HashMap::new(),
                    all => read.acknowledged(province, all, ids, period.as_of).await?,
                };
                for (id, records) in self.histories(read, ids, events).await? {
                    let Some(mut seen) = Seen::new(&records, period) else {
                        continue;
                    };
                    // The system that an import came from tells its own remotes.
                    if !remotes.is_empty() && seen.dossier.imported.is_none() {
                        seen.acknowledged = Some(taken.get(&id).copied());
                    }
                    if look(&records, &seen).is_break() {
                        return Ok(());
                    }
                }
            }
            if ids.len() < at_once as usize {
                break;
            }
        }
        Ok(())
    }
}
