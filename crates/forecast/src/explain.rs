//! Why a dossier is judged as it is: reasons with numbers, before they become words.

use crate::model::Model;
use crate::situation::Situation;

/// Fewer settled comparable dossiers than this are called few.
pub const FEW: u32 = 20;

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The deadline has passed.
    Overdue,
    /// The clock stands: no working time passes.
    ClockStands,
    /// Nothing like it was ever seen; the forecast rests on the plan, or on nothing.
    NoHistory,
    /// Its procedure was never seen: the forecast rests on other procedures and on the plan.
    NewProcedure,
    /// What became of comparable dossiers.
    Comparable {
        /// How many have had their deadline.
        settled: u32,
        /// Of those, how many ended late.
        late: u32,
        /// The step it is at; none before the first event or at a step never seen.
        step: Option<String>,
        /// Working days at that step.
        waited: f64,
    },
    /// The time left against what the rest usually takes.
    TimeLeft {
        /// Working days to the deadline.
        left: f64,
        /// Working days within which half of the comparable dossiers ended.
        usual: f64,
        /// Whether nine in ten comparable dossiers took longer than what is left.
        cannot_fit: bool,
    },
    /// The time left against what is planned for the rest.
    Planned {
        /// Working days to the deadline.
        left: f64,
        /// Working days planned for what is still to be done.
        needed: f64,
        /// Whether what is left does not do.
        cannot_fit: bool,
    },
    /// The later step on which most time goes, hence where a reminder helps most.
    Slowest {
        /// Its name.
        step: String,
        /// Working days it usually takes.
        days: f64,
    },
    /// The other agency that is the longest part of what is left.
    SlowestLeg {
        /// What it does there.
        leg: String,
        /// Working days within which half of those that waited as long were answered.
        days: f64,
    },
}

/// What a reason names: for programs that put it into words of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// So many dossiers.
    Count(u32),
    /// Working days.
    Days(f64),
    /// A step or another agency's work, by name.
    Name(String),
}

impl Reason {
    /// The reason's code for programs. Part of the contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Overdue => "OVERDUE",
            Reason::ClockStands => "CLOCK_STANDS",
            Reason::NoHistory => "NO_HISTORY",
            Reason::NewProcedure => "NEW_PROCEDURE",
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
            Reason::Planned {
                cannot_fit: false, ..
            } => "PLANNED",
            Reason::Slowest { .. } => "SLOWEST_STEP",
            Reason::SlowestLeg { .. } => "SLOWEST_LEG",
        }
    }

    /// What the reason names, in a fixed order. Part of the contract.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Value)> {
        match self {
            Reason::Overdue | Reason::ClockStands | Reason::NoHistory | Reason::NewProcedure => {
                Vec::new()
            }
            Reason::Comparable {
                settled,
                late,
                step,
                waited,
            } => {
                let mut named = vec![
                    ("comparable", Value::Count(*settled)),
                    ("late", Value::Count(*late)),
                ];
                if let Some(step) = step {
                    named.push(("step", Value::Name(step.clone())));
                    named.push(("waited_days", Value::Days(*waited)));
                }
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
            Reason::Slowest { step, days } => vec![
                ("step", Value::Name(step.clone())),
                ("days", Value::Days(*days)),
            ],
            Reason::SlowestLeg { leg, days } => vec![
                ("leg", Value::Name(leg.clone())),
                ("days", Value::Days(*days)),
            ],
        }
    }
}

impl Model {
    /// The reasons behind a score, the weightiest first.
    #[must_use]
    pub fn explain(&self, at: &Situation) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if at.left <= 0.0 {
            reasons.push(Reason::Overdue);
        }
        let comparable = self.comparable_reason(at);
        let unknown = comparable == Reason::NoHistory;
        reasons.push(comparable);
        if unknown {
            return reasons;
        }
        if at.left > 0.0 {
            let forecast = self.forecast(at, 0.0);
            let left = f64::from(at.left);
            reasons.push(Reason::TimeLeft {
                left,
                usual: forecast.middle,
                cannot_fit: forecast.soonest > left,
            });
        }
        reasons.extend(self.slowest(at.step).map(|(step, days)| Reason::Slowest {
            step: step.to_owned(),
            days,
        }));
        reasons
    }

    /// What became of comparable dossiers; or that there are none.
    pub(crate) fn comparable_reason(&self, at: &Situation) -> Reason {
        match self.comparable(at, FEW).filter(|cell| cell.settled > 0) {
            Some(cell) => Reason::Comparable {
                settled: cell.settled,
                late: cell.settled_late,
                step: self.step_name(at.step).map(str::to_owned),
                waited: f64::from(at.waited),
            },
            None => Reason::NoHistory,
        }
    }
}
