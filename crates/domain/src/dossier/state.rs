//! The lifecycle of a dossier: law, so it is code.

use serde::{Deserialize, Serialize};

use super::status::Status;
use crate::id::StepId;

/// The state of a dossier. Each variant holds only what that state has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Handed in online or by post, waiting for an answer from the desk.
    Submitted,
    /// Accepted at the desk; the clock runs; the offices do not have it yet.
    Received,
    /// Refused at intake. The end.
    Refused,
    /// In the offices behind the desk.
    Processing {
        /// The step of the internal process; none if the procedure publishes no steps.
        step: Option<StepId>,
    },
    /// Waiting for papers from the citizen.
    SupplementRequested {
        /// Where the dossier returns when the papers have come.
        back: Back,
    },
    /// Waiting for a payment from the citizen.
    PaymentRequested {
        /// The step at which processing goes on after the payment.
        step: Option<StepId>,
    },
    /// Taken back by the citizen. The end.
    Withdrawn,
    /// Stopped by the agency. The end.
    Stopped,
    /// The result is ready at the desk.
    Resolved,
    /// The citizen has the result. The end.
    Returned,
}

/// Where a dossier returns after a supplement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Back {
    /// To the desk, which has not accepted it yet; no clock ran before.
    Submitted,
    /// To the desk, which has accepted it.
    Received,
    /// To its step in the offices.
    Processing {
        /// The step it was at.
        step: Option<StepId>,
    },
}

impl State {
    /// The national status it projects onto.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            State::Submitted => Status::Submitted,
            State::Received => Status::Received,
            State::Refused => Status::Refused,
            State::Processing { .. } => Status::Processing,
            State::SupplementRequested { .. } => Status::SupplementRequested,
            State::PaymentRequested { .. } => Status::PaymentRequested,
            State::Withdrawn => Status::Withdrawn,
            State::Stopped => Status::Stopped,
            State::Resolved => Status::Resolved,
            State::Returned => Status::Returned,
        }
    }

    /// The step of the internal process, during processing or while the dossier waits to return to
    /// it.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            State::Processing { step }
            | State::PaymentRequested { step }
            | State::SupplementRequested {
                back: Back::Processing { step },
            } => step.as_ref(),
            State::SupplementRequested {
                back: Back::Submitted | Back::Received,
            }
            | State::Submitted
            | State::Received
            | State::Refused
            | State::Withdrawn
            | State::Stopped
            | State::Resolved
            | State::Returned => None,
        }
    }

    /// The same state at another step, where it has one.
    #[must_use]
    pub(super) fn at(self, step: &Option<StepId>) -> State {
        let step = step.clone();
        match self {
            State::Processing { .. } => State::Processing { step },
            State::PaymentRequested { .. } => State::PaymentRequested { step },
            State::SupplementRequested {
                back: Back::Processing { .. },
            } => State::SupplementRequested {
                back: Back::Processing { step },
            },
            State::SupplementRequested {
                back: Back::Submitted | Back::Received,
            }
            | State::Submitted
            | State::Received
            | State::Refused
            | State::Withdrawn
            | State::Stopped
            | State::Resolved
            | State::Returned => self,
        }
    }
}

impl From<Back> for State {
    fn from(back: Back) -> State {
        match back {
            Back::Submitted => State::Submitted,
            Back::Received => State::Received,
            Back::Processing { step } => State::Processing { step },
        }
    }
}
