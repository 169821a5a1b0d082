//! Which commands a state permits, so that desk software draws buttons without the rules.

use super::command::Action;
use super::refusal::Refusal;
use super::{Back, Dossier, MOST_CONSULTATIONS, MOST_LEGS, State, mirror};
use crate::id::StepId;
use crate::procedure::Procedure;
use crate::role::Role;

/// The commands that belong to a state.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 17 to 19; results given back on the spot by
/// Art. 17(4).
#[must_use]
fn by_state(state: &State) -> &'static [Action] {
    match state {
        State::Submitted => &[
            Action::Receive,
            Action::Refuse,
            Action::RequestSupplement,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Withdraw,
        ],
        State::SupplementRequested {
            back: Back::Submitted,
        } => &[
            Action::Refuse,
            Action::RecordSupplement,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Withdraw,
        ],
        State::Received => &[
            Action::RequestSupplement,
            Action::Advance,
            Action::Assign,
            Action::Transfer,
            Action::HandOver,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Extend,
            Action::Withdraw,
            Action::Stop,
            Action::OpenLeg,
            Action::CloseLeg,
            Action::OpenConsultation,
            Action::CloseConsultation,
            Action::Resolve,
        ],
        State::Processing { .. } => &[
            Action::RequestSupplement,
            Action::Advance,
            Action::Assign,
            Action::Transfer,
            Action::HandOver,
            Action::RequestPayment,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Extend,
            Action::Withdraw,
            Action::Stop,
            Action::OpenLeg,
            Action::CloseLeg,
            Action::OpenConsultation,
            Action::CloseConsultation,
            Action::Resolve,
        ],
        State::SupplementRequested {
            back: Back::Received | Back::Processing { .. },
        } => &[
            Action::RecordSupplement,
            Action::Assign,
            Action::Transfer,
            Action::HandOver,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Extend,
            Action::Withdraw,
            Action::Stop,
            Action::CloseLeg,
            Action::CloseConsultation,
        ],
        State::PaymentRequested { .. } => &[
            Action::Assign,
            Action::Transfer,
            Action::HandOver,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Extend,
            Action::Withdraw,
            Action::Stop,
            Action::CloseLeg,
            Action::CloseConsultation,
        ],
        State::Resolved => &[
            Action::HandOver,
            Action::RecordPayment,
            Action::RefundPayment,
            Action::Return,
        ],
        State::Refused | State::Withdrawn | State::Stopped | State::Returned => {
            &[Action::RefundPayment, Action::Rate]
        }
    }
}

/// The commands that belong to no state, for they leave it as it is: also after the end.
const BESIDE: [Action; 2] = [Action::Correct, Action::DecideCorrection];

/// Whether a command may be asked of a dossier at all in its state.
#[must_use]
pub(super) fn permits(dossier: &Dossier, action: Action) -> bool {
    by_state(&dossier.state).contains(&action) || BESIDE.contains(&action)
}

/// What can be asked of a dossier as it stands, by somebody in a role.
///
/// Narrower than the state alone: of a mirror only what its system says, no resolution where the
/// step, an open leg or the procedure forbids it, no extension that could not be granted. Whether
/// the caller's unit
/// may ask at all is not looked at here.
#[must_use]
pub fn allowed_actions(dossier: &Dossier, procedure: &Procedure, role: Role) -> Vec<Action> {
    let settles = dossier.mirror.open().next().map(|_| Action::SettleConflict);
    if dossier.mirrored.is_some() {
        let goes_on = !mirror::follows(dossier).is_empty();
        let records = goes_on.then_some(Action::RecordMirrored);
        return records.into_iter().chain(settles).collect();
    }
    Action::ALL
        .into_iter()
        .filter(|action| permits(dossier, *action))
        .chain(settles)
        .filter(|action| match action {
            Action::Advance => {
                by_role(dossier, procedure, role).is_ok()
                    && (procedure.is_outline() && dossier.state == State::Received
                        || !next_steps(dossier, procedure).is_empty())
            }
            Action::Resolve => to_resolve(dossier, procedure, role).is_ok(),
            Action::Extend => dossier
                .clock
                .as_ref()
                .is_some_and(|clock| clock.effective_due.is_some() && clock.standing.is_none()),
            Action::OpenLeg => {
                dossier.legs.len() + dossier.legs_to_come(procedure).count() < MOST_LEGS
            }
            Action::CloseLeg => dossier.open_legs().next().is_some(),
            Action::OpenConsultation => dossier.consultations.len() < MOST_CONSULTATIONS,
            Action::CloseConsultation => dossier.open_consultations().next().is_some(),
            Action::DecideCorrection => dossier.corrections.open().next().is_some(),
            Action::RefundPayment => dossier.fee_kept_vnd() > 0,
            Action::Rate => dossier.rating.is_none(),
            Action::Submit
            | Action::Receive
            | Action::Refuse
            | Action::RequestSupplement
            | Action::RecordSupplement
            | Action::Assign
            | Action::Transfer
            | Action::HandOver
            | Action::RequestPayment
            | Action::RecordPayment
            | Action::Withdraw
            | Action::Stop
            | Action::Return
            | Action::Correct
            | Action::RecordMirrored
            | Action::SettleConflict => true,
        })
        .collect()
}

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

/// Refuses a role to which the present step does not belong.
pub(super) fn by_role(dossier: &Dossier, procedure: &Procedure, role: Role) -> Result<(), Refusal> {
    match dossier.state.step().and_then(|id| procedure.step(id)) {
        Some(step) if !role.stands_in_for(step.role) => Err(Refusal::StepOfOtherRole {
            step: step.id.clone(),
            role: step.role,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a resolution where the step, an open leg or the procedure forbids it.
pub(super) fn to_resolve(
    dossier: &Dossier,
    procedure: &Procedure,
    role: Role,
) -> Result<(), Refusal> {
    if dossier.state == State::Received && !procedure.on_the_spot {
        return Err(Refusal::NotOnTheSpot);
    }
    by_role(dossier, procedure, role)?;
    match dossier.state.step().and_then(|id| procedure.step(id)) {
        Some(step) if !step.finish => Err(Refusal::StepNotFinal {
            step: step.id.clone(),
            next: step.next.clone(),
        }),
        Some(_) | None => others_are_done(dossier),
    }
}

/// Refuses while another agency has not finished. The leading leg ends with the dossier.
fn others_are_done(dossier: &Dossier) -> Result<(), Refusal> {
    let open: Vec<_> = dossier
        .open_legs()
        .filter(|leg| !leg.lead)
        .map(|leg| (leg.number, leg.unit.clone()))
        .collect();
    if open.is_empty() {
        Ok(())
    } else {
        Err(Refusal::LegsOpen { legs: open })
    }
}
