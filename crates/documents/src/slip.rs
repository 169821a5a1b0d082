//! The receipt with the promised date (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, moment};

/// The content of a receipt.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
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
    /// The submitted papers.
    pub papers: Vec<Paper>,
    /// The fee, in words.
    pub fee: String,
    /// The limit by regulation: `3 ngày làm việc`; empty if it has no source.
    pub limit: String,
    /// When the dossier was received.
    pub received: Instant,
    /// The promised moment of the result; none without a promise.
    pub due: Option<Instant>,
    /// How the promised moment was counted, day by day; one sentence each.
    pub arithmetic: Vec<String>,
    /// Where the citizen gets the result.
    pub returned_at: String,
    /// The address in the QR code.
    pub lookup: String,
    /// The same address in the form that a person types.
    pub lookup_words: String,
    /// The PIN that opens the look-up's details.
    pub pin: String,
    /// The clerk who received the dossier.
    pub receiver: String,
}

/// A paper, with how many of each kind were submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The name of the paper.
    pub name: String,
    /// Originals.
    pub original: u32,
    /// Certified copies.
    pub certified: u32,
    /// Plain copies, and files.
    pub plain: u32,
}

impl Filled for Receipt {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        let papers = self.papers.iter().map(|paper| {
            context! {
                name => paper.name.as_str(),
                original => paper.original,
                certified => paper.certified,
                plain => paper.plain,
            }
        });
        Ok(context! {
            head => self.head.values(),
            code => self.code.as_str(),
            applicant => self.applicant.as_str(),
            address => self.address.as_str(),
            phone => self.phone.as_str(),
            procedure => self.procedure.as_str(),
            procedure_code => self.procedure_code.as_str(),
            papers => papers.collect::<Vec<_>>(),
            fee => self.fee.as_str(),
            limit => self.limit.as_str(),
            received => moment(self.received),
            due => self.due.map(moment),
            arithmetic => self.arithmetic.join(" "),
            returned_at => self.returned_at.as_str(),
            lookup_words => self.lookup_words.as_str(),
            pin => self.pin.as_str(),
            receiver => self.receiver.as_str(),
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => codes::of_code(&self.code)?,
        })
    }
}
