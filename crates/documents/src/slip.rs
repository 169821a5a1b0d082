//! The receipt with the promised date (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
use crate::paper::{Head, moment};

/// What stands on a receipt.
#[derive(Debug, Clone)]
pub struct Slip {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// The name of who handed it in.
    pub applicant: String,
    /// The address; empty when not given.
    pub address: String,
    /// The telephone number; empty when not given.
    pub phone: String,
    /// The procedure's name.
    pub procedure: String,
    /// Its code.
    pub procedure_code: String,
    /// The papers that came.
    pub papers: Vec<Paper>,
    /// The fee, in words.
    pub fee: String,
    /// The limit by regulation: `3 ngày làm việc`; empty when it has no source.
    pub limit: String,
    /// When it was received.
    pub received: Instant,
    /// When the result is promised for.
    pub due: Option<Instant>,
    /// How the promised moment was counted; the days alone, one sentence each.
    pub arithmetic: Vec<String>,
    /// Where the result is given back.
    pub returned_at: String,
    /// The address that the QR code leads to.
    pub lookup: String,
    /// The same address as a person would type it.
    pub lookup_words: String,
    /// The PIN.
    pub pin: String,
    /// Who received it.
    pub receiver: String,
}

/// A paper, and how many of which kind came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its name.
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
    slip: &'a Slip,
    head: &'a Head,
    qr: String,
    bar: String,
    received: String,
    due: Option<String>,
    arithmetic: String,
}

impl Slip {
    /// The form as HTML of one article.
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
