//! Requests for payment, and payments (*nghĩa vụ tài chính*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::calendar;
use crate::dossier::Dossier;
use crate::dossier::clock::{Moved, Wait};
use crate::dossier::counting::Counting;
use crate::dossier::fee::PaymentMethod;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::id::Reference;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Ask for a payment.
#[derive(Debug, Clone)]
pub struct RequestPayment {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// What for.
    pub reason: Words,
}

impl<E: From<PaymentRequested>> Act<E> for RequestPayment {
    const SPEC: Spec = Spec {
        method: "RequestPayment",
        vi: "yêu cầu nghĩa vụ tài chính",
        en: "Request a payment",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::ResolvingOrReceiving,
        states: Stages::of(&[Stage::Processing]),
        moves: &[Move {
            from: Stages::of(&[Stage::Processing]),
            to: Stage::PaymentRequested,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 21,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let clock = on.clock.as_ref();
        let requested = PaymentRequested {
            amount_vnd: self.amount_vnd,
            reason: private.words("reason", &self.reason),
            stands: clock.is_some_and(|clock| clock.would_stand(Wait::Payment, now)),
        };
        Ok(vec![requested.into()])
    }
}

/// A payment was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequested {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// What for.
    pub reason: Commitment,
    /// Whether the clock stands until the payment.
    pub stands: bool,
}

impl Fact for PaymentRequested {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let step = to.state.step().cloned();
        to.enter(State::PaymentRequested { step }, by.at);
        to.fee_open_vnd = Some(self.amount_vnd);
        to.begin_wait(self.stands, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment requested")
    }
}

/// A payment has come.
///
/// Without an earlier request it is a fee paid at the desk and moves no state. A part payment
/// leaves the rest due. More than the rest is refused, because it would need a refund.
#[derive(Debug, Clone)]
pub struct RecordPayment {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// How it was paid, if said.
    pub method: Option<PaymentMethod>,
    /// The payer's reference of the transaction, if there is one. A second payment with the same
    /// reference is the same payment.
    pub reference: Option<Reference>,
}

impl<E: From<PaymentRecorded> + From<PartPaid> + From<FeePaid>> Act<E> for RecordPayment {
    const SPEC: Spec = Spec {
        method: "RecordPayment",
        vi: "ghi nhận thanh toán",
        en: "Payment received",
        roles: &[Role::Receptionist, Role::Chairman, Role::Portal],
        units: Standing::ReceivingOrResolving,
        states: Stages::OPEN.and(Stage::Resolved),
        moves: &[Move {
            from: Stages::of(&[Stage::PaymentRequested]),
            to: Stage::Processing,
        }],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 4,
        primary: Stages::of(&[Stage::PaymentRequested]),
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        if self.is_known(on)? {
            return Ok(Vec::new());
        }
        let (amount_vnd, method) = (self.amount_vnd, self.method);
        let reference = self.reference.clone();
        let asked = on.state.stage() == Stage::PaymentRequested;
        let Some(open) = on.fee_open_vnd.filter(|_| asked) else {
            let paid = FeePaid {
                amount_vnd,
                method,
                reference,
            };
            return Ok(vec![paid.into()]);
        };
        if amount_vnd > open {
            return Err(Refusal::PaymentTooLarge { open_vnd: open });
        }
        if amount_vnd < open {
            let part = PartPaid {
                amount_vnd,
                method,
                reference,
            };
            return Ok(vec![part.into()]);
        }
        let moved = match &on.clock {
            Some(clock) => clock.after_wait(now, rules.calendar)?,
            None => None,
        };
        let recorded = PaymentRecorded {
            amount_vnd,
            method,
            reference,
            moved,
        };
        Ok(vec![recorded.into()])
    }
}

impl RecordPayment {
    /// Whether a bank or a portal reports a payment that is already recorded.
    fn is_known(&self, on: &Dossier) -> Result<bool, Refusal> {
        let Some(reference) = &self.reference else {
            return Ok(false);
        };
        let mut payments = on.payments.iter();
        match payments.find(|payment| payment.reference == *reference) {
            None => Ok(false),
            Some(payment) if payment.amount_vnd == self.amount_vnd => Ok(true),
            Some(payment) => Err(Refusal::PaymentKnown {
                reference: reference.clone(),
                amount_vnd: payment.amount_vnd,
            }),
        }
    }
}

/// The requested payment came, or the rest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRecorded {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// How it was paid, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// The payer's reference of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// How the due times moved.
    pub moved: Option<Moved>,
}

impl Fact for PaymentRecorded {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let step = to.state.step().cloned();
        to.enter(State::Processing { step }, by.at);
        to.fee_open_vnd = None;
        to.pay(self.amount_vnd, self.method, self.reference.as_ref());
        to.end_wait(self.moved.as_ref(), by.at);
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        self.moved = counting.after_wait(on)?;
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã nhận thanh toán", "Payment received")
    }
}

/// A part of the requested payment came; the rest stays due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartPaid {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// How it was paid, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// The payer's reference of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
}

impl Fact for PartPaid {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        let open = to.fee_open_vnd;
        to.fee_open_vnd = open.map(|open| open.saturating_sub(self.amount_vnd));
        to.pay(self.amount_vnd, self.method, self.reference.as_ref());
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of(
            "Đã nhận một phần thanh toán",
            "Part of the payment received",
        )
    }
}

/// A fee was paid without a request for payment, at reception or with the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeePaid {
    /// The amount in đồng.
    pub amount_vnd: u64,
    /// How it was paid, if said.
    pub method: Option<PaymentMethod>,
    /// The payer's reference of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
}

impl Fact for FeePaid {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.pay(self.amount_vnd, self.method, self.reference.as_ref());
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã nhận thanh toán", "Payment received")
    }
}
