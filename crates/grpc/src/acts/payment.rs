//! Payments, as they are asked for, recorded and told.

use domain::dossier::acts::payment::{
    FeePaid, PartPaid, PaymentRecorded, PaymentRequested, RecordPayment, RequestPayment,
};
use domain::id::Reference;

use super::{Details, Tells, command_request};
use crate::convert::Fields;

/// The largest payment in đồng: far above any fee, far below what overflows a sum.
const MOST_VND: u64 = 1_000_000_000_000;

command_request!(RequestPaymentRequest => RequestPayment, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd)?;
    Some(RequestPayment { amount_vnd, reason })
});

impl Tells for PaymentRequested {
    fn tell(&self, details: &mut Details) {
        details.put("amount_vnd", &self.amount_vnd);
        details.put("clock_standing", &self.stands);
    }
}

command_request!(RecordPaymentRequest => RecordPayment, |given, fields, _known| {
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd);
    let method = fields.payment_method("method", given.method);
    let reference = fields.optional("reference", &given.reference, Reference::parse);
    Some(RecordPayment {
        amount_vnd: amount_vnd?,
        method,
        reference,
    })
});

impl Tells for PaymentRecorded {
    fn tell(&self, details: &mut Details) {
        details.put("amount_vnd", &self.amount_vnd);
        details.some("method", self.method.as_ref());
        details.some("reference", self.reference.as_ref());
        details.moved(self.moved.as_ref());
    }
}

impl Tells for PartPaid {
    fn tell(&self, details: &mut Details) {
        details.put("amount_vnd", &self.amount_vnd);
        details.some("method", self.method.as_ref());
        details.some("reference", self.reference.as_ref());
    }
}

impl Tells for FeePaid {
    fn tell(&self, details: &mut Details) {
        details.put("amount_vnd", &self.amount_vnd);
        details.some("method", self.method.as_ref());
        details.some("reference", self.reference.as_ref());
    }
}

impl Fields {
    /// An amount in đồng; required.
    pub(super) fn amount(&mut self, field: &str, amount: i64) -> Option<u64> {
        let amount = u64::try_from(amount)
            .ok()
            .filter(|amount| (1..=MOST_VND).contains(amount));
        if amount.is_none() {
            self.wrong(
                field,
                format!("expected an amount in đồng from 1 to {MOST_VND}"),
            );
        }
        amount
    }
}
