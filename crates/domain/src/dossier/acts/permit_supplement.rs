//! Another person permits that papers are asked for once more (*cho phép yêu cầu bổ sung thêm*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::id::ActorId;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Permit one request for papers beyond those that the law permits; another person then asks.
///
/// Under a policy that restarts the clock one more request gives the whole limit anew, so nobody
/// decides on it alone. Source: Decree 61/2018/NĐ-CP, Art. 19(4): once, but for an exception.
#[derive(Debug, Clone)]
pub struct PermitSupplement {
    /// Why.
    pub reason: Words,
}

impl<E: From<SupplementPermitted>> Act<E> for PermitSupplement {
    const SPEC: Spec = Spec {
        method: "PermitSupplement",
        vi: "cho phép yêu cầu bổ sung thêm",
        en: "Permit another request for papers",
        roles: &[Role::Leader, Role::Chairman],
        units: Standing::ResolvingOrReceiving,
        states: Stages::of(&[Stage::Submitted, Stage::Received, Stage::Processing]),
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: is_needed,
        urgency: Urgency::Running,
        order: 23,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let permitted = rules.procedure.supplement_max;
        if on.supplements < permitted {
            return Err(Refusal::SupplementLeft { permitted });
        }
        let permitted = SupplementPermitted {
            reason: private.words("reason", &self.reason),
        };
        Ok(vec![permitted.into()])
    }
}

fn is_needed(on: &Dossier, procedure: &Procedure, _: Role) -> bool {
    on.supplements >= procedure.supplement_max
}

/// One more request for papers was permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementPermitted {
    /// Why.
    pub reason: Commitment,
}

impl Fact for SupplementPermitted {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.supplement_permit = Some(Permit {
            by: by.actor.clone(),
            at: by.at,
        });
    }
}

/// That one more request for papers is permitted, until it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Who permitted it.
    pub by: ActorId,
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
}
