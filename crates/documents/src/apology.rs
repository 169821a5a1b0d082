//! The apology with a new date (*văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, day, moment};

/// The content of an apology.
#[derive(Debug, Clone)]
pub struct Apology {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// The name of the addressee.
    pub applicant: String,
    /// The addressee's address; empty if not given.
    pub address: String,
    /// The procedure's name.
    pub procedure: String,
    /// When the dossier was received.
    pub received: Instant,
    /// The promised date that will be missed.
    pub old: Instant,
    /// The new date.
    pub new: Instant,
    /// The reason for the delay.
    pub reason: String,
    /// The address in the QR code.
    pub lookup: String,
    /// The signatory's position: `CHỦ TỊCH`.
    pub position: String,
    /// The signatory's name.
    pub signatory: String,
}

impl Filled for Apology {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        Ok(context! {
            head => self.head.values(),
            code => self.code.as_str(),
            applicant => self.applicant.as_str(),
            address => self.address.as_str(),
            procedure => self.procedure.as_str(),
            received => day(self.received),
            old => moment(self.old),
            new => moment(self.new),
            reason => self.reason.as_str(),
            position => self.position.as_str(),
            signatory => self.signatory.as_str(),
            scan => "Quét mã QR để xem ngày hẹn mới và các bước đã làm.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => "",
        })
    }
}
