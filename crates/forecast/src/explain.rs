//! Why a dossier is judged as it is: reasons with numbers, before they become words.
//!
//! The first reason speaks for the level. No reason speaks against the chance, and no part of what
//! is left takes longer than the whole.

use chrono::NaiveDate;
use domain::calendar::Error;
use domain::time::Instant;

use crate::forecaster::{Basis, FEW, Forecaster, Prospect};
use crate::layer::Likeness;
use crate::level::{Level, judge};
use crate::model::Model;
use crate::running::{Glance, Running};
use crate::situation::Situation;
use crate::table::Cell;

/// From so many settled dossiers of its own on, nobody has to be told that a unit leans on others.
const OWN: u32 = 100;
/// A reminder is advised where it lowers the chance by so much.
const HELPS: f64 = 0.05;

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The deadline has passed.
    Overdue {
        /// Working days since.
        by: f64,
        /// The day on which it passed.
        due: NaiveDate,
        /// The step it is at, where that is known.
        step: Option<String>,
        /// The day on which it came there.
        since: NaiveDate,
    },
    /// The clock stands: no working time passes.
    ClockStands {
        /// The day since when.
        since: NaiveDate,
        /// What is waited for: the step it is at, where that is known.
        step: Option<String>,
    },
    /// Nothing like it was ever seen: the forecast rests on the plan alone.
    NoHistory,
    /// Its procedure was never seen: the forecast rests on other procedures and on the plan.
    NewProcedure,
    /// Its unit has few settled dossiers of its own, and leans on those of the province.
    Pooled {
        /// Its own.
        own: u32,
        /// Those of all units.
        all: u32,
    },
    /// What the chance itself says.
    Odds {
        /// Of ten dossiers like this one, so many end late.
        in_ten: u32,
    },
    /// What became of comparable dossiers.
    Comparable {
        /// How many have had their deadline.
        settled: u32,
        /// Of those, how many ended late.
        late: u32,
        /// The step they were all at; none where they have no known step in common.
        step: Option<String>,
        /// The share of the allowance that they had all used up, where they have that in common.
        used: Option<f64>,
        /// Working days that they had all been at the step, where they have that in common.
        waited: Option<f64>,
    },
    /// The time left against what the rest usually takes.
    TimeLeft {
        /// Working days to the deadline.
        left: f64,
        /// Working days within which half of such dossiers end.
        usual: f64,
        /// Whether nine in ten of them take longer than what is left.
        cannot_fit: bool,
    },
    /// The time left against what is planned for the rest.
    Planned {
        /// Working days to the deadline.
        left: f64,
        /// Working days planned for what is still to be done.
        needed: f64,
        /// Whether nine in ten plans so short of time fail.
        cannot_fit: bool,
    },
    /// Things like it are finished on some weekdays only, and none of these comes in time.
    ServiceDay {
        /// Those weekdays, Monday 0.
        weekdays: Vec<u8>,
        /// The next such day.
        next: NaiveDate,
    },
    /// The later step on which most time goes.
    Slowest {
        /// Its name.
        step: String,
        /// Working days it takes.
        days: f64,
        /// Whether that is what is planned for it, and not what it usually takes.
        planned: bool,
        /// Whether a reminder there helps.
        advise: bool,
    },
    /// The other agency that is the longest part of what is left.
    SlowestLeg {
        /// What it does there.
        leg: String,
        /// Working days within which half of those that waited as long were answered.
        days: f64,
        /// Whether that is what is planned for it, and not what it usually takes.
        planned: bool,
        /// Whether a reminder there helps.
        advise: bool,
    },
}

/// What a reason names: for programs that put it into words of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// So many dossiers.
    Count(u32),
    /// Working days.
    Days(f64),
    /// A local day.
    Date(NaiveDate),
    /// A step or another agency's work, by name.
    Name(String),
}

