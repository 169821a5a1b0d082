//! The apology with a new date (*văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
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
    /// Renders the form as one HTML article. Errors: [`Invalid`] if a code cannot be drawn.
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
