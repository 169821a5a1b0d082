//! The answer to the applicant's request to stop (*thông báo dừng giải quyết hồ sơ*, form 05).
//! Source: Circular 03/2025/TT-VPCP, Art. 7.

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, day, moment};

/// The content.
#[derive(Debug, Clone)]
pub struct StopNotice {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// The name of the person who submitted the dossier.
    pub applicant: String,
    /// The address; empty if not given.
    pub address: String,
    /// The procedure's name.
    pub procedure: String,
    /// The procedure's code.
    pub procedure_code: String,
    /// When the dossier was received; none if that had not happened.
    pub received: Option<Instant>,
    /// When the applicant asked, which is when it stops.
    pub stopped: Instant,
    /// Why, if said.
    pub reason: String,
    /// Where the papers are given back.
    pub returned_at: String,
    /// What becomes of the fee, in words.
    pub fee: String,
    /// The address in the QR code.
    pub lookup: String,
    /// The signatory's position; empty if none is known.
    pub position: String,
    /// The signatory's name.
    pub signatory: String,
}

impl Filled for StopNotice {
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
            procedure_code => self.procedure_code.as_str(),
            received => self.received.map(day),
            asked => day(self.stopped),
            stopped => moment(self.stopped),
            reason => self.reason.as_str(),
            returned_at => self.returned_at.as_str(),
            fee => self.fee.as_str(),
            position => self.position.as_str(),
            signatory => self.signatory.as_str(),
            scan => "Quét mã QR để tra cứu hồ sơ trên điện thoại.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => "",
        })
    }
}
