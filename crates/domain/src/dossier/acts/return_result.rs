//! The citizen gets the result (*trả kết quả*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::dossier::private::{Commitment, Person, PrivateValues};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::dossier::{Channel, Dossier};
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Give the result to the citizen.
#[derive(Debug, Clone)]
pub struct ReturnResult {
    /// The person who collected the result; the applicant if empty.
    pub receiver: Option<Person>,
    /// Whether the receiver acts for the applicant.
    pub proxy: bool,
    /// How it reached them.
    pub channel: Channel,
}

impl<E: From<Returned>> Act<E> for ReturnResult {
    const SPEC: Spec = Spec {
        method: "ReturnResult",
        vi: "trả kết quả",
        en: "Return the result",
        roles: &[Role::Receptionist, Role::Chairman],
        units: Standing::ReturningOrReceiving,
        states: Stages::of(&[Stage::Resolved]),
        moves: &[Move {
            from: Stages::of(&[Stage::Resolved]),
            to: Stage::Returned,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Finishing,
        order: 7,
        primary: Stages::of(&[Stage::Resolved]),
    };

    fn decide(
        &self,
        _on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let receiver = self.receiver.as_ref();
        let returned = Returned {
            receiver: receiver.map(|person| private.person("receiver", person)),
            proxy: self.proxy,
            channel: self.channel,
        };
        Ok(vec![returned.into()])
    }
}

/// The citizen got the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The person who collected the result; none if the applicant did.
    pub receiver: Option<Commitment>,
    /// Whether the receiver acted for the applicant.
    pub proxy: bool,
    /// How it reached them.
    pub channel: Channel,
}

impl Fact for Returned {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.returned = Some(by.at);
        to.enter(State::Returned, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã trả kết quả", "Result returned")
    }
}
