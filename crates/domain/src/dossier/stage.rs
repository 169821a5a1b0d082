//! The states of a dossier without their contents, so that a table can list them.

use std::fmt;

use super::state::{Back, State};

/// A state without its step: one box of the lifecycle.
///
/// Waiting for papers is two boxes. Before reception no clock runs and the desk may still refuse;
/// after it neither holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Waiting for an answer from the desk.
    Submitted,
    /// Waiting for papers that the desk wants to see before it accepts.
    PapersBeforeReception,
    /// Accepted, not yet handed over.
    Received,
    /// In the offices behind the desk.
    Processing,
    /// Waiting for papers, after reception.
    SupplementRequested,
    /// Waiting for a payment.
    PaymentRequested,
    /// The result is ready at the desk.
    Resolved,
    /// Refused at intake. The end.
    Refused,
    /// Taken back by the citizen. The end.
    Withdrawn,
    /// Stopped by the agency. The end.
    Stopped,
    /// The citizen has the result. The end.
    Returned,
}

impl Stage {
    /// Every stage, in the order of a life.
    pub const ALL: [Stage; 11] = [
        Stage::Submitted,
        Stage::PapersBeforeReception,
        Stage::Received,
        Stage::Processing,
        Stage::SupplementRequested,
        Stage::PaymentRequested,
        Stage::Resolved,
        Stage::Refused,
        Stage::Withdrawn,
        Stage::Stopped,
        Stage::Returned,
    ];

    /// The word used in tables and diagrams: `supplement_requested`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Submitted => "submitted",
            Stage::PapersBeforeReception => "papers_before_reception",
            Stage::Received => "received",
            Stage::Processing => "processing",
            Stage::SupplementRequested => "supplement_requested",
            Stage::PaymentRequested => "payment_requested",
            Stage::Resolved => "resolved",
            Stage::Refused => "refused",
            Stage::Withdrawn => "withdrawn",
            Stage::Stopped => "stopped",
            Stage::Returned => "returned",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl State {
    /// The state without what it carries.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            State::Submitted => Stage::Submitted,
            State::SupplementRequested {
                back: Back::Submitted,
            } => Stage::PapersBeforeReception,
            State::Received => Stage::Received,
            State::Processing { .. } => Stage::Processing,
            State::SupplementRequested {
                back: Back::Received | Back::Processing { .. },
            } => Stage::SupplementRequested,
            State::PaymentRequested { .. } => Stage::PaymentRequested,
            State::Resolved => Stage::Resolved,
            State::Refused => Stage::Refused,
            State::Withdrawn => Stage::Withdrawn,
            State::Stopped => Stage::Stopped,
            State::Returned => Stage::Returned,
        }
    }
}

/// A set of stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages(u16);

impl Stages {
    /// No stage: before a dossier begins, or never.
    pub const NONE: Stages = Stages(0);
    /// All of them, also after the end.
    pub const ALL: Stages = Stages::of(&Stage::ALL);
    /// From reception until the result is ready.
    pub const UNDER_WAY: Stages = Stages::of(&[
        Stage::Received,
        Stage::Processing,
        Stage::SupplementRequested,
        Stage::PaymentRequested,
    ]);
    /// From submission until the result is ready.
    pub const OPEN: Stages = Stages::of(&[
        Stage::Submitted,
        Stage::PapersBeforeReception,
        Stage::Received,
        Stage::Processing,
        Stage::SupplementRequested,
        Stage::PaymentRequested,
    ]);
    /// The stages after which nothing is left to do.
    pub const OVER: Stages = Stages::of(&[
        Stage::Refused,
        Stage::Withdrawn,
        Stage::Stopped,
        Stage::Returned,
    ]);

    /// The set of these.
    #[must_use]
    pub const fn of(stages: &[Stage]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < stages.len() {
            set |= 1 << stages[at] as u16;
            at += 1;
        }
        Stages(set)
    }

    /// These and one more.
    #[must_use]
    pub const fn and(self, stage: Stage) -> Self {
        Stages(self.0 | 1 << stage as u16)
    }

    /// Whether a stage is among them.
    #[must_use]
    pub const fn has(self, stage: Stage) -> bool {
        self.0 & (1 << stage as u16) != 0
    }

    /// Each of them, in the order of a life.
    pub fn each(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.into_iter().filter(move |stage| self.has(*stage))
    }
}
