//! The dossier goes to a step of its procedure (*chuyển bước*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::arrive::{self, Arrived};
use super::leg::{self, LegOpened};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::dossier::steps::{next_steps, refuse_other_role};
use crate::id::{ActorId, StepId};
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Go to a step. Whoever takes the first one has the dossier, so it has arrived. Planned legs that wait for the step just left open with it.
#[derive(Debug, Clone)]
pub struct Advance {
    /// The step; none when the procedure has no published process.
    pub step: Option<StepId>,
    /// Who takes it there.
    pub assignee: Option<ActorId>,
}

impl<E: From<Arrived> + From<Advanced> + From<LegOpened>> Act<E> for Advance {
    const SPEC: Spec = Spec {
        method: "AdvanceDossier",
        vi: "chuyển bước",
        en: "Move on",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::ResolvingOrReceiving,
        states: Stages::of(&[Stage::Received, Stage::Processing]),
        moves: &[Move {
            from: Stages::of(&[Stage::Received, Stage::Processing]),
            to: Stage::Processing,
        }],
        on_mirror: OnMirror::Refused,
        possible,
        urgency: Urgency::Running,
        order: 6,
        primary: Stages::of(&[Stage::Received, Stage::Processing]),
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        refuse_other_role(on, rules.procedure, rules.acting.role)?;
        let next = next_steps(on, rules.procedure);
        let follows = match &self.step {
            Some(step) => next.contains(step),
            None => leaves_the_desk(on, rules.procedure),
        };
        if !follows {
            return Err(Refusal::StepNotNext {
                step: self.step.clone(),
                next,
            });
        }
        let advanced = Advanced {
            step: self.step.clone(),
            assignee: self.assignee.clone(),
        };
        let arrived = arrive::proven(on, now, rules.calendar)?;
        let mut facts: Vec<E> = arrived.map(E::from).into_iter().collect();
        facts.push(advanced.into());
        let legs = leg::behind_step(on, rules.procedure);
        leg::open_planned(
            &legs,
            on.legs.len(),
            &on.units(),
            rules,
            now,
            private,
            &mut facts,
        )?;
        Ok(facts)
    }
}

fn possible(on: &Dossier, procedure: &Procedure, role: Role) -> bool {
    refuse_other_role(on, procedure, role).is_ok()
        && (leaves_the_desk(on, procedure) || !next_steps(on, procedure).is_empty())
}

/// Whether the dossier is at the desk and its procedure publishes no steps, so that it leaves for
/// no named step.
fn leaves_the_desk(on: &Dossier, procedure: &Procedure) -> bool {
    procedure.is_outline() && on.state == State::Received
}

/// The dossier went to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// The step; none when the procedure has no published process.
    pub step: Option<StepId>,
    /// Who took it there.
    pub assignee: Option<ActorId>,
}

impl Fact for Advanced {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let step = self.step.clone();
        to.enter(State::Processing { step }, by.at);
        to.assignee.clone_from(&self.assignee);
    }

    fn told(&self, procedure: &Procedure) -> Option<Told> {
        let step = self.step.as_ref().and_then(|id| procedure.step(id));
        match step {
            Some(step) => Some(Told {
                vi: format!("Đang xử lý: {}", step.name).into(),
                en: format!("Processing: {}", step.name).into(),
            }),
            None => Told::of("Đang xử lý", "Processing"),
        }
    }
}
