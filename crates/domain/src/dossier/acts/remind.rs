//! Reminds the role or person who must act next (*đôn đốc*). No clock moves.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency, always};
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::reminder::Reminder;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::id::ActorId;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Remind whoever must act next: the role of the step, or one person. While the office waits for
/// the citizen there is nobody to remind.
#[derive(Debug, Clone)]
pub struct Remind {
    /// The person; the role of the step when none is named.
    pub receiver: Option<ActorId>,
    /// What they are told.
    pub words: Words,
}

impl<E: From<Reminded>> Act<E> for Remind {
    const SPEC: Spec = Spec {
        method: "RemindDossier",
        vi: "đôn đốc",
        en: "Remind",
        roles: &[Role::Leader, Role::Chairman],
        units: Standing::ResolvingOrReceiving,
        states: Stages::of(&[Stage::Submitted, Stage::Received, Stage::Processing]),
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 31,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let reminded = Reminded {
            role: to_move(on, rules.procedure),
            receiver: self.receiver.clone(),
            words: private.words("words", &self.words),
        };
        Ok(vec![reminded.into()])
    }
}

/// The role that must act next: that of the step, or the desk before the first step.
fn to_move(on: &Dossier, procedure: &Procedure) -> Role {
    let step = on.state.step().and_then(|id| procedure.step(id));
    match (step, on.state.stage()) {
        (Some(step), _) => step.role,
        (None, Stage::Submitted | Stage::Received) => Role::Receptionist,
        (None, _) => Role::Officer,
    }
}

/// Whoever was to move was reminded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// The role that was to move.
    pub role: Role,
    /// The named person, if one was named.
    pub receiver: Option<ActorId>,
    /// What they were told.
    pub words: Commitment,
}

impl Fact for Reminded {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let before = to.reminder.as_ref().map_or(0, |reminder| reminder.count);
        to.reminder = Some(Reminder {
            at: by.at,
            by: by.actor.clone(),
            role: self.role,
            receiver: self.receiver.clone(),
            count: before.saturating_add(1),
        });
    }
}