impl Reason {
    /// The reason's code for programs. Part of the contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Overdue { .. } => "OVERDUE",
            Reason::ClockStands { .. } => "CLOCK_STANDS",
            Reason::NoHistory => "NO_HISTORY",
            Reason::NewProcedure => "NEW_PROCEDURE",
            Reason::Pooled { .. } => "FEW_OWN",
            Reason::Odds { .. } => "ODDS",
            Reason::Comparable { settled, .. } if *settled < FEW => "FEW_COMPARABLE",
            Reason::Comparable { .. } => "COMPARABLE",
            Reason::TimeLeft {
                cannot_fit: true, ..
            } => "CANNOT_FIT",
            Reason::TimeLeft {
                cannot_fit: false, ..
            } => "TIME_LEFT",
            Reason::Planned {
                cannot_fit: true, ..
            } => "PLAN_CANNOT_FIT",
            Reason::Planned { left, needed, .. } if needed > left => "PLAN_SHORT",
            Reason::Planned { .. } => "PLANNED",
            Reason::ServiceDay { .. } => "SERVICE_DAY",
            Reason::Slowest { .. } => "SLOWEST_STEP",
            Reason::SlowestLeg { .. } => "SLOWEST_LEG",
        }
    }

    /// What the reason names, in a fixed order. Part of the contract.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Value)> {
        let step_of = |step: &Option<String>| step.clone().map(|step| ("step", Value::Name(step)));
        match self {
            Reason::NoHistory | Reason::NewProcedure => Vec::new(),
            Reason::Overdue {
                by,
                due,
                step,
                since,
            } => {
                let mut named = vec![("late_days", Value::Days(*by)), ("due", Value::Date(*due))];
                named.extend(step_of(step));
                named.push(("since", Value::Date(*since)));
                named
            }
            Reason::ClockStands { since, step } => {
                let mut named = vec![("since", Value::Date(*since))];
                named.extend(step_of(step));
                named
            }
            Reason::Pooled { own, all } => {
                vec![("own", Value::Count(*own)), ("all", Value::Count(*all))]
            }
            Reason::Odds { in_ten } => vec![("in_ten", Value::Count(*in_ten))],
            Reason::Comparable {
                settled,
                late,
                step,
                used,
                waited,
            } => {
                let mut named = vec![
                    ("comparable", Value::Count(*settled)),
                    ("late", Value::Count(*late)),
                ];
                named.extend(step_of(step));
                let used = used.map(|used| Value::Count(percent(used)));
                named.extend(used.map(|used| ("used_percent", used)));
                named.extend(waited.map(|waited| ("waited_days", Value::Days(waited))));
                named
            }
            Reason::TimeLeft { left, usual, .. } => vec![
                ("left_days", Value::Days(*left)),
                ("usual_days", Value::Days(*usual)),
            ],
            Reason::Planned { left, needed, .. } => vec![
                ("left_days", Value::Days(*left)),
                ("planned_days", Value::Days(*needed)),
            ],
            Reason::ServiceDay { next, .. } => vec![("next", Value::Date(*next))],
            Reason::Slowest { step, days, .. } => vec![
                ("step", Value::Name(step.clone())),
                ("days", Value::Days(*days)),
            ],
            Reason::SlowestLeg { leg, days, .. } => vec![
                ("leg", Value::Name(leg.clone())),
                ("days", Value::Days(*days)),
            ],
        }
    }
}

/// A share in whole per cent.
pub(crate) fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// Whether a share of late dossiers lies on the side on which a chance and its level lie.
fn agrees(share: f64, late: f64, level: Level) -> bool {
    let same_side = (share >= 0.5) == (late >= 0.5);
    match level {
        Level::OnTrack => same_side && share < 0.3,
        Level::Watch | Level::AtRisk | Level::WillBeLate | Level::Overdue => {
            same_side && share >= late / 2.0
        }
    }
}

