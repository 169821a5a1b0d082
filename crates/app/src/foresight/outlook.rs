//! What a month is likely to end with, and where to act first.

use std::collections::HashMap;

use domain::dossier::Dossier;
use domain::id::{DossierId, UnitCode};
use domain::procedure::Kind;
use domain::time::{self, Instant};
use forecast::outlook::{Ended, Open, outlook};

use super::month::Month;
use super::scoring::{Laid, is_foreseen};
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, Scope, WorklistPage};
use crate::read::scope_of;
use crate::report::{self, RateUnits, RatesQuery, UnitBasis};
use crate::view::View;

/// What a month is likely to end with.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The month.
    pub month: Month,
    /// When it was reckoned.
    pub as_of: Instant,
    /// Ended in the month so far, in time and late, by instants.
    pub ended: Ended,
    /// Open, and due in the month or before it.
    pub open: u32,
    /// Of these, already overdue.
    pub overdue: u32,
    /// Late ones and rate at the month's end, and how far the target is.
    pub reckoned: forecast::outlook::Outlook<DossierId>,
    /// The rate to be reached.
    pub target: f64,
    /// What to act on first, and by how much the chance of a delay falls with each working hour.
    pub act_first: Vec<(View, f64)>,
}

/// How many dossiers are looked at in one go.
const STRIDE: u32 = 1_000;

impl Engine {
    /// The outlook of a month for a unit, or for all units of the caller; of the present month
    /// when none is given. `target` is the on-time rate to be reached, such as 0.95.
    ///
    /// Counted are the dossiers that these units decide: those that ended in the month, and those
    /// still open that are due in it or before. Petitions and mirrored dossiers are left out, as
    /// they are of the rates.
    pub async fn outlook(
        &self,
        caller: &Caller,
        unit: Option<&UnitCode>,
        month: Option<Month>,
        target: f64,
    ) -> Result<Outlook, Error> {
        let scope = scope_of(caller, Method::GetOutlook, unit)?;
        let now = self.now();
        let month = month.or_else(|| Month::of(time::local_day(now)));
        let month = month.filter(|month| month.ends() > now);
        let month = month.ok_or_else(|| Error::invalid("month", "must not be over"))?;
        let read = self.office.store.read().await?;
        let ended = self.ended(read.as_ref(), &scope, month, now).await?;
        let mut counted = Vec::new();
        let mut page = WorklistPage::all(scope.clone(), None, STRIDE);
        let mut named: HashMap<DossierId, Dossier> = HashMap::new();
        loop {
            let found = read.worklist(&page).await?;
            let last = found.len() < STRIDE as usize;
            page.after = found
                .last()
                .map(|dossier| WorklistPage::place(&page.scope, dossier));
            let own = found.into_iter().filter(|dossier| {
                let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
                dossier.kind == Kind::Procedure
                    && is_foreseen(dossier)
                    && decides(&scope, dossier)
                    && due.is_some_and(|due| due < month.ends())
            });
            let own: Vec<Dossier> = own.collect();
            counted.extend(self.weigh(read.as_ref(), &scope, &own, now).await?);
            named.extend(own.into_iter().map(|dossier| (dossier.id, dossier)));
            if last {
                break;
            }
        }
        let reckoned = outlook(&counted, ended, target);
        let first = reckoned.act_first.iter();
        let gains: HashMap<DossierId, f64> = first
            .clone()
            .map(|act| (act.id, act.gain_an_hour))
            .collect();
        let first = first.filter_map(|act| named.remove(&act.id)).collect();
        let mut views = self.views(read.as_ref(), caller, first).await?;
        self.office.foresee(read.as_ref(), &mut views).await?;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let act_first = views.into_iter().map(|view| {
            let gain = gains.get(&view.dossier.id).copied().unwrap_or_default();
            (view, gain)
        });
        Ok(Outlook {
            month,
            as_of: now,
            ended,
            open: count(counted.len()),
            overdue: count(counted.iter().filter(|open| open.late >= 1.0).count()),
            target,
            act_first: act_first.collect(),
            reckoned,
        })
    }

    /// What ended in the month so far, as the rates count it.
    async fn ended(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        month: Month,
        now: Instant,
    ) -> Result<Ended, Error> {
        let mut ended = Ended::default();
        if month.begins() > now {
            return Ok(ended);
        }
        let units: Vec<RateUnits> = match scope {
            Scope::Province(province) => vec![RateUnits::Province(province.clone())],
            Scope::Units(_, units) => units.iter().cloned().map(RateUnits::One).collect(),
        };
        for units in units {
            let query = RatesQuery {
                units,
                from: month.first(),
                to: time::local_day(now),
                as_of: None,
                basis: UnitBasis::Recorded,
            };
            let report = report::rates(read, &self.office.catalogues, &query, now).await?;
            let rate = report.total.in_time_rate_766;
            ended.in_time += rate.num;
            ended.late += rate.den - rate.num;
        }
        Ok(ended)
    }

    /// How likely each is to be late, and what is gained by acting.
    async fn weigh(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        dossiers: &[Dossier],
        now: Instant,
    ) -> Result<Vec<Open<DossierId>>, Error> {
        let province = scope.province();
        let given: Vec<&Dossier> = dossiers.iter().collect();
        let office = &self.office;
        let laid = office
            .foresight
            .lay_out(read, &office.catalogues, province, &given, now)
            .await?;
        let open = laid.iter().filter_map(|(id, laid)| weighed(*id, laid, now));
        let mut open: Vec<Open<DossierId>> = open.collect();
        open.sort_by_key(|open| open.id);
        Ok(open)
    }
}

fn weighed(id: DossierId, laid: &Laid, now: Instant) -> Option<Open<DossierId>> {
    let forecaster = &laid.of_unit.forecaster;
    let prospect = forecaster.prospect(&laid.running, now).ok()?;
    Some(Open {
        id,
        // Overdue by the due time itself, and by nothing else.
        late: if prospect.overdue {
            1.0
        } else {
            prospect.late.min(0.999_999)
        },
        left_hours: prospect.left * forecaster.hours_a_day(),
        gain: forecaster.gain(&laid.running, now).ok()?,
    })
}

/// Whether units of a scope decide a dossier.
pub(crate) fn decides(scope: &Scope, dossier: &Dossier) -> bool {
    match scope {
        Scope::Province(_) => true,
        Scope::Units(_, units) => units.contains(&dossier.resolving),
    }
}
