//! The refusal (*phiếu từ chối tiếp nhận giải quyết hồ sơ*), at intake or after it.

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, moment};

/// The content.
#[derive(Debug, Clone)]
pub struct RefusalNotice {
    /// The heads.
    pub head: Head,
    /// The dossier's code; empty if it never got one.
    pub code: String,
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
    /// When it was submitted online or by post.
    pub submitted: Option<Instant>,
    /// When it was received; none if it was refused at intake.
    pub received: Option<Instant>,
    /// How many papers came.
    pub papers: usize,
    /// The reason.
    pub reason: String,
    /// The rule that the refusal rests on; empty if none was given.
    pub legal_basis: String,
    /// The agency that decides such dossiers; empty if this one does.
    pub competent: String,
    /// Who tells more: desk, address, telephone.
    pub contact: String,
    /// The address in the QR code.
    pub lookup: String,
    /// The signatory's position; empty if none is known.
    pub position: String,
    /// The signatory's name.
    pub signatory: String,
}

impl Filled for RefusalNotice {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        let came = match (self.received, self.submitted) {
            (Some(at), _) => format!("Hồ sơ được tiếp nhận lúc {}", moment(at)),
            (None, Some(at)) => format!("Hồ sơ được nộp lúc {}", moment(at)),
            (None, None) => String::new(),
        };
        Ok(context! {
            head => self.head.values(),
            code => self.code.as_str(),
            applicant => self.applicant.as_str(),
            address => self.address.as_str(),
            phone => self.phone.as_str(),
            procedure => self.procedure.as_str(),
            procedure_code => self.procedure_code.as_str(),
            came => came,
            papers => self.papers,
            after_reception => self.received.is_some(),
            reason => self.reason.as_str(),
            legal_basis => self.legal_basis.as_str(),
            competent => self.competent.as_str(),
            contact => self.contact.as_str(),
            position => self.position.as_str(),
            signatory => self.signatory.as_str(),
            scan => "Quét mã QR để tra cứu hồ sơ trên điện thoại.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => codes::of_code(&self.code)?,
        })
    }
}
