//! The register of a desk (*sổ theo dõi hồ sơ*), for some days.

use chrono::NaiveDate;
use domain::time::Instant;
use minijinja::{Value, context};

use crate::codes::Invalid;
use crate::form::{Filled, Form};
use crate::paper::{Head, short, short_moment};

/// One dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterRow {
    /// The dossier's code.
    pub code: String,
    /// The procedure's name.
    pub procedure: String,
    /// The name of the person who submitted the dossier.
    pub applicant: String,
    /// The address; empty if not given.
    pub address: String,
    /// The telephone number; empty if not given.
    pub phone: String,
    /// The unit that decides.
    pub resolving: String,
    /// When it was received.
    pub received: Option<Instant>,
    /// The promised moment of the result.
    pub due: Option<Instant>,
    /// When it went to those who decide.
    pub sent: Option<Instant>,
    /// When the result was there.
    pub resolved: Option<Instant>,
    /// When the result was given back.
    pub returned: Option<Instant>,
    /// How it came.
    pub came_by: String,
    /// How the result went.
    pub went_by: String,
    /// What else is to be said.
    pub note: String,
}

/// The content.
#[derive(Debug, Clone)]
pub struct Register {
    /// The heads.
    pub head: Head,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The dossiers, in the order of their reception.
    pub rows: Vec<RegisterRow>,
}

impl Filled for Register {
    fn form(&self) -> &Form {
        &self.head.form
    }

    fn values(&self) -> Result<Value, Invalid> {
        let rows = self.rows.iter().map(|row| {
            context! {
                code => row.code.as_str(),
                procedure => row.procedure.as_str(),
                applicant => row.applicant.as_str(),
                address => row.address.as_str(),
                phone => row.phone.as_str(),
                resolving => row.resolving.as_str(),
                received => short_moment(row.received),
                due => short_moment(row.due),
                sent => short(row.sent),
                resolved => short(row.resolved),
                returned => short(row.returned),
                came_by => row.came_by.as_str(),
                went_by => row.went_by.as_str(),
                note => row.note.as_str(),
            }
        });
        let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
        Ok(context! {
            head => self.head.values(),
            from => day(self.from),
            to => day(self.to),
            rows => rows.collect::<Vec<_>>(),
        })
    }
}
