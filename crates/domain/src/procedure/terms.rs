//! The terms of a case: how long, how much, and how sure each value is.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dossier::Channel;
use crate::id::CaseId;
use crate::limit::{self, Limit};

/// How sure a cell of the catalogue is. Answers show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The text of the law, decree or decision was read.
    Statute,
    /// The text of a circular or fee decree was read.
    Circular,
    /// Only an unofficial public data set or page says so.
    Dataset,
    /// Recalled, found in no source: verify before use.
    Recalled,
    /// Follows from other cells or from the general rule; no text says it of this procedure.
    Derived,
    /// A working template of this catalogue; an approved document replaces it.
    Template,
    /// Not known; the cell is empty.
    Unknown,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Statute => "statute",
            Self::Circular => "circular",
            Self::Dataset => "dataset",
            Self::Recalled => "recalled",
            Self::Derived => "derived",
            Self::Template => "template",
            Self::Unknown => "unknown",
        })
    }
}

/// What a verification allowed by law does to the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Verification {
    /// `+5wd`: this much is added to the limit.
    Adds(Limit),
    /// `5wd`: the whole limit from reception becomes this.
    Replaces(Limit),
}

/// A text that is not a verification extension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("verification `{text}` is neither `+` and a limit (added) nor a limit (replacing)")]
pub struct UnknownVerification {
    /// What was given.
    pub text: String,
    /// Why the part after the sign is no limit.
    pub source: limit::ParseError,
}

impl FromStr for Verification {
    type Err = UnknownVerification;

    fn from_str(text: &str) -> Result<Self, UnknownVerification> {
        let text = text.trim();
        let wrong = |source| UnknownVerification {
            text: text.to_owned(),
            source,
        };
        match text.strip_prefix('+') {
            Some(added) => added.parse().map(Self::Adds).map_err(wrong),
            None => text.parse().map(Self::Replaces).map_err(wrong),
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adds(limit) => write!(f, "+{limit}"),
            Self::Replaces(limit) => write!(f, "{limit}"),
        }
    }
}

impl TryFrom<String> for Verification {
    type Error = UnknownVerification;

    fn try_from(text: String) -> Result<Self, UnknownVerification> {
        text.parse()
    }
}

impl From<Verification> for String {
    fn from(verification: Verification) -> String {
        verification.to_string()
    }
}

/// What a case costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// The channel it holds for; `None` means every channel.
    pub channel: Option<Channel>,
    /// The amount; `None` if it is unknown, or if it depends on something that `text` names.
    pub amount_vnd: Option<u64>,
    /// The rule in words, as printed.
    pub text: String,
    /// How sure it is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

/// One case of a procedure (*trường hợp*): the key of its time limit and its fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id within the procedure.
    pub id: CaseId,
    /// Its name, as chosen at the desk.
    pub name: String,
    /// The legal time limit; `None` where it is not sourced, and then there is no due time.
    pub limit: Option<Limit>,
    /// Limits that differ from `limit` for a channel.
    pub limits_by_channel: BTreeMap<Channel, Limit>,
    /// How sure the limits are.
    pub limit_mark: Mark,
    /// Where the limits come from.
    pub limit_source: String,
    /// What verification does to the limit, where the law allows it.
    pub verification: Option<Verification>,
    /// How sure the verification is.
    pub verification_mark: Mark,
    /// Where the verification comes from.
    pub verification_source: String,
    /// Its fees; empty if no source gives them.
    pub fees: Vec<Fee>,
    /// What an official should know about these cells.
    pub note: String,
}

impl Case {
    /// The limit of a dossier that came by this channel.
    #[must_use]
    pub fn limit_for(&self, channel: Channel) -> Option<Limit> {
        self.limits_by_channel.get(&channel).copied().or(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_tells_an_added_limit_from_a_replacing_one() {
        assert_eq!(
            "+5wd".parse(),
            Ok(Verification::Adds(Limit::WorkingDays(5)))
        );
        assert_eq!(
            "5wd".parse(),
            Ok(Verification::Replaces(Limit::WorkingDays(5)))
        );
        assert_eq!(
            Verification::Adds(Limit::WorkingDays(3)).to_string(),
            "+3wd"
        );
        assert!("++5wd".parse::<Verification>().is_err());
    }
}
