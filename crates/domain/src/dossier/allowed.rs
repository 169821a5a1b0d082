//! The acts that a dossier permits, so that desk software draws buttons without knowing the rules.

use super::Dossier;
use super::acts::{Action, OnMirror, Spec};
use crate::procedure::Procedure;
use crate::role::Role;

/// The acts that somebody in a role could do on this dossier now.
///
/// This is narrower than the state alone: on a mirror only the acts about its system, and no act
/// that must fail whatever the request says. It does not check whether the caller's role and unit
/// may ask.
#[must_use]
pub fn allowed_actions(dossier: &Dossier, procedure: &Procedure, role: Role) -> Vec<Action> {
    let fits = |spec: &Spec| {
        (dossier.mirrored.is_none() || spec.on_mirror == OnMirror::Heard)
            && spec.states.has(dossier.state.stage())
            && (spec.possible)(dossier, procedure, role)
    };
    let all = Action::ALL.iter().copied();
    all.filter(|action| fits(action.spec())).collect()
}

/// The allowed act that usually comes next; none if no act usually does, or if another role does
/// it.
#[must_use]
pub fn usual_action(dossier: &Dossier, allowed: &[Action]) -> Option<Action> {
    let stage = dossier.state.stage();
    let usual = allowed.iter().copied();
    usual
        .filter(|action| action.spec().primary.has(stage))
        .min_by_key(|action| action.spec().order)
}
