//! The desk refuses a submitted dossier (form 03, *từ chối tiếp nhận*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::id::UnitCode;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Refuse a submitted dossier.
#[derive(Debug, Clone)]
pub struct Refuse {
    /// Why.
    pub reason: Words,
    /// The competent agency, if this one is not. It may lie in another province.
    pub competent: Option<UnitCode>,
}

impl<E: From<Refused>> Act<E> for Refuse {
    const SPEC: Spec = Spec {
        method: "RefuseDossier",
        vi: "từ chối tiếp nhận",
        en: "Refuse",
        roles: &[Role::Receptionist, Role::Chairman],
        units: Standing::Receiving,
        states: Stages::of(&[Stage::Submitted, Stage::PapersBeforeReception]),
        moves: &[Move {
            from: Stages::of(&[Stage::Submitted, Stage::PapersBeforeReception]),
            to: Stage::Refused,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Finishing,
        order: 60,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        _on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let refused = Refused {
            reason: private.words("reason", &self.reason),
            competent: self.competent.clone(),
        };
        Ok(vec![refused.into()])
    }
}

/// Refused at intake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub reason: Commitment,
    /// The competent agency, if this one is not.
    pub competent: Option<UnitCode>,
}

impl Fact for Refused {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.end(State::Refused, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Không được tiếp nhận", "Refused at intake")
    }
}
