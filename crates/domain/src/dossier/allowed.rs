//! Which acts a dossier permits, so that desk software draws buttons without the rules.

use super::Dossier;
use super::acts::{Action, OnMirror, Spec};
use crate::procedure::Procedure;
use crate::role::Role;

/// What can be asked of a dossier as it stands, by somebody in a role.
///
/// Narrower than the state alone: of a mirror only what its system says, and nothing that could
/// not succeed whatever was asked. Whether the caller's role and unit may ask at all is not looked
/// at here.
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

/// The one of them that usually comes next; none where nothing does, or where it is for others.
#[must_use]
pub fn usual_action(dossier: &Dossier, allowed: &[Action]) -> Option<Action> {
    let stage = dossier.state.stage();
    let usual = allowed.iter().copied();
    usual
        .filter(|action| action.spec().primary.has(stage))
        .min_by_key(|action| action.spec().order)
}
