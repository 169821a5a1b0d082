//! The probable figures at a month's end, and where to act first.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::Dossier;
use domain::id::{DossierId, UnitCode};
use domain::indicator::{Rate, Target};
use domain::procedure::Kind;
use domain::time::{self, Instant};
use domain::unit::UnitKind;
use forecast::level::Level;
use forecast::outlook::{Ended, Lately, Open, WholeMonth, outlook, whole_month};

use super::month::Month;
use super::scoring::{Laid, is_foreseen};
use super::workload::{StepLoad, Waiting, decides};
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

/// The dossiers due within some working days, and those already overdue.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    /// How many working days.
    pub days: u32,
    /// The end of those days; none past the calendar.
    pub until: Option<Instant>,
    /// Dossiers at each level, in the order of [`Level::ALL`].
    pub levels: [u32; Level::ALL.len()],
    /// The expected number of late ends among them, overdue ones included.
    pub expected_late: f64,
}

impl Ahead {
    fn add(&mut self, level: Level, late: f64) {
        let place = Level::ALL.iter().position(|known| *known == level);
        if let Some(count) = place.and_then(|place| self.levels.get_mut(place)) {
            *count += 1;
        }
        self.expected_late += late;
    }
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
        let now = self.now();
        let month = month.or_else(|| Month::of(time::local_day(now)));
        let month = month.filter(|month| month.ends() > now);
        let month = month.ok_or_else(|| Error::invalid("month", "must not be over"))?;
        let calendar = self.context.catalogue(scope.province());
        let calendar = calendar.calendars.national();
        // Nobody knows which days of a later month are worked.
        if month.first() > calendar.last_day() {
            let problem = "must lie in the published calendar";
            return Err(Error::invalid("month", problem));
        }
        let mut ahead = Ahead {
            days: horizon_days,
            until: calendar
                .nth_working_day_after(time::local_day(now), horizon_days)
                .ok()
                .and_then(|day| calendar.closing(day).ok().flatten()),
            ..Ahead::default()
        };
        let read = self.context.store.read().await?;
        let today = time::local_day(now);
        let (ended, online) = if month.begins() > now {
            (Ended::default(), Rate::new(0, 0))
        } else {
            self.ended(read.as_ref(), &scope, (month.first(), today), now)
                .await?
        };
        let mut waiting = Waiting::new(horizon_days, ahead.until);
        let mut counted = Vec::new();
        // A month ends, work does not: on its last day the next ones are what can still be saved.
        let mut near = Vec::new();
        let mut page = WorklistPage::all(scope.clone(), None, STRIDE);
        let mut named: HashMap<DossierId, Dossier> = HashMap::new();
        loop {
            let found = read.worklist(&page).await?;
            let last = found.len() < STRIDE as usize;
            page.after = found
                .last()
                .map(|dossier| WorklistPage::place(&page.scope, dossier));
            let decided = found.iter().filter(|dossier| decides(&scope, dossier));
            decided.for_each(|dossier| waiting.add(dossier));
            let own = found.into_iter().filter(|dossier| {
                let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
                dossier.kind == Kind::Procedure
                    && is_foreseen(dossier)
                    && decides(&scope, dossier)
                    && due.is_some_and(|due| due < month.ends() || Some(due) <= ahead.until)
            });
            let own: Vec<Dossier> = own.collect();
            let weighed = self.weigh(read.as_ref(), &scope, &own, now).await?;
            let dues: HashMap<DossierId, Instant> = own
                .iter()
                .filter_map(|dossier| Some((dossier.id, dossier.due()?)))
                .collect();
            for (open, level) in weighed {
                let due = dues.get(&open.id).copied();
                let in_month = due.is_some_and(|due| due < month.ends());
                if due <= ahead.until {
                    ahead.add(level, open.late);
                }
                if in_month || due <= ahead.until {
                    near.push(open.clone());
                }
                if in_month {
                    counted.push(open);
                }
            }
            named.extend(own.into_iter().map(|dossier| (dossier.id, dossier)));
            if last {
                break;
            }
        }
        let reckoned = outlook(&counted, ended, target);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let overdue_count = count(counted.iter().filter(|open| open.late >= 1.0).count());
        let whole = match self.lately(read.as_ref(), &scope, month, now).await? {
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
                let passed = self
                    .passed(read.as_ref(), &scope, horizon_days, now)
                    .await?;
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
        let act_first = self
            .advise(read.as_ref(), caller, first, &gains, now)
            .await?;
        let overdue_first = self
            .advise(read.as_ref(), caller, late, &gains, now)
            .await?;
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
        let mut ended = Ended::default();
        let mut online = Rate::new(0, 0);
        let units: Vec<RateUnits> = match scope {
            Scope::Province(province) => vec![RateUnits::Province(province.clone())],
            Scope::Units(_, units) => units.iter().cloned().map(RateUnits::One).collect(),
        };
        for units in units {
            let report = rates_lately(&self.context, read, units, (from, to), now).await?;
            let rate = report.total.in_time_rate_766;
            ended.in_time += rate.num;
            ended.late += rate.den - rate.num;
            let own = report.total.online_rate;
            online = Rate::new(online.num + own.num, online.den + own.den);
        }
        Ok((ended, online))
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

    /// The chance of lateness of each dossier, the gain from acting, and its level.
    async fn weigh(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        dossiers: &[Dossier],
        now: Instant,
    ) -> Result<Vec<(Open<DossierId>, Level)>, Error> {
        let province = scope.province();
        let given: Vec<&Dossier> = dossiers.iter().collect();
        let context = &self.context;
        let laid = context
            .foresight
            .lay_out(read, &context.catalogues, province, &given, now)
            .await?;
        let open = laid.iter().filter_map(|(id, laid)| weighed(*id, laid, now));
        let mut open: Vec<(Open<DossierId>, Level)> = open.collect();
        open.sort_by_key(|(open, _)| open.id);
        Ok(open)
    }
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

fn weighed(id: DossierId, laid: &Laid, now: Instant) -> Option<(Open<DossierId>, Level)> {
    let forecaster = &laid.of_unit.forecaster;
    let prospect = forecaster.prospect(&laid.running, now).ok()?;
    let open = Open {
        id,
        // Only the due time itself makes a dossier overdue.
        late: if prospect.overdue {
            1.0
        } else {
            prospect.late.min(0.999_999)
        },
        left_hours: prospect.left * forecaster.scale().hours_a_day,
        gain: forecaster.gain(&laid.running, now).ok()?,
    };
    Some((open, laid.level(None, now)?))
}
