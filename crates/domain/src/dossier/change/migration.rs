//! Taking running dossiers over to another version of their procedure.
//!
//! A dossier keeps the version it was received under. Only an explicit migration moves it,
//! and only to where the new version has a place for it; its due times stay what they were.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::dossier::acts::act::{Fact, Written};
use crate::dossier::state::{Back, State};
use crate::id::{CaseId, ComponentCode, StepId};
use crate::procedure::{Authority, Procedure};

/// Which step of the new version takes the place of a step of the old one.
///
/// A step that is not named keeps its id. `None` stands for being at no step, as a dossier of
/// a procedure without a published process is.
pub type StepMap = BTreeMap<Option<StepId>, StepId>;

/// Something in a dossier that another version does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// The dossier has ended; it stays as it ended.
    Ended,
    /// The other version's dossiers are decided by another system.
    AuthorityMoved,
    /// The case is gone.
    CaseGone {
        /// The case.
        case: CaseId,
    },
    /// A paper that came is no longer named.
    ComponentGone {
        /// The paper.
        component: ComponentCode,
    },
    /// The step where the dossier stands is gone; none stands for being at no step.
    StepGone {
        /// The step.
        step: Option<StepId>,
    },
    /// The dossier once went a way that the steps do not allow.
    MoveNotAllowed {
        /// The version of the dossier that went it.
        version: u32,
        /// To which step; none stands for being at no step.
        step: Option<StepId>,
    },
    /// Papers were asked for more often than permitted.
    SupplementsExceeded {
        /// How often they were, without an exception.
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

    /// Whether the dossier cannot live under the other version at all.
    ///
    /// What once happened under its own version stands, and keeps nobody from going on.
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

/// Where the other version has a dossier.
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

/// Whether a dossier is at a step, or at the place of one in a procedure without a process.
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

/// The step that takes another one's place; none when there is none.
pub(super) fn image(step: Option<&StepId>, to: &Procedure, map: &StepMap) -> Option<StepId> {
    let image = map.get(&step.cloned()).or(step)?;
    to.step(image).map(|step| step.id.clone())
}

/// The dossier went over to another version of its procedure; no due time changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrated {
    /// The version that it keeps from now on.
    pub procedure_version: u16,
    /// Where that version has it; none when it stands at no step.
    pub step: Option<StepId>,
}

impl Fact for Migrated {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.procedure_version = self.procedure_version;
        to.state = std::mem::replace(&mut to.state, State::Received).at(&self.step);
    }
}
