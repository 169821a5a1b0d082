//! The probable figures at a month's end, and where to act first.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::Dossier;
use domain::id::{DossierId, UnitCode};
use domain::indicator::{Rate, Report, Target};
use domain::time::{self, Instant};
use domain::unit::UnitKind;
use forecast::level::Level;
use forecast::outlook::{Ended, Lately, WholeMonth, outlook, whole_month};

use super::month::Month;
use super::outlook_draft::{Ahead, OutlookDraft};
use super::workload::StepLoad;
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, Scope, WorklistPage};
use crate::read::scope_of;
use crate::report::{RateUnits, rates_lately};
use crate::view::View;

/// The probable figures at a month's end.
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
    /// The late dossiers and the rate expected at the month's end, and the distance to the target.
    pub reckoned: forecast::outlook::Outlook<DossierId>,
    /// The rate to be reached.
    pub target: f64,
    /// What to act on first of that and of what is due within the days ahead, and by how much the chance of a delay falls with each working hour.
    pub act_first: Vec<Advice>,
    /// The overdue dossiers, the longest overdue first.
    pub overdue_first: Vec<Advice>,
    /// The working days ahead that were asked for.
    pub ahead: Ahead,
    /// The month with the dossiers that have not come yet, by the pace of the last four weeks. None
    /// for a month to come, or where nobody more is expected.
    pub whole: Option<WholeMonth>,
    /// Received online in the month so far, of all received.
    pub online: Rate,
    /// The share to be received and done online as a whole; none where no target counts that.
    pub online_target: Option<OnlineTarget>,
    /// Whether the work at each step fits, the fullest first; only for units, not for a province.
    pub steps: Vec<StepLoad>,
}

/// How much of what units receive must be done online as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct OnlineTarget {
    /// The least share.
    pub at_least: f64,
    /// Who said so.
    pub source: String,
}

/// The count that a target of online work counts.
const FULLY_ONLINE: &str = "received_full_online";
/// The working days before today whose pace says how many dossiers are still to come.
const LATELY_DAYS: u32 = 20;

/// A dossier to act on.
#[derive(Debug, Clone)]
pub struct Advice {
    /// The dossier.
    pub view: View,
    /// How much the chance of a delay falls with each working hour saved.
    pub gain_an_hour: f64,
    /// What to do.
    pub act: Act,
    /// The last moment at which that still helps; none if it has passed.
    pub by: Option<Instant>,
}

/// What to do about a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nobody has it: assign it.
    Assign,
    /// Remind whoever has it.
    Remind,
    /// It waits at its last step.
    Sign,
    /// It is late or will be: tell the citizen, with another date.
    Apologise,
}

/// The number of working days ahead, if the caller names none.
pub const HORIZON_DAYS: u32 = 5;
/// How many overdue dossiers are named.
const OVERDUE_FIRST: usize = 5;

/// How many dossiers are read at once.
const STRIDE: u32 = 1_000;

impl Engine {
    /// The outlook of a month, the present one by default, for a unit or for all units of the
    /// caller, with the given number of working days ahead. `target` is the on-time rate to reach,
    /// such as 0.95.
    ///
    /// It counts the dossiers that these units decide: those that ended in the month, and open ones
    /// due in it or before. It leaves out petitions and mirrored dossiers, as the rates do.
    pub async fn outlook(
        &self,
        caller: &Caller,
        unit: Option<&UnitCode>,
        month: Option<Month>,
        horizon_days: u32,
        target: f64,
    ) -> Result<Outlook, Error> {
        let scope = scope_of(caller, Method::GetOutlook, unit)?;
        let mut draft = self.begin_outlook(scope, month, horizon_days)?;
        let read = self.context.store.read().await?;
        let mut page = WorklistPage::all(draft.scope.clone(), None, STRIDE);
        loop {
            let found = read.worklist(&page).await?;
            let last = found.len() < STRIDE as usize;
            page.after = found
                .last()
                .map(|dossier| WorklistPage::place(&page.scope, dossier));
            draft.add(&self.context, read.as_ref(), found).await?;
            if last {
                break;
            }
        }
        self.finish_outlook(read.as_ref(), caller, draft, None, target)
            .await
    }

