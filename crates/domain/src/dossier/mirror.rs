//! A mirror is a dossier that another system decides. This file holds what that system said, and
//! what contradicted it.
//!
//! Each stage has exactly one authoritative system (Decree 224/2026/NĐ-CP, Art. 15(1)(h) and (i)).
//! Its word counts as it comes. A message that cannot be true beside the known facts becomes a
//! [`Conflict`] for a person to settle, and changes nothing.

use serde::{Deserialize, Serialize};

use super::Dossier;
use super::status::Status;
use crate::id::{Reference, SystemName};
use crate::time::Instant;

/// A message about a dossier from another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which system says so.
    pub system: SystemName,
    /// The other system's name for its message or for the dossier.
    pub reference: Reference,
    /// The status it gives.
    pub status: Status,
    /// When the dossier entered the status, by that system's clock.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// The due time that the system gives; none if its message has none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub due: Option<Instant>,
}

/// Why a message cannot be true beside the known facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// It speaks of a time before the last accepted message.
    Older,
    /// Its status cannot follow the known one.
    Transition,
    /// It does not come from the system that decides the dossier.
    OtherSystem,
    /// This system decides the dossier itself.
    Ours,
}

impl Contradiction {
    /// Every contradiction.
    pub const ALL: [Contradiction; 4] = [
        Contradiction::Older,
        Contradiction::Transition,
        Contradiction::OtherSystem,
        Contradiction::Ours,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Contradiction::Older => "OLDER",
            Contradiction::Transition => "TRANSITION",
            Contradiction::OtherSystem => "OTHER_SYSTEM",
            Contradiction::Ours => "OURS",
        }
    }
}

/// A message that contradicts the known facts. It stays for good, settled or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// What was said.
    pub claim: Claim,
    /// Why it was not believed.
    pub why: Contradiction,
    /// When it came.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub came: Instant,
    /// How a person settled it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// How a conflict was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// Whether the person believed the message.
    pub applied: bool,
}

/// The messages of other systems about a dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The accepted messages, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<Claim>,
    /// The contradicting messages, in the order of arrival.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Whether something happened here after the end that the deciding system reported: the dossier
    /// counted as pending until then, although it had ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended_belatedly: bool,
}

impl Dossier {
    /// Whether another system handles the dossier and no conflict waits for a person here.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.mirrored.is_some() && self.mirror.open().next().is_none()
    }
}

impl Mirror {
    /// Whether nothing was ever said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty() && self.conflicts.is_empty()
    }

    /// The conflicts that nobody has settled yet.
    pub fn open(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter().filter(|it| it.settled.is_none())
    }

    /// Whether the dossier went on after it had ended.
    #[must_use]
    pub fn reopened(&self) -> bool {
        self.applied
            .windows(2)
            .any(|pair| !pair[0].status.is_open() && pair[1].status.is_open())
    }

    /// Whether a message said or implied that the dossier was accepted.
    fn accepted(&self) -> bool {
        self.applied.iter().any(|claim| match claim.status {
            Status::Received
            | Status::Processing
            | Status::PaymentRequested
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => true,
            Status::Submitted
            | Status::Refused
            | Status::SupplementRequested
            | Status::Withdrawn => false,
        })
    }
}

/// What a message means beside the known facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It comes from the authority, and its status can follow.
    Follows,
    /// It repeats an accepted message word for word.
    Known,
    /// It cannot be true beside the known facts.
    Contradicts(Contradiction),
}

/// Compares a message with the known facts of a dossier.
#[must_use]
pub fn weigh(dossier: &Dossier, claim: &Claim) -> Verdict {
    let mirror = &dossier.mirror;
    let said = mirror.conflicts.iter().map(|conflict| &conflict.claim);
    if mirror.applied.iter().chain(said).any(|said| said == claim) {
        return Verdict::Known;
    }
    let Some(authority) = &dossier.mirrored else {
        return Verdict::Contradicts(Contradiction::Ours);
    };
    if authority != claim.system.as_str() {
        return Verdict::Contradicts(Contradiction::OtherSystem);
    }
    if is_older(dossier, claim) {
        return Verdict::Contradicts(Contradiction::Older);
    }
    if follows(dossier).contains(&claim.status) {
        Verdict::Follows
    } else {
        Verdict::Contradicts(Contradiction::Transition)
    }
}

/// Whether a message speaks of a time before the last accepted message, or before the submission.
#[must_use]
pub fn is_older(dossier: &Dossier, claim: &Claim) -> bool {
    let last = dossier.mirror.applied.last().map(|said| said.at);
    last.or(dossier.submitted)
        .is_some_and(|known| claim.at < known)
}

/// The statuses that may follow in the national list.
///
/// A system that skips statuses is no contradiction: processing (4) implies acceptance (2), and a
/// returned result (10) implies that it was ready (9), as in item 2.1 of Decision 766/QĐ-TTg. An
/// open status may be reported again, with another due time.
#[must_use]
pub fn follows(dossier: &Dossier) -> &'static [Status] {
    use Status::{
        PaymentRequested, Processing, Received, Refused, Resolved, Returned, Stopped, Submitted,
        SupplementRequested, Withdrawn,
    };
    match dossier.status() {
        Submitted => &[
            Submitted,
            Received,
            Refused,
            Processing,
            SupplementRequested,
            Withdrawn,
        ],
        Received => &[
            Received,
            Processing,
            SupplementRequested,
            PaymentRequested,
            Withdrawn,
            Stopped,
            Resolved,
            Returned,
        ],
        Processing => &[
            Processing,
            SupplementRequested,
            PaymentRequested,
            Withdrawn,
            Stopped,
            Resolved,
            Returned,
        ],
        SupplementRequested if dossier.mirror.accepted() => &[
            SupplementRequested,
            Received,
            Processing,
            Withdrawn,
            Stopped,
        ],
        SupplementRequested => &[
            SupplementRequested,
            Submitted,
            Received,
            Refused,
            Processing,
            Withdrawn,
        ],
        PaymentRequested => &[PaymentRequested, Processing, Withdrawn, Stopped],
        // A wrong result goes back to processing (Decree 61/2018/NĐ-CP, Art. 21(1)).
        Resolved => &[Processing, Returned],
        Refused | Withdrawn | Stopped | Returned => &[],
    }
}
