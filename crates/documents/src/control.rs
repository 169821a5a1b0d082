//! Who gave a dossier to whom, and when (*phiếu kiểm soát quá trình giải quyết hồ sơ*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::{self, Invalid};
use crate::form::{Filled, Form};
use crate::paper::{Head, moment};

/// The lines of the table on one page.
const LINES: usize = 6;

/// One change of hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlRow {
    /// Who gave: person and unit, or the applicant.
    pub giver: String,
    /// Who took.
    pub taker: String,
    /// When.
    pub at: Instant,
    /// `trước hạn`, `đúng hạn`, `quá hạn`; empty if nothing was due.
    pub outcome: String,
    /// What else is to be said.
    pub note: String,
}

/// The content.
#[derive(Debug, Clone)]
pub struct ControlSlip {
    /// The heads.
    pub head: Head,
    /// The dossier's code.
    pub code: String,
    /// The name of the person who submitted the dossier.
    pub applicant: String,
    /// The telephone number; empty if not given.
    pub phone: String,
    /// The procedure's name.
    pub procedure: String,
    /// The procedure's code.
    pub procedure_code: String,
    /// When the dossier was received.
    pub received: Instant,
    /// The promised moment of the result; none without a promise.
    pub due: Option<Instant>,
    /// The name of the unit that decides.
    pub resolving: String,
    /// Who gave to whom, in order.
    pub rows: Vec<ControlRow>,
    /// The address in the QR code.
    pub lookup: String,
}

impl Filled for ControlSlip {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        let rows = self.rows.iter().map(|row| {
            context! {
                giver => row.giver.as_str(),
                taker => row.taker.as_str(),
                at => moment(row.at),
                outcome => row.outcome.as_str(),
                note => row.note.as_str(),
            }
        });
        // Lines for those who sign on paper; the form stays one page.
        let blank = LINES.saturating_sub(self.rows.len());
        Ok(context! {
            head => self.head.values(),
            code => self.code.as_str(),
            applicant => self.applicant.as_str(),
            phone => self.phone.as_str(),
            procedure => self.procedure.as_str(),
            procedure_code => self.procedure_code.as_str(),
            received => moment(self.received),
            due => self.due.map(moment),
            resolving => self.resolving.as_str(),
            rows => rows.collect::<Vec<_>>(),
            blank => vec![0; blank],
            scan => "Quét mã vạch khi giao, nhận hồ sơ.",
            qr => codes::of_lookup(&self.lookup, &self.code)?,
            bar => codes::of_code(&self.code)?,
        })
    }
}
