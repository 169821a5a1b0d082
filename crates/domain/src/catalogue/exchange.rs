//! `intake/exchange.csv`: how fast systems have to exchange what happened, and to answer.

use chrono::TimeDelta;

use super::{Fault, Sorted, dated, table};
use crate::limit::Limit;

const COLUMNS: &[&str] = &["rule", "within", "mark", "source"];

/// How fast systems have to exchange. A rule that no line names is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// A step has to reach the other systems within this time.
    pub sync: Option<TimeDelta>,
    /// The next system has to acknowledge a dossier within this limit.
    pub acknowledge: Option<Limit>,
    /// The desk has to be alerted to an online submission within this limit.
    pub alert: Option<Limit>,
}

impl Exchange {
    /// Within which time a step has to reach the other systems: ten minutes unless a line says otherwise. Source:
    /// Decree 301/2026/NĐ-CP, amending Decree 63/2024/NĐ-CP.
    #[must_use]
    pub fn sync_within(&self) -> TimeDelta {
        self.sync.unwrap_or(TimeDelta::minutes(10))
    }
}

/// Reads the rules; there are none without the file.
pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> Exchange {
    let mut exchange = Exchange::default();
    for file in &files.exchange {
        for row in table::rows(file, COLUMNS, faults) {
            row.read("mark", faults, dated::mark);
            dated::sourced(&row, faults);
            let rules = &["sync", "acknowledge", "alert"];
            match row.read("rule", faults, |text| table::one_of(text, rules)) {
                Some("sync") => exchange.sync = row.read("within", faults, minutes),
                Some("acknowledge") => exchange.acknowledge = row.read("within", faults, limit),
                Some("alert") => exchange.alert = row.read("within", faults, limit),
                Some(_) | None => {}
            }
        }
    }
    exchange
}

fn limit(text: &str) -> Result<Limit, String> {
    text.parse()
        .map_err(|wrong: crate::limit::ParseError| wrong.to_string())
}

/// `10min`.
fn minutes(text: &str) -> Result<TimeDelta, String> {
    let number = text
        .strip_suffix("min")
        .and_then(|number| number.parse::<u16>().ok());
    number
        .filter(|number| *number > 0)
        .map(|number| TimeDelta::minutes(number.into()))
        .ok_or_else(|| format!("`{text}` is no number of minutes such as 10min"))
}
