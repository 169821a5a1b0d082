//! Explains a forecast by reasons with numbers; `words.rs` turns them into sentences.
//!
//! The first reason speaks for the level. No reason contradicts the chance, and no single part of
//! the remaining work takes longer than the whole.

use chrono::NaiveDate;
use domain::calendar::Error;
use domain::time::Instant;

use crate::forecaster::{Basis, FEW, Forecaster, Prospect};
use crate::layer::Likeness;
use crate::level::{Level, judge};
use crate::model::Model;
use crate::running::{Running, RunningAt};
use crate::situation::Situation;
use crate::table::Cell;

/// A unit with this many settled dossiers of its own does not lean noticeably on others, so no
/// reason says so.
const OWN: u32 = 100;
/// A reminder is advised if it lowers the chance by at least this much.
const HELPS: f64 = 0.05;
/// The part of the time planned for the later steps below which no usual time is told.
const FASTEST: f64 = 0.1;

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The deadline has passed.
    Overdue {
        /// Working days since the deadline.
        by: f64,
        /// The day of the deadline.
        due: NaiveDate,
        /// The present step, if known.
        step: Option<String>,
        /// The day on which the dossier came to the step.
        since: NaiveDate,
    },
    /// The clock stands: no working time passes.
    ClockStands {
        /// The day on which the clock stopped.
        since: NaiveDate,
        /// The present step, if known. Its name says what the office waits for.
        step: Option<String>,
    },
    /// No comparable dossier was ever seen: the forecast rests on the plan alone.
    NoHistory,
    /// The procedure was never seen: the forecast rests on other procedures and on the plan.
    NewProcedure,
    /// The unit has few settled dossiers, so the forecast leans on those of the province.
    Pooled {
        /// Settled dossiers of the unit.
        own: u32,
        /// Settled dossiers of all units.
        all: u32,
    },
    /// The chance itself, if no better reason speaks for the level.
    Odds {
        /// How many of ten dossiers like this one end late.
        in_ten: u32,
    },
    /// The outcome of comparable dossiers.
    Comparable {
        /// How many of them are settled.
        settled: u32,
        /// How many of the settled ones ended late.
        late: u32,
        /// The step that all of them were at; none if they share no known step.
        step: Option<String>,
        /// The share of the allowance that all of them had used, if they share it.
        used: Option<f64>,
        /// Working days that all of them had been at the step, if they share it.
        waited: Option<f64>,
    },
    /// The time left against the usual remaining time.
    TimeLeft {
        /// Working days to the deadline.
        left: f64,
        /// Working days within which half of such dossiers end.
        usual: f64,
        /// Whether nine in ten of them take longer than what is left.
        cannot_fit: bool,
    },
    /// The time left against the planned remaining time.
    Planned {
        /// Working days to the deadline.
        left: f64,
        /// Working days planned for the remaining work.
        needed: f64,
        /// Whether nine in ten plans so short of time fail.
        cannot_fit: bool,
    },
    /// Such dossiers are finished on some weekdays only, and none of these comes before the
    /// deadline.
    ServiceDay {
        /// Those weekdays, 0 for Monday.
        weekdays: Vec<u8>,
        /// The next such day.
        next: NaiveDate,
    },
    /// The later step that takes the most time.
    Slowest {
        /// Its name.
        step: String,
        /// Working days it takes.
        days: f64,
        /// Whether `days` is the planned time and not the usual one.
        planned: bool,
        /// Whether a reminder there helps.
        advise: bool,
    },
    /// Another agency's work, if it is the longest remaining part.
    SlowestLeg {
        /// The name of that work.
        leg: String,
        /// Working days within which half of the requests that waited as long were answered.
        days: f64,
        /// Whether `days` is the planned time and not the usual one.
        planned: bool,
        /// Whether a reminder there helps.
        advise: bool,
    },
}

/// A value of a reason, for programs that write their own sentences.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number of dossiers, or a percentage.
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

    /// The reason's values by name, in a fixed order. Part of the contract.
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

/// Whether a share of late dossiers lies on the same side as the chance and its level.
fn agrees(share: f64, late: f64, level: Level) -> bool {
    let same_side = (share >= 0.5) == (late >= 0.5);
    match level {
        // Hardly any late ones do not speak for a chance of four in ten, though that is on track.
        Level::OnTrack => same_side && share < 0.3 && late - share < 0.3,
        Level::Watch | Level::AtRisk | Level::WillBeLate | Level::Overdue => {
            same_side && share >= late / 2.0
        }
    }
}

impl Forecaster {
    /// The reasons behind a dossier's forecast and level, the weightiest first.
    ///
    /// `previous` is the level before, or none.
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

/// A dossier and its forecast, while reasons are being collected.
struct Telling<'a> {
    forecaster: &'a Forecaster,
    running: &'a Running,
    glance: RunningAt,
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

    /// The reasons for the level: first the one that speaks for it, then time left or comparable
    /// dossiers.
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
        let time_speaks_for_it = time_speaks_for_it && self.agrees_with_plan();
        // The plan counts only half for a new procedure, so a plan that contradicts the chance is
        // not mentioned.
        let is_told =
            time_speaks_for_it || self.prospect.basis == Basis::History && self.agrees_with_plan();
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

    /// Whether the usual time is not absurd beside the steps to come: nobody believes that what is
    /// planned to take days takes minutes, even where the few dossiers alike were so quick.
    fn agrees_with_plan(&self) -> bool {
        let is_usual = self.prospect.basis == Basis::History;
        !is_usual || self.prospect.middle >= self.running.plan.to_come() * FASTEST
    }

    fn needed(&self) -> f64 {
        let progress = self.running.progress(&self.glance);
        self.running.plan.needed(progress)
    }

    /// The most alike cell with enough settled dossiers whose share of late ones agrees with the
    /// chance.
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

    /// The longest part of the remaining work, unless it seems longer than the whole.
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

/// The outcome of a cell's dossiers, with the features that they share.
fn comparable(model: &Model, at: &Situation, cell: &Cell) -> Reason {
    let alike = Likeness::of(cell.key);
    let step = model.step_name(at.step).filter(|_| alike >= Likeness::Step);
    let is_told = |needed| step.is_some() && alike == needed;
    // A wait of practically nothing, as while the clock stands, is not worth mentioning.
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
        assert!(!agrees(0.04, 0.4, Level::OnTrack));
    }
}
