//! The list with which papers go to those who decide (*giấy bàn giao hồ sơ*).

use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::Invalid;
use crate::form::{Filled, Form};
use crate::paper::{Head, short_moment};

/// One dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverRow {
    /// The dossier's code.
    pub code: String,
    /// The procedure's name.
    pub procedure: String,
    /// The name of the person who submitted the dossier.
    pub applicant: String,
    /// The unit that takes it.
    pub taker: String,
    /// By when it has to go.
    pub by: Option<Instant>,
    /// The promised moment of the result.
    pub due: Option<Instant>,
}

/// The content.
#[derive(Debug, Clone)]
pub struct HandOverList {
    /// The heads.
    pub head: Head,
    /// The desk that gives.
    pub giver: String,
    /// The dossiers.
    pub rows: Vec<HandOverRow>,
}

impl Filled for HandOverList {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        let rows = self.rows.iter().map(|row| {
            context! {
                code => row.code.as_str(),
                procedure => row.procedure.as_str(),
                applicant => row.applicant.as_str(),
                taker => row.taker.as_str(),
                by => short_moment(row.by),
                due => short_moment(row.due),
            }
        });
        Ok(context! {
            head => self.head.values(),
            giver => self.giver.as_str(),
            rows => rows.collect::<Vec<_>>(),
        })
    }
}
