//! Taking running dossiers over to another version of their procedure.
//!
//! A dossier keeps the version it was received under. Only an explicit migration moves it,
//! and only to where the new version has a place for it; its due times stay what they were.

use std::collections::BTreeMap;

use super::event::{Event, Record};
use super::{Back, Dossier, State};
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

/// Everything in a dossier's history that another version would not have allowed.
///
/// Steps are walked from the last migration on: those before it belong to yet another version.
#[must_use]
pub fn replay(dossier: &Dossier, records: &[Record], to: &Procedure, map: &StepMap) -> Vec<Break> {
    let mut breaks = place(dossier, to, map).err().unwrap_or_default();
    let mut at = At::Reception;
    let mut moves = Vec::new();
    let mut requested: u8 = 0;
    for record in records {
        match &record.event {
            Event::Advanced { step, .. } => {
                let next = image(step.as_ref(), to, map);
                if !at.goes_to(next.as_ref(), to) {
                    moves.push(Break::MoveNotAllowed {
                        version: record.version,
                        step: step.clone(),
                    });
                }
                at = At::Step(next);
            }
            Event::Migrated { step, .. } => {
                moves.clear();
                if at.begun() {
                    at = At::Step(image(step.as_ref(), to, map));
                }
            }
            Event::SupplementRequested(asked) if asked.exception.is_none() => {
                requested = requested.saturating_add(1);
            }
            Event::SupplementRequested(_)
            | Event::Submitted(_)
            | Event::Received(_)
            | Event::Refused { .. }
            | Event::SupplementRecorded { .. }
            | Event::Assigned { .. }
            | Event::Transferred(_)
            | Event::HandedOver(_)
            | Event::PaymentRequested { .. }
            | Event::PaymentRecorded { .. }
            | Event::FeePaid { .. }
            | Event::Refunded { .. }
            | Event::Extended { .. }
            | Event::Apologised { .. }
            | Event::VerificationBegun { .. }
            | Event::Withdrawn { .. }
            | Event::Stopped { .. }
            | Event::LegOpened(_)
            | Event::LegClosed { .. }
            | Event::ConsultationOpened(_)
            | Event::ConsultationClosed { .. }
            | Event::Resolved { .. }
            | Event::MirroredStatus(_)
            | Event::Conflicted(_)
            | Event::ConflictSettled { .. }
            | Event::Returned { .. }
            | Event::Rated { .. }
            | Event::Succeeded { .. }
            | Event::CorrectionProposed(_)
            | Event::CorrectionApproved(_)
            | Event::CorrectionRejected(_)
            | Event::Recalculated(_) => {}
        }
    }
    breaks.append(&mut moves);
    if requested > to.supplement_max {
        breaks.push(Break::SupplementsExceeded {
            requested,
            permitted: to.supplement_max,
        });
    }
    breaks
}

/// Takes a dossier over to another version.
///
/// Errors: everything that bars it.
pub fn migrate(dossier: &Dossier, to: &Procedure, map: &StepMap) -> Result<Event, Vec<Break>> {
    Ok(Event::Migrated {
        procedure_version: to.version,
        step: place(dossier, to, map)?,
    })
}

/// Where the other version has a dossier.
fn place(dossier: &Dossier, to: &Procedure, map: &StepMap) -> Result<Option<StepId>, Vec<Break>> {
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
fn image(step: Option<&StepId>, to: &Procedure, map: &StepMap) -> Option<StepId> {
    let image = map.get(&step.cloned()).or(step)?;
    to.step(image).map(|step| step.id.clone())
}

/// Where a history has come to, in the steps of the other version.
enum At {
    Reception,
    /// None where the other version has no such step.
    Step(Option<StepId>),
}

impl At {
    fn begun(&self) -> bool {
        match self {
            At::Reception => false,
            At::Step(_) => true,
        }
    }

    /// Whether the steps of the other version allow to go on to one of them.
    fn goes_to(&self, next: Option<&StepId>, to: &Procedure) -> bool {
        match (self, next) {
            (At::Reception, Some(next)) => to.first_step().is_some_and(|first| first.id == *next),
            (At::Step(Some(at)), Some(next)) => {
                to.step(at).is_some_and(|at| at.next.contains(next))
            }
            (At::Step(None), Some(_)) => false,
            (At::Reception | At::Step(_), None) => to.is_outline(),
        }
    }
}
