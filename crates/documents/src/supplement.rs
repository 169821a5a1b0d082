//! The request for papers (*phiếu yêu cầu bổ sung, hoàn thiện hồ sơ*).

use askama::Template;
use domain::time::Instant;

use crate::codes::{self, Invalid};
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
    /// Renders the form as one HTML article. Errors: [`Invalid`] if a code cannot be drawn.
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
