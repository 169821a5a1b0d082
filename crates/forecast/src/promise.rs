//! Checks whether levels and chances keep what they promise: replays a log as the engine lives it,
//! and compares with the outcomes quarter by quarter.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Months, NaiveDate};
use domain::time::{Instant, day_start, local_day};

use crate::artefact::Artefact;
use crate::forecaster::Forecaster;
use crate::level::{Level, Precision};
use crate::log::{Case, Ending, Error, Log};
use crate::planned::Plan;
use crate::poisson_binomial::PoissonBinomial;
use crate::record::{Drift, Settled, drift};
use crate::working_time::WorkingTime;

/// The levels that promise a share of late dossiers.
const PROMISING: [Level; 3] = [Level::Watch, Level::AtRisk, Level::WillBeLate];
/// The most crossings of one dossier between two events. A guard against an endless loop.
const MOST_CROSSINGS: usize = 400;
/// A dossier with at least this allowance, in working days, should get its warning a day ahead.
const LONG: f64 = 2.0;
/// The lead, in working days, that counts as a day ahead.
const AHEAD: f64 = 1.0;

/// A level with the outcomes of the dossiers that ever reached it before their deadline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// The level.
    pub level: Level,
    /// The share of these dossiers that should end late.
    pub promised: f64,
    /// How many dossiers reached the level.
    pub flagged: u32,
    /// How many of them ended late.
    pub late: u32,
}

impl Kept {
    /// The share that ended late; none without dossiers.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.flagged > 0).then(|| f64::from(self.late) / f64::from(self.flagged))
    }

    /// The standard error of that share if the promise is true.
    #[must_use]
    pub fn error(&self) -> f64 {
        (self.promised * (1.0 - self.promised) / f64::from(self.flagged.max(1))).sqrt()
    }

    /// Whether at least as many ended late as promised, less two standard errors.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.share()
            .is_none_or(|share| share >= self.promised - 2.0 * self.error())
    }
}

/// The outcomes of the dossiers whose deadline fell into a quarter.
#[derive(Debug, Clone, PartialEq)]
pub struct Quarter {
    /// The first day of the quarter.
    pub from: NaiveDate,
    /// How many dossiers.
    pub dossiers: u32,
    /// How many of them ended late.
    pub late: u32,
    /// What each promising level kept.
    pub kept: [Kept; 3],
    /// The sum of the chances at half of the allowance.
    pub expected_late: f64,
    /// The 80 % interval for the number of late dossiers if these chances are right.
    pub band: (u32, u32),
    /// Late dossiers among those that had a chance at half of the allowance.
    pub told_late: u32,
    /// The drift at the quarter's end; none with too few dossiers.
    pub drift: Option<Drift>,
    /// The share of late dossiers that were flagged at risk before the deadline.
    pub recall: Option<f64>,
    /// The same, counting only dossiers with at least two working days allowed, and only flags a
    /// day ahead.
    pub ahead: Option<f64>,
    /// The share of late dossiers among those flagged a day ahead.
    pub ahead_precision: Option<f64>,
}

/// A dossier that was followed until its deadline or its end.
#[derive(Debug, Clone)]
struct Followed {
    due: Instant,
    settled: Settled,
    highest: Level,
}

/// Replays a log from `first`, the first day of a month, for a number of quarters. Each month
/// begins with a fit on what was known by then. Each dossier that starts later is followed through
/// all its crossings until it ends or is due.
///
/// Errors: as [`Artefact::fit`], and for days outside the calendar.
pub fn live(
    log: &Log,
    office: &Arc<WorkingTime>,
    first: NaiveDate,
    quarters: u32,
) -> Result<Vec<Quarter>, Error> {
    let begins: Vec<Instant> = (0..3 * quarters)
        .map(|month| day_start(first + Months::new(month)))
        .collect();
    let ends = day_start(first + Months::new(3 * quarters));
    let fits: Vec<Arc<Artefact>> = begins
        .iter()
        .map(|until| Artefact::fit(log, &[office], *until, Precision::default()).map(Arc::new))
        .collect::<Result<_, Error>>()?;
    let mut forecasters: BTreeMap<&str, Vec<(Instant, Forecaster)>> = BTreeMap::new();
    let mut followed = Vec::new();
    for case in &log.cases {
        let Some(due) = case.deadline else { continue };
        if case.start < begins[0] || due >= ends {
            continue;
        }
        let of_kind = forecasters.entry(&case.unit_kind).or_insert_with(|| {
            let made = fits.iter().map(|artefact| {
                let artefact = Some(Arc::clone(artefact));
                Forecaster::new(artefact, Arc::clone(office), &case.unit_kind)
            });
            begins.iter().copied().zip(made).collect()
        });
        let dossier = follow(of_kind, &log.activities, case, due);
        followed.push(dossier.map_err(|error| Error::Calendar {
            case: case.id.clone(),
            error,
        })?);
    }
    let quarters = (0..quarters).map(|quarter| {
        let day = |months| first + Months::new(months);
        let (from, to) = (day(3 * quarter), day(3 * quarter + 3));
        let own = followed
            .iter()
            .filter(|one| (from..to).contains(&local_day(one.due)));
        Quarter::of(from, &own.collect::<Vec<_>>())
    });
    Ok(quarters.collect())
}

