//! The fee, independent of the state.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Dossier;
use crate::id::{Invalid, Reference};

/// How the citizen paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// In cash (*tiền mặt*).
    Cash,
    /// By card.
    Card,
    /// By a QR code from a bank.
    Qr,
    /// From a mobile money account or an electronic wallet.
    MobileMoney,
    /// Through the payment platform of a portal.
    Portal,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [PaymentMethod; 5] = [
        PaymentMethod::Cash,
        PaymentMethod::Card,
        PaymentMethod::Qr,
        PaymentMethod::MobileMoney,
        PaymentMethod::Portal,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentMethod::Cash => "cash",
            PaymentMethod::Card => "card",
            PaymentMethod::Qr => "qr",
            PaymentMethod::MobileMoney => "mobile_money",
            PaymentMethod::Portal => "portal",
        }
    }
}

impl fmt::Display for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PaymentMethod {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        PaymentMethod::ALL
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or_else(|| Invalid {
                text: text.chars().take(64).collect(),
                expected: "a way to pay: cash, card, qr, mobile_money or portal",
            })
    }
}

/// A payment with the payer's reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The payer's reference of the transaction. A dossier has each reference once.
    pub reference: Reference,
    /// The amount in đồng.
    pub amount_vnd: u64,
}

/// The state of a dossier's fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeState {
    /// Nothing was asked for or paid (*không thu*).
    Nothing,
    /// Asked for and not yet paid (*chưa thanh toán*).
    Due,
    /// Paid (*đã thanh toán*), also after a partial refund.
    Paid,
    /// All that was paid was given back (*hoàn phí*).
    Refunded,
    /// No fee is due, by a rule for such people or matters (*miễn giảm*).
    Exempt,
}

impl Dossier {
    /// The state of the fee. The last thing that happened decides.
    #[must_use]
    pub fn fee_state(&self) -> FeeState {
        if self.fee_open_vnd.is_some() {
            FeeState::Due
        } else if self.fee_paid_vnd > self.fee_refunded_vnd {
            FeeState::Paid
        } else if self.fee_refunded_vnd > 0 {
            FeeState::Refunded
        } else if self.circumstances.fee_exemption.is_some() {
            FeeState::Exempt
        } else {
            FeeState::Nothing
        }
    }

    /// What was paid and not refunded, in đồng.
    #[must_use]
    pub fn fee_kept_vnd(&self) -> u64 {
        self.fee_paid_vnd.saturating_sub(self.fee_refunded_vnd)
    }
}
