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
    /// Nothing like it was ever seen; the chance is no more than even odds.
    NoHistory,
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
    /// The later step on which most time goes, hence where a reminder helps most.
    Slowest {
        /// Its name.
        step: String,
        /// Working days it usually takes.
        days: f64,
    },
}

impl Reason {
    /// The reason's code for programs. Part of the contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Overdue => "OVERDUE",
            Reason::NoHistory => "NO_HISTORY",
            Reason::Comparable { settled, .. } if *settled < FEW => "FEW_COMPARABLE",
            Reason::Comparable { .. } => "COMPARABLE",
            Reason::TimeLeft {
                cannot_fit: true, ..
            } => "CANNOT_FIT",
            Reason::TimeLeft {
                cannot_fit: false, ..
            } => "TIME_LEFT",
            Reason::Slowest { .. } => "SLOWEST_STEP",
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
        let Some(cell) = self.comparable(at, FEW).filter(|cell| cell.settled > 0) else {
            reasons.push(Reason::NoHistory);
            return reasons;
        };
        reasons.push(Reason::Comparable {
            settled: cell.settled,
            late: cell.settled_late,
            step: self.step_name(at.step).map(str::to_owned),
            waited: f64::from(at.waited),
        });
        if at.left > 0.0 {
            let forecast = self.forecast(at, 0.0);
            let left = f64::from(at.left);
            reasons.push(Reason::TimeLeft {
                left,
                usual: forecast.middle,
                cannot_fit: forecast.soonest > left,
            });
        }
        let slowest = self.ahead(at.step);
        let slowest = slowest.and_then(|ahead| Some((self.step_name(ahead.slowest)?, ahead.days)));
        if let Some((step, days)) = slowest.filter(|(_, days)| *days >= 0.1) {
            reasons.push(Reason::Slowest {
                step: step.to_owned(),
                days: f64::from(days),
            });
        }
        reasons
    }
}
