//! Numbers that a desk reserves for a time offline.
//!
//! An offline desk receives on paper, with a register and slips that carry these codes, and enters
//! the receptions later. Source: Decree 61/2018/NĐ-CP, Art. 39.

use std::fmt;
use std::str::FromStr;

use crate::id::DossierId;

/// The most numbers in one block.
pub const MOST_IN_A_BLOCK: u32 = 500;

/// How many days ahead a desk may reserve a block.
pub const MOST_DAYS_AHEAD: i64 = 31;

/// The state of a number of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberState {
    /// The desk may still use it.
    Open,
    /// A dossier bears it.
    Used(DossierId),
    /// No dossier will ever bear it.
    Void {
        /// Why.
        reason: VoidReason,
        /// The dossier that the person of the slip has later, if the desk named it.
        later: Option<DossierId>,
    },
}

impl NumberState {
    /// The word in data: `open`, `used` or `void`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NumberState::Open => "open",
            NumberState::Used(_) => "used",
            NumberState::Void { .. } => "void",
        }
    }
}

/// Why a number of a block was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidReason {
    /// Nobody came for it.
    Unused,
    /// The slip that bears it was spoilt.
    Spoilt,
    /// The slip that bears it was lost before it was given out.
    Lost,
}

impl VoidReason {
    /// Every reason.
    pub const ALL: [VoidReason; 3] = [VoidReason::Unused, VoidReason::Spoilt, VoidReason::Lost];

    /// The word in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            VoidReason::Unused => "unused",
            VoidReason::Spoilt => "spoilt",
            VoidReason::Lost => "lost",
        }
    }
}

impl fmt::Display for VoidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reason; expected unused, spoilt or lost")]
pub struct NoReason(String);

impl FromStr for VoidReason {
    type Err = NoReason;

    fn from_str(text: &str) -> Result<Self, NoReason> {
        let found = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        found.ok_or_else(|| NoReason(text.chars().take(64).collect()))
    }
}
