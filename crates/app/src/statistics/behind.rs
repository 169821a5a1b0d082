//! The dossiers behind a number: each number of a report opens exactly what it counts.

use std::ops::ControlFlow;

use domain::dossier::Dossier;
use domain::id::{DossierId, UnitCode};
use domain::indicator::{Number, Statistics, UnitStatistics};
use domain::time::Instant;

use super::{Events, Walk};
use crate::access::{Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{Page, PageQuery, next_token};
use crate::ports::ReadTx;
use crate::report::{RatesQuery, permitted};

/// Which dossiers are wanted.
#[derive(Debug, Clone)]
pub struct BehindQuery {
    /// The report.
    pub report: RatesQuery,
    /// The number in it.
    pub number: Number,
    /// Only of this field; of all when none.
    pub field: Option<String>,
    /// Of a rate, all that it is a share of.
    pub whole: bool,
    /// Which page.
    pub page: PageQuery,
}

/// A dossier behind a number.
#[derive(Debug, Clone)]
pub struct Behind {
    /// The unit at which it counts.
    pub unit: UnitCode,
    /// As it stood at the period's end.
    pub dossier: Dossier,
    /// What it adds to the number: mostly 1, but two stops of one dossier are two.
    pub count: u32,
}

impl Engine {
    /// The dossiers behind a number of a report that the caller may look at.
    pub async fn behind(
        &self,
        caller: &Caller,
        mut query: BehindQuery,
    ) -> Result<Page<Behind>, Error> {
        let units = query.report.units;
        query.report.units = permitted(caller, Method::ListReportDossiers, units)?;
        let read = self.context.store.read().await?;
        behind(read.as_ref(), &self.context.catalogues, &query, self.now()).await
    }
}

/// The dossiers behind a number, by id. Who may ask is the caller's business.
///
/// Each dossier is counted by itself with what counts all of them, so rows and number cannot differ.
pub async fn behind(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &BehindQuery,
    now: Instant,
) -> Result<Page<Behind>, Error> {
    let BehindQuery {
        report,
        number,
        field,
        whole,
        page,
    } = query;
    let limit = page.limit()? as usize;
    let question = format!("behind {number:?} {field:?} {whole} {report:?}");
    let after = page
        .after(&question)?
        .map(|place| DossierId::parse(&place))
        .transpose()
        .map_err(|_not_ours| {
            Error::invalid("page_token", "must be a next_page_token of this method")
        })?;
    let Walk {
        parts,
        only,
        period,
        basis,
        today,
        ..
    } = Walk::over(read, catalogues, report, now).await?;
    let mut items: Vec<Behind> = Vec::new();
    for mut part in parts {
        part.after = after;
        part.each(read, &period, Events::All, |_, seen| {
            let mut alone = Statistics::new(period);
            alone.add(seen, &part.counted_by, basis.of(&part.catalogue, today));
            alone.keep(only.as_ref());
            let counts = |own: &UnitStatistics| {
                let (num, den) = number.of(own, field.as_deref());
                if *whole { den } else { num }
            };
            // A dossier that was handed on twice counts at two units.
            let unit = alone.units.iter().find(|(_, own)| counts(own) > 0);
            if let Some((unit, _)) = unit {
                items.push(Behind {
                    unit: unit.clone(),
                    dossier: seen.dossier.clone(),
                    count: counts(&alone.total()),
                });
            }
            if items.len() > limit {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .await?;
    }
    let mut next = String::new();
    if items.len() > limit {
        items.truncate(limit);
        if let Some(last) = items.last() {
            next = next_token(&last.dossier.id.to_string(), &question);
        }
    }
    Ok(Page {
        items,
        next,
        total: None,
        at_least: false,
    })
}