    /// An outlook before any open dossier is read.
    pub(crate) fn begin_outlook(
        &self,
        scope: Scope,
        month: Option<Month>,
        horizon_days: u32,
    ) -> Result<OutlookDraft, Error> {
        let now = self.now();
        let today = time::local_day(now);
        let month = month.or_else(|| Month::of(today));
        let month = month.filter(|month| month.ends() > now);
        let month = month.ok_or_else(|| Error::invalid("month", "must not be over"))?;
        let catalogue = self.context.catalogue(scope.province());
        let calendar = catalogue.calendars.national();
        // Nobody knows which days of a later month are worked.
        if month.first() > calendar.last_day() {
            let problem = "must lie in the published calendar";
            return Err(Error::invalid("month", problem));
        }
        let until = calendar
            .nth_working_day_after(today, horizon_days)
            .ok()
            .and_then(|day| calendar.closing(day).ok().flatten());
        Ok(OutlookDraft::new(scope, month, now, (horizon_days, until)))
    }

    /// The outlook of the open dossiers that were read. `so_far` is the report of the month's days up to
    /// today, if it is known already.
    pub(crate) async fn finish_outlook(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        draft: OutlookDraft,
        so_far: Option<&Report>,
        target: f64,
    ) -> Result<Outlook, Error> {
        let OutlookDraft {
            scope,
            month,
            now,
            ahead,
            waiting,
            counted,
            near,
            mut named,
        } = draft;
        let horizon_days = ahead.days;
        let today = time::local_day(now);
        let (ended, online) = match so_far {
            _ if month.begins() > now => (Ended::default(), Rate::new(0, 0)),
            Some(report) => counted_in(std::slice::from_ref(report)),
            None => {
                self.ended(read, &scope, (month.first(), today), now)
                    .await?
            }
        };
        let reckoned = outlook(&counted, ended, target);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let overdue_count = count(counted.iter().filter(|open| open.late >= 1.0).count());
        let whole = match self.lately(read, &scope, month, now).await? {
            Some((lately, left)) => {
                let late = ended.late.saturating_add(overdue_count);
                whole_month(&reckoned, ended, late, lately, left, target)
            }
            None => None,
        };
        let catalogue = self.context.catalogue(scope.province());
        let online_target = online_target(&catalogue, &scope, month)?;
        let steps = match &scope {
            // A province's dossiers of a week are too many to read for every page.
            Scope::Province(_) => Vec::new(),
            Scope::Units(..) => {
                let passed = self.passed(read, &scope, horizon_days, now).await?;
                waiting.loads(&passed, &catalogue)
            }
        };
        let first = outlook(&near, Ended::default(), target).act_first;
        let first = first.iter();
        let gains: HashMap<DossierId, f64> = first
            .clone()
            .map(|act| (act.id, act.gain_an_hour))
            .collect();
        let first: Vec<Dossier> = first.filter_map(|act| named.remove(&act.id)).collect();
        let overdue: HashSet<DossierId> = counted
            .iter()
            .filter(|open| open.late >= 1.0)
            .map(|open| open.id)
            .collect();
        let late = named.into_values();
        let mut late: Vec<Dossier> = late.filter(|one| overdue.contains(&one.id)).collect();
        late.sort_by_key(|dossier| (dossier.due(), dossier.id));
        late.truncate(OVERDUE_FIRST);
        let act_first = self.advise(read, caller, first, &gains, now).await?;
        let overdue_first = self.advise(read, caller, late, &gains, now).await?;
        Ok(Outlook {
            month,
            as_of: now,
            ended,
            open: count(counted.len()),
            overdue: overdue_count,
            target,
            act_first,
            overdue_first,
            ahead,
            whole,
            online,
            online_target,
            steps,
            reckoned,
        })
    }

    /// What ended on the last working days, and how many are left of the present month; none for a
    /// month to come or past the calendar.
    async fn lately(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        month: Month,
        now: Instant,
    ) -> Result<Option<(Lately, u32)>, Error> {
        let today = time::local_day(now);
        let catalogue = self.context.catalogue(scope.province());
        let calendar = catalogue.calendars.national();
        let first = calendar.nth_working_day_before(today, LATELY_DAYS).ok();
        let (Some(first), Some(yesterday)) = (first, today.pred_opt()) else {
            return Ok(None);
        };
        if month.begins() > now {
            return Ok(None);
        }
        let (ended, _) = self.ended(read, scope, (first, yesterday), now).await?;
        // Today counts as a day to come: in the morning, most of what ends today is still open.
        let days = today.iter_days();
        let days = days.take_while(|day| time::day_start(*day) < month.ends());
        let left = days.filter(|day| calendar.is_working_day(*day).unwrap_or(false));
        let lately = Lately {
            ended,
            days: LATELY_DAYS,
        };
        let left = u32::try_from(left.count()).unwrap_or(u32::MAX);
        Ok(Some((lately, left)))
    }

