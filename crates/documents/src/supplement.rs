//! The request for papers (*phiếu yêu cầu bổ sung, hoàn thiện hồ sơ*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
use crate::paper::{Head, moment};

/// What stands on a request for papers.
#[derive(Debug, Clone)]
pub struct Supplement {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// How many times papers were asked for, this time included.
    pub round: u32,
    /// The name of who handed the dossier in.
    pub applicant: String,
    /// The address; empty when not given.
    pub address: String,
    /// The telephone number; empty when not given.
    pub phone: String,
    /// The procedure's name.
    pub procedure: String,
    /// Its code.
    pub procedure_code: String,
    /// What is missing, complete at once.
    pub items: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last moment to bring it; none when the procedure sets none.
    pub respond_by: Option<Instant>,
    /// Whether the clock stands meanwhile.
    pub stands: bool,
    /// The address that the QR code leads to.
    pub lookup: String,
    /// Who asks.
    pub guide: String,
}

#[derive(Template)]
#[template(path = "supplement.html")]
struct Sheet<'a> {
    ask: &'a Supplement,
    head: &'a Head,
    qr: String,
    bar: String,
    respond_by: Option<String>,
}

impl Supplement {
    /// The form as HTML of one article.
    pub fn html(&self) -> Result<String, Invalid> {
        let sheet = Sheet {
            ask: self,
            head: &self.head,
            qr: codes::qr(&self.lookup, &format!("Mã QR tra cứu hồ sơ {}", self.code))?,
            bar: codes::bar(&self.code, &format!("Mã vạch {}", self.code))?,
            respond_by: self.respond_by.map(moment),
        };
        Ok(sheet.render().expect("writing to memory does not fail"))
    }
}
