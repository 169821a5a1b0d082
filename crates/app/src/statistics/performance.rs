//! How fast units work, why their late dossiers are late, where they wait now, and their targets.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use domain::id::UnitCode;
use domain::indicator::{CatalogueFigures, Performance, Reached, Statistics, Target};
use domain::time::Instant;
use domain::unit::UnitKind;

use super::{Events, Walk};
use crate::access::{Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::ReadTx;
use crate::report::{RatesQuery, permitted};

/// How units work.
#[derive(Debug, Clone)]
pub struct Performances {
    /// The first day.
    pub from: chrono::NaiveDate,
    /// The last day.
    pub to: chrono::NaiveDate,
    /// What had been recorded by then.
    pub as_of: Instant,
    /// Each unit.
    pub units: Vec<UnitPerformance>,
    /// All of them together.
    pub total: UnitPerformance,
    /// What of the catalogue can be done online.
    pub catalogue: CatalogueFigures,
}

/// How a unit works.
#[derive(Debug, Clone, Default)]
pub struct UnitPerformance {
    /// The unit; empty for all together.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Its times, causes and places of waiting.
    pub performance: Performance,
    /// Its targets.
    pub targets: Vec<Reached>,
}

impl Engine {
    /// How units work that the caller may look at.
    pub async fn performance(
        &self,
        caller: &Caller,
        mut query: RatesQuery,
    ) -> Result<Performances, Error> {
        query.units = permitted(caller, Method::GetPerformance, query.units)?;
        let read = self.context.store.read().await?;
        performance(read.as_ref(), &self.context.catalogues, &query, self.now()).await
    }
}

/// How units work over a period. Who may ask is the caller's business.
pub async fn performance(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Result<Performances, Error> {
    let Walk {
        parts,
        only,
        period,
        basis,
        last,
        today,
    } = Walk::over(read, catalogues, query, now).await?;
    let mut statistics = Statistics::new(period);
    let mut units: BTreeMap<UnitCode, Performance> = BTreeMap::new();
    let mut figures = CatalogueFigures::default();
    let mut known = Vec::new();
    for part in parts {
        let catalogue = std::sync::Arc::clone(&part.catalogue);
        part.each(read, &period, Events::All, |records, seen| {
            let counts_at = basis.of(&catalogue, today);
            let unit = counts_at(&seen.unit, seen.dossier.units_since());
            statistics.add(seen, &part.counted_by, &counts_at);
            if only.as_ref().is_none_or(|only| *only == unit) {
                let own = units.entry(unit).or_default();
                own.add(seen, records, &period, &part.counted_by.calendars);
            }
            ControlFlow::Continue(())
        })
        .await?;
        figures = CatalogueFigures::of(
            catalogue
                .procedures
                .iter_in_force(period.to)
                .map(AsRef::as_ref),
        );
        known.push(catalogue);
    }
    statistics.keep(only.as_ref());
    units.retain(|_, own| *own != Performance::default());
    let targets = match known.first() {
        Some(catalogue) => {
            Target::of(catalogue).map_err(|fault| Error::Internal(Box::new(fault)))?
        }
        None => Vec::new(),
    };
    let of_unit = |code: &UnitCode, performance: &Performance| {
        let unit = known.iter().find_map(|catalogue| catalogue.units.get(code));
        let is_commune = unit.is_some_and(|unit| unit.kind == UnitKind::Commune);
        let own = statistics.units.get(code).cloned().unwrap_or_default();
        UnitPerformance {
            unit: code.to_string(),
            name: unit.map_or_else(String::new, |unit| unit.name_on(last).to_owned()),
            performance: performance.clone(),
            targets: targets
                .iter()
                .filter(|target| target.holds(is_commune, period.from, period.to))
                .map(|target| target.reached(&own, &figures))
                .collect(),
        }
    };
    let mut total = Performance::default();
    for own in units.values() {
        total.merge(own);
    }
    let whole = statistics.total();
    Ok(Performances {
        from: period.from,
        to: period.to,
        as_of: period.as_of,
        units: units.iter().map(|(code, own)| of_unit(code, own)).collect(),
        total: UnitPerformance {
            performance: total,
            targets: targets
                .iter()
                .filter(|target| target.holds(false, period.from, period.to))
                .map(|target| target.reached(&whole, &figures))
                .collect(),
            ..UnitPerformance::default()
        },
        catalogue: figures,
    })
}