impl Forecaster {
    /// The reasons behind a forecast and the level of a dossier that had another one before, or
    /// none; the weightiest first.
    pub fn explain(
        &self,
        previous: Option<Level>,
        running: &Running,
        now: Instant,
    ) -> Result<Vec<Reason>, Error> {
        let glance = running.at(self.wall(), now)?;
        let prospect = self.expect(running, &glance);
        let level = judge(previous, prospect.sight(), self.thresholds());
        let telling = Telling {
            forecaster: self,
            running,
            glance,
            prospect,
            level,
        };
        telling.reasons(now)
    }
}

/// A dossier whose forecast is put into reasons.
struct Telling<'a> {
    forecaster: &'a Forecaster,
    running: &'a Running,
    glance: Glance,
    prospect: Prospect,
    level: Level,
}

impl Telling<'_> {
    fn reasons(&self, now: Instant) -> Result<Vec<Reason>, Error> {
        let mut reasons = Vec::new();
        if self.prospect.overdue {
            reasons.push(self.overdue(now)?);
        } else {
            reasons.extend(self.stands());
            reasons.extend(self.service_day());
            reasons.extend(self.level_and_time());
        }
        match self.prospect.basis {
            Basis::Plan => reasons.push(Reason::NoHistory),
            Basis::Kin => reasons.push(Reason::NewProcedure),
            Basis::History => reasons.extend(self.pooled()),
        }
        reasons.extend(self.longest()?);
        Ok(reasons)
    }

    fn model(&self) -> Option<&Model> {
        let artefact = self.forecaster.artefact();
        artefact
            .filter(|_| self.prospect.basis != Basis::Plan)
            .map(super::artefact::Artefact::model)
    }

    fn overdue(&self, now: Instant) -> Result<Reason, Error> {
        let office = self.forecaster.office();
        let due = self.running.deadline;
        let told = self.running.told_until(now);
        Ok(Reason::Overdue {
            by: office.position(told)? - office.position(due)?,
            due: office.local_day(due),
            step: self.running.step().map(str::to_owned),
            since: office.local_day(self.running.arrived()),
        })
    }

    fn stands(&self) -> Option<Reason> {
        let since = self.running.standing()?;
        Some(Reason::ClockStands {
            since: self.forecaster.office().local_day(since),
            step: self.running.step().map(str::to_owned),
        })
    }

    /// What speaks for the level first, then the time left, then comparable dossiers.
    fn level_and_time(&self) -> Vec<Reason> {
        let (late, left) = (self.prospect.late, self.prospect.left);
        let cannot_fit = late >= self.forecaster.thresholds().will_be_late.raise;
        let time = match self.prospect.basis {
            Basis::History => Reason::TimeLeft {
                left,
                usual: self.prospect.middle,
                cannot_fit,
            },
            Basis::Kin | Basis::Plan => Reason::Planned {
                left,
                needed: self.needed(),
                cannot_fit: cannot_fit && self.needed() > left,
            },
        };
        let time_speaks_for_it = match (&time, self.level) {
            (Reason::TimeLeft { usual, .. }, Level::OnTrack) => *usual <= left,
            (Reason::TimeLeft { usual, .. }, _) => *usual > left,
            (_, Level::OnTrack) => self.needed() <= left,
            (_, _) => self.needed() > left,
        };
        // A plan that says otherwise than the chance of kin is not told.
        let is_told = time_speaks_for_it || self.prospect.basis == Basis::History;
        let comparable = self.comparable();
        let mut reasons = Vec::new();
        if time_speaks_for_it {
            reasons.push(time);
            reasons.extend(comparable);
        } else {
            let odds = Reason::Odds {
                in_ten: ((late * 10.0).round() as u32).clamp(1, 9),
            };
            reasons.push(comparable.unwrap_or(odds));
            reasons.extend(is_told.then_some(time));
        }
        reasons
    }

    fn needed(&self) -> f64 {
        let progress = self.running.progress(&self.glance);
        self.running.plan.needed(progress)
    }

    /// The closest comparable dossiers whose share lies on the side of the chance.
    fn comparable(&self) -> Option<Reason> {
        let model = self.model()?;
        let at = &self.glance.situation;
        let cells = model.table().chain(at);
        let cell = cells.filter(|cell| cell.settled >= FEW).find(|cell| {
            let share = f64::from(cell.settled_late) / f64::from(cell.settled);
            agrees(share, self.prospect.late, self.level)
        })?;
        Some(comparable(model, at, cell))
    }

    fn service_day(&self) -> Option<Reason> {
        let week = self.running.week()?;
        if self.glance.situation.service_days > 0 || self.prospect.late < 0.5 {
            return None;
        }
        let next = NaiveDate::from_num_days_from_ce_opt(week.next(self.glance.date))?;
        Some(Reason::ServiceDay {
            weekdays: week.weekdays(),
            next,
        })
    }

    fn pooled(&self) -> Option<Reason> {
        let model = self.model()?;
        let own = model.settled_of(self.glance.situation.unit);
        let is_known = self.running.has_unit();
        (is_known && own < OWN).then(|| Reason::Pooled {
            own,
            all: model.size().settled,
        })
    }

    /// The longest part of what is left, if it is no longer than the whole of it.
    fn longest(&self) -> Result<Option<Reason>, Error> {
        let usual = match (self.prospect.basis, self.forecaster.artefact()) {
            (Basis::History, Some(artefact)) => artefact.longest(self.running, &self.glance),
            (_, _) => None,
        };
        let whole = match self.prospect.basis {
            Basis::History => self.prospect.middle,
            Basis::Kin | Basis::Plan => self.needed(),
        };
        let planned = || {
            let progress = self.running.progress(&self.glance);
            let (work, days, is_leg) = self.running.plan.longest(progress)?;
            let name = work.name.clone();
            Some((name, days, is_leg, true))
        };
        let usual = usual.map(|(name, days, is_leg)| (name, days, is_leg, false));
        let is_part = |part: &(String, f64, bool, bool)| part.1 <= whole + 1e-9;
        let part = usual.filter(is_part).or_else(|| planned().filter(is_part));
        let Some((name, days, is_leg, planned)) = part else {
            return Ok(None);
        };
        let advise = match self.level {
            Level::OnTrack => false,
            Level::Overdue => !self.running.stands(),
            Level::Watch | Level::AtRisk | Level::WillBeLate => {
                self.forecaster.gain_at(self.running, &self.glance) >= HELPS
            }
        };
        Ok(Some(if is_leg {
            Reason::SlowestLeg {
                leg: name,
                days,
                planned,
                advise,
            }
        } else {
            Reason::Slowest {
                step: name,
                days,
                planned,
                advise,
            }
        }))
    }
}

