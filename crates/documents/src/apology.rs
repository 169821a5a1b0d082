//! The apology with a new date (*văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
use crate::paper::{Head, day, moment};

/// What stands on an apology.
#[derive(Debug, Clone)]
pub struct Apology {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// To whom it goes.
    pub applicant: String,
    /// The address; empty when not given.
    pub address: String,
    /// The procedure's name.
    pub procedure: String,
    /// When the dossier was received.
    pub received: Instant,
    /// The date that is not kept.
    pub old: Instant,
    /// The new one.
    pub new: Instant,
    /// Why.
    pub reason: String,
    /// The address that the QR code leads to.
    pub lookup: String,
    /// The position of who signs: `CHỦ TỊCH`.
    pub position: String,
    /// Who signs.
    pub signatory: String,
}

#[derive(Template)]
#[template(path = "apology.html")]
struct Sheet<'a> {
    letter: &'a Apology,
    head: &'a Head,
    qr: String,
    received: String,
    old: String,
    new: String,
}

impl Apology {
    /// The form as HTML of one article.
    pub fn html(&self) -> Result<String, Invalid> {
        let sheet = Sheet {
            letter: self,
            head: &self.head,
            qr: codes::qr(&self.lookup, &format!("Mã QR tra cứu hồ sơ {}", self.code))?,
            received: day(self.received),
            old: moment(self.old),
            new: moment(self.new),
        };
        Ok(sheet.render().expect("writing to memory does not fail"))
    }
}
