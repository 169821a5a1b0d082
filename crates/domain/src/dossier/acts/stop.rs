//! The agency stops the dossier (form 05, *dừng xử lý*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::calendar;
use crate::dossier::Dossier;
use crate::dossier::clock::Moved;
use crate::dossier::counting::Counting;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Stop the dossier.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Why.
    pub reason: Words,
    /// The rule it rests on.
    pub legal_basis: Words,
}

impl<E: From<Stopped>> Act<E> for Stop {
    const SPEC: Spec = Spec {
        method: "StopDossier",
        vi: "dừng xử lý",
        en: "Stop",
        roles: &[Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::UNDER_WAY,
        moves: &[Move {
            from: Stages::UNDER_WAY,
            to: Stage::Stopped,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Finishing,
        order: 62,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let stopped = Stopped {
            reason: private.words("reason", &self.reason),
            legal_basis: private.words("legal_basis", &self.legal_basis),
            moved: on.wait_cut_short(now, rules.calendar),
        };
        Ok(vec![stopped.into()])
    }
}

/// The agency stopped the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Why.
    pub reason: Commitment,
    /// The rule it rests on.
    pub legal_basis: Commitment,
    /// How the due times moved, if the clock was standing.
    pub moved: Option<Moved>,
}

impl Fact for Stopped {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.end_wait(self.moved.as_ref(), by.at);
        to.end(State::Stopped, by.at);
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        self.moved = counting.wait_cut_short(on);
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Dừng xử lý", "Stopped")
    }
}