/// Follows one dossier as the engine does: lays it out again at each event and each new model, and
/// judges it again at each crossing.
fn follow(
    forecasters: &[(Instant, Forecaster)],
    activities: &[String],
    case: &Case,
    due: Instant,
) -> Result<Followed, domain::calendar::Error> {
    let office = forecasters[0].1.office();
    let (start, until) = (office.position(case.start)?, office.position(due)?);
    let half = office.moment_of(start.midpoint(until))?;
    let stop = case.end.map_or(due, |end| end.min(due));
    let (mut level, mut highest, mut warned, mut told) = (None, Level::OnTrack, None, None);
    let events = case.events.iter().map(|event| event.at);
    let models = forecasters.iter().map(|(from, _)| *from);
    let mut turns: Vec<Instant> = events.chain(models).collect();
    turns.push(half);
    turns.retain(|at| (case.start..stop).contains(at));
    turns.sort_unstable();
    turns.dedup();
    for (place, from) in turns.iter().enumerate() {
        let next = turns.get(place + 1).copied().unwrap_or(stop);
        let current = forecasters.partition_point(|(since, _)| since <= from);
        let forecaster = &forecasters[current.max(1) - 1].1;
        let running = forecaster.running(case, activities, due, *from, Plan::default())?;
        if *from == half {
            told = Some(forecaster.prospect(&running, half)?.late);
        }
        let mut now = *from;
        for _ in 0..MOST_CROSSINGS {
            let here = forecaster.level(level, &running, now)?;
            level = Some(here);
            highest = highest.max(here);
            if here.warns() && warned.is_none() {
                warned = Some(until - office.position(now)?);
            }
            match forecaster.crossing(here, &running, now)? {
                Some(crossing) if crossing.at < next => now = crossing.at,
                Some(_) | None => break,
            }
        }
    }
    Ok(Followed {
        due,
        highest,
        settled: Settled {
            late: case.end.is_none_or(|end| end > due),
            without: case.ending == Ending::Without,
            lead: warned,
            acted: false,
            allowance: Some(until - start),
            told,
        },
    })
}

impl Quarter {
    fn of(from: NaiveDate, own: &[&Followed]) -> Quarter {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let precision = Precision::default();
        let promised = [precision.watch, precision.at_risk, precision.will_be_late];
        let settled: Vec<Settled> = own.iter().map(|one| one.settled.clone()).collect();
        let late = settled.iter().filter(|one| one.late).count();
        let told = || {
            let told = settled.iter();
            told.filter_map(|one| Some((one.told?, one.late)))
        };
        let (low, high) = PoissonBinomial::new(told().map(|(chance, _)| chance)).between(0.8);
        let long = || {
            let long = settled.iter();
            long.filter(|one| one.allowance.is_some_and(|days| days >= LONG))
        };
        let is_ahead = |one: &&Settled| one.lead.is_some_and(|lead| lead >= AHEAD);
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let both = long().filter(is_ahead).filter(|one| one.late).count();
        let warned = settled.iter().filter(|one| one.late && one.lead.is_some());
        let mut place = 0;
        Quarter {
            from,
            dossiers: count(own.len()),
            late: count(late),
            kept: PROMISING.map(|level| {
                let flagged = own.iter().filter(|one| one.highest >= level);
                let promised = promised[place];
                place += 1;
                Kept {
                    level,
                    promised,
                    flagged: count(flagged.clone().count()),
                    late: count(flagged.filter(|one| one.settled.late).count()),
                }
            }),
            expected_late: told().map(|(chance, _)| chance).sum(),
            band: (count(low), count(high)),
            told_late: count(told().filter(|(_, late)| *late).count()),
            drift: drift(&settled),
            recall: ratio(warned.count(), late),
            ahead: ratio(both, long().filter(|one| one.late).count()),
            ahead_precision: ratio(both, long().filter(is_ahead).count()),
        }
    }
}