/// What became of the dossiers of a cell, told with what they have in common.
fn comparable(model: &Model, at: &Situation, cell: &Cell) -> Reason {
    let alike = Likeness::of(cell.key);
    let step = model.step_name(at.step).filter(|_| alike >= Likeness::Step);
    let is_told = |needed| step.is_some() && alike == needed;
    // No time at all is none to be told, such as while the clock stands.
    let waited = Some(f64::from(at.waited)).filter(|_| is_told(Likeness::Waited));
    let waited = waited.filter(|days| days * model.hours_a_day() >= 0.1);
    Reason::Comparable {
        settled: cell.settled,
        late: cell.settled_late,
        step: step.map(str::to_owned),
        used: is_told(Likeness::Share).then(|| f64::from(at.share())),
        waited,
    }
}

#[cfg(test)]
mod tests {
    use super::agrees;
    use crate::level::Level;

    #[test]
    fn comparable_dossiers_are_told_only_where_they_speak_for_the_level() {
        assert!(agrees(0.9, 0.8, Level::AtRisk));
        assert!(
            !agrees(0.29, 0.6, Level::AtRisk),
            "a warning on few late ones"
        );
        assert!(agrees(0.35, 0.42, Level::AtRisk));
        assert!(!agrees(0.1, 0.42, Level::Watch));
        assert!(agrees(0.1, 0.05, Level::OnTrack));
        assert!(!agrees(0.45, 0.2, Level::OnTrack));
    }
}
