//! The request for papers (*phiếu yêu cầu bổ sung, hoàn thiện hồ sơ*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, moment};

/// The content of a request for papers.
#[derive(Debug, Clone)]
pub struct Supplement {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// How many times papers were requested, including this time.
    pub round: u32,
    /// The name of the person who submitted the dossier.
    pub applicant: String,
    /// The address; empty if not given.
    pub address: String,
    /// The telephone number; empty if not given.
    pub phone: String,
    /// The procedure's name.
    pub procedure: String,
    /// The procedure's code.
    pub procedure_code: String,
    /// All missing papers, because a further request needs a permission.
    pub items: Vec<String>,
    /// The reason for the request.
    pub reason: String,
    /// The last moment to bring the papers; none if the procedure sets none.
    pub respond_by: Option<Instant>,
    /// Whether the clock stands until the papers come.
    pub stands: bool,
    /// The address in the QR code.
    pub lookup: String,
    /// The clerk who makes the request.
    pub guide: String,
}

impl Filled for Supplement {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        Ok(context! {
            head => self.head.values(),
            code => self.code.as_str(),
            round => self.round,
            applicant => self.applicant.as_str(),
            address => self.address.as_str(),
            phone => self.phone.as_str(),
            procedure => self.procedure.as_str(),
            procedure_code => self.procedure_code.as_str(),
            items => self.items.clone(),
            reason => self.reason.as_str(),
            respond_by => self.respond_by.map(moment),
            stands => self.stands,
            guide => self.guide.as_str(),
            scan => "Quét mã QR để tra cứu hồ sơ trên điện thoại.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => codes::of_code(&self.code)?,
        })
    }
}
