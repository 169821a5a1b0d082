//! The receipt for a result (*phiếu bàn giao kết quả*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, moment};

/// The content.
#[derive(Debug, Clone)]
pub struct ResultReceipt {
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
    /// Who collected it; empty if the applicant did.
    pub receiver: String,
    /// Whether the receiver acted for the applicant.
    pub proxy: bool,
    /// How it reached them, in words.
    pub channel: String,
    /// The documents of the result.
    pub documents: Vec<String>,
    /// When.
    pub returned: Instant,
    /// The promised moment; none without a promise.
    pub due: Option<Instant>,
    /// `trước hạn`, `đúng hạn`, `quá hạn`; empty without a due time.
    pub outcome: String,
    /// The fee, in words.
    pub fee: String,
    /// The clerk who gave it.
    pub giver: String,
    /// The address in the QR code.
    pub lookup: String,
}

impl Filled for ResultReceipt {
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
            receiver => self.receiver.as_str(),
            proxy => self.proxy,
            channel => self.channel.as_str(),
            documents => self.documents.clone(),
            returned => moment(self.returned),
            due => self.due.map(moment),
            outcome => self.outcome.as_str(),
            fee => self.fee.as_str(),
            giver => self.giver.as_str(),
            scan => "Quét mã QR để đánh giá việc giải quyết hồ sơ.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => codes::of_code(&self.code)?,
        })
    }
}
