//! Giving a payment back, as it is asked for and told.

use domain::dossier::acts::refund::{RefundPayment, Refunded};

use super::{Details, Tells, command_request};

command_request!(RefundPaymentRequest => RefundPayment, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd)?;
    Some(RefundPayment { amount_vnd, reason })
});

impl Tells for Refunded {
    fn tell(&self, details: &mut Details) {
        details.put("amount_vnd", &self.amount_vnd);
    }
}
