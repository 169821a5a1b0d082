//! Moves running dossiers to another version of their procedure.
//!
//! A dossier keeps the version under which it was received. Only an explicit migration moves it,
//! and only to a version that has a place for it. Its due times do not change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::dossier::acts::act::{Fact, Written};
use crate::dossier::state::{Back, State};
use crate::id::{CaseId, ComponentCode, StepId};
use crate::procedure::{Authority, Procedure};

/// The step of the new version that replaces each step of the old one.
///
/// A step that the map does not name keeps its id. `None` means no step, as for a dossier of a
/// procedure without a published process.
pub type StepMap = BTreeMap<Option<StepId>, StepId>;

/// Something in a dossier that another version does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// The dossier has ended; it stays as it ended.
    Ended,
    /// Another system decides the dossiers of the other version.
    AuthorityMoved,
    /// The case is gone.
    CaseGone {
        /// The case.
        case: CaseId,
    },
    /// The other version does not name a paper that the dossier has.
    ComponentGone {
        /// The paper.
        component: ComponentCode,
    },
    /// The other version lacks the dossier's step; none means that the dossier is at no step.
    StepGone {
        /// The step.
        step: Option<StepId>,
    },
    /// The dossier once made a move that the other version's steps do not allow.
    MoveNotAllowed {
        /// The version of the dossier that made the move.
        version: u32,
        /// The step it moved to; none means no step.
        step: Option<StepId>,
    },
    /// The desk asked for papers more often than the other version permits.
    SupplementsExceeded {
        /// The number of requests without an exception.
        requested: u8,
        /// How often they may be.
        permitted: u8,
    },
}

impl Break {
    /// The stable word for it: `STEP_GONE`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Break::Ended => "ENDED",
            Break::AuthorityMoved => "AUTHORITY_MOVED",
            Break::CaseGone { .. } => "CASE_GONE",
            Break::ComponentGone { .. } => "COMPONENT_GONE",
            Break::StepGone { .. } => "STEP_GONE",
            Break::MoveNotAllowed { .. } => "MOVE_NOT_ALLOWED",
            Break::SupplementsExceeded { .. } => "SUPPLEMENTS_EXCEEDED",
        }
    }

    /// Whether the dossier cannot continue under the other version.
    ///
    /// A past event that the other version forbids does not bar the migration: it was right under
    /// the version of its time.
    #[must_use]
    pub fn bars(&self) -> bool {
        match self {
            Break::Ended
            | Break::AuthorityMoved
            | Break::CaseGone { .. }
            | Break::ComponentGone { .. }
            | Break::StepGone { .. } => true,
            Break::MoveNotAllowed { .. } | Break::SupplementsExceeded { .. } => false,
        }
    }

    /// What is in the way, in English.
    #[must_use]
    pub fn message(&self) -> String {
        let place = |step: &Option<StepId>| match step {
            Some(step) => format!("step {step}"),
            None => "no step".to_owned(),
        };
        match self {
            Break::Ended => "the dossier has ended".to_owned(),
            Break::AuthorityMoved => "its dossiers are decided by another system".to_owned(),
            Break::CaseGone { case } => format!("case {case} is gone"),
            Break::ComponentGone { component } => format!("component {component} is gone"),
            Break::StepGone { step: Some(step) } => format!("step {step} is gone"),
            Break::StepGone { step: None } => {
                "the dossier stands at no step; name the one that takes it".to_owned()
            }
            Break::MoveNotAllowed { version, step } => {
                format!(
                    "version {version} went to {}, which did not follow",
                    place(step)
                )
            }
            Break::SupplementsExceeded {
                requested,
                permitted,
            } => format!("papers were requested {requested} time(s), {permitted} permitted"),
        }
    }
}

/// Takes a dossier over to another version.
///
/// Errors: everything that bars it.
pub fn migrate(dossier: &Dossier, to: &Procedure, map: &StepMap) -> Result<Migrated, Vec<Break>> {
    Ok(Migrated {
        procedure_version: to.version,
        step: place(dossier, to, map)?,
    })
}

/// The place of a dossier in the other version.
pub(super) fn place(
    dossier: &Dossier,
    to: &Procedure,
    map: &StepMap,
) -> Result<Option<StepId>, Vec<Break>> {
    if dossier.ended.is_some() {
        return Err(vec![Break::Ended]);
    }
    let mut breaks = Vec::new();
    match (&to.authority, &dossier.mirrored) {
        (Authority::Ours, None) => {}
        (Authority::Ours, Some(_)) | (Authority::Mirrored { .. }, _) => {
            breaks.push(Break::AuthorityMoved);
        }
    }
    if to.case(&dossier.case).is_none() {
        let case = dossier.case.clone();
        breaks.push(Break::CaseGone { case });
    }
    let named = |code: &ComponentCode| to.components.iter().any(|known| known.code == *code);
    for component in dossier.components.iter().filter(|code| !named(code)) {
        let component = component.clone();
        breaks.push(Break::ComponentGone { component });
    }
    let mut step = None;
    if in_the_offices(&dossier.state) {
        let old = dossier.state.step();
        step = image(old, to, map);
        if step.is_none() && !(old.is_none() && to.is_outline()) {
            let step = old.cloned();
            breaks.push(Break::StepGone { step });
        }
    }
    if breaks.is_empty() {
        Ok(step)
    } else {
        Err(breaks)
    }
}

/// Whether a dossier is at a step, or in processing under a procedure without steps.
fn in_the_offices(state: &State) -> bool {
    match state {
        State::Processing { .. }
        | State::PaymentRequested { .. }
        | State::SupplementRequested {
            back: Back::Processing { .. },
        } => true,
        State::SupplementRequested {
            back: Back::Submitted | Back::Received,
        }
        | State::Submitted
        | State::Received
        | State::Refused
        | State::Withdrawn
        | State::Stopped
        | State::Resolved
        | State::Returned => false,
    }
}

/// The step that replaces another one; none if no step does.
pub(super) fn image(step: Option<&StepId>, to: &Procedure, map: &StepMap) -> Option<StepId> {
    let image = map.get(&step.cloned()).or(step)?;
    to.step(image).map(|step| step.id.clone())
}

/// The dossier moved to another version of its procedure; no due time changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrated {
    /// The version that it keeps from now on.
    pub procedure_version: u16,
    /// The step in that version; none if the dossier is at no step.
    pub step: Option<StepId>,
}

impl Fact for Migrated {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.procedure_version = self.procedure_version;
        to.state = std::mem::replace(&mut to.state, State::Received).at(&self.step);
    }
}
