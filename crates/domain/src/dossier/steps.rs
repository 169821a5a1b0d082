//! The steps of the internal process that a dossier can take.

use super::Dossier;
use super::refusal::Refusal;
use super::state::State;
use crate::id::StepId;
use crate::procedure::Procedure;
use crate::role::Role;

/// The steps that may follow; none for a procedure without a published process.
#[must_use]
pub fn next_steps(dossier: &Dossier, procedure: &Procedure) -> Vec<StepId> {
    match &dossier.state {
        State::Received => procedure
            .first_step()
            .map(|step| step.id.clone())
            .into_iter()
            .collect(),
        State::Processing { step: Some(id) } => procedure
            .step(id)
            .map(|step| step.next.clone())
            .unwrap_or_default(),
        State::Processing { step: None }
        | State::Submitted
        | State::Refused
        | State::SupplementRequested { .. }
        | State::PaymentRequested { .. }
        | State::Withdrawn
        | State::Stopped
        | State::Resolved
        | State::Returned => Vec::new(),
    }
}

/// Refuses a role to which the dossier's step does not belong.
pub(super) fn refuse_other_role(
    dossier: &Dossier,
    procedure: &Procedure,
    role: Role,
) -> Result<(), Refusal> {
    match dossier.state.step().and_then(|id| procedure.step(id)) {
        Some(step) if !role.stands_in_for(step.role) => Err(Refusal::StepOfOtherRole {
            step: step.id.clone(),
            role: step.role,
        }),
        Some(_) | None => Ok(()),
    }
}
