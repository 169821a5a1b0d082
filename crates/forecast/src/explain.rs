//! Why a dossier is judged as it is: reasons with numbers, before they become words.

use crate::layer::Likeness;
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
        /// Working days within which half of the comparable dossiers ended; none where other
        /// reasons outweigh that, so that it would speak against the chance.
        usual: Option<f64>,
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
                used,
                waited,
            } => {
                let mut named = vec![
                    ("comparable", Value::Count(*settled)),
                    ("late", Value::Count(*late)),
                ];
                named.extend(step.clone().map(|step| ("step", Value::Name(step))));
                let used = used.map(|used| Value::Count(percent(used)));
                named.extend(used.map(|used| ("used_percent", used)));
                named.extend(waited.map(|waited| ("waited_days", Value::Days(waited))));
                named
            }
            Reason::TimeLeft { left, usual, .. } => {
                let mut named = vec![("left_days", Value::Days(*left))];
                named.extend(usual.map(|usual| ("usual_days", Value::Days(usual))));
                named
            }
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

/// A share in whole per cent.
pub(crate) fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// What the rest usually takes, unless it speaks against the chance or a part takes longer.
pub(crate) fn usual(late: f64, middle: f64, left: f64, part: f64) -> Option<f64> {
    let agrees = (late >= 0.5) == (middle >= left);
    (agrees && middle >= part).then_some(middle)
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
        let forecast = self.forecast(at, 0.0);
        let left = f64::from(at.left);
        if left > 0.0 {
            let cannot_fit = forecast.soonest > left;
            reasons.push(Reason::TimeLeft {
                left,
                usual: usual(forecast.late, forecast.middle, left, 0.0),
                cannot_fit,
            });
        }
        let slowest = self.slowest(at.step);
        let slowest = slowest.filter(|(_, days)| left <= 0.0 || *days <= forecast.middle);
        reasons.extend(slowest.map(|(step, days)| Reason::Slowest {
            step: step.to_owned(),
            days,
        }));
        reasons
    }

    /// What became of comparable dossiers; or that there are none.
    pub(crate) fn comparable_reason(&self, at: &Situation) -> Reason {
        match self.comparable(at, FEW).filter(|cell| cell.settled > 0) {
            Some(cell) => {
                let alike = Likeness::of(cell.key);
                let step = self.step_name(at.step).filter(|_| alike >= Likeness::Step);
                let is_told = |needed| step.is_some() && alike == needed;
                // No time at all is none to be told, such as while the clock stands.
                let waited = Some(f64::from(at.waited)).filter(|_| is_told(Likeness::Waited));
                let waited = waited.filter(|days| days * self.hours_a_day() >= 0.05);
                Reason::Comparable {
                    settled: cell.settled,
                    late: cell.settled_late,
                    step: step.map(str::to_owned),
                    used: is_told(Likeness::Share).then(|| f64::from(at.share())),
                    waited,
                }
            }
            None => Reason::NoHistory,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn what_usually_takes_is_not_told_against_the_chance_or_a_longer_part() {
        assert_eq!(usual(0.2, 1.0, 3.0, 0.0), Some(1.0));
        assert_eq!(usual(0.8, 5.0, 3.0, 2.0), Some(5.0));
        assert_eq!(usual(0.8, 1.0, 3.0, 0.0), None, "late, and yet half fit");
        assert_eq!(usual(0.2, 5.0, 3.0, 0.0), None);
        assert_eq!(usual(0.2, 1.0, 3.0, 2.0), None, "a part outlasts the whole");
    }
}