    /// The dossiers that ended from one day to another, and those received online, as the rates
    /// count them.
    async fn ended(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        (from, to): (NaiveDate, NaiveDate),
        now: Instant,
    ) -> Result<(Ended, Rate), Error> {
        let units: Vec<RateUnits> = match scope {
            Scope::Province(province) => vec![RateUnits::Province(province.clone())],
            Scope::Units(_, units) => units.iter().cloned().map(RateUnits::One).collect(),
        };
        let mut reports = Vec::with_capacity(units.len());
        for units in units {
            reports.push(rates_lately(&self.context, read, units, (from, to), now).await?);
        }
        Ok(counted_in(&reports))
    }

    /// The advice for some dossiers, and until when it helps.
    async fn advise(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        dossiers: Vec<Dossier>,
        gains: &HashMap<DossierId, f64>,
        now: Instant,
    ) -> Result<Vec<Advice>, Error> {
        let Some(province) = dossiers.first().map(|dossier| dossier.province.clone()) else {
            return Ok(Vec::new());
        };
        let context = &self.context;
        let given: Vec<&Dossier> = dossiers.iter().collect();
        let laid = context
            .foresight
            .lay_out(read, &context.catalogues, &province, &given, now)
            .await?;
        let mut views = self.views(read, caller, dossiers).await?;
        context.foresee(read, &mut views).await?;
        let advised = views.into_iter().map(|view| {
            let id = view.dossier.id;
            let starts = laid.get(&id).and_then(|laid| laid.last_start(now));
            let (act, by) = act(&view, starts, now);
            Advice {
                gain_an_hour: gains.get(&id).copied().unwrap_or_default(),
                act,
                by,
                view,
            }
        });
        Ok(advised.collect())
    }
}

/// What ended in time and late by some reports, and what was received online.
fn counted_in(reports: &[Report]) -> (Ended, Rate) {
    let mut ended = Ended::default();
    let mut online = Rate::new(0, 0);
    for report in reports {
        let rate = report.total.in_time_rate_766;
        ended.in_time += rate.num;
        ended.late += rate.den - rate.num;
        let own = report.total.online_rate;
        online = Rate::new(online.num + own.num, online.den + own.den);
    }
    (ended, online)
}

/// The target that counts what is done online as a whole.
fn online_target(
    catalogue: &Catalogue,
    scope: &Scope,
    month: Month,
) -> Result<Option<OnlineTarget>, Error> {
    let targets = Target::of(catalogue).map_err(|fault| Error::Internal(Box::new(fault)))?;
    let is_commune = match scope {
        Scope::Province(_) => true,
        Scope::Units(_, units) => units.iter().any(|unit| {
            let unit = catalogue.units.get(unit);
            unit.is_some_and(|unit| unit.kind == UnitKind::Commune)
        }),
    };
    let target = targets.into_iter().find(|target| {
        target.of.as_deref() == Some(FULLY_ONLINE)
            && target.holds(is_commune, month.first(), month.first())
    });
    Ok(target.map(|target| OnlineTarget {
        at_least: target.at_least,
        source: target.source,
    }))
}

/// The advice for a dossier, and the last moment at which it still helps.
pub(super) fn act(
    view: &View,
    last_start: Option<Instant>,
    now: Instant,
) -> (Act, Option<Instant>) {
    let foreseen = view.foreseen.as_ref();
    let level = foreseen.map(|foreseen| foreseen.level);
    let to_come = |by: Option<Instant>| by.filter(|by| now <= *by);
    // Where what remains no longer fits, it still ends the earlier the sooner somebody moves it.
    let start = to_come(last_start).or(to_come(view.dossier.due()));
    let clock = view.dossier.clock.as_ref();
    let promised = to_come(clock.and_then(|clock| clock.promised_due));
    match level {
        // Whoever was told another date is waiting for it, not for another letter.
        Some(Level::Overdue) if promised.is_none() => (Act::Apologise, None),
        Some(Level::WillBeLate) if foreseen.is_some_and(|it| it.apology_by.is_some()) => {
            (Act::Apologise, foreseen.and_then(|it| it.apology_by))
        }
        _ if view.dossier.assignee.is_none() => (Act::Assign, start),
        _ if is_at_last_step(view) => (Act::Sign, to_come(view.dossier.due())),
        _ => (Act::Remind, start),
    }
}

fn is_at_last_step(view: &View) -> bool {
    let step = view.dossier.state.step();
    let step = step.and_then(|id| view.procedure.step(id));
    step.is_some_and(|step| step.finish)
}
