//! What the page of a unit tells, of one look: the numbers on it fit each other, and its open dossiers are read
//! once.

use chrono::NaiveDate;
use domain::dossier::Dossier;
use domain::id::UnitCode;
use domain::indicator::Report;
use domain::time;

use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::foresight::Outlook;
use crate::ports::{AccessEventKind, DossierFilter};
use crate::read::{listed, scope_of};
use crate::report::{RateUnits, permitted};
use crate::view::View;
use crate::worklist::{Breakdown, Pages, Survey, Whose, WorklistCounts};

/// What is wanted on the page of a unit.
#[derive(Debug, Clone)]
pub struct OverviewQuery {
    /// Whose page.
    pub unit: UnitCode,
    /// The first so many pending dossiers are told one by one.
    pub rows: usize,
    /// The working days ahead of the outlook.
    pub horizon_days: u32,
    /// The on-time rate to reach, such as 0.95.
    pub target: f64,
    /// The periods of the rates, each with its first and its last day.
    pub periods: Vec<(NaiveDate, NaiveDate)>,
}

/// The same as the counts, the worklist, the outlook and the rates of a unit tell apart.
#[derive(Debug, Clone)]
pub struct Overview {
    /// How much waits.
    pub counts: WorklistCounts,
    /// The same by level, step, holder and procedure.
    pub breakdown: Breakdown,
    /// The first pending dossiers, most urgent first.
    pub first: Vec<View>,
    /// The month; none for a caller who may not see it.
    pub outlook: Option<Outlook>,
    /// The rates of each period; nothing for a caller who may not see them. Those of days that are over may be
    /// a quarter of an hour old.
    pub rates: Vec<Report>,
}

impl Engine {
    /// Looks at a unit for its page.
    pub async fn overview(
        &self,
        caller: &Caller,
        query: &OverviewQuery,
    ) -> Result<Overview, Error> {
        let unit = Some(&query.unit);
        scope_of(caller, Method::GetWorklistCounts, unit)?;
        let scope = scope_of(caller, Method::ListWorklist, unit)?;
        self.saw(caller, AccessEventKind::PersonalListed, listed(unit));
        let read = self.context.store.read().await?;
        let rates = match caller.may(Method::GetRates) {
            true => {
                let units = RateUnits::One(query.unit.clone());
                let units = permitted(caller, Method::GetRates, units)?;
                self.rates_of_periods(read.as_ref(), &units, &query.periods)
                    .await?
            }
            false => Vec::new(),
        };
        let mut draft = match caller.may(Method::GetOutlook) {
            true => {
                let scope = scope_of(caller, Method::GetOutlook, unit)?;
                Some(self.begin_outlook(scope, None, query.horizon_days)?)
            }
            false => None,
        };
        let whose = Whose {
            unit: Some(query.unit.clone()),
            ..Whose::default()
        };
        let mut survey = Survey::new(self.now());
        let mut first: Vec<Dossier> = Vec::new();
        let pages = self.pages(caller, scope.clone(), &whose, DossierFilter::default());
        let mut pages = Pages::of(pages);
        while let Some(found) = pages.next(read.as_ref()).await? {
            survey
                .add(&self.context, read.as_ref(), &scope, &found)
                .await?;
            let missing = query.rows.saturating_sub(first.len());
            first.extend(found.iter().take(missing).cloned());
            if let Some(draft) = &mut draft {
                draft.add(&self.context, read.as_ref(), found).await?;
            }
        }
        let outlook = match draft {
            Some(draft) => {
                let today = time::local_day(draft.now);
                let month = (draft.month.first(), today);
                let so_far = query.periods.iter().position(|period| *period == month);
                let so_far = so_far.and_then(|place| rates.get(place));
                let read = read.as_ref();
                let outlook = self.finish_outlook(read, caller, draft, so_far, query.target);
                Some(outlook.await?)
            }
            None => None,
        };
        let (counts, breakdown) = survey.done();
        Ok(Overview {
            counts,
            breakdown,
            first: self
                .worklist_views(read.as_ref(), caller, &scope, first)
                .await?,
            outlook,
            rates,
        })
    }
}
