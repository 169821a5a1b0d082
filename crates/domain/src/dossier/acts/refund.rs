//! A payment is given back, in whole or in part (*hoàn phí*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Give a payment back: at most what was paid and has not been refunded.
#[derive(Debug, Clone)]
pub struct RefundPayment {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// Why.
    pub reason: Words,
}

impl<E: From<Refunded>> Act<E> for RefundPayment {
    const SPEC: Spec = Spec {
        method: "RefundPayment",
        vi: "hoàn phí",
        en: "Give a payment back",
        roles: &[Role::Receptionist, Role::Leader, Role::Chairman],
        units: Standing::ReceivingOrResolving,
        states: Stages::ALL,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible,
        urgency: Urgency::Running,
        order: 22,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let kept = on.fee_kept_vnd();
        if kept == 0 || self.amount_vnd > kept {
            return Err(Refusal::RefundTooLarge { kept_vnd: kept });
        }
        let refunded = Refunded {
            amount_vnd: self.amount_vnd,
            reason: private.words("reason", &self.reason),
        };
        Ok(vec![refunded.into()])
    }
}

fn possible(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.fee_kept_vnd() > 0
}

/// A payment was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// Why.
    pub reason: Commitment,
}

impl Fact for Refunded {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.fee_refunded_vnd = to.fee_refunded_vnd.saturating_add(self.amount_vnd);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã hoàn phí", "Payment given back")
    }
}
