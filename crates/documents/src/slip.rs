//! The receipt with the promised date (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
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

#[derive(Template)]
#[template(path = "slip.html")]
struct Sheet<'a> {
    slip: &'a Receipt,
    head: &'a Head,
    qr: String,
    bar: String,
    received: String,
    due: Option<String>,
    arithmetic: String,
}

impl Receipt {
    /// Renders the form as one HTML article. Errors: [`Invalid`] if a code cannot be drawn.
    pub fn html(&self) -> Result<String, Invalid> {
        let sheet = Sheet {
            slip: self,
            head: &self.head,
            qr: codes::qr(&self.lookup, &format!("Mã QR tra cứu hồ sơ {}", self.code))?,
            bar: codes::bar(&self.code, &format!("Mã vạch {}", self.code))?,
            received: moment(self.received),
            due: self.due.map(moment),
            arithmetic: self.arithmetic.join(" "),
        };
        Ok(sheet.render().expect("writing to memory does not fail"))
    }
}
