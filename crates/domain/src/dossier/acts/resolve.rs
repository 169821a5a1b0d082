//! The result is ready at the desk (*xử lý xong*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::result::ElectronicResult;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::dossier::steps::refuse_other_role;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// The result is ready at the desk; also on the spot, where the procedure says so.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 17(4) (on the spot).
#[derive(Debug, Clone)]
pub struct Resolve {
    /// Its files, when it is electronic.
    pub results: Vec<ElectronicResult>,
}

impl<E: From<Resolved>> Act<E> for Resolve {
    const SPEC: Spec = Spec {
        method: "ResolveDossier",
        vi: "xử lý xong",
        en: "Resolve",
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
            to: Stage::Resolved,
        }],
        on_mirror: OnMirror::Refused,
        possible,
        urgency: Urgency::Finishing,
        order: 5,
        primary: Stages::of(&[Stage::Processing]),
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        _now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        refuse_unready(on, rules.procedure, rules.acting.role)?;
        let resolved = Resolved {
            results: self.results.clone(),
        };
        Ok(vec![resolved.into()])
    }
}

fn possible(on: &Dossier, procedure: &Procedure, role: Role) -> bool {
    refuse_unready(on, procedure, role).is_ok()
}

/// Refuses where the step, an open leg or the procedure forbids it.
fn refuse_unready(on: &Dossier, procedure: &Procedure, role: Role) -> Result<(), Refusal> {
    if on.state == State::Received && !procedure.on_the_spot {
        return Err(Refusal::NotOnTheSpot);
    }
    refuse_other_role(on, procedure, role)?;
    match on.state.step().and_then(|id| procedure.step(id)) {
        Some(step) if !step.finish => Err(Refusal::StepNotFinal {
            step: step.id.clone(),
            next: step.next.clone(),
        }),
        Some(_) | None => refuse_open_legs(on),
    }
}

/// Refuses while another agency has an open leg. The leading leg is exempt, because it ends with
/// the dossier.
fn refuse_open_legs(on: &Dossier) -> Result<(), Refusal> {
    let open: Vec<_> = on
        .open_legs()
        .filter(|leg| !leg.lead)
        .map(|leg| (leg.number, leg.unit.clone()))
        .collect();
    if open.is_empty() {
        Ok(())
    } else {
        Err(Refusal::LegsOpen { legs: open })
    }
}

/// The result was ready at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Its files, when it is electronic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ElectronicResult>,
}

impl Fact for Resolved {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.results.clone_from(&self.results);
        to.end(State::Resolved, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã có kết quả", "Result ready")
    }
}
