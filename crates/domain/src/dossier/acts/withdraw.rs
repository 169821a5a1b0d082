//! The citizen takes the dossier back (*rút hồ sơ*).

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

/// The citizen takes the dossier back.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// Why, if said.
    pub reason: Words,
}

impl<E: From<Withdrawn>> Act<E> for Withdraw {
    const SPEC: Spec = Spec {
        method: "WithdrawDossier",
        vi: "rút hồ sơ",
        en: "Withdraw",
        roles: &[Role::Receptionist, Role::Chairman, Role::Portal],
        units: Standing::ReceivingOrResolving,
        states: Stages::OPEN,
        moves: &[Move {
            from: Stages::OPEN,
            to: Stage::Withdrawn,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Finishing,
        order: 61,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let said = !self.reason.is_empty();
        let withdrawn = Withdrawn {
            reason: said.then(|| private.words("reason", &self.reason)),
            moved: on.wait_cut_short(now, rules.calendar),
        };
        Ok(vec![withdrawn.into()])
    }
}

/// The citizen took the dossier back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Why, if said.
    pub reason: Option<Commitment>,
    /// How the due times moved, if the clock was standing.
    pub moved: Option<Moved>,
}

impl Fact for Withdrawn {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.end_wait(self.moved.as_ref(), by.at);
        to.end(State::Withdrawn, by.at);
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
        Told::of("Công dân rút hồ sơ", "Withdrawn")
    }
}
