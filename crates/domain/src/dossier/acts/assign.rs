//! A person is given the dossier (*phân công*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency, always};
use crate::dossier::Dossier;
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::id::ActorId;
use crate::role::Role;
use crate::time::Instant;

/// Give the dossier to a person, at the step where it is.
#[derive(Debug, Clone)]
pub struct Assign {
    /// The person.
    pub assignee: ActorId,
}

impl<E: From<Assigned>> Act<E> for Assign {
    const SPEC: Spec = Spec {
        method: "AssignDossier",
        vi: "phân công",
        en: "Assign",
        roles: &[Role::Officer, Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 10,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        _on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let assigned = Assigned {
            assignee: self.assignee.clone(),
        };
        Ok(vec![assigned.into()])
    }
}

/// A person was given the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The person.
    pub assignee: ActorId,
}

impl Fact for Assigned {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.assignee = Some(self.assignee.clone());
    }
}
